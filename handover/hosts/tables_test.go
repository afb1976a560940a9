package hosts_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/postgres"
)

// some is a shop of which the orders and their lines move, and the rest stays.
const some = schema + `;
	CREATE TYPE mood AS ENUM ('glad', 'sad');
	CREATE TABLE lines (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint REFERENCES orders, of mood);
	INSERT INTO lines (order_id, of) SELECT id, 'glad' FROM orders;
	CREATE TABLE stays (id bigserial PRIMARY KEY, note text);
	INSERT INTO stays (note) VALUES ('here')`

func someTables(t *testing.T) *world {
	w := newWorld(t, some)
	w.spec.Tables = []string{"orders", "public.lines"}
	// The new database is in use, by a table that has the name of one that stays.
	w.exec(w.spec.To, `CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TABLE stays (id bigserial PRIMARY KEY, note text);
		INSERT INTO stays (note) VALUES ('there')`)
	return w
}

// Some tables move under load, there, back and there again, while the others are
// written on the old side without a pause; nothing of the others is touched.
func TestSomeTablesMove(t *testing.T) {
	w := someTables(t)
	w.spec.FreeOld = true
	ctx, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	others.Go(func() {
		for ctx.Err() == nil {
			assert.NoError(t, w.try(w.spec.From, "INSERT INTO stays (note) VALUES ('meanwhile')"))
			assert.NoError(t, w.try(w.spec.To, "INSERT INTO stays (note) VALUES ('meanwhile')"))
			time.Sleep(20 * time.Millisecond)
		}
	})
	app := w.use(rate(), rate())
	w.do("start")
	assert.Equal(t, 3, w.count(w.spec.From, "SELECT count(*) FROM pg_publication_tables WHERE pubname LIKE '%_there'"),
		"orders, lines and the mover's mark")
	w.do("switch")
	assert.ErrorContains(t, w.try(w.spec.From, "INSERT INTO orders (note) VALUES ('stray')"), postgres.Refuses)
	assert.ErrorContains(t, w.try(w.spec.From, "ALTER TABLE orders ADD COLUMN more int"), postgres.Refuses)
	assert.ErrorContains(t, w.try(w.spec.From, "CREATE INDEX more ON lines (of)"), postgres.Refuses)
	assert.ErrorContains(t, w.try(w.spec.From, "DROP TABLE lines"), postgres.Refuses)
	w.exec(w.spec.From, "ALTER TABLE totals ADD COLUMN more int; CREATE TABLE another (id int); DROP TABLE another")
	w.do("back")
	w.do("switch")
	app.end()
	stop()
	others.Wait()
	assert.Empty(t, app.failures)
	assert.Zero(t, app.refused.Load())
	assert.Zero(t, app.badReads.Load())
	assert.Empty(t, app.lost(w.spec.To))
	assert.NotEmpty(t, app.acked)
	t.Logf("%d writes acknowledged, longest pause %s, longest wait of one %s", len(app.acked), w.paused(), app.longest)

	w.exec(w.spec.To, "INSERT INTO lines (order_id, of) SELECT max(id), 'sad' FROM orders")
	assert.Equal(t, 1, w.count(w.spec.To, "SELECT count(*) FROM stays WHERE note = 'there'"))
	assert.Zero(t, w.count(w.spec.To, "SELECT count(*) FROM stays WHERE note = 'here'"))
	assert.Zero(t, w.count(w.spec.To, "SELECT count(*) FROM pg_class WHERE relname = 'totals'"))
	entries, err := handover.ReadJournal(w.dir)
	require.NoError(t, err)
	for _, e := range entries {
		if e.Step == "compare" && e.Event == handover.EventProved {
			assert.True(t, strings.HasPrefix(e.Text, "2 tables"), e.Text)
		}
	}
	w.do("finish")
	assert.Equal(t, hosts.Finished, w.status().Phase)
	w.exec(w.spec.From, "INSERT INTO orders (note) VALUES ('a copy')")
	assert.Zero(t, w.count(w.spec.From, "SELECT count(*) FROM pg_trigger WHERE tgname = 'rung_fence'"))
}

