package tests

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// drilled is what a drill says.
type drilled struct {
	Failures []struct {
		Break   struct{ What, How string }
		Faulted []string
		Writes  struct{ Acknowledged, Lost, Unread int }
		// Sent and Failed are requests after the blow, the others times.
		Sent, Failed int
		Detect       int64 `json:"detect_ns"`
		Recover      int64 `json:"recover_ns"`
		FailedFor    int64 `json:"failed_for_ns"`
		Holds        bool
		Why          string
	}
	Restore *struct {
		RPO    int64 `json:"rpo_ns"`
		RTO    int64 `json:"rto_ns"`
		Tables []struct {
			Table             string
			Restored, Running int64
			Missing           bool
		}
	}
}

func (u user) drill(args ...string) (d drilled) {
	u.t.Helper()
	text := u.must(append(append([]string{"lab"}, args...), "--format", "json", "--output", u.dir+"/drill.json")...)
	file, err := os.ReadFile(u.dir + "/drill.json")
	require.NoError(u.t, err, text)
	require.NoError(u.t, json.Unmarshal(file, &d))
	return d
}

// quick are the times of a failure that is looked at, and not measured.
func quick(args ...string) []string {
	return append(args, "--rate", "20", "--before", "3s", "--held", "10s", "--after", "25s")
}

// The primary of a Multi-AZ database is killed and does not come back: its standby takes
// its place and its address, and every write that was acknowledged is there. Then once
// more, so that the halves are where they began.
func TestFailover(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := newUser(t)
	u.must("up", "3", "--cloud", "lab")
	for _, writer := range []string{"/postgresql", "/postgresql-2"} {
		u.eventually("commits wait for the standby", u.proven)
		d := u.drill(append(quick("break", "primary"), "--after", "1m")...) // the copies are made anew
		require.Len(t, d.Failures, 1)
		f := d.Failures[0]
		assert.True(t, strings.HasSuffix(f.Faulted[0], writer), f.Faulted[0])
		assert.NotZero(t, f.Writes.Acknowledged)
		assert.Zero(t, f.Writes.Lost+f.Writes.Unread)
		assert.True(t, f.Holds, f.Why)
	}
	assert.Contains(t, u.record(), `"epoch": 2`)

	cut := u.drill(quick("break", "primary", "--how", "cut")...)
	assert.Zero(t, cut.Failures[0].Writes.Lost, "one that stands still is ended before the other takes writes")
	full := u.drill(quick("break", "primary", "--how", "filldisk")...)
	assert.Zero(t, full.Failures[0].Writes.Lost)
	u.eventually("all is well again", func() bool { return u.status().Settled })
	u.destroy()
}

// proven reports whether commits wait for the standby.
func (u user) proven() bool { return strings.Contains(u.record(), `"proven": true`) }

// record is the lab's own.
func (u user) record() string {
	text, err := os.ReadFile(u.dir + "/.rung/lab/record.json")
	require.NoError(u.t, err)
	return string(text)
}

// The drill of stage 1 breaks the one server's parts, and restores its backup.
func TestDrillOfStage1(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := newUser(t)
	u.must("up", "1", "--cloud", "lab")
	d := u.drill(quick("drill", "1")...)
	assert.Len(t, d.Failures, 4)
	for _, f := range d.Failures {
		assert.Zero(t, f.Writes.Lost, "%s of the %s", f.Break.How, f.Break.What)
	}
	require.NotNil(t, d.Restore)
	assert.Positive(t, d.Restore.RTO)
	assert.Greater(t, len(d.Restore.Tables), 5)
	assert.NoFileExists(t, u.dir+"/.rung/lab/faults.json", "nothing stays broken")
	assert.NoDirExists(t, u.dir+"/.rung/lab/run/restore")
	u.destroy()
}
