package tests

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A whole climb is rehearsed: stage 2 with rows and people on it becomes stage 3, the rows
// move there, back and there again, and every acknowledged write is there at the end.
// Nothing of it is left.
func TestRehearsalOfTheClimb(t *testing.T) {
	if os.Getenv("RUNG_HANDOVER") != "full" {
		t.Skip("minutes; make nightly runs it")
	}
	u := newUser(t)
	file := filepath.Join(t.TempDir(), "rehearsal.json")
	u.must("rehearse", "2", "3", "--size", "5MB", "--writes", "5", "--reads", "15", "--max-pause", "20s", "--output", file)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	t.Log(string(text))
	var r struct {
		Climb struct {
			Unread int `json:"writes_unread"`
		}
		Acknowledged int `json:"writes_acknowledged"`
		Lost         int `json:"writes_lost"`
		Reads        int
		ReadsFailed  int `json:"reads_failed"`
		Files        int
		FilesHad     int `json:"files_had"`
		FilesLacking int `json:"files_lacking"`
		Keys         int
		Changes      []struct {
			Compared string
			Pause    int64 `json:"pause_ms"`
		}
	}
	require.NoError(t, json.Unmarshal(text, &r))
	assert.Zero(t, r.Lost)
	assert.Zero(t, r.Climb.Unread)
	assert.Positive(t, r.Acknowledged)
	assert.Positive(t, r.Reads)
	assert.Zero(t, r.ReadsFailed)
	assert.GreaterOrEqual(t, r.Files, 100, "the made ones, at least")
	assert.GreaterOrEqual(t, r.FilesHad, r.Files)
	assert.Zero(t, r.FilesLacking)
	assert.Positive(t, r.Keys, "people have logged in")
	require.Len(t, r.Changes, 3)
	for _, c := range r.Changes {
		assert.Contains(t, c.Compared, "the same on both sides")
		assert.Less(t, c.Pause, (20 * time.Second).Milliseconds())
	}
	assert.NoDirExists(t, filepath.Join(u.dir, ".rung", "rehearsal"))
	assert.NoDirExists(t, filepath.Join(u.dir, ".rung", "lab"))
}

// The climb to services is rehearsed: the users move to their service while people sign
// up by the API and by the page, and each of them is there at the end.
func TestRehearsalOfTheClimbToServices(t *testing.T) {
	if os.Getenv("RUNG_HANDOVER") != "full" {
		t.Skip("minutes; make nightly runs it")
	}
	u := newUser(t)
	file := filepath.Join(t.TempDir(), "rehearsal.json")
	u.must("rehearse", "3", "4", "--size", "5MB", "--writes", "5", "--reads", "15", "--max-pause", "20s", "--output", file,
		"--set", "web.min=2", "--set", "services.min=2")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	t.Log(string(text))
	var r struct {
		Climb struct {
			Unread  int `json:"writes_unread"`
			SignUps struct {
				Acknowledged, Lost int
				GivenUp            int `json:"given_up"`
			} `json:"sign_ups"`
		}
		Acknowledged int `json:"writes_acknowledged"`
		Lost         int `json:"writes_lost"`
		Failed       int `json:"writes_failed"`
		ReadsFailed  int `json:"reads_failed"`
		Changes      []struct{ Compared string }
	}
	require.NoError(t, json.Unmarshal(text, &r))
	assert.Zero(t, r.Lost+r.Climb.Unread+r.Failed+r.ReadsFailed)
	assert.Positive(t, r.Acknowledged)
	assert.Zero(t, r.Climb.SignUps.Lost+r.Climb.SignUps.GivenUp)
	assert.Greater(t, r.Climb.SignUps.Acknowledged, 10)
	require.Len(t, r.Changes, 3)
	for _, c := range r.Changes {
		assert.Contains(t, c.Compared, "the same on both sides")
	}
	assert.NoDirExists(t, filepath.Join(u.dir, ".rung", "rehearsal"))
}
