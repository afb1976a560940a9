//go:build unix

package tests

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onTerminal runs rung on a terminal of so many columns, and gives what stands on its screen
// in the end and every byte that it was sent. Nobody answers what the terminal is asked.
func (u *user) onTerminal(columns int, args ...string) (screen, raw string) {
	u.t.Helper()
	const rows = 2000 // more than any command writes, so that nothing scrolls away
	cmd := u.command(args...)
	cmd.Env = append(cmd.Env, "TERM=xterm-256color")
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: rows, Cols: uint16(columns)})
	require.NoError(u.t, err)
	defer f.Close()          //nolint:errcheck // nothing more is read of it
	sent, _ := io.ReadAll(f) // it ends with an error once nobody holds the other end
	_ = cmd.Wait()           // some commands refuse, and are to be looked at all the same
	v := vt10x.New(vt10x.WithSize(columns, rows))
	_, err = v.Write(sent)
	require.NoError(u.t, err)
	return v.String(), string(sent)
}

var (
	wiped   = regexp.MustCompile(`\r\x1b\[K`)
	colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)
	working = regexp.MustCompile(`(preview|up|destroy|refresh): \d+ of \d+ resources`)
	// table is what a reader sees as columns, and not as a sentence.
	table = regexp.MustCompile(`\S {2,}\S|[│┌└╠║]`)
)

// reads demands that what was sent reads well: no progress is longer than the line that is
// wiped, and no table is wider than the terminal, which would break its rows in two.
func reads(t *testing.T, columns int, raw string) {
	t.Helper()
	for _, line := range strings.Split(strings.ReplaceAll(raw, "\r\n", "\n"), "\n") {
		for _, part := range wiped.Split(line, -1) {
			part = colours.ReplaceAllString(part, "")
			width := text.StringWidth(part)
			if working.MatchString(part) {
				assert.Less(t, width, columns, "progress: %s", part)
			}
			if table.MatchString(strings.TrimSpace(part)) {
				assert.LessOrEqual(t, width, columns, "a table: %s", part)
			}
		}
	}
	assert.NotContains(t, raw, "\x1b]", "the terminal is asked nothing")
	assert.NotContains(t, raw, "\x1b[6n", "the terminal is asked nothing")
}

// Whatever a terminal's width, what it shows in the end is what was said, and no remains of
// what was wiped.
func TestTerminalsOfEveryWidth(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{60, 80, 100, 120} {
		u := newUser(t)
		for _, line := range []string{"preview 3", "up 1", "diff 1 2", "status", "cost 3", "stages", "doctor 2", "drift",
			"save 3", "destroy"} {
			screen, raw := u.onTerminal(columns, strings.Fields(line)...)
			assert.NotRegexp(t, working, screen, "%s at %d: remains of the progress", line, columns)
			assert.NotEmpty(t, strings.TrimSpace(screen), line)
			if strings.HasPrefix(line, "up") || strings.HasPrefix(line, "preview") {
				assert.Regexp(t, working, raw, "%s at %d: progress was shown", line, columns)
				assert.Regexp(t, colours, raw, line)
			}
			reads(t, columns, raw)
		}
	}
}

func TestTerminalsAreObeyed(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	t.Run("quiet", func(t *testing.T) {
		_, raw := u.onTerminal(80, "preview", "2", "--quiet")
		assert.NotRegexp(t, working, raw)
		assert.NotRegexp(t, wiped, raw)
		assert.NotContains(t, raw, "nothing here touches AWS")
	})
	t.Run("wide", func(t *testing.T) {
		_, raw := u.onTerminal(180, "preview", "2", "--wide")
		reads(t, 180, raw)
		widest := 0
		for _, line := range strings.Split(colours.ReplaceAllString(raw, ""), "\r\n") {
			if table.MatchString(strings.TrimSpace(line)) && !wiped.MatchString(line) {
				widest = max(widest, text.StringWidth(line))
			}
		}
		assert.Greater(t, widest, 120, "all of the terminal is taken")
	})
	t.Run("no colour", func(t *testing.T) {
		u := *u
		u.env = append(u.env, "NO_COLOR=1")
		_, raw := u.onTerminal(80, "preview", "2")
		assert.NotRegexp(t, colours, raw)
		assert.Regexp(t, wiped, raw, "the progress is shown all the same")
	})
}
