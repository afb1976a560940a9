package load

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A server that ends a connection under a post that has begun on it gets the post again, on
// another; one that ends each gets it no third time, and a fresh connection none.
func TestBrowsersSendOnceMore(t *testing.T) {
	for name, tt := range map[string]struct {
		answers []int // how many requests the nth connection answers before it ends
		asked   int
		fails   bool
	}{
		"a kept connection ends":   {[]int{1, 9}, 2, false},
		"a fresh connection ends":  {[]int{0, 9}, 1, true},
		"and the second ends, too": {[]int{1, 0, 9}, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			address := ending(t, tt.answers)
			var err error
			for range tt.asked {
				r, made := http.NewRequest(http.MethodPost, "http://"+address, strings.NewReader("a post"))
				require.NoError(t, made)
				var resp *http.Response
				if resp, err = twice(transport, r); err == nil {
					body, _ := io.ReadAll(resp.Body)
					assert.NoError(t, resp.Body.Close())
					assert.Equal(t, "a post", string(body), "the whole body comes")
				}
			}
			assert.Equal(t, tt.fails, err != nil, "%v", err)
		})
	}
}

// ending serves posts with what they say; the nth connection reads one more than it answers.
func ending(t *testing.T, answers []int) (address string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, l.Close()) })
	go func() {
		for _, n := range answers {
			conn, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			in := bufio.NewReader(conn)
			for ; ; n-- {
				r, err := http.ReadRequest(in)
				if err != nil || n == 0 {
					break
				}
				body, _ := io.ReadAll(r.Body)
				answer := &http.Response{StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(body)),
					Body: io.NopCloser(strings.NewReader(string(body)))}
				answer.Write(conn) //nolint:errcheck // who asked will say so
			}
			conn.Close() //nolint:errcheck // it ends
		}
	}()
	return l.Addr().String()
}
