package onlab

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/operate"
)

// Tunnel carries connections to the server that stands in for the host.
func (d *Driver) Tunnel(ctx context.Context, m operate.Machine, host string, port int, at net.Listener) error {
	now, _, err := d.now("tunnel")
	if err != nil {
		return err
	}
	to := now.Here(host)
	if host == operate.Beside {
		to = beside(now, m, port)
	}
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

// beside is the address of the machine's own server at a port.
func beside(now state.State, m operate.Machine, port int) string {
	for _, u := range now.Units {
		if strings.HasPrefix(u.Name, m.ID+"/") && slices.Contains(u.Ports, port) {
			return u.Address
		}
	}
	return operate.Beside
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
