package remote_test

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster/remote"
)

// TestCheck meets all that may answer at an address instead of an API server
// that labs run on.
func TestCheck(t *testing.T) {
	says := func(version string) func(*testing.T) *rest.Config {
		return func(t *testing.T) *rest.Config {
			a := newAPI(t)
			a.version = version
			return a.config()
		}
	}
	answers := func(status int) func(*testing.T) *rest.Config {
		return func(t *testing.T) *rest.Config {
			a := newAPI(t)
			a.status = status
			return a.config()
		}
	}
	for _, test := range []struct {
		name   string
		config func(*testing.T) *rest.Config
		want   error  // nil: any
		text   string // part of what is said; empty: no error
	}{
		{"a new one", says(`{"gitVersion":"v1.37.2"}`), nil, ""},
		{"the oldest", says(`{"gitVersion":"v1.31.0-eks-36c1ef5"}`), nil, ""},
		{"too old", says(`{"gitVersion":"v1.30.14+k3s1"}`), remote.ErrTooOld, "is Kubernetes v1.30.14+k3s1: labs need Kubernetes v1.31 or later"},
		{"no version", says(`{}`), remote.ErrStranger, `its version is ""`},
		{"a strange version", says(`{"gitVersion":"latest"}`), remote.ErrStranger, `its version is "latest"`},
		{"a page", says(`<html>`), remote.ErrStranger, "is the address in the kubeconfig right?"},
		{"nothing there", answers(http.StatusNotFound), remote.ErrStranger, "is the address in the kubeconfig right?"},
		{"expired credentials", answers(http.StatusUnauthorized), remote.ErrUnauthorized, "have they expired?"},
		{"no right to look", answers(http.StatusForbidden), remote.ErrForbidden, "Forbidden"},
		{"out of order", answers(http.StatusServiceUnavailable), nil, "Service Unavailable"},
		{"not trusted", func(t *testing.T) *rest.Config {
			config := newAPI(t).config()
			config.CAData = nil
			return config
		}, remote.ErrUntrusted, "certificate signed by unknown authority"},
		{"another name", func(t *testing.T) *rest.Config {
			config := newAPI(t).config()
			config.ServerName = "kubernetes.invalid"
			return config
		}, remote.ErrUntrusted, "kubernetes.invalid"},
		{"no TLS", func(t *testing.T) *rest.Config {
			plain := httptest.NewServer(http.NotFoundHandler())
			t.Cleanup(plain.Close)
			return &rest.Config{Host: "https://" + plain.Listener.Addr().String()}
		}, remote.ErrStranger, "HTTP response to HTTPS client"},
		{"one that ends in the middle of an answer", breaksOff(false), remote.ErrNoAnswer, "unexpected EOF"},
		{"one that ends in the middle of an answer by HTTP/2", breaksOff(true), remote.ErrNoAnswer, "INTERNAL_ERROR"},
		{"nobody", func(t *testing.T) *rest.Config {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			listener.Close()
			return &rest.Config{Host: "https://" + listener.Addr().String()}
		}, remote.ErrNoAnswer, "connection refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := test.config(t)
			err := remote.Check(t.Context(), config)
			if test.text == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				t.Fatal("it was taken")
			}
			if test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, test.text) || !strings.Contains(text, config.Host) {
				t.Errorf("got %q, want one line with %q and %s", text, test.text, config.Host)
			}
		})
	}
}

// breaksOff begins to answer, and says no more.
func breaksOff(http2 bool) func(*testing.T) *rest.Config {
	return func(t *testing.T) *rest.Config {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"gitVersion":`)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}))
		server.EnableHTTP2 = http2
		server.StartTLS()
		t.Cleanup(server.Close)
		ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		return &rest.Config{Host: server.URL, TLSClientConfig: rest.TLSClientConfig{CAData: ca}}
	}
}

// TestCheckOfOneThatHangs gives up with its context.
func TestCheckOfOneThatHangs(t *testing.T) {
	a := newAPI(t)
	a.listener.freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 1)
	defer cancel()
	err := remote.Check(ctx, a.config())
	if !errors.Is(err, remote.ErrNoAnswer) || !strings.Contains(err.Error(), "does it hang") {
		t.Errorf("got %v", err)
	}
}
