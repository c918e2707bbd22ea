package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/joblab/joblab/internal/cluster/embedded"
)

// running is what a server leaves in its data directory, for the other commands
// to use the same cluster, if that is not an embedded one, which can be found by
// itself. The file is locked while the server runs; otherwise it says nothing
// but the instance.
type running struct {
	Instance   string `json:"instance"` // the server's name among those that share the cluster
	Backend    string `json:"backend"`
	Kubeconfig string `json:"kubeconfig,omitempty"`
	Context    string `json:"context,omitempty"`
}

// besideDir is where backends other than the embedded one keep their files.
func (c *backendFlags) besideDir() string { return filepath.Join(c.data, embedded.Beside) }

func (c *backendFlags) runningFile() string { return filepath.Join(c.besideDir(), "server.json") }

// announce lets other commands find the cluster until the file is closed. There
// is one server at a time on a data directory.
func (c *backendFlags) announce() (r running, file *os.File, err error) {
	if err := os.MkdirAll(c.besideDir(), 0o700); err != nil {
		return r, nil, fmt.Errorf("data directory: %w", err)
	}
	if file, err = os.OpenFile(c.runningFile(), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return r, nil, fmt.Errorf("data directory: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return r, file, fmt.Errorf("%s: %w (choose another with -data)", c.data, embedded.ErrInUse)
	} else if err != nil {
		return r, file, fmt.Errorf("lock %s: %w", file.Name(), err)
	}
	// What an earlier server has left on the cluster is known by its name.
	if json.NewDecoder(file).Decode(&r) != nil || r.Instance == "" {
		r.Instance = strings.ToLower(rand.Text())[:16]
	}
	r.Backend, r.Context, r.Kubeconfig = c.backend, c.context, c.kubeconfig
	if r.Kubeconfig != "" {
		if r.Kubeconfig, err = filepath.Abs(r.Kubeconfig); err != nil {
			return r, file, err
		}
	}
	said, err := json.Marshal(r)
	if err != nil {
		return r, file, err
	}
	if err := file.Truncate(0); err != nil {
		return r, file, err
	}
	_, err = file.WriteAt(said, 0)
	return r, file, err
}

// choose makes the backend that of the server that runs on the data directory,
// if none was said: the embedded one, unless another is announced there.
func (c *backendFlags) choose() error {
	if c.backend != "" {
		return nil
	}
	c.backend = onEmbedded
	file, err := os.Open(c.runningFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	defer file.Close()
	if syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil {
		return nil // its server is gone
	}
	said, err := io.ReadAll(file)
	if err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	var r running
	if err := json.Unmarshal(said, &r); err != nil {
		return fmt.Errorf("read %s: %w", file.Name(), err)
	}
	c.backend, c.kubeconfig, c.context = r.Backend, r.Kubeconfig, r.Context
	return nil
}
