package edge

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPaceIsJudgedByProgress(t *testing.T) {
	begin := time.Now()
	p := &paced{begin: begin}
	assert.Equal(t, begin.Add(patience), p.deadline(begin))
	p.n = 4 << 20
	after := begin.Add(12 * time.Second)
	assert.Equal(t, after.Add(patience), p.deadline(after), "4 MB in 12 s is fine, a pause without end is not")
	p.n = 10
	assert.True(t, p.deadline(after).Before(after), "10 bytes in 12 s are too few")
}

// What is done with a body has its time from when the body is there, however
// long that took.
func TestPhasesHaveTheirOwnTime(t *testing.T) {
	const limit = 400 * time.Millisecond
	type seen struct {
		read int
		err  error
	}
	out := make(chan seen, 1)
	late := make(chan error, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, done := Phases(r.Context(), w, r, limit)
		defer done()
		text, err := io.ReadAll(r.Body)
		out <- seen{len(text), errors.Join(err, r.Context().Err())}
		<-r.Context().Done()
		late <- context.Cause(r.Context())
	}))
	defer s.Close()
	body, send := io.Pipe()
	go func() {
		for range 8 { // four times as long as the limit
			send.Write([]byte("x")) //nolint:errcheck // the server went away
			time.Sleep(limit / 2)
		}
		send.Close()
	}()
	resp, err := http.Post(s.URL, "text/plain", body)
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, seen{read: 8}, <-out)
	assert.ErrorIs(t, <-late, context.DeadlineExceeded)
}

// Who stops sending is told so, and holds nothing.
func TestASilentClientIsLetGo(t *testing.T) {
	failed := make(chan error, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, done := Phases(r.Context(), w, r, time.Minute)
		defer done()
		_, err := io.ReadAll(r.Body)
		failed <- err
		w.WriteHeader(http.StatusRequestTimeout)
	}))
	defer s.Close()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx")
	require.NoError(t, err)
	select {
	case err := <-failed:
		assert.ErrorIs(t, err, ErrSlow)
	case <-time.After(time.Minute):
		t.Fatal("it is waited for")
	}
}
