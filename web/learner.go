package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
)

// learnerCookie names the learner, by an id that is also the proof of being it.
const learnerCookie = "learner"

// learnerPattern is what rand.Text gives: at least 128 random bits.
var learnerPattern = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// learnerOf is the id of the learner who asks; empty for one who has none yet.
func learnerOf(r *http.Request) string {
	c, err := r.Cookie(learnerCookie)
	if err != nil || !learnerPattern.MatchString(c.Value) {
		return ""
	}
	return c.Value
}

// keepLearner lets the browser keep an id for a time; a negative one takes it away.
func keepLearner(w http.ResponseWriter, r *http.Request, id string, length time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: learnerCookie, Value: id, Path: "/",
		MaxAge: int(length.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil,
	})
}

// start starts a run for who asks. Who only reads stays unknown: a learner becomes one
// by a first run, or by a refusal that was the point of a lab.
func (s *Server) start(w http.ResponseWriter, r *http.Request, l *lab.Lab, manifest []byte) (liveRun, error) {
	learner := learnerOf(r)
	if learner == "" {
		learner = rand.Text()
	}
	live, err := s.runs.StartFor(r.Context(), learner, l, manifest)
	if refused := (*run.Refused)(nil); errors.As(err, &refused) && refused.Verdict != nil {
		if lost := s.runs.Judge(r.Context(), learner, l.Slug, *refused.Verdict); lost != nil {
			s.log.WarnContext(r.Context(), "progress not kept", "lab", l.Slug, "err", lost)
		}
	} else if err != nil {
		return nil, err
	}
	keepLearner(w, r, learner, 365*24*time.Hour)
	return live, err
}

// forget forgets who asks, and leads back to the catalogue.
func (s *Server) forget(w http.ResponseWriter, r *http.Request) error {
	if learner := learnerOf(r); learner != "" {
		if err := s.runs.Forget(r.Context(), learner); err != nil {
			return err
		}
	}
	keepLearner(w, r, "", -time.Second)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}
