package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"nhooyr.io/websocket"

	"github.com/joblab/joblab/internal/timeline"
)

// These tests run in a bubble whose clock moves when everybody waits, over pipes
// without a buffer: what is not read blocks its writer at once.

func TestStuckViewerIsCutOffAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := timeline.NewRecorder(nil, time.Now)
		s, connect := pipes(t, r.Log())
		stuck, healthy := connect("/"), connect("/")
		note(r, 1, 100)
		for range 100 {
			if _, _, err := healthy.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		synctest.Wait()
		if n := s.Viewers(); n != 2 {
			t.Fatalf("got %d viewers while one is stuck, want 2", n)
		}
		pass(WriteTimeout - time.Nanosecond)
		if n := s.Viewers(); n != 2 {
			t.Errorf("got %d viewers after %v, want 2", n, time.Since(start))
		}
		pass(time.Nanosecond)
		if n := s.Viewers(); n != 1 {
			t.Errorf("got %d viewers after %v, want the stuck one cut off", n, time.Since(start))
		}

		// What it did get before it was cut off is whole and in order; from there
		// it goes on.
		var last timeline.Seq
		for {
			if _, _, err := stuck.Read(t.Context()); err != nil {
				break
			}
			last++
		}
		again := connect(fmt.Sprintf("/?after=%d", last))
		for seq := last + 1; seq <= 100; seq++ {
			want(t, again, seq)
		}
	})
}

func TestQuietViewerStaysWhileItAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := timeline.NewRecorder(nil, time.Now)
		s, connect := pipes(t, r.Log())
		c := connect("/")
		time.AfterFunc(time.Hour, func() { note(r, 1, 1) })
		want(t, c, 1) // answers pings while it waits
		if n := s.Viewers(); n != 1 {
			t.Errorf("got %d viewers after a quiet hour, want 1", n)
		}
	})
}

func TestViewerThatDoesNotAnswerIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, connect := pipes(t, new(timeline.Log))
		connect("/")
		pass(PingInterval + WriteTimeout - time.Nanosecond)
		if n := s.Viewers(); n != 1 {
			t.Errorf("got %d viewers while the ping is on its way, want 1", n)
		}
		pass(PingInterval)
		if n := s.Viewers(); n != 0 {
			t.Errorf("got %d viewers, want the silent one dropped", n)
		}
	})
}

func TestShutdownGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := timeline.NewRecorder(nil, time.Now)
		s, connect := pipes(t, r.Log())
		connect("/")
		note(r, 1, 1)
		synctest.Wait() // the message is on its way to a viewer that takes nothing
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		start := time.Now()
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > WriteTimeout+10*time.Second {
			t.Errorf("the shutdown took %v, longer than promised", took)
		}
	})
}

func TestShutdownAfterTheRequestsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests, cancel := context.WithCancel(t.Context())
		s, connect := pipesWith(t, requests, new(timeline.Log))
		c := connect("/")
		synctest.Wait()
		cancel() // as the HTTP server does first
		synctest.Wait()
		if n := s.Viewers(); n != 1 {
			t.Fatalf("got %d viewers when their requests' context has ended, want 1", n)
		}
		go s.Shutdown(context.Background())
		wantClose(t, c, websocket.StatusGoingAway, ErrShutdown.Error())
	})
}

func TestVanishedViewerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := timeline.NewRecorder(nil, time.Now)
		s, connect := pipes(t, r.Log())
		connect("/").CloseNow()
		synctest.Wait()
		if n := s.Viewers(); n != 0 {
			t.Errorf("got %d viewers, want 0", n)
		}
		note(r, 1, 1)
	})
}

// pass lets the bubble's clock go on by d, and what that sets off finish.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// pipes starts a server of one log inside a bubble; connect returns a client
// that reads only when it is told to.
func pipes(t *testing.T, l *timeline.Log) (_ *Server, connect func(path string) *websocket.Conn) {
	return pipesWith(t, context.Background(), l)
}

// pipesWith is pipes whose requests have a context of the test's.
func pipesWith(t *testing.T, requests context.Context, l *timeline.Log) (_ *Server, connect func(path string) *websocket.Conn) {
	s := New(slog.New(slog.DiscardHandler))
	listener := make(pipeListener)
	server := &http.Server{Handler: handler(s, l), BaseContext: func(net.Listener) context.Context { return requests }}
	go server.Serve(listener)
	transport := &http.Transport{DialContext: listener.dial}
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		server.Close()
		transport.CloseIdleConnections()
	})
	return s, func(path string) *websocket.Conn {
		c, _, err := websocket.Dial(t.Context(), "ws://lab"+path, &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.CloseNow() })
		return c
	}
}

// pipeListener accepts connections that are pipes within the process.
type pipeListener chan net.Conn

func (l pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l pipeListener) Accept() (net.Conn, error) {
	c, ok := <-l
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (l pipeListener) Close() error   { close(l); return nil }
func (l pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "lab"} }
