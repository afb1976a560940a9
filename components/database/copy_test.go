package database

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

const irishKey = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1"

// copied are args of a copy of source in two zones of eu-west-1.
func copied(source *Database, change func(*Args)) Args {
	return placed(func(a *Args) {
		a.Subnets = []part.Subnet{
			{ID: pulumi.String("subnet-c").ToStringOutput(), Zone: "eu-west-1a"},
			{ID: pulumi.String("subnet-d").ToStringOutput(), Zone: "eu-west-1b"},
		}
		a.Source, a.Region, a.KMSKeyARN = source, "eu-west-1", pulumi.String(irishKey)
		if change != nil {
			change(a)
		}
	})
}

// runCopy records a database and its copy in Ireland.
func runCopy(t *testing.T, change func(*Args)) *record.Recording {
	t.Helper()
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		source, err := New(ctx, "database", placed(func(a *Args) { a.SecretRegions = []string{"eu-west-1"} }))
		if err != nil {
			return err
		}
		ireland, err := aws.NewProvider(ctx, "aws-eu-west-1", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		there, err := New(ctx, "database-euw1", copied(source, change), pulumi.Provider(ireland))
		if err != nil {
			return err
		}
		ctx.Export("host", there.Endpoint.Host)
		ctx.Export("secret", there.Endpoint.Secret)
		ctx.Export("readers", pulumi.ToStringArrayOutput(there.Readers))
		return nil
	})
}

func TestCopyFollowsItsSource(t *testing.T) {
	rec := runCopy(t, func(a *Args) { a.Replicas = 1 })
	source := recordtest.Named(t, rec, token.RDSInstance, "database-primary")
	first := recordtest.Named(t, rec, token.RDSInstance, "database-euw1-primary")
	further := recordtest.Named(t, rec, token.RDSInstance, "database-euw1-replica-1")
	assert.Equal(t, "eu-west-1", first.Region)
	assert.Equal(t, source.Output("arn"), first.Value("replicateSourceDb"), "by its ARN: it is in another region")
	assert.Equal(t, irishKey, first.String("kmsKeyId"))
	assert.True(t, first.Has("dbSubnetGroupName"), "it stands in a network of its own")
	assert.Equal(t, first.String("identifier"), further.String("replicateSourceDb"), "the data crosses the regions once")
	assert.False(t, further.Has("kmsKeyId"), "RDS refuses a key within a region")
	assert.InDelta(t, 7, first.Number("backupRetentionPeriod"), 0)
	for _, key := range []string{"username", "password", "dbName", "engine", "engineVersion", "allocatedStorage",
		"finalSnapshotIdentifier"} {
		assert.False(t, first.Has(key), "a copy takes %s from its source", key)
	}
	for _, key := range []string{"skipFinalSnapshot", "storageEncrypted", "deletionProtection"} {
		assert.True(t, first.Bool(key), key)
	}
	assert.True(t, first.Protect)
	assert.False(t, first.Bool("multiAz"))
}

func TestCopyIsWrittenAtItsSourceAndReadAtHome(t *testing.T) {
	rec := runCopy(t, func(a *Args) { a.Replicas = 1 })
	source := recordtest.Named(t, rec, token.RDSInstance, "database-primary")
	first := recordtest.Named(t, rec, token.RDSInstance, "database-euw1-primary")
	further := recordtest.Named(t, rec, token.RDSInstance, "database-euw1-replica-1")
	assert.Equal(t, source.Output("address"), rec.Exports["host"])
	assert.Equal(t, []any{first.Output("address"), further.Output("address")}, rec.Exports["readers"])
	assert.Contains(t, rec.Exports["secret"], ":eu-west-1:")
	secrets := rec.All(token.SecretsManagerSecret)
	require.Len(t, secrets, 1, "a copy has its source's users")
	assert.Equal(t, "eu-west-1", secrets[0].String("replicas[0].region"))
	lag := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "database-euw1-copy-lag-high")
	assert.Equal(t, first.Output("identifier"), lag.String("dimensions.DBInstanceIdentifier"))
}

