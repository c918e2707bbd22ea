package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"nhooyr.io/websocket"

	"github.com/joblab/joblab/internal/timeline"
)

func TestResume(t *testing.T) {
	r := timeline.NewRecorder(nil, time.Now)
	note(r, 1, 5)
	_, url := serve(t, r.Log())

	c := dial(t, url+"?after=3")
	want(t, c, 4, 5)
	note(r, 6, 6)
	want(t, c, 6)

	again := dial(t, url+"?after=4")
	want(t, again, 5, 6)
	r.Seal(true)
	want(t, c, 7)
	want(t, again, 7)
	wantClose(t, c, websocket.StatusNormalClosure, "the run has ended")
	wantClose(t, again, websocket.StatusNormalClosure, "the run has ended")
}

func TestEndedRunReplays(t *testing.T) {
	r := timeline.NewRecorder(nil, time.Now)
	note(r, 1, 3)
	r.Seal(true)
	_, url := serve(t, r.Log())
	for query, seqs := range map[string][]timeline.Seq{
		"":            {1, 2, 3, 4},
		"?after=0":    {1, 2, 3, 4},
		"?after=3":    {4},
		"?after=4":    nil,
		"?after=1000": nil,
	} {
		t.Run(query, func(t *testing.T) {
			c := dial(t, url+query)
			want(t, c, seqs...)
			wantClose(t, c, websocket.StatusNormalClosure, "the run has ended")
		})
	}
}

func TestMessageIsTheRecordsJSON(t *testing.T) {
	r := timeline.NewRecorder(nil, time.Now)
	note(r, 1, 1)
	_, url := serve(t, r.Log())
	typ, got, err := dial(t, url).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if typ != websocket.MessageText {
		t.Errorf("got a %v message, want text", typ)
	}
	if diff := cmp.Diff(string(got), string(r.Log().Records()[0].JSON)); diff != "" {
		t.Errorf("message differs from the record (-got +want):\n%s", diff)
	}
}

func TestBadAfterIsRefusedBeforeUpgrading(t *testing.T) {
	for _, after := range []string{"", "x", "-1", "+1", "1.5", "0x1", "9223372036854775808", " 1"} {
		w := httptest.NewRecorder()
		req := httptest.NewRequest("GET", "/stream", nil)
		q := req.URL.Query()
		q.Set("after", after)
		req.URL.RawQuery = q.Encode()
		err := New(slog.New(slog.DiscardHandler)).Serve(w, req, new(timeline.Log))
		if !errors.Is(err, ErrAfter) {
			t.Errorf("after=%q: got error %v, want ErrAfter", after, err)
		}
		if w.Body.Len() > 0 || len(w.Result().Header) > 0 {
			t.Errorf("after=%q: something was written", after)
		}
	}
}

func TestPlainRequestIsAnswered(t *testing.T) {
	_, url := serve(t, new(timeline.Log))
	resp, err := http.Get(strings.Replace(url, "ws", "http", 1))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("got status %d, want 426", resp.StatusCode)
	}
}

func TestOrigin(t *testing.T) {
	_, url := serve(t, new(timeline.Log))
	host := strings.TrimSuffix(strings.TrimPrefix(url, "ws://"), "/")
	for _, c := range []struct {
		origin string
		ok     bool
	}{
		{"http://" + host, true},
		{"", true}, // not a browser's page
		{"http://example.com", false},
		{"http://localhost:1", false},
		{"null", false},
	} {
		header := http.Header{}
		if c.origin != "" {
			header.Set("Origin", c.origin)
		}
		conn, resp, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{HTTPHeader: header})
		if (err == nil) != c.ok {
			t.Errorf("origin %q: got error %v, want accepted %t", c.origin, err, c.ok)
		}
		if err != nil && resp.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q: got status %d, want 403", c.origin, resp.StatusCode)
		}
		if conn != nil {
			conn.CloseNow()
		}
	}
}