// withoutType makes what moves where the type is there.
var withoutType = strings.Replace(strings.Split(some, "CREATE TABLE stays")[0],
	"CREATE TYPE mood AS ENUM ('glad', 'sad');",
	"", 1)

func (w *world) status() hosts.Status {
	w.t.Helper()
	m, err := hosts.Open(w.t.Context(), w.spec, "")
	require.NoError(w.t, err)
	defer m.Close()
	s, err := m.Status(w.t.Context(), w.dir)
	require.NoError(w.t, err)
	return s
}

// Tables that an application has made on the new side are taken as they are; what an
// abort takes away is what the move has brought.
func TestSomeTablesAreThereAlready(t *testing.T) {
	for name, tt := range map[string]struct {
		there string
		left  int // tables that move, after an abort with --drop-copy
	}{
		"made by the move": {"", 0},
		"made before":      {withoutType + "; TRUNCATE orders, lines, totals", 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := someTables(t)
			if tt.there != "" {
				w.exec(w.spec.To, tt.there)
			}
			w.do("start")
			assert.Equal(t, 500, w.count(w.spec.To, "SELECT count(*) FROM lines"))
			w.do("abort")
			assert.Equal(t, tt.left, w.count(w.spec.To,
				"SELECT count(*) FROM pg_class WHERE relname IN ('orders', 'lines') AND relkind = 'r'"))
			if tt.left > 0 {
				assert.Zero(t, w.count(w.spec.To, "SELECT count(*) FROM lines"))
			}
			assert.Equal(t, 1, w.count(w.spec.To, "SELECT count(*) FROM stays"))
			w.exec(w.spec.From, "INSERT INTO orders (note) VALUES ('as before')")
			w.do("start")
			w.do("switch")
			assert.Equal(t, 501, w.count(w.spec.To, "SELECT count(*) FROM orders"))
			w.do("finish")
		})
	}
}

// A command of the application's runs after each switch: again after it has failed or
// its mover was killed, and not again once it has ended well.
func TestACommandAfterTheSwitch(t *testing.T) {
	w := someTables(t)
	w.spec.FreeOld = true
	ran, ready := filepath.Join(t.TempDir(), "ran"), filepath.Join(t.TempDir(), "ready")
	w.spec.After = `echo "$RUNG_TO" >> ` + ran + `; test -e ` + ready
	times := func() int {
		text, err := os.ReadFile(ran)
		require.NoError(t, err)
		return strings.Count(string(text), w.spec.To)
	}
	w.do("start")
	require.ErrorContains(t, w.attempt("switch", nil), "the new side has the writes")
	require.ErrorContains(t, w.attempt("finish", nil), "--after has not run")
	require.NoError(t, os.WriteFile(ready, nil, 0o600))
	require.True(t, w.killedAt("switch", "after/did"))
	assert.Equal(t, 2, times())
	w.do("switch")
	w.do("switch")
	assert.Equal(t, 3, times(), "a command whose end was not written down runs again, and then no more")
	w.do("back")
	w.do("switch")
	assert.Equal(t, 4, times())
	require.True(t, w.killedAt("finish", "free-from/found"))
	assert.Equal(t, hosts.Finished, w.phase())
	assert.ErrorContains(t, w.try(w.spec.From, "INSERT INTO orders (note) VALUES ('not yet')"), postgres.Refuses)
	w.do("finish")
	w.exec(w.spec.From, "INSERT INTO orders (note) VALUES ('a copy')")
}

