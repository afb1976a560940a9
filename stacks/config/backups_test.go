package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/stacks/ladder"
)

func TestBackupRegion(t *testing.T) {
	three := []string{"us-east-1", "eu-west-1", "ap-southeast-1"}
	tests := map[string]struct {
		stage   ladder.Number
		regions []string
		named   string
		of      string
		want    string
	}{
		"the next region":                     {5, three, "", "us-east-1", "eu-west-1"},
		"of a database elsewhere":             {5, three, "", "eu-west-1", "us-east-1"},
		"the one that is named":               {6, three, "ap-southeast-1", "us-east-1", "ap-southeast-1"},
		"a former writer in the one named":    {5, three, "ap-southeast-1", "ap-southeast-1", "us-east-1"},
		"none wanted":                         {5, three, "none", "us-east-1", ""},
		"nowhere to go":                       {5, three[:1], "", "us-east-1", ""},
		"a stage with one region has no copy": {4, three[:1], "", "us-east-1", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := Config{Stage: tt.stage, Regions: tt.regions, Database: Database{BackupRegion: tt.named}}
			assert.Equal(t, tt.want, c.BackupRegion(tt.of))
		})
	}
}

func TestUsersReplicas(t *testing.T) {
	c, err := Parse(set("stage", "4", "database.replicas", "3"))
	require.NoError(t, err)
	assert.Equal(t, 3, c.UsersReplicas(), "as many as the database")
	c, err = Parse(set("stage", "4", "database.replicas", "3", "usersDatabase.replicas", "0"))
	require.NoError(t, err)
	assert.Equal(t, 0, c.UsersReplicas())
}
