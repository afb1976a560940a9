package postgres

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fine is a pair of sides that nothing stands between.
func fine() (from, to Survey) {
	settings := func() map[string]string {
		return map[string]string{"wal_level": "logical", "max_replication_slots": "10", "max_wal_senders": "10",
			"max_logical_replication_workers": "4", "max_sync_workers_per_subscription": "2", "max_slot_wal_keep_size": "1024"}
	}
	last := int64(100)
	from = Survey{Version: 150018, Encoding: "UTF8", Collate: "C", CType: "C", Settings: settings(), Superuser: true,
		Bytes: 1 << 30, Tables: []Table{{Schema: "public", Name: "a", Key: true, AllBytes: 1 << 30}}, Owners: []string{"app"},
		Sequences:  []Sequence{{Schema: "public", Name: "s", Last: &last, Step: 1, Lowest: 1, Limit: 1 << 40}},
		Extensions: []Extension{{"plpgsql", "1.0"}}, FreeBytes: 10 << 30}
	to = Survey{Version: 150018, Encoding: "UTF8", Collate: "C", CType: "C", Settings: settings(), Superuser: true,
		Available: map[string]string{"plpgsql": "1.0"}, Roles: []string{"app"}, FreeBytes: 10 << 30}
	return from, to
}

func TestJudge(t *testing.T) {
	end, down := int64(2147483000), int64(-2147483000)
	tests := map[string]struct {
		change func(from, to *Survey)
		want   string // a finding that stops; "" is none
		warns  string
	}{
		"nothing in the way":    {change: func(_, _ *Survey) {}},
		"an old server":         {func(f, _ *Survey) { f.Version = 120000 }, "version", ""},
		"a newer target":        {func(_, to *Survey) { to.Version = 160000 }, "", ""},
		"an older target":       {func(_, to *Survey) { to.Version = 140000 }, "version", ""},
		"no logical log":        {func(f, _ *Survey) { f.Settings["wal_level"] = "replica" }, "wal-level", ""},
		"no logical log back":   {func(_, to *Survey) { to.Settings["wal_level"] = "replica" }, "wal-level-back", ""},
		"another encoding":      {func(_, to *Survey) { to.Encoding = "LATIN1" }, "encoding", ""},
		"another collation":     {func(_, to *Survey) { to.Collate = "de_DE" }, "collation", ""},
		"no slots":              {func(f, _ *Survey) { f.SlotsUsed = 8 }, "slots-from", ""},
		"no slots for the back": {func(_, to *Survey) { to.SlotsUsed = 10 }, "slots-to", ""},
		"no senders":            {func(f, _ *Survey) { f.SendersUsed = 9 }, "senders-from", ""},
		"an unbounded log":      {func(f, _ *Survey) { f.Settings["max_slot_wal_keep_size"] = "-1" }, "", "slot-limit-from"},
		"few workers": {func(_, to *Survey) { to.Settings["max_logical_replication_workers"] = "1" }, "workers",
			""},
		"an extension less": {func(f, _ *Survey) { f.Extensions = append(f.Extensions, Extension{"postgis", "3"}) },
			"extension", ""},
		"another extension":      {func(_, to *Survey) { to.Available["plpgsql"] = "2" }, "", "extension-version"},
		"a table without a key":  {func(f, _ *Survey) { f.Tables[0].Key = false }, "key", ""},
		"an unlogged table":      {func(f, _ *Survey) { f.Tables[0].Unlogged = true }, "unlogged", ""},
		"a large object":         {func(f, _ *Survey) { f.LargeObjects = 1 }, "large-objects", ""},
		"a foreign table":        {func(f, _ *Survey) { f.Foreign = []string{"x"} }, "foreign-tables", ""},
		"a materialised view":    {func(f, _ *Survey) { f.Views = []string{"x"} }, "", "views"},
		"a trigger that repeats": {func(f, _ *Survey) { f.AlwaysTriggers = []string{"x"} }, "triggers", ""},
		"a sequence at its end": {func(f, _ *Survey) { f.Sequences[0].Last, f.Sequences[0].Limit = &end, 1<<31-1 },
			"sequence",
			""},
		"a sequence near its end": {func(f, _ *Survey) {
			*f.Sequences[0].Last, f.Sequences[0].Limit = 2_000_000_000,
				1<<31-1
		}, "",
			"sequence"},
		"a sequence down at its end": {func(f, _ *Survey) {
			f.Sequences[0] = Sequence{Schema: "public", Name: "s", Last: &down, Step: -1, Lowest: -1 << 31, Limit: -1}
		}, "sequence", ""},
		"a sequence never asked": {func(f, _ *Survey) { f.Sequences[0].Last = nil }, "", ""},
		"a target that is full": {func(_, to *Survey) { to.Tables = []Table{{Schema: "public", Name: "a"}} }, "not-empty",
			""},
		"a target with others' tables": {func(_, to *Survey) { to.Tables = []Table{{Schema: "public", Name: "theirs"}} },
			"others", ""},
		"some tables and no extension": {func(f, _ *Survey) {
			f.Only, f.Extensions = []string{"a"}, append(f.Extensions, Extension{"postgis", "3"})
		}, "", ""},
		"some tables on a small disk": {func(f, to *Survey) {
			f.Only, f.Tables[0].AllBytes, to.FreeBytes = []string{"a"}, 1<<20, 1<<30
		}, "", ""},
		"some tables without the disk": {func(f, to *Survey) { f.Only, to.FreeBytes = []string{"a"}, 1<<20 }, "disk", ""},
		"a prepared transaction":       {func(f, _ *Survey) { f.Prepared = []string{"x"} }, "prepared", ""},
		"a long transaction": {func(f, _ *Survey) { f.Busy = []Transaction{{PID: 7, Seconds: 90}} },
			"long-transaction", ""},
		"a small disk":           {func(_, to *Survey) { to.FreeBytes = 1 << 30 }, "disk", ""},
		"no room for the log":    {func(f, _ *Survey) { f.WALPerSecond = 1 << 30 }, "disk", ""},
		"a disk nobody knows":    {func(_, to *Survey) { to.FreeBytes = -1 }, "disk-unknown", ""},
		"a role without rights":  {func(f, _ *Survey) { f.Superuser = false }, "rights-from", ""},
		"a role that subscribes": {func(_, to *Survey) { to.Superuser = false }, "rights-to", ""},
		"a role of RDS subscribes": {func(_, to *Survey) {
			to.Superuser, to.Roles = false, append(to.Roles,
				"rds_superuser")
		}, "",
			""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			from, to := fine()
			tt.change(&from, &to)
			all := Judge(from, to, Options{WayBack: true, Margin: 1000})
			assert.Equal(t, tt.want != "", Stopped(all), "%v", all)
			for weight, want := range map[Weight]string{Stops: tt.want, Warns: tt.warns} {
				if want != "" {
					i := slices.IndexFunc(all, func(f Finding) bool { return f.Name == want && f.Weight == weight })
					require.GreaterOrEqual(t, i, 0, "%v", all)
					assert.NotEmpty(t, all[i].Do)
				}
			}
		})
	}
}

