package onlab

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"

	"github.com/rung-dev/rung/operate"
)

// Tunnel carries connections to the server that stands in for the host.
func (d *Driver) Tunnel(ctx context.Context, _ operate.Machine, host string, port int, at net.Listener) error {
	now, _, err := d.now("tunnel")
	if err != nil {
		return err
	}
	to := now.Here(host)
	if _, _, err := net.SplitHostPort(to); err != nil {
		to = net.JoinHostPort(to, strconv.Itoa(port))
	}
	defer context.AfterFunc(ctx, func() { _ = at.Close() })()
	for {
		conn, err := at.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("take a connection: %w", err)
		}
		go carry(ctx, conn, to)
	}
}

// carry carries one connection to its end.
func carry(ctx context.Context, conn net.Conn, to string) {
	defer conn.Close()
	there, err := (&net.Dialer{}).DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer there.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(there, conn); _ = there.(*net.TCPConn).CloseWrite() })
	_, _ = io.Copy(conn, there)
	_ = conn.Close()
	both.Wait()
}
