package advise

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/stacks/ladder"
)

// finding is what one rule says.
func finding(t *testing.T, rule string, s Situation) Finding {
	t.Helper()
	for _, f := range Advise(s) {
		if f.Rule == rule {
			return f
		}
	}
	require.Failf(t, "no such rule", "%s", rule)
	return Finding{}
}

// every step there is, so that nothing is left to tune.
func every() []string {
	var list []string
	for _, s := range Steps() {
		list = append(list, s.ID)
	}
	return list
}

// Each rule, on both sides of each of its limits, and what stands against it.
func TestRulesJudge(t *testing.T) {
	type m = Measurements
	cpu, db := ServerCPUPercent, DatabaseCPUPercent
	tests := map[string]struct {
		rule  string
		stage ladder.Number
		give  Measurements
		tuned []string
		want  Verdict
		to    ladder.Number
		says  string
	}{
		"far: at the limit":            {"far-users", 1, m{FarP95Milliseconds: 200}, nil, Stay, 0, "not over 200 ms"},
		"far: over it":                 {"far-users", 1, m{FarP95Milliseconds: 201}, nil, Tune, 2, "over 200 ms"},
		"far: headers set":             {"far-users", 1, m{FarP95Milliseconds: 201}, every(), Climb, 2, "201 ms"},
		"far: few users":               {"far-users", 1, m{FarP95Milliseconds: 900, DailyUsers: 999}, every(), Stay, 0, "1,000 users a day"},
		"far: enough users":            {"far-users", 1, m{FarP95Milliseconds: 900, DailyUsers: 1000}, every(), Climb, 2, ""},
		"far: one area":                {"far-users", 1, m{FarP95Milliseconds: 900, FarUsersPercent: 0.9}, every(), Stay, 0, "one area"},
		"far: more areas":              {"far-users", 1, m{FarP95Milliseconds: 900, FarUsersPercent: 1}, every(), Climb, 2, ""},
		"far: half of a million":       {"far-users", 4, m{FarP95Milliseconds: 900, FarUsersPercent: 50, Users: 1e6}, every(), Climb, 5, ""},
		"far: fewer than half":         {"far-users", 4, m{FarP95Milliseconds: 900, FarUsersPercent: 49, Users: 1e6}, every(), Stay, 0, "half of the requests"},
		"far: fewer than a million":    {"far-users", 4, m{FarP95Milliseconds: 900, FarUsersPercent: 60, Users: 999_999}, every(), Stay, 0, ""},
		"far: who is far is not known": {"far-users", 3, m{FarP95Milliseconds: 900, Users: 2e6}, every(), NotMeasured, 0, "whether a higher stage helps is not measured"},
		"far: from 2 to 5":             {"far-users", 2, m{FarP95Milliseconds: 900, FarUsersPercent: 60, Users: 2e6}, every(), Climb, 5, ""},
		"far: to the edge":             {"far-users", 5, m{FarP95Milliseconds: 900}, every(), Climb, 6, ""},
		"far: at the top":              {"far-users", 6, m{FarP95Milliseconds: 900}, every(), Stay, 0, "rung:regions"},

		"same: warm and busy":         {"same-queries", 1, m{CacheHitPercent: 80, db: 95}, nil, Stay, 0, "not under 80 %"},
		"same: cold and busy":         {"same-queries", 1, m{CacheHitPercent: 79, db: 81}, nil, Tune, 2, "under 80 %"},
		"same: cold and idle":         {"same-queries", 1, m{CacheHitPercent: 10, db: 80}, nil, Stay, 0, "not over 80 %"},
		"same: tuned":                 {"same-queries", 2, m{CacheHitPercent: 50, db: 90}, every(), Climb, 3, ""},
		"same: more writes":           {"same-queries", 2, m{CacheHitPercent: 50, db: 90, ReadPercent: 49}, nil, Stay, 0, "old before"},
		"same: as many reads":         {"same-queries", 2, m{CacheHitPercent: 50, db: 90, ReadPercent: 50}, nil, Tune, 3, ""},
		"same: no stage has more":     {"same-queries", 3, m{CacheHitPercent: 50, db: 90}, every(), Stay, 0, "which keys miss"},
		"same: nobody knows the hits": {"same-queries", 3, m{db: 90}, nil, NotMeasured, 0, "the cache answers"},
		"same: idle is enough":        {"same-queries", 3, m{db: 20}, nil, Stay, 0, "20 %"},

		"slow: at the limit":    {"slow-queries", 1, m{SlowQueryMilliseconds: 100}, nil, Stay, 0, "not over 100 ms"},
		"slow: over it":         {"slow-queries", 1, m{SlowQueryMilliseconds: 101}, nil, Tune, 0, "over 100 ms"},
		"slow: indexed":         {"slow-queries", 1, m{SlowQueryMilliseconds: 101}, every(), Stay, 0, "no climb makes"},
		"slow: small tables":    {"slow-queries", 1, m{SlowQueryMilliseconds: 101, LargestTableRows: 9_999}, nil, Stay, 0, "full scan"},
		"slow: a table":         {"slow-queries", 1, m{SlowQueryMilliseconds: 101, LargestTableRows: 10_000}, nil, Tune, 0, ""},
		"slow: more are writes": {"slow-queries", 1, m{SlowQueryMilliseconds: 101, ReadPercent: 49}, nil, Stay, 0, "three times"},

		"primary: at the limit":   {"busy-primary", 3, m{db: 80, ReadPercent: 95}, nil, Stay, 0, "not over 80 %"},
		"primary: reads":          {"busy-primary", 3, m{db: 81, ReadPercent: 90}, nil, Tune, 4, "at least 90 %"},
		"primary: too few reads":  {"busy-primary", 3, m{db: 81, ReadPercent: 89}, nil, Stay, 0, "not at least 90 %"},
		"primary: on one server":  {"busy-primary", 1, m{db: 81, ReadPercent: 90}, every(), Climb, 3, ""},
		"primary: to shards":      {"busy-primary", 4, m{db: 81, ReadPercent: 90}, every(), Climb, 5, ""},
		"primary: at the top":     {"busy-primary", 6, m{db: 81, ReadPercent: 90}, every(), Stay, 0, "rung:database.shards"},
		"primary: reads unknown":  {"busy-primary", 3, m{db: 81}, nil, NotMeasured, 0, "statements that read"},
		"primary: nothing known":  {"busy-primary", 3, m{}, nil, NotMeasured, 0, "the primary's CPU"},
		"connections: at limits":  {"connections", 3, m{DatabaseConnectionsPercent: 80, PoolWaitsPerSecond: 1}, nil, Stay, 0, "not over 1/s"},
		"connections: used":       {"connections", 3, m{DatabaseConnectionsPercent: 81}, nil, Tune, 4, "over 80 %"},
		"connections: waits":      {"connections", 2, m{PoolWaitsPerSecond: 1.1}, every(), Climb, 3, "1.1/s"},
		"connections: one known":  {"connections", 3, m{PoolWaitsPerSecond: 0}, nil, NotMeasured, 0, "connections in use"},
		"connections: at the top": {"connections", 6, m{PoolWaitsPerSecond: 9}, every(), Stay, 0, "rung:database.shards"},

		"requests: quick":          {"slow-requests", 1, m{SlowestRequestSeconds: 4.9, QueueLength: 1000}, nil, Stay, 0, "not at least 5 s"},
		"requests: slow":           {"slow-requests", 1, m{SlowestRequestSeconds: 5}, nil, Tune, 0, "at least 5 s"},
		"requests: in a queue":     {"slow-requests", 2, m{SlowestRequestSeconds: 1, QueueLength: 1001, cpu: 81}, every(), Climb, 3, "over 1,000 jobs"},
		"requests: idle server":    {"slow-requests", 2, m{SlowestRequestSeconds: 1, QueueLength: 1001, cpu: 80}, every(), Stay, 0, "every stage"},
		"requests: server unknown": {"slow-requests", 2, m{SlowestRequestSeconds: 9, QueueLength: 1001}, every(), NotMeasured, 0, "busiest server"},
		"requests: with workers":   {"slow-requests", 3, m{SlowestRequestSeconds: 9, QueueLength: 0}, every(), Stay, 0, ""},

		"table: large, quick":       {"large-table", 3, m{LargestTableRows: 1e9, SlowQueryMilliseconds: 100, DatabaseWritesPerSecond: 2400, db: 10}, nil, Stay, 0, ""},
		"table: large, slow":        {"large-table", 3, m{LargestTableRows: 1_000_001, SlowQueryMilliseconds: 101}, nil, Tune, 4, "over 1,000,000 rows"},
		"table: not that large":     {"large-table", 3, m{LargestTableRows: 1e6, SlowQueryMilliseconds: 900, DatabaseWritesPerSecond: 1, db: 10}, nil, Stay, 0, ""},
		"table: writes":             {"large-table", 4, m{DatabaseWritesPerSecond: 2401}, every(), Climb, 5, "over 2,400 writes/s"},
		"table: busy with writes":   {"large-table", 3, m{db: 81, ReadPercent: 89}, every(), Climb, 4, "under 90 %"},
		"table: on the one server":  {"large-table", 1, m{db: 81, ReadPercent: 89}, every(), Climb, 3, ""},
		"table: busy with reads":    {"large-table", 3, m{LargestTableRows: 1, DatabaseWritesPerSecond: 1, db: 81, ReadPercent: 90}, nil, Stay, 0, ""},
		"table: more than shards 5": {"large-table", 5, m{DatabaseWritesPerSecond: 2401}, every(), Climb, 6, ""},

		"server: at the limit":     {"busy-server", 2, m{cpu: 80}, nil, Stay, 0, "not over 80 %"},
		"server: over it":          {"busy-server", 2, m{cpu: 80.5}, nil, Tune, 3, "80.5 %, over 80 %"},
		"server: tuned":            {"busy-server", 2, m{cpu: 85}, every(), Climb, 3, ""},
		"server: well measured":    {"busy-server", 2, m{cpu: 85, CacheHitPercent: 80, SlowQueryMilliseconds: 100}, []string{"larger-server"}, Climb, 3, ""},
		"server: not well":         {"busy-server", 2, m{cpu: 85, CacheHitPercent: 79, SlowQueryMilliseconds: 100}, []string{"larger-server"}, Tune, 3, ""},
		"server: on 1":             {"busy-server", 1, m{cpu: 85}, every(), Climb, 2, ""},
		"server: it's the data":    {"busy-server", 3, m{cpu: 85, db: 81}, every(), Stay, 0, "the database is the bottleneck"},
		"server: it is not":        {"busy-server", 3, m{cpu: 85, db: 80}, every(), Climb, 4, ""},
		"server: the data's on it": {"busy-server", 2, m{cpu: 95, db: 90}, every(), Climb, 3, ""},
		"server: at the top":       {"busy-server", 6, m{cpu: 85}, every(), Stay, 0, "rung:regions"},

		"spiky: steady":          {"spiky-load", 2, m{PeakRequestsPerSecond: 10, AverageRequestsPerSecond: 3, cpu: 71}, nil, Stay, 0, "not over 3.33 times"},
		"spiky: peaks":           {"spiky-load", 2, m{PeakRequestsPerSecond: 10, AverageRequestsPerSecond: 2.9, cpu: 71}, nil, Tune, 3, "over 3.33 times"},
		"spiky: carried":         {"spiky-load", 2, m{PeakRequestsPerSecond: 10, AverageRequestsPerSecond: 1, cpu: 70}, nil, Stay, 0, "not over 70 %"},
		"spiky: tuned":           {"spiky-load", 1, m{PeakRequestsPerSecond: 10, AverageRequestsPerSecond: 1, cpu: 71}, every(), Climb, 3, ""},
		"spiky: it scales":       {"spiky-load", 3, m{PeakRequestsPerSecond: 10, AverageRequestsPerSecond: 1, cpu: 71}, every(), Stay, 0, "scale already"},
		"spiky: no average":      {"spiky-load", 1, m{PeakRequestsPerSecond: 10, cpu: 71}, nil, NotMeasured, 0, "the peak over the average"},
		"spiky: nobody comes":    {"spiky-load", 1, m{PeakRequestsPerSecond: 0, AverageRequestsPerSecond: 0, cpu: 71}, nil, NotMeasured, 0, ""},
		"bill: in the band":      {"bill", 2, m{MonthlyBillDollars: 200, AverageCPUPercent: 13}, nil, Stay, 0, "not over $200"},
		"bill: over the band":    {"bill", 2, m{MonthlyBillDollars: 201}, nil, Tune, 0, "over $200"},
		"bill: idle":             {"bill", 2, m{AverageCPUPercent: 12.5}, nil, Tune, 0, "at most 12.5 %"},
		"bill: all done":         {"bill", 3, m{MonthlyBillDollars: 1001}, every(), Stay, 0, "line by line"},
		"bill: no band":          {"bill", 6, m{MonthlyBillDollars: 1e8, AverageCPUPercent: 50}, nil, Stay, 0, "50 %"},
		"bill: the CDN is less":  {"bill", 1, m{MonthlyBillDollars: 51, Users: 900_000}, every(), Climb, 2, ""},
		"bill: the CDN is not":   {"bill", 1, m{MonthlyBillDollars: 51, Users: 100}, every(), Stay, 0, ""},
		"bill: nothing is known": {"bill", 1, m{}, nil, NotMeasured, 0, "the month's bill"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			month := func(n ladder.Number) (Month, bool) { // a CDN costs less from 500,000 users on
				usd := int64(n) * 100
				if tt.give[Users] > 500_000 {
					usd = 1000 - usd
				}
				return Month{Expected: decimal.NewFromInt(usd)}, true
			}
			f := finding(t, tt.rule, Situation{Stage: tt.stage, Measured: tt.give, Tuned: tt.tuned, Month: month})
			assert.Equal(t, tt.want, f.Verdict, f.Because)
			assert.Contains(t, f.Because, tt.says)
			assert.NotEmpty(t, f.Because)
			assert.Equal(t, tt.want == Tune, len(f.Steps) > 0)
			assert.Equal(t, tt.want == NotMeasured, len(f.Missing) > 0)
			if tt.to == 0 {
				assert.Nil(t, f.Climb)
				return
			}
			require.NotNil(t, f.Climb)
			assert.Equal(t, tt.to, f.Climb.To)
			assert.Len(t, f.Climb.Changes, int(tt.to-tt.stage), "each stage on the way adds something")
			assert.NotEmpty(t, f.Climb.Breaks)
			assert.NotNil(t, f.Climb.Then)
		})
	}
}

