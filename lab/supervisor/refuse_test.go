//go:build linux

package supervisor

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/address"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestASecondSupervisorIsRefused(t *testing.T) {
	at := place.Of(t.TempDir())
	require.NoError(t, os.MkdirAll(at.Dir, 0o755))
	first := flock.New(at.Lock())
	got, err := first.TryLock()
	require.NoError(t, err)
	require.True(t, got)
	defer first.Unlock() //nolint:errcheck // the test is over
	err = Run(t.Context(), at, io.Discard)
	assert.ErrorIs(t, err, ErrRuns)
	assert.ErrorContains(t, err, at.Dir)
	assert.NoFileExists(t, at.Ledger())
	assert.NoFileExists(t, at.Status())
}

func TestADirectoryThatPostgresMayNotEnter(t *testing.T) {
	dir := t.TempDir()
	closed := filepath.Join(dir, "home")
	require.NoError(t, os.Mkdir(closed, 0o700))
	for _, d := range []string{dir, filepath.Dir(dir)} {
		require.NoError(t, os.Chmod(d, 0o755)) //nolint:gosec // the test's own
	}
	stranger := &syscall.Credential{Uid: 54321, Gid: 54321}
	at := filepath.Join(closed, "app", ".rung", "lab") // which is not there yet
	err := reachable(at, stranger)
	require.Error(t, err)
	assert.Contains(t, err.Error(), "may not enter "+closed+";")
	assert.Contains(t, err.Error(), "chmod o+x "+closed)
	require.NoError(t, os.Chmod(closed, 0o711)) //nolint:gosec // see above
	assert.NoError(t, reachable(at, stranger))
	assert.NoError(t, reachable("/nonexistent", nil), "without root it runs as whoever runs the lab")
}

// Where no address is left for a server, nothing of what is wanted begins, and the trouble
// says for which and why.
func TestWithoutAnAddressNothingBegins(t *testing.T) {
	s := supervisorOf(t)
	database := func(id string) sim.Entry {
		return sim.Entry{Type: token.RDSInstance, ID: id, Properties: sim.Props{"identifier": id, "engine": "postgres",
			"engineVersion": "15.4", "resourceId": "db-" + id, "address": id + ".rds"}}
	}
	made(t, s.at, []sim.Entry{database("one"), database("two")})
	s.site = site.Site{Dir: s.at.Dir, Programs: site.Programs{Postgres: map[int]string{15: "/pg"}},
		Address: func(machine string, _ ...int) (string, error) {
			return address.Choose("lab", machine, nil, func(string) error {
				if strings.Contains(machine, "two") {
					return errors.New("port 5432 of 127.1.1.1 is taken by another program")
				}
				return nil
			})
		}}
	err := s.decide(nil, nil)
	require.ErrorIs(t, err, address.ErrNone)
	assert.EqualError(t, err, "choose an address for rds/us-east-1/two: no address in 127.0.0.0/8 is free: "+
		"port 5432 of 127.1.1.1 is taken by another program")
	assert.Empty(t, s.want.Units)
	assert.Empty(t, s.led.Processes)
}
