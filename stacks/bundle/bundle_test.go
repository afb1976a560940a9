package bundle

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/stacks/manifest"
)

func line(text string) *manifest.Command { return &manifest.Command{Line: text} }

// folder is an app's directory.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

func made(t *testing.T, app manifest.App) string {
	t.Helper()
	m, err := Make(app, t.TempDir())
	require.NoError(t, err)
	return m.Path
}

func TestABundleRunsItsFiles(t *testing.T) {
	dir := folder(t, map[string]string{"say.sh": `echo "says $1 at $HOST $PORT"`, ".env": "SECRET=1", ".git/config": "x"})
	path := made(t, manifest.App{Directory: dir, Port: 3000,
		Commands: manifest.Commands{Web: line(`bash say.sh "it's $WHO"; ls -A`)}})
	cmd := exec.Command(path, "web")
	cmd.Env = append(os.Environ(), "WHO=me")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, "says it's me at 0.0.0.0 3000\n.rung\nsay.sh\n", string(out), "and neither .env nor .git")

	cmd = exec.Command(path, "web")
	cmd.Env = append(os.Environ(), "APP_LISTEN=127.9.9.9:8081", "WHO=me")
	out, _ = cmd.CombinedOutput()
	assert.Contains(t, string(out), "at 127.9.9.9 8081")
	out, err = exec.Command(path, "nonsense").CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out),
		"got nonsense, want install USER, all, web, worker, release, service-NAME or release-NAME")
}

func TestTheSameAppIsTheSameBytes(t *testing.T) {
	files := map[string]string{"a": "1", "b/c": "2"}
	app := manifest.App{Directory: folder(t, files), Commands: manifest.Commands{Web: line("x")}}
	other := app
	other.Directory = folder(t, files)
	one, err := Bytes(app)
	require.NoError(t, err)
	two, err := Bytes(other)
	require.NoError(t, err)
	assert.Equal(t, one, two)
	other.Commands.Web = line("y")
	two, err = Bytes(other)
	require.NoError(t, err)
	assert.NotEqual(t, one, two, "another command is another release")
}

func TestAllPartsEndTogether(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	part := func(name string) *manifest.Command {
		return line(`trap 'echo ` + name + ` ends >>"$OUT"; exit' TERM; echo ` + name + ` runs >>"$OUT"; while :; do sleep 0.1; done`)
	}
	path := made(t, manifest.App{Directory: folder(t, nil), Commands: manifest.Commands{Web: part("web"),
		Worker: part("worker")}})
	cmd := exec.Command(path, "all")
	cmd.Env = append(os.Environ(), "OUT="+out)
	require.NoError(t, cmd.Start())
	has := func(text string) func() bool {
		return func() bool { b, _ := os.ReadFile(out); return strings.Contains(string(b), text) }
	}
	require.Eventually(t, has("web runs"), 20*time.Second, 20*time.Millisecond)
	require.Eventually(t, has("worker runs"), 20*time.Second, 20*time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		assert.NoError(t, err, "it was asked to end")
	case <-time.After(20 * time.Second):
		cmd.Process.Kill()
		t.Fatal("it does not end")
	}
	assert.True(t, has("web ends")())
	assert.True(t, has("worker ends")())
}

func TestOnePartThatEndsEndsAll(t *testing.T) {
	path := made(t, manifest.App{Directory: folder(t, nil), Commands: manifest.Commands{Web: line("sleep 60"),
		Worker: line("exit 7")}})
	err := exec.Command(path, "all").Run()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 7, exit.ExitCode(), "so that the whole is started anew")
}

