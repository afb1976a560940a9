package pgbouncer

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/postgres"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func example(password string) cloud.Cloud {
	entry := func(token, id string, p sim.Props) *sim.Entry {
		return &sim.Entry{Type: token, ID: id, Name: id, Region: "us-east-1", Properties: p}
	}
	return cloud.Of([]*sim.Entry{
		entry(token.RDSProxy, "proxy", sim.Props{"name": "proxy", "engineFamily": "POSTGRESQL", "requireTls": true,
			"endpoint": "proxy.rds.amazonaws.com", "idleClientTimeout": 900.0, "auths": []any{map[string]any{"secretArn": "secret"}}}),
		entry(token.RDSProxyDefaultTargetGroup, "proxy", sim.Props{"dbProxyName": "proxy",
			"connectionPoolConfig": map[string]any{"maxConnectionsPercent": 90.0, "connectionBorrowTimeout": 10.0}}),
		entry(token.RDSProxyTarget, "target", sim.Props{"dbProxyName": "proxy", "endpoint": "db.rds.amazonaws.com"}),
		entry(token.SecretsManagerSecretVersion, "v", sim.Props{"secretId": "secret", "secretString": password}),
	})
}

func at() site.Site {
	return site.Site{Dir: "/lab", Programs: site.Programs{PgBouncer: "/bin/pgbouncer"},
		Address: func(string, ...int) (string, error) { return "127.16.0.1", nil }}
}

func TestAProxyIsAsPlanned(t *testing.T) {
	names := unit.Translator([]unit.Host{{Name: "db.rds.amazonaws.com", Address: "127.16.0.9"}})
	part, err := Proxies(example(`{"username":"app","password":"a\"b"}`), at(), names,
		[]unit.Unit{{Name: "db/postgresql", Address: "127.16.0.9"}, {Name: "other", Address: "127.16.0.8"}})
	require.NoError(t, err)
	require.Len(t, part.Units, 1)
	u := part.Units[0]
	assert.Equal(t, []string{"db/postgresql"}, u.After)
	for _, want := range []string{"* = host=127.16.0.9 port=5432\n", "client_tls_sslmode = require\n",
		fmt.Sprintf("default_pool_size = %d\n", postgres.Connections*9/10), "min_pool_size = 40\n",
		"query_wait_timeout = 10\n", "client_idle_timeout = 900\n",
		"pool_mode = session\n"} {
		assert.Contains(t, u.Files[0].Content, want)
	}
	assert.Equal(t, "\"app\" \"a\"\"b\"\n", u.Files[1].Content)
}

func TestAProxyWaitsForWhatItNeeds(t *testing.T) {
	for want, give := range map[string]struct {
		secret string
		hosts  []unit.Host
	}{
		"its database is not there yet":           {secret: `{"username":"app","password":"x"}`},
		"its secret has no user and password yet": {hosts: []unit.Host{{Name: "db.rds.amazonaws.com", Address: "127.16.0.9"}}},
	} {
		part, err := Proxies(example(give.secret), at(), unit.Translator(give.hosts), nil)
		require.NoError(t, err)
		assert.Empty(t, part.Units)
		assert.Equal(t, []unit.Note{{About: "proxy", Text: want, Missing: true}}, part.Notes)
	}
}
