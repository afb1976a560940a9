package settings_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/settings"
)

func readShards(change env) (settings.Settings, error) {
	e := env{contract.EnvDatabaseHost: "db", contract.EnvDatabaseName: "app", contract.EnvDatabaseSecret: "arn:db"}
	for k, v := range change {
		e[k] = v
	}
	return settings.Read(contract.RoleMigrate, e.get)
}

func TestShards(t *testing.T) {
	for name, tt := range map[string]struct {
		env  env
		want string // is in the message; empty for none
	}{
		"hosts":                  {env: env{contract.EnvShards: "a,b:6432"}},
		"URLs":                   {env: env{contract.EnvShards: "postgres://u@a/app,postgresql://u@b/app"}},
		"a URL of something":     {env: env{contract.EnvShards: "mysql://u:hunter2@a/app"}, want: contract.EnvShards},
		"no port":                {env: env{contract.EnvShards: "a:b"}, want: contract.EnvShards},
		"no name":                {env: env{contract.EnvShards: "a", contract.EnvDatabaseName: ""}, want: contract.EnvDatabaseName},
		"a secret too few":       {env: env{contract.EnvShards: "a,b", contract.EnvShardSecrets: "arn:a"}, want: contract.EnvShardSecrets},
		"a secret too many":      {env: env{contract.EnvShardSecrets: "arn:a"}, want: contract.EnvShardSecrets},
		"readers":                {env: env{contract.EnvShards: "a,b", contract.EnvShardReaders: "2=c,3=d"}},
		"readers of the first":   {env: env{contract.EnvShards: "a", contract.EnvShardReaders: "1=c"}, want: contract.EnvShardReaders},
		"readers of nobody":      {env: env{contract.EnvShards: "a", contract.EnvShardReaders: "3=c"}, want: contract.EnvShardReaders},
		"readers without number": {env: env{contract.EnvShards: "a", contract.EnvShardReaders: "c"}, want: contract.EnvShardReaders},
		"no host of a reader":    {env: env{contract.EnvShards: "a", contract.EnvShardReaders: "2="}, want: contract.EnvShardReaders},
		"by hash":                {env: env{contract.EnvPlacement: "hash"}},
		"by region":              {env: env{contract.EnvPlacement: "geo:us-east-1,eu-west-1"}},
		"by no region":           {env: env{contract.EnvPlacement: "geo:"}, want: contract.EnvPlacement},
		"by day":                 {env: env{contract.EnvPlacement: "range:2026-01-01,2027-01-01"}},
		"by days backwards":      {env: env{contract.EnvPlacement: "range:2027-01-01,2026-01-01"}, want: contract.EnvPlacement},
		"by star sign":           {env: env{contract.EnvPlacement: "zodiac"}, want: contract.EnvPlacement},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readShards(tt.env)
			if tt.want == "" {
				assert.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestShardsAreCountedFromTwo(t *testing.T) {
	s, err := readShards(env{contract.EnvShards: "a,b:6432", contract.EnvShardReaders: "3=c",
		contract.EnvPlacement: "range:2026-01-01"})
	require.NoError(t, err)
	assert.Equal(t, []settings.Shard{{Primary: "a:5432", Secret: "arn:db"},
		{Primary: "b:6432", Secret: "arn:db", Readers: []string{"c:5432"}}}, s.Database.Shards)
	assert.Equal(t, []time.Time{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}, s.Database.Placement.Days)
}
