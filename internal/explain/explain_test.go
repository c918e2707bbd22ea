package explain_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/timeline"
)

func TestDump(t *testing.T) {
	dirs, _ := filepath.Glob("../../labs/[0-9]*")
	for _, dir := range dirs {
		b, err := os.ReadFile(dir + "/trace.json")
		if err != nil {
			continue
		}
		m, _ := os.ReadFile(dir + "/job.yaml")
		var v timeline.View
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		s := explain.New(string(m), string(m))
		for i := range v.Entries {
			s.Add(&v.Entries[i])
		}
		for i := range v.Entries {
			for _, lang := range []string{"en", "ko"} {
				list, _ := s.Entry(v.Entries[i].Seq, lang)
				for _, x := range list {
					t.Logf("%s %d [%s|%s] %s %s %s\n   %s\n   %s | %+v", dir[11:], i+1, x.Status, x.Reason, x.Rule, x.Actor, x.Title, x.Text, x.Value, x.Field)
				}
			}
		}
	}
}
