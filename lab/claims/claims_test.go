package claims

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/lab/breaks"
	"github.com/rung-dev/rung/lab/load"
	"github.com/rung-dev/rung/preview/terminal"
)

func TestMain(m *testing.M) { apptest.Main(m) }

func verdicts(all []Claim) (out []Verdict) {
	for _, c := range all {
		out = append(out, c.Verdict)
	}
	return out
}

func TestClaimsOfALoad(t *testing.T) {
	r := load.Result{Sent: 1000, Rate: 100, Latency: load.Latency{P95: 50, P99: 90},
		Caches: []load.CacheLayer{{Name: "memory and Redis", Asked: 100, Hits: 70, Share: 0.7}},
		Files:  load.Part{Requests: 100, Asked: 100, Hits: 90}, Others: load.Part{Requests: 900, Asked: 900},
		Databases: []load.Database{{Name: "primary", PerSecond: 60}, {Name: "replica 1", PerSecond: 40}},
		Queue:     &load.Queue{Jobs: 5, AnswerP50: 20}}
	assert.Equal(t, []Verdict{Holds, Holds, Holds, Part, Holds}, verdicts(OfLoad(r)))
	assert.Contains(t, OfLoad(r)[2].Measured, "90 % of the files, 9 % of all answers")
	assert.Contains(t, OfLoad(r)[3].Measured, "40 % of 100 queries/s at the 1 replicas")

	slow := load.Result{Sent: 10, Failed: 1, Latency: load.Latency{P95: 300, P99: 600}, Queue: &load.Queue{Jobs: 1,
		Failed: 1}}
	assert.Equal(t, []Verdict{Fails, Absent, Absent, Absent, Absent}, verdicts(OfLoad(slow)),
		"what was not measured is not judged")
}

func TestClaimOfAMachine(t *testing.T) {
	assert.Equal(t, Holds, OfBreaks(breaks.Outcome{Sent: 100, Detect: time.Second}, 1).Verdict)
	for _, o := range []breaks.Outcome{{Failed: 1}, {Writes: load.Writes{Lost: 1}}, {Problem: "it lives"}} {
		assert.Equal(t, Fails, OfBreaks(o, 1).Verdict)
	}
}

func TestTheTableOfClaims(t *testing.T) {
	d := Document("claims", []Claim{{"pool", "9x", "2x", Part, "no distance"}})
	var b strings.Builder
	require.NoError(t, d.Table(&b, terminal.Style{Width: 200}))
	for _, want := range []string{"pool", "9x", "2x", "in part", "no distance"} {
		assert.Contains(t, b.String(), want)
	}
}

func TestClaimsOfADatabase(t *testing.T) {
	c, name := apptest.Database(t)
	url := c.Primary.URL(name)
	all, err := OfDatabase(t.Context(), url)
	require.NoError(t, err)
	require.Len(t, all, 3)
	assert.Contains(t, all[1].Measured, "200,000 rows")
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	var left int
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_database WHERE datname = $1",
		scratch).Scan(&left))
	assert.Zero(t, left, "nothing of it stays")
}
