package container

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/container/containertest"
)

// The tests' executable is rung's, where it is called as such.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "lab" && os.Args[2] == Word {
		os.Exit(Main(os.Args[3], os.Args[4:]))
	}
	os.Exit(m.Run())
}

// bench is a lab's directory with an image, and a machine's nerdctl.
type bench struct {
	t          *testing.T
	containers Containers
	image      string
	home       string
}

func newBench(t *testing.T) bench {
	t.Helper()
	if err := Probe(); err != nil {
		t.Skip(err)
	}
	dir, err := os.MkdirTemp("", "rung, lab") // as an option of a mount must not read it
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Mkdir(filepath.Join(dir, "ca"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ca", "ca.pem"), []byte("ca"), 0o644)) //nolint:gosec // it is public
	b := bench{t: t, containers: Containers{dir}, home: "/machine"}
	executable, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, b.containers.Provide(executable))
	b.image = containertest.Push(t, containertest.Registry(t), "shop", v1.Config{
		Entrypoint: []string{"app"}, Cmd: []string{"of", "itself"}, Env: []string{"PATH=/opt", "GREETING=the image's"},
		WorkingDir: "/srv"}, "",
		containertest.Layer(t, map[string]string{"opt/app": "replaced", "opt/gone": "x", "tmp/": "", "srv/": ""}),
		containertest.Layer(t, map[string]string{"opt/app": string(containertest.Program(t, "testdata/app")),
			"opt/.wh.gone": ""}))
	return b
}

func (b bench) nerdctl(words ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(b.containers.Programs(), "nerdctl"), words...)
	cmd.Env = []string{"HOME=" + b.home, "GREETING=the machine's", "AUTHORITY=" + filepath.Join(b.containers.Dir, "ca",
		"ca.pem"), "HIDDEN=x"}
	return cmd
}

type found struct {
	Words                            []string
	UID, PID                         int
	Greeting, Folder                 string
	Authority, WritesTemp, WritesOwn bool
	Host                             []string
}

func TestAContainerSeesItsImageAndWhatItIsHanded(t *testing.T) {
	b := newBench(t)
	var outputs [2]bytes.Buffer
	ca := filepath.Join(b.containers.Dir, "ca", "ca.pem") // which is the database's too, and there already
	cmd := b.nerdctl("run", "--rm", "--name", "rung-web", "--net", "host", "-e", "AUTHORITY", "-v", ca+":"+ca+":ro",
		b.image)
	cmd.Stdout, cmd.Stderr = &outputs[0], &outputs[1]
	require.NoError(t, cmd.Run(), outputs[1].String())
	var saw found
	require.NoError(t, json.Unmarshal(outputs[0].Bytes(), &saw), outputs[0].String())
	assert.Equal(t, []string{"of", "itself"}, saw.Words)
	assert.Equal(t, 1, saw.PID, "in a namespace of its own")
	assert.Equal(t, user, saw.UID)
	assert.Equal(t, "the image's", saw.Greeting, "what was not handed on")
	assert.Equal(t, "/srv", saw.Folder)
	assert.True(t, saw.Authority)
	assert.True(t, saw.WritesTemp)
	if os.Getuid() == 0 {
		assert.False(t, saw.WritesOwn, "as on a machine: the folder is root's")
	}
	assert.NotContains(t, saw.Host, "/home", "of this machine")
	_, err := os.Stat(filepath.Join(b.containers.folder(b.image[len(b.image)-71:]), rootOf, "tmp", "x"))
	assert.ErrorIs(t, err, os.ErrNotExist, "what it wrote is gone with it")
}

// What an image has in the place of a file that it is shown may lead anywhere.
func TestNoLinkOfAnImageLeadsOut(t *testing.T) {
	b := newBench(t)
	out := t.TempDir()
	require.NoError(t, os.Chmod(out, 0o777)) //nolint:gosec // whoever the container is may write there
	image := containertest.Push(t, containertest.Registry(t), "leads", v1.Config{Entrypoint: []string{"/app"}}, "",
		containertest.Layer(t, map[string]string{"app": string(containertest.Program(t, "testdata/app")),
			"etc/resolv.conf": containertest.Link(filepath.Join(out, "file")), "etc/hosts": containertest.Link("../../../../../../../.." + filepath.Join(out, "hosts"))}))
	said, err := b.nerdctl("run", "--rm", "--name", "rung-web", image).CombinedOutput()
	require.NoError(t, err, string(said))
	assert.Contains(t, string(said), `"PID":1`)
	left, err := os.ReadDir(out)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestWordsAndVariablesReplaceTheImages(t *testing.T) {
	b := newBench(t)
	out, err := b.nerdctl("run", "--rm", "--name", "rung-web", "-e", "GREETING", b.image, "two words").Output()
	require.NoError(t, err)
	assert.Contains(t, string(out), `"Words":["two words"]`)
	assert.Contains(t, string(out), `"Greeting":"the machine's"`)
}

func TestAContainerEndsByItsNameAndIsEntered(t *testing.T) {
	b := newBench(t)
	var out bytes.Buffer
	cmd := b.nerdctl("run", "--rm", "--name", "rung-web", b.image, "wait")
	cmd.Stdout = &out
	require.NoError(t, cmd.Start())
	machine := b.containers.On(b.home)
	require.Eventually(t, func() bool { return bytes.Contains(out.Bytes(), []byte("waits")) }, 20*time.Second,
		20*time.Millisecond)
	id, err := machine.Any()
	require.NoError(t, err)
	inside := Command(id, []string{"/opt/app", "beside"})
	entered, err := exec.Command(inside[0], inside[1:]...).CombinedOutput()
	require.NoError(t, err, string(entered))
	assert.Contains(t, string(entered), `"Folder":"/srv"`)
	assert.Contains(t, string(entered), `"Words":["beside"]`)

	_, err = b.containers.On("/other").Any()
	require.ErrorIs(t, err, ErrNotRunning, "another machine's has the same name")
	require.NoError(t, b.nerdctl("stop", "--time", "10", "rung-web").Run())
	require.Error(t, cmd.Wait())
	assert.Equal(t, 7, cmd.ProcessState.ExitCode())
	assert.Contains(t, out.String(), "ends", "it was told")
	_, err = machine.Any()
	require.ErrorIs(t, err, ErrNotRunning)
	left, err := os.ReadDir(b.containers.running())
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestImagesThatCannotRunSayWhy(t *testing.T) {
	host := containertest.Registry(t)
	other := containertest.Push(t, host, "other", v1.Config{}, "riscv64")
	c := Containers{t.TempDir()}
	err := c.Fetch(t.Context(), other)
	assert.ErrorContains(t, err, "it is for linux/riscv64")
	assert.ErrorContains(t, err, "docker buildx build --platform")
	err = c.Fetch(t.Context(), host+"/nowhere"+other[len(host)+len("/other"):])
	assert.ErrorContains(t, err, "fetch the image")
	left, err := filepath.Glob(filepath.Join(c.Dir, "images", "*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}