func TestShutdown(t *testing.T) {
	r := timeline.NewRecorder(nil, time.Now)
	note(r, 1, 2)
	s, url := serve(t, r.Log())
	c := dial(t, url)
	want(t, c, 1, 2)

	var waiting sync.WaitGroup
	var err error
	waiting.Go(func() { err = s.Shutdown(context.Background()) })
	wantClose(t, c, websocket.StatusGoingAway, ErrShutdown.Error())
	waiting.Wait()
	if err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if n := s.Viewers(); n != 0 {
		t.Errorf("got %d viewers after the shutdown, want 0", n)
	}
	_, resp, err := websocket.Dial(t.Context(), url, nil)
	if err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a viewer after the shutdown: got %v, want status 503", err)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Errorf("second shutdown: %v", err)
	}
}

func TestViewersGetTheSameInOrder(t *testing.T) {
	const viewers, entries = 200, 100
	r := timeline.NewRecorder(nil, time.Now)
	s, url := serve(t, r.Log())
	got := make([][]string, viewers)
	var connected, done sync.WaitGroup
	connected.Add(viewers)
	for i := range viewers {
		done.Go(func() {
			c, _, err := websocket.Dial(t.Context(), url, nil)
			connected.Done()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.CloseNow()
			for {
				_, msg, err := c.Read(t.Context())
				if err != nil {
					if code := websocket.CloseStatus(err); code != websocket.StatusNormalClosure {
						t.Errorf("viewer %d ended with %v", i, err)
					}
					return
				}
				got[i] = append(got[i], string(msg))
			}
		})
	}
	note(r, 1, entries/2)
	connected.Wait()
	if n := s.Viewers(); n != viewers {
		t.Errorf("got %d viewers, want %d", n, viewers)
	}
	note(r, entries/2+1, entries)
	r.Seal(true)
	done.Wait()

	var all []string
	for _, record := range r.Log().Records() {
		all = append(all, string(record.JSON))
	}
	for i := range viewers {
		if diff := cmp.Diff(got[i], all); diff != "" {
			t.Fatalf("viewer %d (-got +want):\n%s", i, diff)
		}
	}
}

// serve starts a server of one log and returns its WebSocket address.
func serve(tb testing.TB, l *timeline.Log) (*Server, string) {
	s := New(slog.New(slog.DiscardHandler))
	server := httptest.NewServer(handler(s, l))
	tb.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			tb.Error(err)
		}
		server.Close()
	})
	return s, strings.Replace(server.URL, "http", "ws", 1) + "/"
}

func handler(s *Server, l *timeline.Log) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch err := s.Serve(w, r, l); {
		case errors.Is(err, ErrShutdown):
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
}

func dial(tb testing.TB, url string) *websocket.Conn {
	tb.Helper()
	c, _, err := websocket.Dial(tb.Context(), url, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.CloseNow() })
	return c
}

// note writes the notes first to last, whose text is their number.
func note(r *timeline.Recorder, first, last int) {
	for n := first; n <= last; n++ {
		r.Note(timeline.Note{Code: "test", Text: fmt.Sprint(n)})
	}
}

// want reads the entries with these numbers.
func want(t *testing.T, c *websocket.Conn, seqs ...timeline.Seq) {
	t.Helper()
	for _, seq := range seqs {
		_, msg, err := c.Read(t.Context())
		if err != nil {
			t.Fatalf("entry %d: %v", seq, err)
		}
		var e timeline.Entry
		if err := json.Unmarshal(msg, &e); err != nil {
			t.Fatalf("entry %d: %v", seq, err)
		}
		if e.Seq != seq {
			t.Fatalf("got entry %d, want %d", e.Seq, seq)
		}
	}
}

// wantClose expects nothing more than a close with this code and reason.
func wantClose(t *testing.T, c *websocket.Conn, code websocket.StatusCode, reason string) {
	t.Helper()
	_, _, err := c.Read(t.Context())
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		if errors.Is(err, io.EOF) {
			t.Fatalf("closed without a code: %v", err)
		}
		t.Fatalf("got %v, want a close", err)
	}
	if closed.Code != code || closed.Reason != reason {
		t.Errorf("got close %d %q, want %d %q", closed.Code, closed.Reason, code, reason)
	}
}
