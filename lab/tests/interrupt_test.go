package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pressed begins a command, presses Ctrl-C a while after it has said something, and
// returns how it ended and all that it said.
func (u user) pressed(after time.Duration, says string, args ...string) (code int, said string) {
	u.t.Helper()
	file := filepath.Join(u.t.TempDir(), "said")
	out, err := os.Create(file)
	require.NoError(u.t, err)
	defer out.Close()
	end := slices.Index(args, "--")
	if end < 0 {
		end = len(args)
	}
	cmd := exec.Command(u.bin, slices.Concat(args[:end], []string{"--cloud", "lab", "--dir", u.dir}, args[end:])...)
	if cmd.Dir = u.app; u.app == "" {
		cmd.Dir = root()
	}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as a terminal has a command and what it starts
	require.NoError(u.t, cmd.Start())
	u.t.Cleanup(func() { _ = cmd.Process.Kill() })
	text := func() string {
		text, err := os.ReadFile(file)
		require.NoError(u.t, err)
		return string(text)
	}
	u.eventually(strings.Join(args, " ")+" says "+says, func() bool { return strings.Contains(text(), says) })
	time.Sleep(after)
	begin := time.Now()
	require.NoError(u.t, syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
	_ = cmd.Wait() // whoever is interrupted may not have succeeded
	u.t.Logf("%-36s ended with %d, %v after Ctrl-C", strings.Join(args, " "), cmd.ProcessState.ExitCode(),
		time.Since(begin).Round(10*time.Millisecond))
	return cmd.ProcessState.ExitCode(), text()
}

// A rehearsal that is interrupted ends with its lab: nothing runs on, and nothing is left.
func TestCtrlCOfARehearsal(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("a minute; make lab runs it")
	}
	u := newUser(t)
	for _, says := range []string{"Bringing stage 2 up", "Moving the rows"} {
		code, said := u.pressed(3*time.Second, says, "rehearse", "2", "3", "--size", "5MB", "--writes", "5", "--reads", "5")
		assert.Equal(t, 1, code, said)
		assert.Contains(t, said, "interrupted")
		assert.NoDirExists(t, filepath.Join(u.dir, ".rung", "rehearsal"))
		left, _ := exec.Command("pgrep", "-fa", u.dir).Output() // 1 where there is none
		assert.Empty(t, string(left))
	}
}

// What follows or waits for servers ends at Ctrl-C: what was only looked at or carried
// ends well, what was begun says what goes on by itself; and the site serves all the while.
func TestCtrlC(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := with(t, filepath.Join("testdata", "counter"))
	u.reads("first\n", "secret", "set", "API_KEY", "--cloud", "lab")
	u.must("up", "3", "--cloud", "lab")
	site := u.status().door("cdn")
	for line, tt := range map[string]struct {
		says, ends string
		code       int
	}{
		"logs workers -f":              {"works on", "", 0},
		"tunnel database":              {"leads to", "", 0},
		"exec web -- sleep 61":         {"", "interrupted", 1},
		"db -- -c SELECT~pg_sleep(61)": {"", "", 1},
		"restore --at latest":          {"", "interrupted", 1},
	} {
		words := strings.Fields(line)
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], "~", " ")
		}
		code, said := u.pressed(2*time.Second, tt.says, words...)
		assert.Equal(t, tt.code, code, "%s: %s", line, said)
		assert.Contains(t, said, tt.ends, line)
	}
	u.eventually("nothing goes on that was interrupted", func() bool {
		out, _ := exec.Command("pgrep", "-f", "sleep 61").Output()
		return len(out) == 0
	})
	u.must("env", "set", "VERSION=2")
	code, said := u.pressed(time.Second, "web: ", "deploy")
	assert.Equal(t, 1, code, said)
	assert.Contains(t, said, "goes on")
	u.eventually("the release goes on by itself", func() bool { return tells(t, site+"/").Version == "2" })
	u.eventually("all machines have it", func() bool { return u.status().Settled })
	code, said = u.pressed(time.Second, "", "secret", "rotate", "API_KEY")
	assert.Contains(t, []int{0, 1}, code, said) // it takes seconds: it may have been at its end
	assert.True(t, serves(site))
	u.must("deploy", "--cloud", "lab")
	u.destroy()
}
