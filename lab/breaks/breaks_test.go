package breaks

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/load"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/stacks/ladder"
)

// fleet is stage 3 in two zones.
func fleet() []Unit {
	return []Unit{
		{Name: "web-2", Role: RoleWeb, Zone: "b", Region: "us-east-1", Serves: true},
		{Name: "web-1", Role: RoleWeb, Zone: "a", Region: "us-east-1"},
		{Name: "web-3", Role: RoleWeb, Zone: "b", Region: "us-east-1", Serves: true},
		{Name: "worker-1", Role: RoleWorker, Zone: "a", Region: "us-east-1", Serves: true},
		{Name: "db", Role: RolePrimary, Zone: "a", Region: "us-east-1", Serves: true},
		{Name: "db-2", Role: RoleReplica, Zone: "b", Region: "us-east-1", Serves: true},
		{Name: "balancer", Role: RoleOther, Serves: true},
	}
}

func TestChoose(t *testing.T) {
	for give, want := range map[Break]string{
		{What: Machine}:                "web-2", // web-1 serves nobody
		{What: Machine, Name: "web-1"}: "web-1",
		{What: Primary}:                "db",
		{What: Replica}:                "db-2",
		{What: Consumer}:               "worker-1",
		{What: Zone}:                   "db-2 web-2 web-3",
		{What: Zone, Name: "a"}:        "db web-1 worker-1",
	} {
		got, err := Choose(fleet(), give)
		require.NoError(t, err, give.String())
		var names []string
		for _, u := range got {
			names = append(names, u.Name)
		}
		assert.Equal(t, want, strings.Join(names, " "), give.String())
	}
	for give, want := range map[Break]string{
		{What: Cache}:                  "none that serves",
		{What: Machine, Name: "web-9"}: "want one of web-1, web-2, web-3",
		{What: Zone, Name: "c"}:        "want one of a, b",
		{What: Region}:                 "only one region",
	} {
		_, err := Choose(fleet(), give)
		assert.ErrorContains(t, err, want)
	}
}

// Disks are full of what has some of yours: machines, databases, caches, and no balancer.
func TestWhoseDisksCanBeFull(t *testing.T) {
	units := []Unit{{Name: "web", Role: RoleWeb, Region: "eu-west-1"}, {Name: "alb", Role: RoleOther, Region: "eu-west-1"},
		{Name: "cache", Role: RoleCache, Region: "eu-west-1"}, {Name: "db", Role: RolePrimary, Region: "us-east-1"}}
	for how, want := range map[How]int{FillDisk: 2, CutOff: 3} {
		got, err := Choose(units, Break{What: Region, How: how})
		require.NoError(t, err)
		assert.Len(t, got, want, how)
	}
	assert.Zero(t, Usual(fleet(), Break{What: Machine, How: FillDisk}).Failing)
}

// A region without the primary is chosen, whatever it is called.
func TestRegionsWithoutThePrimary(t *testing.T) {
	units := []Unit{{Name: "db", Role: RolePrimary, Region: "us-east-1"},
		{Name: "web", Role: RoleWeb, Region: "us-east-1"}, {Name: "copy", Role: RoleReplica, Region: "eu-west-1"}}
	got, err := Choose(units, Break{What: Region, How: CutOff})
	require.NoError(t, err)
	assert.Equal(t, units[2:], got)
	units[2].Role = RolePrimary
	got, err = Choose(units, Break{What: Region, How: CutOff})
	require.NoError(t, err)
	assert.Equal(t, units[:2], got, "where each has one, the last")
}