// What ties tables that would move to those that stay is found before anything is
// changed, all at once, and named with what to do.
func TestSomeTablesThatCannotMove(t *testing.T) {
	w := newWorld(t, some+`; CREATE SEQUENCE tickets; CREATE TYPE shade AS ENUM ('dark');
		CREATE TABLE plans (id int PRIMARY KEY);
		CREATE TABLE people (id int PRIMARY KEY DEFAULT nextval('tickets'), plan int CONSTRAINT has_plan REFERENCES plans,
			shade shade);
		CREATE TABLE visits (id int PRIMARY KEY, who int CONSTRAINT of_somebody REFERENCES people);
		CREATE TABLE logs (id int PRIMARY KEY) PARTITION BY RANGE (id);
		CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (1) TO (10);
		CREATE VIEW everybody AS SELECT id FROM people`)
	w.spec.Tables = []string{"people", "ordres", "logs_1"}
	found := w.plan()
	text := map[string]string{}
	for _, f := range found.Findings {
		text[f.Name] += string(f.Weight) + ": " + f.Found + ": " + f.Do + "\n"
	}
	for name, want := range map[string][]string{
		"no-table": {`"public"."ordres"`, "did you mean orders?"},
		"foreign-key": {"has_plan of public.people refers to public.plans, which stays", "move public.plans as well",
			"of_somebody of public.visits, which stays, refers to public.people", `DROP CONSTRAINT "of_somebody"`},
		"inheritance":     {"public.logs_1 is a part of public.logs"},
		"sequence-shared": {"public.tickets", "OWNED BY"},
		"needs":           {"the type public.shade"},
		"views-left":      {"warns", "public.everybody"},
	} {
		for _, part := range want {
			assert.Contains(t, text[name], part, name)
		}
	}
	require.ErrorContains(t, w.attempt("start", nil), "nothing was changed")
	assert.Equal(t, hosts.Nothing, w.phase())

	w.spec.Tables = []string{"totals", "stays"}
	w.exec(w.spec.To, "CREATE TABLE totals (id int PRIMARY KEY, n int NOT NULL); INSERT INTO totals VALUES (7, 7)")
	found = w.plan()
	text = map[string]string{}
	for _, f := range found.Findings {
		text[f.Name] += f.Found
	}
	assert.Contains(t, text["schema"], "public.totals.n")
	assert.Contains(t, text["schema"], "public.stays.id is only on the old side")
	assert.Contains(t, text[postgres.NotEmpty], "totals")

	// Rows that an application has made go, where that was accepted.
	w.spec.Tables, w.spec.Accept = []string{"totals"}, []string{postgres.NotEmpty}
	w.exec(w.spec.To, "ALTER TABLE totals ALTER n TYPE bigint")
	w.do("start")
	assert.Equal(t, 1, w.count(w.spec.To, "SELECT count(*) FROM totals"))
	assert.Equal(t, 1, w.count(w.spec.To, "SELECT id FROM totals"))
}

func (w *world) plan() hosts.Plan {
	w.t.Helper()
	m, err := hosts.Open(w.t.Context(), w.spec, "")
	require.NoError(w.t, err)
	defer m.Close()
	p, err := m.Plan(w.t.Context())
	require.NoError(w.t, err)
	return p
}

// A partitioned table moves with its parts, a name in capitals is taken to the letter,
// and a role that may use a table comes along.
func TestPartsAndCapitalsMove(t *testing.T) {
	w := newWorld(t, `CREATE SCHEMA "Shop";
		CREATE TABLE "Shop"."Logs" (id int PRIMARY KEY, "Text" text) PARTITION BY RANGE (id);
		CREATE TABLE "Shop".logs_1 PARTITION OF "Shop"."Logs" FOR VALUES FROM (1) TO (1000);
		INSERT INTO "Shop"."Logs" SELECT i, 'x' FROM generate_series(1, 100) i; CREATE TABLE stays (id int PRIMARY KEY)`)
	w.spec.Tables = []string{"Shop.Logs"}
	found := w.plan()
	require.True(t, found.Stopped(), "the schema is not there")
	w.exec(w.spec.To, `CREATE SCHEMA "Shop"`)
	w.do("start")
	w.exec(w.spec.From, `INSERT INTO "Shop"."Logs" VALUES (500, 'later')`)
	w.do("switch")
	assert.Equal(t, 101, w.count(w.spec.To, `SELECT count(*) FROM "Shop"."Logs"`))
	w.exec(w.spec.To, `INSERT INTO "Shop"."Logs" VALUES (501, 'there')`)
	assert.ErrorContains(t, w.try(w.spec.From, `INSERT INTO "Shop".logs_1 VALUES (502, 'stray')`), postgres.Refuses)
	w.do("back")
	assert.Equal(t, 102, w.count(w.spec.From, `SELECT count(*) FROM "Shop"."Logs"`))
}