// The table is whole: every rule says all that a person needs, from every stage on.
func TestRulesAreWhole(t *testing.T) {
	used := map[Key]bool{Users: true, PeakRequestsPerSecond: true, AverageRequestsPerSecond: true}
	ask := func(list []Condition) {
		for _, c := range list {
			used[c.Measure] = true
			assert.NotEmpty(t, measure(c.Measure).Name, c.Measure)
		}
	}
	ids := map[string]bool{}
	for _, r := range Rules() {
		assert.False(t, ids[r.ID], "%s stands there twice", r.ID)
		ids[r.ID] = true
		for _, text := range []string{r.Symptom, r.Beyond, r.SeedCost} {
			assert.NotEmpty(t, text, r.ID)
		}
		assert.True(t, strings.HasPrefix(r.Source, toolkit) || strings.HasPrefix(r.Source, strategies), r.Source)
		assert.NotEmpty(t, r.Steps, r.ID)
		assert.NotEmpty(t, r.Not, r.ID)
		for _, group := range r.Any {
			ask(group)
		}
		for _, b := range r.Blocks {
			ask(b.When)
		}
		for _, s := range r.Steps {
			ask(slices.Concat(s.If, s.Well))
		}
		for _, x := range r.Climbs {
			ask(x.When)
			assert.Greater(t, x.To, x.On.To, "%s: a climb leads up", r.ID)
			assert.NotEmpty(t, x.Tool+x.Why)
		}
	}
	for _, m := range measures {
		assert.True(t, used[m.Key], "no rule asks for %s", m.Key)
	}
	assert.Len(t, ids, 10)
}

