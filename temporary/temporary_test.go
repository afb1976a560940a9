package temporary

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain lets the test binary be a process that is killed in the middle.
func TestMain(m *testing.M) {
	if os.Getenv("TEMPORARY_TEST_DIE") != "" {
		if _, err := Start(); err != nil {
			panic(err)
		}
		f, err := os.CreateTemp("", "secret-*.yaml")
		if err != nil {
			panic(err)
		}
		os.Stdout.WriteString(f.Name())
		self, _ := os.FindProcess(os.Getpid())
		self.Kill()
		select {}
	}
	os.Exit(m.Run())
}

// at lets records and temporary files lie in directories of the test's.
func at(t *testing.T) (tmp, records string) {
	t.Helper()
	tmp = t.TempDir()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv(variable, tmp)
	records, err := recordsDir()
	require.NoError(t, err)
	return tmp, records
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	out := []string{}
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

func TestWhatAKilledProcessLeftIsFoundByItsRecord(t *testing.T) {
	tmp, records := at(t)
	for _, other := range []string{"rung-run-1.yaml", "rung-scratch-1", "rung-0123456789"} { // somebody else's
		require.NoError(t, os.Mkdir(filepath.Join(tmp, other), 0o700))
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TEMPORARY_TEST_DIE=1")
	left, err := cmd.Output()
	require.Error(t, err, "it was killed")
	require.FileExists(t, string(left))
	require.Len(t, names(t, records), 1)

	clear, err := Start()
	require.NoError(t, err)
	assert.NoFileExists(t, string(left))
	assert.NoDirExists(t, filepath.Dir(string(left)))
	assert.Len(t, names(t, records), 1, "this process's own")
	clear()
	clear()
	assert.Empty(t, names(t, records))
	assert.Equal(t, []string{"rung-0123456789", "rung-run-1.yaml", "rung-scratch-1"}, names(t, tmp),
		"what is another's stays")
	assert.Equal(t, tmp, os.TempDir())
}

func TestWhatALivingProcessHasStays(t *testing.T) {
	_, records := at(t)
	clear, err := Start()
	require.NoError(t, err)
	defer clear()
	f, err := os.CreateTemp("", "x")
	require.NoError(t, err)
	f.Close()
	Sweep(records)
	assert.FileExists(t, f.Name())
}

// A record that was tampered with leads to nothing but rung's own directories.
func TestARecordRemovesNothingElse(t *testing.T) {
	tmp, records := at(t)
	victim, link := filepath.Join(tmp, "mine"), filepath.Join(tmp, "rung-link")
	require.NoError(t, os.Mkdir(victim, 0o700))
	require.NoError(t, os.Symlink(victim, link))
	for i, text := range []string{victim, link, "rung-relative", "", filepath.Join(tmp, "rung-missing")} {
		require.NoError(t, os.WriteFile(filepath.Join(records, string(rune('a'+i))), []byte(text), 0o600))
	}
	Sweep(records)
	assert.DirExists(t, victim)
	assert.Empty(t, names(t, records))
}

func TestWithoutACacheThereIsNoRecord(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "")
	clear, err := Start()
	require.NoError(t, err)
	clear()
}
