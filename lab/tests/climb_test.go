package tests

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writers are the databases that take writes of people, with their processes.
func (s status) writers() map[string]int {
	all := map[string]int{}
	for _, v := range s.Servers {
		if strings.HasPrefix(v.What, "PostgreSQL") &&
			(strings.Contains(v.What, ", primary") || strings.Contains(v.What, "beside the program")) {
			all[v.Name] = v.Process
		}
	}
	return all
}

// One stack climbs, and serves at the address that each up prints; what it had stays. From
// stage 3 on, people are led to the server of before until its rows have been moved.
func TestClimb(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := newUser(t)
	var before map[string]int
	for _, stage := range []string{"1", "2", "3", "4"} {
		out := u.must("up", stage, "--cloud", "lab")
		s := u.status()
		require.NotEmpty(t, s.Doors)
		assert.Contains(t, out, s.Doors[0].URL)
		assert.True(t, serves(s.Doors[0].URL), "stage %s at %s", stage, s.Doors[0].URL)
		for name, pid := range before {
			assert.Equal(t, pid, s.processes()[name], "%s runs on in stage %s", name, stage)
		}
		before = s.writers()
		assert.NotEmpty(t, before)
	}
	u.destroy()
}