// Promoting changes the first instance in place and nothing that replaces it.
func TestPromotingChangesOneInstance(t *testing.T) {
	copies := runCopy(t, func(a *Args) { a.Replicas = 1 })
	originals := runCopy(t, func(a *Args) { a.Replicas, a.Promoted = 1, true })
	before := recordtest.Named(t, copies, token.RDSInstance, "database-euw1-primary")
	after := recordtest.Named(t, originals, token.RDSInstance, "database-euw1-primary")
	assert.Equal(t, before.URN, after.URN)
	changed := []string{}
	for key := range union(before.Inputs, after.Inputs) {
		if !assert.ObjectsAreEqual(before.Inputs[key], after.Inputs[key]) {
			changed = append(changed, key)
		}
	}
	assert.ElementsMatch(t, []string{
		"replicateSourceDb", "engine", "multiAz", "allocatedStorage", "password", "skipFinalSnapshot",
		"finalSnapshotIdentifier",
	}, changed)
	assert.True(t, after.Bool("multiAz"))
	assert.False(t, after.Bool("skipFinalSnapshot"))
	assert.True(t, after.Secret("password"))
	for _, name := range []string{"database-primary", "database-euw1-replica-1"} {
		assert.Equal(t, recordtest.Named(t, copies, token.RDSInstance, name).Inputs,
			recordtest.Named(t, originals, token.RDSInstance, name).Inputs, name)
	}
	assert.Equal(t, after.Output("address"), originals.Exports["host"])
	assert.NotContains(t, originals.Exports["readers"], after.Output("address"))
	assert.Contains(t, originals.Exports["secret"], ":eu-west-1:")
	assert.Empty(t, originals.Named("database-euw1-copy-lag-high"))
}

func union(a, b map[string]any) map[string]bool {
	keys := map[string]bool{}
	for _, m := range []map[string]any{a, b} {
		for key := range m {
			keys[key] = true
		}
	}
	return keys
}

func TestMajorUpgradeOfWhatWasPromoted(t *testing.T) {
	rec := runCopy(t, func(a *Args) { a.Promoted, a.AllowMajorUpgrade = true, true })
	first := recordtest.Named(t, rec, token.RDSInstance, "database-euw1-primary")
	assert.Equal(t, "17", first.String("engineVersion"))
	assert.True(t, first.Bool("allowMajorVersionUpgrade"))
}

func TestValidateCopy(t *testing.T) {
	original := &Database{Name: "shop", args: Args{Username: "app", DatabaseName: "shop"}}
	copyOf := &Database{Name: "shop", args: Args{Source: original, Username: "app"}}
	promoted := &Database{Name: "shop", args: Args{Source: original, Username: "app", Promoted: true}}
	tests := map[string]struct {
		give Args
		want []string
	}{
		"a copy":               {give: copied(original, nil)},
		"a promoted one":       {give: copied(original, func(a *Args) { a.Promoted = true })},
		"of a promoted one":    {give: copied(promoted, nil)},
		"of a copy":            {give: copied(copyOf, nil), want: []string{"Source: it is a copy itself"}},
		"promoted from nobody": {give: placed(func(a *Args) { a.Promoted = true }), want: []string{"Promoted: only a copy can be"}},
		"an original's key":    {give: placed(func(a *Args) { a.KMSKeyARN = pulumi.String("k") }), want: []string{"KMSKeyARN: only a copy"}},
		"everything at once": {
			give: copied(original, func(a *Args) {
				a.Region, a.KMSKeyARN, a.Username, a.BackupDays, a.SecretRegions =
					"", nil, "other", NoBackups, []string{"eu-west-1"}
			}),
			want: []string{"Region: required", "KMSKeyARN: required", `Username, DatabaseName: got "other" and "shop"`, "BackupDays: a copy needs", "SecretRegions: a copy"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults().validate()
			if tt.want == nil {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}