func TestParse(t *testing.T) {
	b, err := Parse("zone=us-east-1a", "cut")
	require.NoError(t, err)
	assert.Equal(t, Break{What: Zone, How: CutOff, Name: "us-east-1a"}, b)
	b, err = Parse("primary", "")
	require.NoError(t, err)
	assert.Equal(t, "kill the primary", b.String())
	_, err = Parse("planet", "")
	assert.ErrorContains(t, err, "want one of machine, zone")
	_, err = Parse("zone", "melt")
	assert.ErrorContains(t, err, "want one of kill, pause")
	for _, what := range Targets() {
		for _, how := range Hows() {
			b, err := Parse(string(what), string(how))
			if how == Notice && what != Machine && what != Consumer {
				assert.ErrorContains(t, err, "for a machine or a consumer")
				continue
			}
			require.NoError(t, err)
			assert.Len(t, strings.Fields(b.String()), len(strings.Fields(strings.TrimSpace(b.String()))))
			assert.NotContains(t, b.String(), "  ")
		}
	}
}

func looks(states ...string) []Look { // one a second: of the faulted "a" and its like "b", those that serve
	var all []Look
	for i, state := range states {
		all = append(all, Look{At: time.Duration(i) * time.Second, Units: []Unit{
			{Name: "a", Role: RoleWeb, Serves: strings.Contains(state, "a")}, {Name: "b", Role: RoleWeb, Serves: strings.Contains(state, "b")},
			{Name: "c", Role: RoleWeb, Serves: strings.Contains(state, "c")}}})
	}
	return all
}

func TestDetectedAndRecovered(t *testing.T) {
	before := []Unit{{Name: "a", Role: RoleWeb, Serves: true}, {Name: "b", Role: RoleWeb, Serves: true}}
	for name, tt := range map[string]struct {
		looks          []Look
		detect, repair time.Duration
	}{
		"another takes its place":    {looks("ab", "ab", "b", "b", "bc"), time.Second, 3 * time.Second},
		"it comes back itself":       {looks("ab", "b", "ab"), 0, time.Second},
		"nobody notices":             {looks("ab", "ab", "ab"), never, 0},
		"it never comes back":        {looks("ab", "b", "b"), 0, never},
		"replaced before it is seen": {looks("ab", "bc", "bc"), 0, 0},
		"back, and gone again":       {looks("ab", "b", "ab", "b"), 0, never},
		"nobody looked":              {nil, never, never},
	} {
		blow := time.Second
		assert.Equal(t, tt.detect, detected(tt.looks, []string{"a"}, blow), name)
		assert.Equal(t, tt.repair, recovered(tt.looks, before, blow), name)
	}
}

func TestFailing(t *testing.T) {
	r := load.Result{Timeline: []load.Second{{At: 0, Sent: 10}, {At: 1, Sent: 10}, {At: 2, Sent: 10}},
		FailedAt: []time.Duration{500 * time.Millisecond, 1200 * time.Millisecond, 2700 * time.Millisecond}}
	sent, failed, lasting := failing(r, time.Second)
	assert.Equal(t, []any{20, 2, 1500 * time.Millisecond}, []any{sent, failed, lasting})
	sent, failed, lasting = failing(load.Result{}, time.Second)
	assert.Equal(t, []any{0, 0, time.Duration(0)}, []any{sent, failed, lasting})
}

func TestHolds(t *testing.T) {
	for why, tt := range map[string]struct {
		o Outcome
		e Expect
	}{
		"":                                  {o: Outcome{Recover: time.Second}},
		"requests failed: the others serve": {Outcome{Failed: 1}, Expect{Because: "the others serve"}},
		"requests failed for too long: it":  {Outcome{Failed: 9, FailedFor: time.Minute}, Expect{time.Second, "it"}},
		"acknowledged writes were lost":     {o: Outcome{Writes: load.Writes{Lost: 1}}},
		"writes could not be read back":     {o: Outcome{Writes: load.Writes{Unread: 1}}},
		"no room":                           {o: Outcome{Problem: "no room"}},
		"not all served again in the time of the drill": {o: Outcome{Recover: never}},
	} {
		holds, got := Holds(tt.o, tt.e)
		assert.Equal(t, why, got)
		assert.Equal(t, why == "", holds)
	}
}

