package main

import (
	"io"
	"net"
	"sync"
	"testing"
)

// cutter is a wire between a browser and the server that can be cut.
type cutter struct {
	URL string

	mu    sync.Mutex
	down  bool
	conns map[net.Conn]bool
}

// newCutter forwards connections to the server at a URL until the test ends.
func newCutter(t testing.TB, baseURL string) *cutter {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{URL: "http://" + listener.Addr().String(), conns: map[net.Conn]bool{}}
	server := host(t, baseURL)
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { c.forward(conn, server) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		c.cut()
		open.Wait()
	})
	return c
}

// forward copies both ways until either side ends.
func (c *cutter) forward(browser net.Conn, address string) {
	defer browser.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	if !c.add(browser) {
		return
	}
	defer c.remove(browser)
	var back sync.WaitGroup
	back.Go(func() {
		// An error ends the connection, which is all that there is to do.
		_, _ = io.Copy(browser, server)
		browser.Close()
	})
	_, _ = io.Copy(server, browser)
	server.Close()
	back.Wait()
}

func (c *cutter) add(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.down {
		c.conns[conn] = true
	}
	return !c.down
}

func (c *cutter) remove(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.conns, conn)
}

// cut ends all connections and refuses new ones.
func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = true
	for conn := range c.conns {
		conn.Close()
	}
}

// mend lets connections through again.
func (c *cutter) mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = false
}
