package tests

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
)

// latePushes stands before Redis and holds what Redis says unasked, and all
// that comes behind it, for a moment: as a busy machine does now and then. It
// returns the URL to use instead.
func latePushes(t *testing.T, r *apptest.Redis) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() }) //nolint:errcheck // nothing is left to be done
	go func() {
		for {
			client, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if assert.NoError(t, err) {
				go holdPushes(t, client, r.Port)
			}
		}
	}()
	return fmt.Sprintf("redis://%s", listener.Addr())
}

func holdPushes(t *testing.T, client net.Conn, port int) {
	defer client.Close() //nolint:errcheck // the other side knows
	server, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if !assert.NoError(t, err) {
		return
	}
	go func() {
		io.Copy(server, client) //nolint:errcheck // it ends with the connection
		server.Close()          //nolint:errcheck // as above
	}()
	chunk := make([]byte, 64<<10)
	for {
		n, err := server.Read(chunk)
		if err != nil {
			return
		}
		before := bytes.Index(chunk[:n], []byte(">2\r\n$10\r\ninvalidate"))
		if before >= 0 {
			client.Write(chunk[:before]) //nolint:errcheck // the next read says so
			time.Sleep(5 * time.Millisecond)
		}
		client.Write(chunk[max(before, 0):n]) //nolint:errcheck // as above
	}
}
