package handover

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// counter is a world with one thing in it: how often a step was done.
type counter struct{ made, done int }

func (c *counter) step(name string, want int) Step {
	return Step{Name: name, Find: func(context.Context) (Found, error) { return Found{Done: c.made >= want}, nil },
		Do: func(context.Context) (string, error) { c.made, c.done = want, c.done+1; return "made", nil }}
}

func open(t *testing.T, dir string) *Journal {
	t.Helper()
	j, err := OpenJournal(dir)
	require.NoError(t, err)
	t.Cleanup(func() { j.Close() })
	return j
}

// A run that is killed at any point is gone on with, and does nothing twice that
// the world already has.
func TestARunGoesOnFromAnyPoint(t *testing.T) {
	points := []string{}
	whole := Run{Journal: open(t, t.TempDir()), Point: func(p string) error { points = append(points, p); return nil }}
	one := &counter{}
	require.NoError(t, whole.Steps(t.Context(), one.step("a", 1), one.step("b", 2)))
	assert.Equal(t, []string{"a/found", "a/did", "a/proved", "b/found", "b/did", "b/proved"}, points)
	killed := errors.New("killed")
	for _, at := range points {
		c, j := &counter{}, open(t, t.TempDir())
		steps := []Step{c.step("a", 1), c.step("b", 2)}
		first := Run{Journal: j, Point: func(p string) error {
			if p == at {
				return killed
			}
			return nil
		}}
		require.ErrorIs(t, first.Steps(t.Context(), steps...), killed)
		require.NoError(t, Run{Journal: j}.Steps(t.Context(), steps...))
		assert.Equal(t, counter{made: 2, done: 2}, *c, "killed at %s", at)
	}
}

func TestAStepThatDoesNotHoldFails(t *testing.T) {
	j := open(t, t.TempDir())
	idle := Step{Name: "idle", Find: func(context.Context) (Found, error) { return Found{Text: "nothing there"}, nil },
		Do: func(context.Context) (string, error) { return "", nil }}
	err := Run{Journal: j, Command: "start"}.Steps(t.Context(), idle)
	require.ErrorContains(t, err, "idle: it was done and does not hold: nothing there")
	entries, err := j.Entries()
	require.NoError(t, err)
	assert.Equal(t, EventFailed, entries[len(entries)-1].Event)
}

func TestAJournalSurvivesATornLine(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	_, err := j.Append(Entry{Step: "a", Event: EventDid})
	require.NoError(t, err)
	_, err = OpenJournal(dir)
	require.ErrorIs(t, err, ErrBusy)
	require.NoError(t, j.Close())
	file := filepath.Join(dir, journalFile)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, append(text, `{"step":"torn","eve`...), 0o600))
	again := open(t, dir)
	_, err = again.Append(Entry{Step: "b", Event: EventDid})
	require.NoError(t, err)
	entries, err := ReadJournal(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, "b", entries[1].Step)
}
