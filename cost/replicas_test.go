package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// away is a resource of another region.
func away(region, typ, name string, p m) cost.Resource {
	r := res("", typ, name, p)
	r.Region = region
	return r
}

func TestCopiesOfKeysAndSecretsCost(t *testing.T) {
	e := estimate(t, cost.Options{},
		res("", token.KMSKey, "key-primary", m{"multiRegion": true}),
		away("eu-west-1", token.KMSReplicaKey, "key-euw1", m{}),
		res("", token.SecretsManagerSecret, "store",
			m{"replicas": l{m{"region": "eu-west-1"}, m{"region": "eu-central-1"}}}),
	)
	checkLines(t, e, "key-primary", map[string]want{"key": flat("1.00")})
	checkLines(t, e, "key-euw1", map[string]want{"key": flat("1.00")})
	checkLines(t, e, "store",
		map[string]want{"secret": flat("0.40"), "copy in eu-west-1": flat("0.40"), "copy in eu-central-1": flat("0.40")})
}

// regional are two databases at home and a copy of each in Ireland, as a
// preview shows them: nobody knows yet what copies what.
func regional() []cost.Resource {
	const instance = token.RDSInstance
	primary := func(component string) cost.Resource {
		return res(component, instance, component+"-primary", m{
			"engine": "postgres", "engineVersion": "17", "instanceClass": "db.m7g.large", "allocatedStorage": 50.0, "storageType": "gp3",
		})
	}
	replica := func(component, name string) cost.Resource {
		return cost.Resource{
			URN: name, Type: instance, Name: name, Component: component, Region: "eu-west-1",
			Props: m{"replicateSourceDb": cost.Unknown{}, "instanceClass": "db.m7g.large", "storageType": "gp3"},
		}
	}
	return []cost.Resource{
		primary("database"), primary("database-shard-2"),
		replica("database-euw1", "database-euw1-primary"), replica("database-euw1", "database-euw1-replica-1"),
		replica("database-shard-2-euw1", "database-shard-2-euw1-primary"),
	}
}

func TestCopiesOfDatabasesCost(t *testing.T) {
	machine := func(e cost.Estimate) map[string]want {
		return map[string]want{
			"db.m7g.large hours, PostgreSQL Single-AZ": lineOf(t, e, "database-euw1-replica-1", "db.m7g.large hours, PostgreSQL Single-AZ"),
			"storage, gp3 Single-AZ":                   lineOf(t, e, "database-euw1-replica-1", "storage, gp3 Single-AZ"),
		}
	}
	e := estimate(t, cost.Options{Traffic: profile()}, regional()...)
	further := machine(e)
	checkLines(t, e, "database-euw1-replica-1", further)
	for _, name := range []string{"database-euw1-primary", "database-shard-2-euw1-primary"} {
		want := machine(e)
		// 109,500,000 requests × 0.1 writes × 8,192 bytes = 89.7024 GB, of two databases, at $0.02
		want["data from us-east-1"] = lineOf(t, e, name, "data from us-east-1")
		assert.Equal(t, "0.90", want["data from us-east-1"].monthly)
		checkLines(t, e, name, want)
	}
	assert.Empty(t, e.Unpriced)
}

func TestReplicatedUploadsCost(t *testing.T) {
	const config = token.S3BucketReplicationConfig
	e := estimate(t, cost.Options{Traffic: profile()},
		res("uploads", config, "here", m{}), away("eu-west-1", config, "ireland", m{}), away("ap-southeast-2", config,
			"sydney", m{}))
	// 300,000 users × 1 MB / 12 = 25 GB a month, a third of it from each region
	// $0.02
	checkLines(t, e, "here",
		map[string]want{"data to eu-west-1": {"0.08", "0.17", "0.33"}, "data to ap-southeast-2": {"0.08", "0.17", "0.33"}})
	// $0.098
	checkLines(t, e, "sydney",
		map[string]want{"data to eu-west-1": {"0.41", "0.82", "1.63"}, "data to us-east-1": {"0.41", "0.82", "1.63"}})
	checkLines(t, estimate(t, cost.Options{}, res("uploads", config, "here", m{})), "here", map[string]want{})
}

func TestCopiedBackupsCost(t *testing.T) {
	const copied = token.RDSInstanceAutomatedBackupsReplication
	arn := "arn:aws:rds:us-east-1:123456789012:db:main"
	e := estimate(t, cost.Options{Traffic: profile()},
		res("database", token.RDSInstance, "database-primary",
			m{"identifier": "main", "arn": arn, "engine": "postgres", "instanceClass": "db.m7g.large"}),
		away("eu-west-1", copied, "backups", m{"sourceDbInstanceArn": arn}))
	checkLines(t, e, "backups", map[string]want{
		"backup storage":      {"1.43", "2.85", "5.70"}, // 300,000 users × 100 kB = 30 GB × $0.095
		"data from us-east-1": {"0.90", "1.79", "3.59"}, // 89.7024 GB × $0.02
	})
}

func TestGlobalDatabaseCosts(t *testing.T) {
	cluster := func(region, name string, own m) cost.Resource {
		p := m{"engine": "aurora-postgresql", "globalClusterIdentifier": cost.Unknown{}, "masterUsername": cost.Unknown{}}
		for k, v := range own {
			p[k] = v
		}
		return cost.Resource{URN: name, Type: token.RDSCluster, Name: name, Component: name, Region: region,
			Props: p}
	}
	e := estimate(t, cost.Options{Traffic: profile()},
		res("", token.RDSGlobalCluster, "global", m{}),
		cluster("", "aurora", m{"masterPassword": cost.Secret}), cluster("eu-west-1", "aurora-euw1", nil))
	// 300,000 users × 100 kB = 30 GB in each region; 109,500,000 requests × (1 − 0.9 × 0.8) = 30,660,000 statements,
	// half in each
	both := map[string]want{"storage": lineOf(t, e, "aurora", "storage"),
		"I/O requests": lineOf(t, e, "aurora", "I/O requests")}
	assert.Equal(t, "3.00", both["storage"].monthly)
	assert.Equal(t, "3.07", both["I/O requests"].monthly)
	checkLines(t, e, "aurora", both)
	// In Ireland, whose prices are not known, at 1.11 times, give or take.
	checkLines(t, e, "aurora-euw1", map[string]want{
		"storage": {"1.50", "3.33", "7.32"}, "I/O requests": {"1.53", "3.40", "7.48"},
		"replicated writes":   lineOf(t, e, "aurora-euw1", "replicated writes"),
		"data from us-east-1": lineOf(t, e, "aurora-euw1", "data from us-east-1"),
	})
	assert.Equal(t, "2.41", lineOf(t, e, "aurora-euw1", "replicated writes").monthly)   // 10,950,000 × $0.22
	assert.Equal(t, "1.79", lineOf(t, e, "aurora-euw1", "data from us-east-1").monthly) // 89.7024 GB × $0.02
}

// lineOf is one line of a resource.
func lineOf(t *testing.T, e cost.Estimate, name, item string) want {
	t.Helper()
	for _, l := range e.Lines {
		if l.Name == name && l.Item == item {
			return want{l.Low.StringFixed(2), l.Monthly.StringFixed(2), l.High.StringFixed(2)}
		}
	}
	require.Fail(t, "no such line", "%s: %s", name, item)
	return want{}
}
