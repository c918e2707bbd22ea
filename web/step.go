package web

import (
	"net/http"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/web/view"
)

// doStep does a step of the run's lab, and answers with the run as it is then.
func (s *Server) doStep(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := live.Step(r.Context(), r.PathValue("step")); err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, live.Info())
	return nil
}

// stepFromForm does the same from a page, and leads to the run's.
func (s *Server) stepFromForm(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := live.Step(r.Context(), r.PathValue("step")); err != nil {
		return err
	}
	http.Redirect(w, r, "/runs/"+live.Info().ID, http.StatusSeeOther)
	return nil
}

// steps are the lab's steps as a page shows them before a run.
func (p *labPages) steps(lang string) []view.Step {
	var steps []view.Step
	for _, step := range p.Steps {
		steps = append(steps, view.Step{ID: step.ID, Say: step.Say.In(lang), Command: step.Do.Command(), State: string(run.StepWaiting)})
	}
	return steps
}

// viewSteps are the steps of a run.
func viewSteps(of []run.Step, lang string) []view.Step {
	var steps []view.Step
	for _, step := range of {
		steps = append(steps, view.Step{
			ID: step.ID, Say: lab.Text(step.Say).In(lang), Command: step.Command, State: string(step.State), Message: step.Message,
		})
	}
	return steps
}
