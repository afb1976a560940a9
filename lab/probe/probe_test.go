package probe

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/unit"
)

// say is a server that answers each connection with a text.
func say(t *testing.T, text string) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.77.2.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			bufio.NewReader(conn).ReadByte() //nolint:errcheck // the question does not matter
			conn.Write([]byte(text))         //nolint:errcheck // as above
			conn.Close()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func TestServersSayHowTheyAre(t *testing.T) {
	for name, tt := range map[string]struct {
		kind unit.Kind
		says string
		well bool
	}{
		"a redis":                        {unit.Redis, "+PONG\r\n", true},
		"a redis with a password":        {unit.Redis, "-NOAUTH Authentication required.\r\n", true},
		"a redis that loads":             {unit.Redis, "-LOADING Redis is loading the dataset in memory\r\n", false},
		"a postgres that wants TLS":      {unit.Postgres, "E\x00\x00\x00\x50SFATAL\x00C28000\x00Mno entry\x00\x00", true},
		"a postgres that asks who it is": {unit.Postgres, "R\x00\x00\x00\x17\x00\x00\x00\x0aSCRAM-SHA-256\x00\x00", true},
		"a postgres that starts up":      {unit.Postgres, "E\x00\x00\x00\x50SFATAL\x00C57P03\x00Mstarting up\x00\x00", false},
		"a postgres that says nothing":   {unit.Postgres, "", false},
		"whatever takes a connection":    {unit.TCP, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			err := Ask(t.Context(), "127.77.2.1", unit.Health{Kind: tt.kind, Port: say(t, tt.says)})
			assert.Equal(t, tt.well, err == nil, "%v", err)
		})
	}
}

func TestPagesSayHowTheyAre(t *testing.T) {
	status := http.StatusOK
	at := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/health", r.URL.Path)
		w.WriteHeader(status)
	}))
	defer at.Close()
	port := at.Listener.Addr().(*net.TCPAddr).Port
	for code, well := range map[int][2]bool{200: {true, true}, 403: {false, true}, 503: {false, false}} {
		status = code
		for n, kind := range []unit.Kind{unit.HTTP, unit.Answers} {
			err := Ask(t.Context(), "127.0.0.1", unit.Health{Kind: kind, Port: port, Path: "/health"})
			assert.Equal(t, well[n], err == nil, "%s %d: %v", kind, code, err)
		}
	}
}
