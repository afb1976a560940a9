package session

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
)

// Forward carries the connections that a listener takes to the session's port, one at a
// time, until the context ends or the session.
func (c *Channel) Forward(ctx context.Context, at net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = at.Close() })()
	line := &line{channel: c}
	go line.take(ctx, at)
	return c.run(ctx, line.hand)
}

// line is the connection of the moment.
type line struct {
	channel *Channel
	mu      sync.Mutex
	conn    net.Conn
}

// take accepts a connection, carries it to its end, and takes the next.
func (l *line) take(ctx context.Context, at net.Listener) {
	select {
	case <-ctx.Done():
		return
	case <-l.channel.ready:
	}
	for {
		conn, err := at.Accept()
		if err != nil { // the listener is closed
			return
		}
		l.set(conn)
		l.carry(conn)
		l.set(nil)
		if errors.Join(conn.Close(), l.channel.flag(disconnectFromPort)) != nil && ctx.Err() != nil {
			return
		}
	}
}

func (l *line) set(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
}

// carry sends what a connection says.
func (l *line) carry(conn net.Conn) {
	piece := make([]byte, most)
	for {
		n, err := conn.Read(piece)
		if n > 0 && l.channel.write(piece[:n]) != nil || err != nil {
			return
		}
	}
}

// hand gives the connection what the port says. What comes for one that is gone is lost, as
// it is on any line.
func (l *line) hand(typ Type, data []byte) error {
	if typ == flagOf && len(data) == 4 && binary.BigEndian.Uint32(data) == portRefused {
		return fmt.Errorf("the machine cannot reach that port")
	}
	l.mu.Lock()
	conn := l.conn
	l.mu.Unlock()
	if typ == Data && conn != nil {
		_, _ = conn.Write(data) // its reader notices the end
	}
	return nil
}