// Nothing that is not measured is guessed: without measurements nothing is advised, and a
// measurement more never takes a known answer away.
func TestWhatIsNotMeasuredIsSaid(t *testing.T) {
	for _, stage := range ladder.Stages() {
		for _, f := range Advise(Situation{Stage: stage.Number}) {
			assert.Equal(t, NotMeasured, f.Verdict, f.Rule)
			assert.NotEmpty(t, f.Missing, f.Rule)
			assert.Nil(t, f.Climb)
		}
		r := NewReport(Situation{Stage: stage.Number}, "nowhere")
		assert.Equal(t, NotMeasured, r.Verdict)
		assert.True(t, r.CostsUnknown)
	}
}

func TestTheReportSaysWhatToDoAllInAll(t *testing.T) {
	well := Measurements{
		FarP95Milliseconds: 90, CacheHitPercent: 90, SlowQueryMilliseconds: 8, DatabaseCPUPercent: 20, ReadPercent: 92,
		DatabaseConnectionsPercent: 20, PoolWaitsPerSecond: 0, SlowestRequestSeconds: 0.4, QueueLength: 2,
		LargestTableRows: 5e4, DatabaseWritesPerSecond: 3, ServerCPUPercent: 40, PeakRequestsPerSecond: 30,
		AverageRequestsPerSecond: 4, MonthlyBillDollars: 150, AverageCPUPercent: 30, Users: 12_000,
	}
	r := NewReport(Situation{Stage: 2, Measured: well}, "a file")
	assert.Equal(t, Stay, r.Verdict)
	assert.Equal(t, "stay on stage 2: nothing that was measured is a reason to climb", r.Headline)
	require.Len(t, r.Load, 2)
	assert.True(t, r.Load[0].Holds, "12,000 users are more than stage 2 is meant for, which alone is no reason")

	well[ServerCPUPercent] = 93
	r = NewReport(Situation{Stage: 2, Measured: well}, "a file")
	assert.Equal(t, Tune, r.Verdict)
	assert.Contains(t, r.Headline, "one server is at its limit")

	r = NewReport(Situation{Stage: 2, Measured: well, Tuned: []string{"larger-server", "jobs"}}, "a file")
	assert.Equal(t, Climb, r.Verdict)
	assert.Equal(t, ladder.Number(3), r.To)
	assert.Equal(t, Climb, r.Findings[0].Verdict, "what asks for most comes first")

	delete(well, QueueLength)
	r = NewReport(Situation{Stage: 2, Measured: well}, "a file")
	assert.Contains(t, r.Headline, "1 of 10 symptoms are not measured")
}

// The stage below is offered only where it is known to be enough.
func TestClimbDownWhereTheStageBelowIsEnough(t *testing.T) {
	for name, tt := range map[string]struct {
		stage ladder.Number
		give  Measurements
		want  bool
	}{
		"enough":             {3, Measurements{MonthlyBillDollars: 5000, Users: 10_000, PeakRequestsPerSecond: 100}, true},
		"too many users":     {3, Measurements{MonthlyBillDollars: 5000, Users: 10_001, PeakRequestsPerSecond: 100}, false},
		"too high a peak":    {3, Measurements{MonthlyBillDollars: 5000, Users: 10_000, PeakRequestsPerSecond: 101}, false},
		"users not measured": {3, Measurements{MonthlyBillDollars: 5000, PeakRequestsPerSecond: 100}, false},
		"nothing is below":   {1, Measurements{MonthlyBillDollars: 5000, Users: 1, PeakRequestsPerSecond: 1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := finding(t, "bill", Situation{Stage: tt.stage, Measured: tt.give})
			got := slices.ContainsFunc(f.Steps, func(s Step) bool { return s.ID == "climb-down" })
			assert.Equal(t, tt.want, got)
		})
	}
}
