package onlab

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/hand"
	"github.com/rung-dev/rung/lab/process"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/resource/token"
)

// instance is a database of a region; a copy of another's where source is its ARN.
func instance(id, region, source string) *sim.Entry {
	p := sim.Props{"identifier": id, "arn": "arn:aws:rds:" + region + ":123456789012:db:" + id}
	if source == "" {
		p["username"], p["dbName"], p["password"] = "app", "app", "s3cret"
	} else {
		p["replicateSourceDb"] = source
	}
	return &sim.Entry{Type: token.RDSInstance, Provider: "aws", ID: "db-" + id, Region: region, Name: id, Properties: p}
}

// A copy whose source's region is cut off may take the writes: the source does not answer. One
// whose source does would be a second primary, which the command refuses.
func TestCopiesOfTheLab(t *testing.T) {
	d := labWith(t)
	const home = "arn:aws:rds:us-east-1:123456789012:db:database"
	writeCloud(t, d, instance("database", "us-east-1", ""), instance("database-euw1", "eu-west-1", home),
		instance("database-euw1-reader", "eu-west-1", "database-euw1"))
	stack := operate.Stack{Parts: []operate.Part{
		{Name: "database-euw1", Kind: operate.Database, Region: "eu-west-1", IDs: []string{"database-euw1", "database-euw1-reader"}},
		{Name: "database", Kind: operate.Database, Region: "us-east-1", IDs: []string{"database"}}}}
	for of, want := range map[string]string{"well": available, "unwell": ""} {
		s := state.State{Supervisor: process.Identify(os.Getpid()), Units: []state.Unit{
			{Name: "database/postgresql", State: of, Ports: []int{5432}}, {Name: "database/backup", State: "well"},
			{Name: "database-euw1/postgresql", State: "well", Ports: []int{5432}}}}
		require.NoError(t, s.Write(d.at.Status()))
		all, err := d.Copies(t.Context(), stack, "eu-west-1")
		require.NoError(t, err)
		assert.Equal(t, []operate.Copy{{Name: "database-euw1", ID: "database-euw1", Region: "eu-west-1", Source: "database",
			SourceRegion: "us-east-1", State: available, SourceState: want}}, all, "its source is %s", of)
	}
}

// Like RDS the lab's cloud has a promoted copy as an instance of its own, with who may use it.
func TestAPromotedCopyStandsAlone(t *testing.T) {
	d := labWith(t)
	writeCloud(t, d, instance("database", "us-east-1", ""),
		instance("database-euw1", "eu-west-1", "arn:aws:rds:us-east-1:123456789012:db:database"))
	require.NoError(t, hand.Promote(d.at, hand.Instance{Region: "eu-west-1", Identifier: "database-euw1"},
		hand.Instance{Region: "us-east-1", Identifier: "database"}))
	c, err := cloud.Read(d.at.Cloud())
	require.NoError(t, err)
	now, found := c.First(token.RDSInstance, "identifier", "database-euw1")
	require.True(t, found)
	assert.False(t, now.Has("replicateSourceDb"))
	assert.Equal(t, []string{"app", "app", "s3cret"},
		[]string{now.Str("username"), now.Str("dbName"), now.Str("password")})
}
