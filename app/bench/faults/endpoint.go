package faults

import (
	"fmt"
	"io"
	"net"
	"sync"
)

// endpoint is the name of a server, as RDS gives one to a primary: after a failover it
// leads to another server, and who was connected to the old one is not any more.
type endpoint struct {
	listener net.Listener

	mu    sync.Mutex
	to    string
	conns map[net.Conn]bool
}

func newEndpoint(r *run, port int) *endpoint {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	r.must(err)
	e := &endpoint{listener: l, conns: map[net.Conn]bool{}}
	e.lead(port)
	r.Cleanup(func() { l.Close(); e.lead(port) })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed
			}
			go e.carry(conn)
		}
	}()
	return e
}

// Address is what the app is told.
func (e *endpoint) Address() string { return e.listener.Addr().String() }

// lead takes everybody to another port of this machine.
func (e *endpoint) lead(port int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.to = fmt.Sprintf("127.0.0.1:%d", port)
	for conn := range e.conns {
		conn.Close()
	}
}

// now is where it leads.
func (e *endpoint) now() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.to
}

func (e *endpoint) carry(client net.Conn) {
	defer client.Close()
	e.note(client, true)
	defer e.note(client, false)
	server, err := net.Dial("tcp", e.now())
	if err != nil {
		return // the client sees that the connection ended
	}
	defer server.Close()
	go func() {
		defer client.Close()
		io.Copy(client, server) //nolint:errcheck // the end of either ends both
	}()
	io.Copy(server, client) //nolint:errcheck // as above
}

func (e *endpoint) note(conn net.Conn, open bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if open {
		e.conns[conn] = true
		return
	}
	delete(e.conns, conn)
}