func TestWhatIsAcceptedOnlyWarns(t *testing.T) {
	from, to := fine()
	from.LargeObjects = 3
	to.Settings["wal_level"] = "replica"
	all := Judge(from, to, Options{Margin: 1, Accept: []string{"large-objects"}})
	assert.False(t, Stopped(all), "%v", all)
	assert.Len(t, all, 1)
}

// Tables that an application makes where it starts may go when that is said; others may
// not, whatever is said.
func TestOnlyTheApplicationsOwnTablesMayGo(t *testing.T) {
	from, to := fine()
	o := Options{Margin: 1, Accept: []string{NotEmpty}}
	to.Tables = []Table{{Schema: "public", Name: "a"}}
	assert.False(t, Stopped(Judge(from, to, o)))
	to.Tables = append(to.Tables, Table{Schema: "public", Name: "theirs"})
	assert.True(t, Stopped(Judge(from, to, o)))
}

func TestAhead(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	had := []Sequence{{Schema: "p", Name: "up", Last: n(10), Step: 2, Lowest: 1, Limit: 1000}, {Schema: "p",
		Name: "never", Step: 1},
		{Schema: "p", Name: "down", Last: n(-10), Step: -1, Lowest: -1000, Limit: -1},
		{Schema: "p", Name: "further", Last: n(10), Step: 1, Lowest: 1, Limit: 1000},
		{Schema: "p", Name: "end", Last: n(995), Step: 1, Lowest: 1, Limit: 1000}}
	has := []Sequence{{Schema: "p", Name: "further", Last: n(500), Step: 1}}
	got := map[string]int64{}
	for _, s := range ahead(had, has, 100) {
		got[s.Name] = *s.Last
	}
	assert.Equal(t, map[string]int64{"up": 210, "down": -110, "end": 1000}, got)
}

func TestGateOf(t *testing.T) {
	for want, states := range map[Gate][]string{Bare: {"", ""}, Open: {"D", "D"}, Closed: {"A", "A"}, Leaking: {"A", ""},
		Mixed: {"D", ""}} {
		var tables []fenced
		for _, s := range states {
			tables = append(tables, fenced{State: s})
		}
		assert.Equal(t, want, gateOf(tables))
	}
	assert.Equal(t, Mixed, gateOf([]fenced{{State: "A"}, {State: "D"}}))
	assert.Equal(t, Bare, gateOf(nil))
}

func TestDiverged(t *testing.T) {
	assert.Equal(t, []string{`column b is "int" on the old side and "bigint" on the new one`,
		"column c is only on the old side",
		"index d is only on the new side"},
		Diverged(Shape{"column a": "int", "column b": "int", "column c": "int"}, Shape{"column a": "int",
			"column b": "bigint", "index d": ""}))
}

func TestProgressOf(t *testing.T) {
	tables := []Table{{Name: "a", Bytes: 100, Rows: 10}, {Name: "b", Bytes: 300, Rows: 30}, {Name: "c", Bytes: 50,
		Rows: 0}}
	p := progressOf(tables, map[string]int64{tables[0].String(): -1, tables[1].String(): 10})
	assert.Equal(t, Progress{Bytes: 200, AllBytes: 450, Rows: 20, AllRows: 40, Tables: 1, AllTables: 3}, p)
}

// What somebody says of a disk counts where the server does not know it, or may not use all.
func TestDiskThatSomebodySays(t *testing.T) {
	for name, tt := range map[string]struct {
		measured, said int64
		want           bool
	}{"less than measured": {10 << 30, 1 << 20, true}, "more than measured": {1 << 20, 10 << 30, true},
		"not measured": {-1, 10 << 30, false}} {
		t.Run(name, func(t *testing.T) {
			from, to := fine()
			to.FreeBytes = tt.measured
			assert.Equal(t, tt.want, Stopped(Judge(from, to, Options{WayBack: true, Margin: 1000, ToFree: tt.said})))
		})
	}
}
