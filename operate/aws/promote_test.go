package aws

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/operate"
)

// copied is RDS' description of an instance that copies another.
func copied(id, status, source string) string {
	return `<R><DBInstances><DBInstance><DBInstanceIdentifier>` + id + `</DBInstanceIdentifier>
		<DBInstanceStatus>` + status +
		`</DBInstanceStatus><ReadReplicaSourceDBInstanceIdentifier>` + source +
		`</ReadReplicaSourceDBInstanceIdentifier></DBInstance></DBInstances></R>`
}

const sourceARN = "arn:aws:rds:us-east-1:123456789012:db:db-home"

// lost is AWS whose region at home is gone, with a copy elsewhere that is promoted in a
// few looks.
func lostHome(home string) *cloud {
	promoted, looks := false, 0
	return &cloud{answers: map[string]any{
		"rds DescribeDBInstances": func(_ string, form url.Values) string {
			switch id := form.Get("DBInstanceIdentifier"); {
			case id == "db-home":
				return home
			case id == "db-replica": // of the copy, in its region
				return copied(id, "available", "db-copy")
			case !promoted:
				return copied("db-copy", "available", sourceARN)
			}
			looks++
			if looks < 3 {
				return copied("db-copy", "modifying", sourceARN)
			}
			return copied("db-copy", "available", "")
		},
		"rds PromoteReadReplica": func(_ string, form url.Values) string {
			promoted = form.Get("DBInstanceIdentifier") == "db-copy"
			return "<R/>"
		},
		"monitoring GetMetricStatistics": `<R><Datapoints><member><Timestamp>2026-11-30T11:58:00Z</Timestamp><Maximum>9</Maximum></member>
			<member><Timestamp>2026-11-30T11:59:00Z</Timestamp><Maximum>4</Maximum></member></Datapoints></R>`,
	}}
}

func twoRegions() operate.Stack {
	return operate.Stack{Name: "dev", Region: "us-east-1", Parts: []operate.Part{
		{Name: "database", Kind: operate.Database, Region: "us-east-1", IDs: []string{"db-home"}},
		{Name: "database-euw1", Kind: operate.Database, Region: ireland, IDs: []string{"db-copy", "db-replica"}},
	}}
}

// What may be lost is known before anything is changed, and a copy is promoted to the end.
func TestACopyTakesTheWrites(t *testing.T) {
	c := lostHome("!DBInstanceNotFound")
	d := driver(t, c)
	copies, err := d.Copies(t.Context(), twoRegions(), ireland)
	require.NoError(t, err)
	require.Len(t, copies, 1, "a replica of the copy is none")
	lag := 4.0
	assert.Equal(t, operate.Copy{Name: "database-euw1", ID: "db-copy", Region: ireland, Source: "db-home",
		SourceRegion: "us-east-1", State: "available", Lag: &lag,
		At: time.Date(2026, 11, 30, 11, 59, 0, 0, time.UTC)}, copies[0])
	assert.Contains(t, operate.ErrLoss{Copies: copies}.Error(),
		"what db-home acknowledged in its last 4 s, and whatever it acknowledged after 2026-11-30T11:59:00Z")
	for _, said := range c.said {
		assert.NotContains(t, said, "Promote")
	}
	var told []string
	require.NoError(t, d.Promote(t.Context(), copies[0], func(line string) { told = append(told, line) }))
	assert.Equal(t, []string{"db-copy is modifying", "db-copy is available"}, told)
	copies, err = d.Copies(t.Context(), twoRegions(), ireland)
	require.NoError(t, err)
	assert.True(t, copies[0].Promoted())
	require.NoError(t, d.Promote(t.Context(), copies[0], func(string) {}), "again")
}

// A source that lives is told, and Aurora has calls of its own.
func TestCopiesTellOfTheirSource(t *testing.T) {
	d := driver(t, lostHome(database("db-home", "available", "home")))
	copies, err := d.Copies(t.Context(), twoRegions(), ireland)
	require.NoError(t, err)
	assert.Equal(t, "available", copies[0].SourceState)
	s := twoRegions()
	s.Parts[1].Kind = operate.Cluster
	_, err = d.Copies(t.Context(), s, ireland)
	require.ErrorIs(t, err, operate.ErrNotHere)
}