func TestDrillsOfEveryStage(t *testing.T) {
	for n := ladder.First; n <= ladder.Last; n++ {
		steps := Drill(n)
		assert.NotEmpty(t, steps)
		for _, s := range steps {
			_, err := Parse(string(s.What), string(s.How))
			require.NoError(t, err)
			assert.NotEmpty(t, s.Expect.Because)
			assert.False(t, s.What == Region && n < 5, "stage %d has one region", n)
		}
	}
}

func TestUsual(t *testing.T) {
	kill := Break{What: Machine, How: Kill}
	assert.Equal(t, restart, Usual([]Unit{{Role: RoleWeb}}, kill).Failing, "one server")
	assert.Zero(t, Usual([]Unit{{Role: RoleWeb}, {Role: RoleReplica}}, kill).Failing, "others serve")
	assert.Equal(t, databaseFailover, Usual(nil, Break{What: Zone, How: FillDisk}).Failing)
}

func TestTableOfADrill(t *testing.T) {
	tried := []Tried{
		{Step{Break{What: Machine, How: Kill}, Expect{0, "the others serve"}}, Outcome{Detect: 300 * time.Millisecond, Recover: 4 * time.Second,
			Sent: 4000, Writes: load.Writes{Acknowledged: 280}}},
		{Step{Break{What: Primary, How: Kill}, Expect{time.Minute, "a standby takes over"}}, Outcome{Detect: never, Recover: never, Sent: 100,
			Failed: 90, FailedFor: 2 * time.Minute, Writes: load.Writes{Acknowledged: 10, Lost: 2}}},
	}
	d := Table("drill of stage 3", tried, &Restored{RPO: time.Hour, RTO: 9 * time.Second, Tables: []TableRows{{"posts", 10,
		12, false}, {"jobs", 0, 1, true}}})
	var b strings.Builder
	require.NoError(t, d.Table(&b, terminal.Style{Width: 300}))
	for _, want := range []string{"kill a machine", "300 ms", "4.0 s", "0 of 4,000", "never", "2 of 10",
		"acknowledged writes were lost", "missing", "9.0 s (RTO)"} {
		assert.Contains(t, b.String(), want)
	}
	require.NoError(t, d.JSON(&b))
	assert.Contains(t, b.String(), `"holds": false`)
}

// attic keeps one backup.
type attic struct {
	rows    map[string]map[string]int64
	dropped []string
	broken  string
}

func (a *attic) fails(at string) error {
	if a.broken == at {
		return errors.New("the attic is locked")
	}
	return nil
}

func (a *attic) Latest(context.Context) (string, time.Time, error) {
	return "b1", time.Now().Add(-time.Hour), a.fails("latest")
}
func (a *attic) Restore(context.Context, string) (string, error) { return "fresh", a.fails("restore") }
func (a *attic) Drop(_ context.Context, url string) error {
	a.dropped = append(a.dropped, url)
	return a.fails("drop")
}
func (a *attic) Rows(_ context.Context, url string) (map[string]int64, error) {
	return a.rows[url], a.fails("rows")
}

func TestRestoreDrill(t *testing.T) {
	a := &attic{rows: map[string]map[string]int64{"running": {"posts": 12, "jobs": 0, "users": 3}, "fresh": {"posts": 10,
		"jobs": 0, "users": 3}}}
	got, err := RestoreDrill(t.Context(), a, "running")
	require.NoError(t, err)
	assert.True(t, got.Whole())
	assert.InDelta(t, time.Hour, got.RPO, float64(time.Minute))
	assert.Equal(t, []string{"fresh"}, a.dropped)
	delete(a.rows["fresh"], "users")
	got, err = RestoreDrill(t.Context(), a, "running")
	require.NoError(t, err)
	assert.False(t, got.Whole(), "a table is missing")
	assert.False(t, Restored{}.Whole())
	for _, at := range []string{"latest", "restore", "rows", "drop"} {
		a.broken = at
		_, err := RestoreDrill(t.Context(), a, "running")
		assert.ErrorContains(t, err, "the attic is locked", at)
	}
}
