package aws

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// world is a machine's programs, played by scripts.
func world(t *testing.T, programs map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range programs {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/bash\n"+text), 0o700)) //nolint:gosec // programs
	}
	return dir
}

// bash runs a script with arguments in such a world.
func bash(t *testing.T, dir, script string, env []string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command("bash", append([]string{"-c", script, "rung"}, args...)...)
	cmd.Env = append(env, "PATH="+dir+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		var ended *exec.ExitError
		require.ErrorAs(t, err, &ended)
		return string(out), ended.ExitCode()
	}
	return string(out), 0
}

// A command runs in the app's environment, which may have any characters, word for word.
func TestExecScript(t *testing.T) {
	proc := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(proc, "7"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(proc, "7", "environ"),
		[]byte("A=one two\nthree\x00B=$HOME \"q\"\x00PATH="+os.Getenv("PATH")+"\x00"), 0o600))
	require.NoError(t, os.Symlink("/tmp", filepath.Join(proc, "7", "cwd")))
	dir := world(t, map[string]string{"systemctl": "echo 7\n", "runuser": "shift 3\nexec \"$@\"\n"})
	out, code := bash(t, dir, execScript, []string{"RUNG_PROC=" + proc, "MINE=1"}, "app.service", "bash", "-c", `printf '%s|%s|%s|%s' "$A" "$B" "${MINE-}" "$PWD"; exit 5`)
	assert.Equal(t, 5, code)
	assert.Equal(t, "one two\nthree|$HOME \"q\"||/tmp", out)

	dir = world(t, map[string]string{"systemctl": "echo 0\n"})
	out, code = bash(t, dir, execScript, nil, "app.service", "true")
	assert.Equal(t, 69, code)
	assert.Contains(t, out, "the app does not run")
}

func TestReleaseScript(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(app, release string)
		want    string
	}{
		"it has it":     {func(app, r string) { _ = os.Symlink("releases/"+r, filepath.Join(app, "current")) }, "current"},
		"it was undone": {func(app, r string) { _ = os.WriteFile(filepath.Join(app, "failed", r), nil, 0o600) }, "undone"},
		"not yet":       {func(app, _ string) { _ = os.Symlink("releases/other", filepath.Join(app, "current")) }, "rolling"},
		"the first":     {func(string, string) {}, "rolling"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			app := filepath.Join(root, "opt", "app")
			require.NoError(t, os.MkdirAll(filepath.Join(app, "failed"), 0o755))
			require.NoError(t, os.MkdirAll(filepath.Join(root, "etc", "rung"), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(root, "etc", "rung", "server.env"),
				[]byte("RUNG_REGION='x'\nRUNG_PARAMETER='/p'\n"), 0o600))
			dir := world(t, map[string]string{"aws": `echo '{"key":"app/1"}'` + "\n"})
			release, _ := bash(t, dir, `printf '%s' "$(aws)" | sha256sum | cut -d ' ' -f 1`, nil)
			tt.prepare(app, strings.TrimSpace(release))
			out, code := bash(t, dir, releaseScript, []string{"RUNG_ROOT=" + root})
			assert.Equal(t, 0, code, out)
			assert.Equal(t, tt.want, strings.TrimSpace(out))
		})
	}
}

// A command of an app in a container runs in the web part's, or in the one that there is.
func TestContainedScript(t *testing.T) {
	const nerdctl = `[ "$1" = ps ] && printf '%s' "$RUNS" || { shift; printf '%s|' "$@"; exit 5; }`
	dir := world(t, map[string]string{"nerdctl": nerdctl})
	for runs, want := range map[string]string{
		"rung-worker\nrung-web\nother\n":    "rung-web|echo|it's|",
		"rung-release\nrung-service-mail\n": "rung-service-mail|echo|it's|",
	} {
		out, code := bash(t, dir, containedScript, []string{"RUNS=" + runs}, "app.service", "echo", "it's")
		assert.Equal(t, 5, code)
		assert.Equal(t, want, out)
	}
	out, code := bash(t, dir, containedScript, []string{"RUNS=other\n"}, "app.service", "true")
	assert.Equal(t, 69, code)
	assert.Contains(t, out, "does not run")
}