func TestOnlyOwnFilesArePacked(t *testing.T) {
	dir := folder(t, map[string]string{"a": "1"})
	app := manifest.App{Directory: dir, Commands: manifest.Commands{Web: line("x")}}
	require.NoError(t, os.Symlink("a", filepath.Join(dir, "inside")))
	_, err := Bytes(app)
	require.NoError(t, err)
	for _, target := range []string{"/etc/passwd", "../../outside"} {
		link := filepath.Join(dir, "link")
		require.NoError(t, os.Symlink(target, link))
		_, err = Bytes(app)
		require.ErrorContains(t, err, "is a link to "+target)
		require.NoError(t, os.Remove(link))
	}
	require.NoError(t, os.Chmod(filepath.Join(dir, "a"), 0o666))
	_, err = Bytes(app)
	require.ErrorContains(t, err, "can be written by everybody")

	static := folder(t, map[string]string{"app.1.css": "", "img/x.2.png": ""})
	files, err := Static(manifest.App{Static: static}, "static/")
	require.NoError(t, err)
	assert.Equal(t, []File{{"static/app.1.css", static + "/app.1.css"}, {"static/img/x.2.png", static + "/img/x.2.png"}},
		files)
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(static, "link")))
	_, err = Static(manifest.App{Static: static}, "static/")
	require.ErrorContains(t, err, "symbolic link")
}

// commands is a PATH on which root's commands write down how they were called.
func commands(t *testing.T) (env []string, calls func() string) {
	t.Helper()
	dir := t.TempDir()
	for name, more := range map[string]string{
		"dnf": "", "systemctl": "", "chown": "", "aws": "echo password", "id": "echo 990", "nerdctl": `[ "$1" != login ] || cat >/dev/null`,
		"psql":    `while read -r l; do case $l in *count*) [ -f "$DONE" ] && echo 1 || echo 0 ;; *INSERT*) touch "$DONE"; echo 0 ;; *) echo ok ;; esac; done`,
		"runuser": `while [ "$1" != -- ]; do shift; done; shift; exec "$@"`,
	} {
		text := "#!/bin/bash\necho \"" + name + " $*\" >>" + dir + "/calls\n" + more + "\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755))
	}
	return append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH")), func() string {
		text, _ := os.ReadFile(filepath.Join(dir, "calls"))
		return string(text)
	}
}

func TestInstallingADirectory(t *testing.T) {
	dir := folder(t, map[string]string{"package.json": "{}", "node_modules/x/y.js": ""})
	path := made(t, manifest.App{Directory: dir, Runtime: "nodejs@22", Install: line("touch installed"),
		Commands: manifest.Commands{Web: line("ls -A"), Release: line("x")}, Needs: []manifest.Need{manifest.Database}})
	env, calls := commands(t)
	cmd := exec.Command(path, "install", "app")
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, calls(), "dnf install -y -q nodejs22 nodejs22-npm postgresql17\n")
	assert.Contains(t, calls(), "runuser -u app -- env HOME=")
	assert.FileExists(t, path+".d/installed")
	assert.NoDirExists(t, path+".d/node_modules", "what is installed there is not taken from here")
	out, err = exec.Command(path, "web").CombinedOutput()
	require.NoError(t, err)
	assert.Equal(t, ".rung\ninstalled\npackage.json\n", string(out))
}

