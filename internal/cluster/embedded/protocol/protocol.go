// Package protocol is what the supervisor of an embedded cluster and its child
// process agree on: how the child is started, what it inherits, what it reports
// and where its files are.
//
// The supervisor runs "EXECUTABLE cluster embedded FLAGS". The child inherits
// three files (see ReportFD, ListenFD, LockFD) and a pipe as its standard input,
// on which nothing is ever written: its end means that the supervisor is gone,
// and the child exits. Standard output and standard error go to the child's log.
// The child's working directory is Dir.Run, so that unix sockets can be named by
// a path that is short whatever the directory's own path is (a socket's path is
// limited to 108 bytes on Linux and 104 on macOS).
package protocol

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// What the child inherits.
const (
	// ReportFD is the pipe on which the child writes Reports, one JSON object a line.
	ReportFD = 3

	// ListenFD is the API server's listening socket on loopback. The supervisor
	// keeps it open too, so that every generation has the same port and nobody
	// else can take it in between.
	ListenFD = 4

	// LockFD is the locked lock file of the directory: the lock is held until
	// both the supervisor and the child are gone.
	LockFD = 5
)

// Args are the arguments that make the executable a child, before its flags.
var Args = []string{"cluster", "embedded"}

// Report is one thing that the child tells its supervisor.
type Report struct {
	Step    string `json:"step,omitempty"`    // what is being done from now on
	Ready   bool   `json:"ready,omitempty"`   // a run can start; sent once
	Version string `json:"version,omitempty"` // the API server's, with Ready: "v1.37.2"
	Error   string `json:"error,omitempty"`   // why the child is about to exit
}

// Write writes r as one line.
func (r Report) Write(w io.Writer) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("report to the supervisor: %w", err)
	}
	return nil
}

// ReadReports calls handle for every report from r, in order, until r ends.
// The end of r is no error.
func ReadReports(r io.Reader, handle func(Report)) error {
	decoder := json.NewDecoder(r)
	for {
		var report Report
		if err := decoder.Decode(&report); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read the child's reports: %w", err)
		}
		handle(report)
	}
}
