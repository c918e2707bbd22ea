package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

// explain says why an entry of a run came about ("?seq="), or why a check
// diverged or is undecided ("?check="), in the language of "?lang=".
func (s *Server) explain(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	lang := q.Get("lang")
	if lang != "" && !view.Known(lang) {
		return fmt.Errorf("%w: lang %q: want en or ko", errQuery, lang)
	}
	if q.Has("seq") == q.Has("check") {
		return fmt.Errorf("%w: want seq or check", errQuery)
	}
	var list []explain.Explanation
	var known bool
	if q.Has("seq") {
		seq, err := strconv.ParseInt(q.Get("seq"), 10, 64)
		if err != nil {
			return errors.Join(errQuery, fmt.Errorf("seq: %w", err))
		}
		list, known = live.Why().Entry(timeline.Seq(seq), lang)
	} else {
		list, known = live.Why().Check(q.Get("check"), lang)
	}
	if !known {
		return fmt.Errorf("run %q: %w", live.Info().ID, errNoEntry)
	}
	s.writeJSON(w, r, http.StatusOK, list)
	return nil
}