func TestAnImageIsRunByContainerd(t *testing.T) {
	image := "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:" + strings.Repeat("a", 64)
	path := made(t, manifest.App{Image: image, Commands: manifest.Commands{Worker: line("node w.js")}})
	env, calls := commands(t)
	uploads, moves := t.TempDir(), t.TempDir()
	env = append(env, "UPLOADS_DIR="+uploads, "PAUSE_WRITES="+moves+"/pause")
	for _, words := range [][]string{{"install", "rung"}, {"web"}, {"worker"}} {
		cmd := exec.Command(path, words...)
		cmd.Env = append(env, "SHOP=x")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	text := calls()
	assert.Contains(t, text, "dnf install -y -q containerd nerdctl\nsystemctl enable --now containerd\n")
	assert.Contains(t, text, "aws ecr get-login-password --region eu-west-1\n")
	assert.Contains(t, text, "nerdctl login --username AWS --password-stdin "+
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com\n")
	assert.Contains(t, text, "nerdctl pull --quiet "+image+"\n")
	assert.Regexp(t, `nerdctl run --rm --name rung-web --net host --user 990:990 .*-e SHOP .*`+image+` ?\n`, text)
	assert.Regexp(t, `nerdctl run --rm --name rung-worker .*`+image+` /bin/sh -c exec node w.js\n`, text)
	assert.NotContains(t, text, "-e PATH ")
	for _, dir := range []string{uploads, moves} { // which are made before it starts
		assert.Contains(t, text, "-v "+dir+":"+dir+" ")
	}
}

func TestAReleaseRunsOnce(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	path := made(t, manifest.App{Directory: folder(t, nil), Needs: []manifest.Need{manifest.Database},
		Commands: manifest.Commands{Web: line("x"), Release: line(`echo ran >>"$OUT"; exit "$END"`)}})
	env, _ := commands(t)
	for _, tt := range []struct {
		end, url string
		fails    bool
		ran      string
	}{
		{end: "3", url: "x", fails: true, ran: "ran\n"},
		{end: "0", url: "x", ran: "ran\nran\n"},
		{end: "0", url: "x", ran: "ran\nran\n"},
	} {
		cmd := exec.Command(path, "release")
		cmd.Env = append(env, "OUT="+out, "END="+tt.end, "DATABASE_URL="+tt.url, "DONE="+out+".done")
		text, err := cmd.CombinedOutput()
		assert.Equal(t, tt.fails, err != nil, string(text))
		ran, err := os.ReadFile(out)
		require.NoError(t, err)
		assert.Equal(t, tt.ran, string(ran), "one that fails is tried again, one that ends well is not")
	}
}

func TestServicesAreParts(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	path := made(t, manifest.App{Directory: folder(t, nil), Commands: manifest.Commands{Web: line("echo web $PORT")},
		Services: []manifest.Service{
			{Name: "mail-out", Command: &manifest.Command{Words: []string{"echo", "it's", "mail"}}},
			{Name: "same"},
			{Name: "own", Command: line("echo own"), Store: manifest.OwnStore, Release: line(`echo released >>"$OUT"`)}}})
	env, _ := commands(t)
	run := func(word string) (string, error) {
		cmd := exec.Command(path, word)
		cmd.Env = append(env, "OUT="+out, "DATABASE_URL=x", "DONE="+out+".done")
		text, err := cmd.CombinedOutput()
		return string(text), err
	}
	for word, want := range map[string]string{ServiceWord("mail-out"): "it's mail\n", ServiceWord("same"): "web 8080\n",
		ReleaseWord("mail-out"): "", ReleaseWord("own"): ""} {
		said, err := run(word)
		require.NoError(t, err, said)
		assert.Equal(t, want, said, word)
	}
	_, err := run(ReleaseWord("own"))
	require.NoError(t, err)
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	assert.Equal(t, "released\n", string(text), "once")
	for _, word := range []string{ServiceWord("nobody"), ReleaseWord("nobody"), "service-"} {
		said, err := run(word)
		require.Error(t, err)
		assert.Contains(t, said, "the app has no service of that name")
	}
}

func TestTheScriptPassesShellcheck(t *testing.T) {
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Skip("shellcheck is missing")
	}
	file := filepath.Join(t.TempDir(), "run.sh")
	app := manifest.App{Image: "x/y", Commands: manifest.Commands{Web: line("x"), Worker: line("y"), Release: line("z")},
		Schedule: []manifest.Job{{Name: "a-b", At: "daily", Command: manifest.Command{Line: "x"}}},
		Services: []manifest.Service{{Name: "c-d", Command: line("x")}}}
	require.NoError(t, os.WriteFile(file, []byte(Script(app)), 0o600))
	out, err := exec.Command("shellcheck", "-e", "SC2034,SC2128,SC2178,SC2329,SC2016", file).CombinedOutput()
	assert.NoError(t, err, string(out))
}
