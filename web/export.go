package web

import (
	"fmt"
	"io"
	"net/http"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline/export"
)

// exportRun sends a run as a file for another program, as far as it has come. The
// forms that show what is drawn, SVG and PNG, are made by the page.
func (s *Server) exportRun(w http.ResponseWriter, r *http.Request) error {
	side, err := s.side(r.PathValue("id"))
	if err != nil {
		return err
	}
	info := side.info
	info.Steps = nil
	forms := map[string]struct {
		contentType, ending string
		write               func(io.Writer) error
	}{
		"json": {"application/json", "json", func(w io.Writer) error { return export.JSON(w, info, side.timeline, side.records) }},
		"csv":  {"text/csv; charset=utf-8; header=present", "csv", func(w io.Writer) error { return export.CSV(w, side.timeline) }},
		"trace": {"application/json", "trace.json", func(w io.Writer) error {
			return export.Trace(w, side.timeline, aboutRun(info))
		}},
	}
	form, ok := forms[r.PathValue("format")]
	if !ok {
		return errNoPage
	}
	h := w.Header()
	h.Set("Content-Type", form.contentType)
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="joblab-%s-%s.%s"`, info.Lab, side.name(), form.ending))
	h.Set("Cache-Control", "no-store")
	return form.write(w)
}

// aboutRun is what an exported file tells of its run.
func aboutRun(info run.Info) map[string]string {
	return map[string]string{"run": info.ID, "lab": info.Lab, "cluster": info.Cluster.Backend, "kubernetes": info.Cluster.Version}
}
