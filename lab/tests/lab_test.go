// Package tests holds the tests of the whole lab: the built rung command, the real
// engine, and real servers on this machine, used as a user uses them. Each is bounded
// to a few minutes and its traffic to loopback addresses.
package tests

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Stage 1 serves, survives the death of anything, the supervisor included, and goes
// without a trace.
func TestStage1(t *testing.T) {
	u := newUser(t)
	out := u.must("up", "1", "--cloud", "lab")
	s := u.status()
	require.True(t, s.Settled, out)
	require.Len(t, s.Doors, 1)
	url := s.Doors[0].URL
	assert.Contains(t, out, url, "up prints the address")
	assert.True(t, serves(url))
	assert.True(t, serves(url+"/ready"))

	u.must("up", "1", "--cloud", "lab")
	assert.Equal(t, s.processes(), u.status().processes(), "a second up changes nothing")

	require.NoError(t, syscall.Kill(s.Process, syscall.SIGKILL))
	assert.True(t, serves(url), "servers go on without the supervisor")
	u.must("lab", "start")
	assert.Equal(t, s.processes(), u.status().processes(), "they are taken over")

	require.NoError(t, syscall.Kill(s.first("the program"), syscall.SIGKILL))
	u.eventually("the app comes back", func() bool { return serves(url) })

	now := u.status()
	require.NoError(t, syscall.Kill(now.Process, syscall.SIGKILL))
	u.must("lab", "stop")
	for name, pid := range now.processes() {
		assert.False(t, runs(pid), "%s ends although the supervisor was killed", name)
	}
	u.must("lab", "start")
	u.eventually("it starts again with its data", func() bool { return serves(url + "/ready") })
	u.destroy()
}

// Stage 3 serves without a failed request while a machine, a replica and the balancer's
// configuration go.
func TestStage3(t *testing.T) {
	u := newUser(t)
	u.must("up", "3", "--cloud", "lab")
	s := u.status()
	require.NotEmpty(t, s.Doors)
	url := s.Doors[0].URL
	require.True(t, serves(url), url)
	for _, what := range []string{"primary", "replica of", "HAProxy", "nginx", "machine of web", "machine of workers",
		"SQS"} {
		assert.NotZero(t, s.first(what), what)
	}
	load := begin(url, 50)
	time.Sleep(time.Second)
	require.NoError(t, syscall.Kill(s.first("machine of web"), syscall.SIGKILL))
	time.Sleep(2 * time.Second)
	require.NoError(t, syscall.Kill(s.first("replica of"), syscall.SIGKILL))
	time.Sleep(4 * time.Second)
	asked, failures := load.end()
	assert.Greater(t, asked, int64(100))
	assert.Empty(t, failures)
	u.eventually("all is well again", func() bool { return u.status().Settled })
	u.destroy()
}
