package sim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
)

// crashStatus is how a provider ends that a fault crashes.
const crashStatus = 70

func entries(t *testing.T, path string) map[string]map[string]any {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var file struct {
		Resources map[string]map[string]any
	}
	require.NoError(t, json.Unmarshal(data, &file))
	return file.Resources
}

func TestManyProcessesWriteOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cloud.json")
	const processes, each = 4, 8
	var children []*exec.Cmd
	for i := range processes {
		cmd := run(t, path, "", fmt.Sprint("p", i, "-"), each)
		require.NoError(t, cmd.Start())
		children = append(children, cmd)
	}
	for _, cmd := range children {
		require.NoError(t, cmd.Wait())
	}
	assert.Len(t, entries(t, path), processes*each, "no write was lost")
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".cloud-*"))
	require.NoError(t, err)
	assert.Empty(t, left, "no temporary file stays behind")
}

// Changes that come at the same time are written together; each learns of its own
// failure, and nothing is left of it.
func TestChangesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cloud.json")
	p := at(t, path, "north", "")
	const n = 60
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			name := fmt.Sprint("w", i-i%3/2) // every third has the name of the one before
			_, errs[i] = p.Create(world, fmt.Sprint("r", i), sim.Props{"name": name})
		})
	}
	all.Wait()
	refused := 0
	for _, err := range errs {
		if err != nil {
			assert.ErrorContains(t, err, "already")
			refused++
		}
	}
	assert.Equal(t, n/3, refused)
	assert.Len(t, entries(t, path), n-refused)
	assert.Len(t, entries(t, path), len(held(t, path)), "what is in memory is what is written")
}

func held(t *testing.T, path string) (all []*sim.Entry) {
	t.Helper()
	require.NoError(t, sim.OpenStore(path).View(func(c *sim.Cloud) (err error) {
		all, err = c.Of("")
		return err
	}))
	return all
}

func TestCrashes(t *testing.T) {
	for when, want := range map[string]int{"before": 0, "after": 1} {
		t.Run(when, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cloud.json")
			fault := "create toy*World crash=" + when
			err := run(t, path, fault, "w", 1).Run()
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
			assert.Equal(t, crashStatus, exit.ExitCode())
			assert.Len(t, entries(t, path), want)
			require.NoError(t, run(t, path, fault, "x", 1).Run(), "the fault is over after it has struck")
			assert.Len(t, entries(t, path), want+1)
		})
	}
}

// What started the provider is shot after the resource was made.
func TestTheEngineCrashes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cloud.json")
	job := "engine|" + path + "|create toy*World crash=engine|w|1"
	var exit *exec.ExitError
	require.ErrorAs(t, does(t, job).Run(), &exit)
	assert.Equal(t, -1, exit.ExitCode(), "it was killed")
	assert.Len(t, entries(t, path), 1)
	require.NoError(t, does(t, strings.Replace(job, "|w|", "|x|", 1)).Run(), "the fault is over after it has struck")
}

func TestCorruptFileIsLeftAlone(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"half":    {`{"version":1,"resources":{`, "not valid JSON"},
		"empty":   {``, "not valid JSON"},
		"version": {`{"version":99}`, "format version 99, this rung reads 1"},
		"other":   {`[]`, "not valid JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cloud.json")
			require.NoError(t, os.WriteFile(path, []byte(tt.text), 0o600))
			_, err := at(t, path, "north", "").Create(world, "w", sim.Props{"name": "w"})
			require.ErrorContains(t, err, tt.want)
			require.ErrorContains(t, err, path)
			require.ErrorContains(t, err, "mend it, or move it away")
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, tt.text, string(data))
		})
	}
}

func TestCorruptEntryIsReportedByItsRefreshOnly(t *testing.T) {
	c := table(t)
	bad := c.Must(box, "bad", sim.Props{"size": 1.0})
	good := c.Must(box, "good", sim.Props{"size": 1.0})
	edit(t, c.Path, func(all map[string]any) { all[key(all, bad.ID)] = "what?" })
	fresh := at(t, c.Path, "north", "")
	_, err := fresh.Read(bad)
	require.ErrorContains(t, err, bad.ID)
	again, err := fresh.Read(good)
	require.NoError(t, err)
	require.NotNil(t, again)
	fresh.Must(box, "more", sim.Props{"size": 1.0})
}

// key finds a resource's key in the file.
func key(all map[string]any, id string) string {
	for k := range all {
		if strings.HasSuffix(k, " "+id) {
			return k
		}
	}
	return ""
}

// edit changes the resources of a state file by hand.
func edit(t *testing.T, path string, change func(resources map[string]any)) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var file map[string]any
	require.NoError(t, json.Unmarshal(data, &file))
	change(file["resources"].(map[string]any))
	data, err = json.MarshalIndent(file, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, data, 0o600))
}

func TestDriftByHand(t *testing.T) {
	c := table(t)
	in := sim.Props{"size": 2.0, "color": "blue"}
	r := c.Must(box, "b", in)
	edit(t, c.Path, func(all map[string]any) {
		all[key(all, r.ID)].(map[string]any)["properties"].(map[string]any)["color"] = "red"
	})
	drifted, err := c.Read(r)
	require.NoError(t, err)
	assert.Equal(t, "red", drifted.Str("color"))
	diff, _, err := c.Diff(drifted, in)
	require.NoError(t, err)
	assert.Contains(t, diff.DetailedDiff, "color")
	edit(t, c.Path, func(all map[string]any) { delete(all, key(all, r.ID)) })
	gone, err := c.Read(r)
	require.NoError(t, err)
	assert.Nil(t, gone)
	require.NoError(t, c.Delete(r), "what is gone counts as deleted")
	_, err = c.Update(r, in)
	require.ErrorContains(t, err, "does not exist")
}

func TestStateIsReadable(t *testing.T) {
	c := table(t)
	r := c.Must(box, "b", sim.Props{"size": 2.0})
	data, err := os.ReadFile(c.Path)
	require.NoError(t, err)
	assert.Contains(t, string(data), "\n      \"properties\": {\n")
	assert.Contains(t, string(data), `"toy 1 north toy:index/box:Box `+r.ID+`"`)
}

func TestUnwritableFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	err := sim.OpenStore(filepath.Join(file, "cloud.json")).Change(func(*sim.Cloud) error {
		return errors.New("not reached")
	})
	require.ErrorContains(t, err, "make the folder of the offline cloud")
}
