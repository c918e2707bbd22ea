package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/joblab/joblab/internal/access"
	"github.com/joblab/joblab/internal/console"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/schema"
	"github.com/joblab/joblab/internal/stream"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

// Errors of the routes themselves.
var (
	errNoPage    = errors.New("there is no such page")
	errNoLab     = errors.New("there is no such lab")
	errNoTrace   = errors.New("this lab has no recorded trace")
	errNoEntry   = errors.New("the run has no such entry or check")
	errMethod    = errors.New("this address does not take such requests")
	errGone      = errors.New("this run is not on the cluster any more: its namespace has been cleaned up, while its timeline and logs are kept")
	errDeleted   = errors.New("the object is not there any more")
	errNoObject  = errors.New("the run has no such object")
	errForm      = errors.New("the form could not be read")
	errQuery     = errors.New("the query is wrong")
	errForbidden = errors.New("a page of another site must not do this")
)

// failure is how an error is answered.
type failure struct {
	status int
	// heading and means are what a page says; means may be empty.
	heading, means string
	// refusal is what a lab's page says above the manifest if the error came
	// from starting a run; empty if an error page is shown instead.
	refusal string
	// retry is sent as Retry-After unless it is 0.
	retry    time.Duration
	problems []run.Problem
	// verdict is what the lab's contract says to a refusal; nil if it is not about
	// one.
	verdict *timeline.Verdict
	// answers are right for a manifest that was to be refused, and was.
	answers []lab.Answer
}

// fail is the table of errors: what each one means to a reader.
func fail(err error, w *view.Words) failure {
	var (
		refused *run.Refused
		full    run.ErrFull
		large   *http.MaxBytesError

		obstacle *lab.Obstacle
	)
	switch {
	case errors.As(err, &obstacle):
		return failure{status: http.StatusBadRequest, heading: w.NotHere, refusal: obstacleText(obstacle, w)}
	case errors.As(err, &refused):
		return failure{
			status: http.StatusBadRequest, heading: w.Refused, refusal: w.Refused,
			problems: refused.Problems, verdict: refused.Verdict, answers: refused.Answers,
		}
	case errors.Is(err, run.ErrTooLarge), errors.As(err, &large):
		return failure{status: http.StatusRequestEntityTooLarge, heading: w.TooLarge, refusal: w.TooLarge}
	case errors.As(err, &full):
		return failure{status: http.StatusTooManyRequests, heading: w.Full, refusal: w.Full, retry: full.RetryAfter}
	case errors.Is(err, run.ErrUnreachable):
		return failure{status: http.StatusServiceUnavailable, heading: w.Unreachable, refusal: w.Unreachable, retry: 5 * time.Second}
	case errors.Is(err, run.ErrNotReady), errors.Is(err, schema.ErrNotReady):
		return failure{status: http.StatusServiceUnavailable, heading: w.NotReady, refusal: w.NotReady, retry: time.Second}
	case errors.Is(err, run.ErrClosed), errors.Is(err, stream.ErrShutdown):
		return failure{status: http.StatusServiceUnavailable, heading: w.NotReady, retry: time.Second}
	case errors.Is(err, run.ErrNoStep):
		return failure{status: http.StatusNotFound, heading: w.NotFound, means: w.NotFoundMeans}
	case errors.Is(err, run.ErrNotFound):
		return failure{status: http.StatusNotFound, heading: w.NoRun, means: w.NoRunMeans}
	case errors.Is(err, errNoTrace), errors.Is(err, errNoEntry), errors.Is(err, schema.ErrUnknown):
		return failure{status: http.StatusNotFound, heading: w.NotFound, means: w.NotFoundMeans}
	case errors.Is(err, errNoLab):
		return failure{status: http.StatusNotFound, heading: w.NoLab, means: w.NoLabMeans}
	case errors.Is(err, errNoPage):
		return failure{status: http.StatusNotFound, heading: w.NotFound, means: w.NotFoundMeans}
	case errors.Is(err, errMethod):
		return failure{status: http.StatusMethodNotAllowed, heading: w.MethodNotAllowed, means: w.NotFoundMeans}
	case errors.Is(err, run.ErrNotNow):
		return failure{status: http.StatusConflict, heading: w.NotNow, means: w.NotNowMeans}
	case errors.Is(err, errGoingOn):
		return failure{status: http.StatusConflict, heading: w.Runs["running"]}
	case errors.Is(err, errGone), errors.Is(err, errDeleted):
		return failure{status: http.StatusGone, heading: w.NotFound, means: w.NotFoundMeans}
	case errors.Is(err, errNoObject), errors.Is(err, console.ErrNoKind):
		return failure{status: http.StatusNotFound, heading: w.NotFound, means: w.NotFoundMeans}
	case errors.Is(err, console.ErrBusy):
		return failure{status: http.StatusTooManyRequests, heading: w.Full, retry: time.Second}
	case errors.Is(err, console.ErrLine):
		return failure{status: http.StatusBadRequest, heading: w.BadRequest, means: w.BadRequestMeans}
	case errors.Is(err, access.ErrNotAllowed):
		return failure{status: http.StatusForbidden, heading: w.Forbidden}
	case errors.Is(err, errForm), errors.Is(err, errQuery), errors.Is(err, stream.ErrAfter):
		return failure{status: http.StatusBadRequest, heading: w.BadRequest, means: w.BadRequestMeans}
	case errors.Is(err, errHost):
		return failure{status: http.StatusMisdirectedRequest, heading: w.UnknownHost, means: w.UnknownHostMeans}
	case errors.Is(err, errForbidden):
		return failure{status: http.StatusForbidden, heading: w.Forbidden, means: w.ForbiddenMeans}
	}
	return failure{status: http.StatusInternalServerError, heading: w.Internal, means: w.InternalMeans}
}

// answer sets the headers that go with a failure.
func (f failure) answer(h http.Header) {
	if f.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(max(f.retry, time.Second).Round(time.Second)/time.Second)))
	}
}

// apiError is the body of an error of the API.
type apiError struct {
	Error    string         `json:"error"`
	Problems []view.Problem `json:"problems,omitempty"`
	// Verdict is that of a lab whose point is the refusal.
	Verdict *timeline.Verdict `json:"verdict,omitempty"`
	Answers []apiAnswer       `json:"answers,omitempty"`
	// Request is under what the server logged an internal error.
	Request string `json:"request,omitempty"`
}

// newAPIError says an error in its own words, except those that only the
// server's log should hold.
func newAPIError(err error, f failure, request string) apiError {
	if f.status == http.StatusInternalServerError {
		return apiError{Error: "internal error", Request: request}
	}
	return apiError{Error: err.Error(), Problems: problems(f.problems), Verdict: f.verdict, Answers: apiAnswers(f.answers)}
}

func problems(list []run.Problem) []view.Problem {
	var all []view.Problem
	for _, p := range list {
		all = append(all, view.Problem{Path: p.Path, Line: p.Line, Message: p.Message})
	}
	return all
}
