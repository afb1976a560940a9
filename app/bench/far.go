package main

import (
	"fmt"
	"io"
	"net"
	"time"
)

// far passes connections on to an address as if it were a round trip away. It
// delays the first bytes of each turn, and the connection itself, by one round
// trip: what a client that waits for each answer notices of distance.
func far(address string, trip time.Duration) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for a far client: %w", err)
	}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return // closed
			}
			go carry(client, address, trip)
		}
	}()
	return l, nil
}

func carry(client net.Conn, address string, trip time.Duration) {
	defer client.Close()
	time.Sleep(trip) // the handshake of TCP
	server, err := net.DialTimeout("tcp", address, 2*time.Second)
	if err != nil {
		return // the client sees that the connection ended
	}
	defer server.Close()
	go func() {
		defer client.Close()
		io.Copy(client, server) //nolint:errcheck // the end of either ends both
	}()
	io.Copy(late{server, trip}, client) //nolint:errcheck // as above
}

// late writes each piece a round trip after it came.
type late struct {
	to   io.Writer
	trip time.Duration
}

func (l late) Write(b []byte) (int, error) {
	time.Sleep(l.trip)
	return l.to.Write(b)
}
