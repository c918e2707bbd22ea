package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// errHost is that a request names a server that this is not.
var errHost = errors.New("this server does not go by that name: open it by its address, or start it with -host NAME")

// ownHost refuses requests whose Host is a name that the server was not told of.
// A page of another site can make its own name point at this server (DNS
// rebinding) and is then of the same origin for a browser; it cannot make the
// browser send an address instead, or localhost.
func (s *Server) ownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.answersTo(r.Host) {
			s.fails(w, r, fmt.Errorf("%q: %w", r.Host, errHost))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// answersTo reports whether a Host, with or without a port, is this server.
func (s *Server) answersTo(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return true
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || slices.Contains(s.hosts, host)
}
