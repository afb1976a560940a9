package engine_test

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// lay writes files below a directory, executable ones.
func lay(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o755))
	}
}

// A directory may come with a .rung in it, from a repository say.
func TestWhatAStrangerLeftIsNotRun(t *testing.T) {
	for name, tt := range map[string]struct {
		make func(t *testing.T, dir string)
		want string
	}{
		"a provider of another name": {func(t *testing.T, dir string) {
			lay(t, dir, map[string]string{".rung/plugins/pulumi-resource-command": "#!/bin/sh\n"})
		}, "pulumi-resource-command is not rung's"},
		"a provider that is no link": {func(t *testing.T, dir string) {
			lay(t, dir, map[string]string{".rung/plugins/pulumi-resource-aws": "#!/bin/sh\n"})
		}, "pulumi-resource-aws is not rung's"},
		"a program in front of the PATH": {func(t *testing.T, dir string) {
			lay(t, dir, map[string]string{".rung/plugins/git": "#!/bin/sh\n"})
		}, "git is not rung's"},
		"an installed plugin": {func(t *testing.T, dir string) {
			lay(t, dir, map[string]string{".rung/home/plugins/resource-aws-v6.83.4/pulumi-resource-aws": "#!/bin/sh\n"})
		}, "resource-aws-v6.83.4 is not rung's"},
		"a project of another form": {func(t *testing.T, dir string) {
			lay(t, dir, map[string]string{".rung/workspace/Pulumi.json": "{}"})
		}, "Pulumi.json is not rung's"},
		"a .rung that leads elsewhere": {func(t *testing.T, dir string) {
			require.NoError(t, os.Symlink(t.TempDir(), filepath.Join(dir, ".rung")))
		}, ".rung is a symbolic link"},
		"a cloud that leads elsewhere": {func(t *testing.T, dir string) {
			lay(t, dir, map[string]string{"mine": "{}", ".rung/x": ""})
			require.NoError(t, os.Symlink(filepath.Join(dir, "mine"), filepath.Join(dir, ".rung/cloud.json")))
		}, "cloud.json is a symbolic link"},
		"a .rung that everybody may write to": {func(t *testing.T, dir string) {
			require.NoError(t, os.Mkdir(filepath.Join(dir, ".rung"), 0o755))
			require.NoError(t, os.Chmod(filepath.Join(dir, ".rung"), 0o777))
		}, "everybody"},
		"a .rung of another's": {func(t *testing.T, dir string) {
			if os.Geteuid() != 0 {
				t.Skip("only root can make a directory another's")
			}
			require.NoError(t, os.Mkdir(filepath.Join(dir, ".rung"), 0o755))
			require.NoError(t, os.Chown(filepath.Join(dir, ".rung"), 4242, 4242))
		}, "belongs to user 4242"},
		"a pipe for a state": {func(t *testing.T, dir string) {
			lay(t, dir, map[string]string{".rung/x": ""})
			require.NoError(t, syscall.Mkfifo(filepath.Join(dir, ".rung/cloud.json"), 0o600))
		}, "a pipe"},
		"a bomb of aliases": {func(t *testing.T, dir string) {
			var b strings.Builder
			b.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
			for i := range 12 {
				last, this := "*a"+string(rune('a'+i-1)), "a"+string(rune('a'+i))
				if i == 0 {
					last = "*a0"
				}
				b.WriteString(this + ": &" + this + " [" + strings.Repeat(last+",", 9) + last + "]\n")
			}
			lay(t, dir, map[string]string{".rung/workspace/Pulumi.dev.yaml": b.String()})
		}, "excessive aliasing"},
		"an endless configuration": {func(t *testing.T, dir string) {
			lay(t, dir, map[string]string{".rung/workspace/Pulumi.dev.yaml": strings.Repeat("#\n", 1<<20)})
		}, "too large"},
		"a deep configuration": {func(t *testing.T, dir string) {
			lay(t, dir, map[string]string{".rung/workspace/Pulumi.dev.yaml": "config: " + strings.Repeat("[", 500_000)})
		}, "damaged"},
		"a deep state": {func(t *testing.T, dir string) {
			lay(t, dir, map[string]string{".rung/cloud.json": `{"a":` + strings.Repeat("[", 500_000)})
		}, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			tt.make(t, dir)
			_, err := engine.Open(t.Context(), engine.Options{Dir: dir, Program: things()})
			require.ErrorIs(t, err, engine.ErrSetup)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// repository makes a git repository of one commit without git: with it the CLI
// asks git whether anything was changed since.
func repository(t *testing.T, dir string) {
	t.Helper()
	who := "Ada <ada@example.com> 1700000000 +0000\n"
	text := "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor " + who + "committer " + who + "\nfirst\n"
	object := fmt.Sprintf("commit %d\x00%s", len(text), text)
	sum := fmt.Sprintf("%x", sha1.Sum([]byte(object)))
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, err := w.Write([]byte(object))
	require.NoError(t, errors.Join(err, w.Close()))
	lay(t, dir, map[string]string{
		".git/config": "[core]\n\trepositoryformatversion = 0\n", ".git/HEAD": "ref: refs/heads/main\n",
		".git/refs/heads/main": sum + "\n", ".git/objects/" + sum[:2] + "/" + sum[2:]: packed.String(),
	})
}

// What rung can write anew it does: a project that names a plugin of its own is
// no longer one when the engine reads it. And nothing else is run: no git of the
// PATH, which would obey a repository around the stack, no program called so.
func TestNothingButOurPluginsIsRun(t *testing.T) {
	dir, bin := t.TempDir(), t.TempDir()
	trace := filepath.Join(t.TempDir(), "was-run")
	leave := "#!/bin/sh\necho \"$0\" >>" + trace + "\nexit 1\n"
	for _, name := range []string{"git", "hg", "sh", "go", "node", "pulumi-resource-random", "pulumi-language-go",
		"pulumi-analyzer-policy"} {
		lay(t, bin, map[string]string{name: leave})
		lay(t, dir, map[string]string{"stack/" + name: leave})
	}
	repository(t, dir)
	lay(t, dir, map[string]string{
		"stack/.rung/workspace/Pulumi.yaml": "name: rung\nruntime: go\nplugins:\n  providers:\n    - name: random\n      path: " + bin + "\n",
		"go.mod":                            "module github.com/rung-dev/rung\n",
	})
	t.Setenv("PATH", ".:"+bin+":"+os.Getenv("PATH"))
	t.Chdir(filepath.Join(dir, "stack"))
	s := open(t, engine.Options{Dir: ".", Program: things(thing{name: "a"})})
	_, err := s.Preview(t.Context())
	require.NoError(t, err)
	_, err = s.Up(t.Context())
	require.NoError(t, err)
	if ran, err := os.ReadFile(trace); err == nil {
		t.Fatalf("was run: %s", ran)
	}
	project, err := os.ReadFile(".rung/workspace/Pulumi.yaml")
	require.NoError(t, err)
	assert.NotContains(t, string(project), "plugins")
}

func TestAProjectWithPluginsOfItsOwnIsRefused(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("PULUMI_BACKEND_URL", "file://"+t.TempDir())
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "mine")
	for name, text := range map[string]string{
		"plugins":  "name: rung\nruntime: go\nplugins:\n  providers:\n    - {name: aws, path: ./evil}\n",
		"packages": "name: rung\nruntime: go\npackages:\n  evil: ./evil\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte(text), 0o600))
			_, err := engine.Open(t.Context(), engine.Options{Dir: dir, Cloud: engine.AWS, Program: things()})
			require.ErrorIs(t, err, engine.ErrSetup)
			require.ErrorContains(t, err, "names "+name+" of its own")
		})
	}
}
