package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/stream"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

// apiLab is a lab in GET /api/labs.
type apiLab struct {
	Slug       string            `json:"slug"`
	Number     int               `json:"number"`
	Track      string            `json:"track"`
	Title      map[string]string `json:"title"`
	Summary    map[string]string `json:"summary"`
	Minutes    int               `json:"minutes"`
	Kubernetes string            `json:"kubernetes"`
	Gates      map[string]string `json:"gates,omitempty"`
	Backends   []string          `json:"backends"`
	// Available says that the cluster can run the lab, or may, as long as its
	// version is not known; Reason says why not.
	Available bool              `json:"available"`
	Reason    map[string]string `json:"reason,omitempty"`
	File      string            `json:"file"`
	Manifest  string            `json:"manifest"`
	Checks    []apiCheck        `json:"checks"`
	Predict   []apiQuestion     `json:"predict,omitempty"`
}

type apiCheck struct {
	ID   string            `json:"id"`
	Say  map[string]string `json:"say"`
	Text string            `json:"text"`
}

// listLabs lists the labs with their manifests and expectations.
func (s *Server) listLabs(w http.ResponseWriter, r *http.Request) error {
	labs := []apiLab{}
	for _, l := range s.shelf.Load().labs {
		a := apiLab{
			Slug: l.Slug, Number: l.Number, Track: l.Track.ID, Title: l.Title, Summary: l.Summary, Minutes: l.Minutes,
			Kubernetes: l.Kubernetes, Gates: l.Gates, Backends: l.Backends, Available: true, File: l.File, Manifest: string(l.Manifest), Checks: []apiCheck{},
			Predict: apiQuestions(l.Predict),
		}
		for _, lang := range view.Languages {
			if reason := s.obstacle(l, view.In(lang)); reason != "" {
				if a.Available {
					a.Available, a.Reason = false, map[string]string{}
				}
				a.Reason[lang] = reason
			}
		}
		if l.Contract != nil {
			for _, c := range l.Contract.Checks() {
				a.Checks = append(a.Checks, apiCheck{ID: c.ID, Say: c.Say, Text: c.Text})
			}
		}
		labs = append(labs, a)
	}
	s.writeJSON(w, r, http.StatusOK, labs)
	return nil
}

// startRun starts a run of the body, or of the lab's own manifest if it is empty.
func (s *Server) startRun(w http.ResponseWriter, r *http.Request) error {
	l, err := s.lab(r)
	if err != nil {
		return err
	}
	manifest, err := readManifest(w, r)
	if err != nil {
		return err
	}
	if len(manifest) == 0 {
		manifest = nil
	}
	live, err := s.start(w, r, l.Lab, manifest)
	if err != nil {
		return err
	}
	info := live.Info()
	w.Header().Set("Location", "/api/runs/"+info.ID)
	s.writeJSON(w, r, http.StatusCreated, info)
	return nil
}

// readManifest reads a body that is a manifest.
func readManifest(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	manifest, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return nil, run.ErrTooLarge
	}
	return manifest, err
}

// getRun says how a run is.
func (s *Server) getRun(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, live.Info())
	return nil
}

// getTimeline sends a run's timeline as drawn so far or, with "?after=", its later
// entries.
func (s *Server) getTimeline(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.URL.Query().Has("after") {
		return s.sendLater(w, r, live)
	}
	v := timeline.Draw(live.Log().Records())
	v.Run = live.Info().ID
	s.writeJSON(w, r, http.StatusOK, v)
	return nil
}

// apiLater are the entries of a run after one that the reader names.
type apiLater struct {
	Run     string            `json:"run"`
	Entries []json.RawMessage `json:"entries"`
	// Ended says that the last of them is the last of all.
	Ended bool `json:"ended"`
}

// sendLater sends the entries after the one that the query names, for readers who
// cannot have the stream.
func (s *Server) sendLater(w http.ResponseWriter, r *http.Request, live liveRun) error {
	after, err := stream.After(r)
	if err != nil {
		return err
	}
	log := live.Log()
	// A log may grow after it was asked whether it has ended, but not the other
	// way round.
	later := apiLater{Run: live.Info().ID, Entries: []json.RawMessage{}, Ended: log.Sealed()}
	records := log.Records()
	for _, record := range records[min(int(after), len(records)):] {
		later.Entries = append(later.Entries, record.JSON)
	}
	s.writeJSON(w, r, http.StatusOK, later)
	return nil
}

// streamRun sends a run's entries over a WebSocket.
func (s *Server) streamRun(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	s.metrics.streams.Inc()
	defer s.metrics.streams.Dec()
	return s.stream.Serve(w, r, live.Log())
}

// stopRun stops a run, and answers with it as it is then.
func (s *Server) stopRun(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := live.Stop(r.Context()); err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, live.Info())
	return nil
}

// podLog sends a container's log as plain text, as it grows if it is followed.
func (s *Server) podLog(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	previous, err := flag(q.Get("previous"))
	if err != nil {
		return fmt.Errorf("%w: %w", errQuery, err)
	}
	follow, err := flag(q.Get("follow"))
	if err != nil {
		return fmt.Errorf("%w: %w", errQuery, err)
	}
	ctx, cancel := s.untilClosed(r)
	defer cancel()
	log, err := live.PodLog(ctx, r.PathValue("pod"), q.Get("container"), previous, follow)
	if err != nil {
		return err
	}
	defer log.Close()
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	return copyFlushing(w, log)
}

// flag reads a boolean of a query.
func flag(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "", "false", "0":
		return false, nil
	case "true", "1":
		return true, nil
	}
	return false, errors.New("previous and follow are true or false")
}

// copyFlushing sends what r gives as soon as it gives it.
func copyFlushing(w http.ResponseWriter, r io.Reader) error {
	flush := http.NewResponseController(w)
	if err := flush.Flush(); err != nil {
		return err
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return err
			}
			if err := flush.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
