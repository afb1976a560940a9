package tests

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// serving are the web machines that serve, by name.
func (s status) serving() map[string]bool {
	all := map[string]bool{}
	for _, v := range s.Servers {
		if strings.Contains(v.What, "machine of web") && strings.Contains(v.What, "in service") && v.State == "well" {
			all[v.Name] = true
		}
	}
	return all
}

// A fleet grows under load and shrinks after it, by the plan's own policies; a machine
// whose capacity is taken back is replaced first, and another setting replaces all,
// without a failed request.
func TestFleet(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := newUser(t)
	small := []string{"up", "3", "--cloud", "lab", "--set", "cdn=none", "--set", "peakRequestsPerSecond=40", "--set",
		"web.max=4"}
	u.must(small...)
	url := u.status().Doors[0].URL
	before := len(u.status().serving())
	require.Equal(t, 2, before)

	load := begin(url, 100)
	u.eventually("it grows", func() bool { return len(u.status().serving()) > before })
	asked, failures := load.end()
	assert.Empty(t, failures, "of %d", asked)
	require.Eventually(t, func() bool { return len(u.status().serving()) == before }, 5*time.Minute, time.Second,
		"it shrinks")

	d := u.drill(quick("break", "machine", "--how", "notice")...)
	require.Len(t, d.Failures, 1)
	f := d.Failures[0]
	assert.True(t, f.Holds, f.Why)
	assert.Zero(t, f.Writes.Lost+f.Writes.Unread)
	u.eventually("another took its place", func() bool {
		now := u.status().serving()
		return len(now) == before && !now[f.Faulted[0]]
	})

	old := u.status().serving()
	load = begin(url, 100)
	u.must(append(small, "--set", "database.replicas=2")...)
	asked, failures = load.end()
	assert.Greater(t, asked, int64(1000))
	assert.Empty(t, failures, "of %d", asked)
	for name := range u.status().serving() {
		assert.False(t, old[name], "%s was replaced", name)
	}

	load = begin(url, 100)
	u.must(append(small, "--set", "database.replicas=1", "--set", "confirmDataLoss=database-replica-2")...)
	asked, failures = load.end()
	t.Logf("a replica goes: %d asked", asked)
	assert.Empty(t, failures, "of %d", asked)
	u.destroy()
}
