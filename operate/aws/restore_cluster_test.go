package aws

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/operate"
)

// aurora is a store that is a cluster, in a stack that has two of them.
var aurora = operate.Store{
	Name: "database-aurora", Kind: operate.Cluster, Region: ireland, Host: "writer.rds", Port: 5432,
}

func auroraStack() operate.Stack {
	return operate.Stack{Name: "dev", Region: ireland, Parts: []operate.Part{
		{Name: "database-aurora", Kind: operate.Cluster, Region: ireland, IDs: []string{"other", "cluster-1"}}}}
}

func cluster(id, status, endpoint string) string {
	return `<R><DBClusters><DBCluster><DBClusterIdentifier>` + id + `</DBClusterIdentifier><Status>` + status + `</Status>
		<Endpoint>` + endpoint + `</Endpoint><Port>5432</Port><Engine>aurora-postgresql</Engine>
		<DBSubnetGroup>subnets</DBSubnetGroup><DBClusterParameterGroup>parameters</DBClusterParameterGroup>
		<EarliestRestorableTime>2026-11-23T03:00:00Z</EarliestRestorableTime>
		<LatestRestorableTime>2026-11-30T11:55:00Z</LatestRestorableTime>
		<IAMDatabaseAuthenticationEnabled>true</IAMDatabaseAuthenticationEnabled>
		<ServerlessV2ScalingConfiguration><MinCapacity>0.5</MinCapacity><MaxCapacity>16.0</MaxCapacity></ServerlessV2ScalingConfiguration>
		<DBClusterMembers>
		<DBClusterMember><DBInstanceIdentifier>reader</DBInstanceIdentifier><IsClusterWriter>false</IsClusterWriter></DBClusterMember>
		<DBClusterMember><DBInstanceIdentifier>writer</DBInstanceIdentifier><IsClusterWriter>true</IsClusterWriter></DBClusterMember>
		</DBClusterMembers><VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>sg-1
		</VpcSecurityGroupId></VpcSecurityGroupMembership></VpcSecurityGroups></DBCluster></DBClusters></R>`
}

// inOrder are answers one after another, the last of them for ever.
func inOrder(states []string, of func(state string) string) func() string {
	next := 0
	return func() string {
		state := states[min(next, len(states)-1)]
		next++
		if strings.HasPrefix(state, "!") {
			return state
		}
		return of(state)
	}
}

// clustered is Aurora with a cluster, and the states that a new one and its instance go
// through.
func clustered(clusters, instances []string) *cloud {
	made := inOrder(clusters, func(state string) string { return cluster("new", state, "new.rds") })
	inside := inOrder(instances, func(state string) string { return database("new-1", state, "new-1.rds") })
	return &cloud{answers: map[string]any{
		"rds DescribeDBClusters": func(_ string, form url.Values) string {
			switch id := form.Get("DBClusterIdentifier"); id {
			case "new":
				return made()
			case "cluster-1":
				return cluster(id, "available", "writer.rds")
			default:
				return cluster(id, "available", "elsewhere.rds")
			}
		},
		"rds DescribeDBInstances": func(_ string, form url.Values) string {
			if id := form.Get("DBInstanceIdentifier"); id != "new-1" {
				return database(id, "available", id)
			}
			return inside()
		},
		"rds RestoreDBClusterToPointInTime": `<R/>`,
		"rds CreateDBInstance":              `<R/>`,
	}}
}

// lastAsked is what an action was asked with.
func lastAsked(t *testing.T, c *cloud, action string) url.Values {
	t.Helper()
	asked := ""
	for _, text := range c.said {
		if rest, ok := strings.CutPrefix(text, "rds "+action+" "); ok {
			asked = rest
		}
	}
	form, err := url.ParseQuery(asked)
	require.NoError(t, err)
	return form
}

// AWS restores a cluster without instances, which nobody can log in to.
func TestRestoreOfACluster(t *testing.T) {
	c := clustered([]string{"!DBClusterNotFoundFault", "creating", "available"},
		[]string{"!DBInstanceNotFound", "creating", "available"})
	var said []string
	made, err := driver(t, c).Restore(t.Context(), auroraStack(),
		operate.Restoring{Of: aurora, At: at.Add(-time.Hour), Name: "new"}, func(line string) { said = append(said, line) })
	require.NoError(t, err)
	assert.Equal(t, operate.Restored{Name: "new", Host: "new.rds", Port: 5432, At: at.Add(-time.Hour)}, made)
	assert.Equal(t, []string{"new is creating", "new is available", "new-1 is creating", "new-1 is available"}, said)
	form := lastAsked(t, c, "RestoreDBClusterToPointInTime")
	for key, want := range map[string]string{"SourceDBClusterIdentifier": "cluster-1", "DBClusterIdentifier": "new",
		"RestoreToTime": "2026-11-30T11:00:00Z", "DBSubnetGroupName": "subnets", "DBClusterParameterGroupName": "parameters",
		"VpcSecurityGroupIds.VpcSecurityGroupId.1": "sg-1", "DeletionProtection": "true", "UseLatestRestorableTime": "",
		"EnableIAMDatabaseAuthentication": "true", "ServerlessV2ScalingConfiguration.MaxCapacity": "16.0"} {
		assert.Equal(t, want, form.Get(key), key)
	}
	form = lastAsked(t, c, "CreateDBInstance")
	for key, want := range map[string]string{"DBClusterIdentifier": "new", "DBInstanceIdentifier": "new-1",
		"Engine": "aurora-postgresql", "DBInstanceClass": "db.m7g.large", "DBParameterGroupName": "parameters"} {
		assert.Equal(t, want, form.Get(key), key)
	}

	c = clustered([]string{"available"}, []string{"available"})
	c.throttle = 1
	again := operate.Restoring{Of: aurora, Name: "new"}
	made, err = driver(t, c).Restore(t.Context(), auroraStack(), again, func(string) {})
	require.NoError(t, err, "throttling is waited out")
	assert.Equal(t, at.Add(-5*time.Minute), made.At.UTC(), "the latest")
	assert.Equal(t, "true", lastAsked(t, c, "RestoreDBClusterToPointInTime").Get("UseLatestRestorableTime"))
}

func TestRestoreOfAClusterRefuses(t *testing.T) {
	says := func(action, code string) func(*cloud, *operate.Restoring) {
		return func(c *cloud, _ *operate.Restoring) { c.answers["rds "+action] = code }
	}
	denies := func(action string) func(*cloud, *operate.Restoring) {
		return func(c *cloud, _ *operate.Restoring) { c.deny = regexp.MustCompile(action) }
	}
	for name, tt := range map[string]struct {
		change func(c *cloud, r *operate.Restoring)
		want   string
		before bool // anything was made
	}{
		"a moment too early":   {func(_ *cloud, r *operate.Restoring) { r.At = at.AddDate(0, -1, 0) }, "want a moment from 2026-11-23T03:00:00Z to 2026-11-30T11:55:00Z", true},
		"no right to look":     {denies("DescribeDBClusters"), "your role needs rds:DescribeDBClusters", true},
		"no right to restore":  {denies("RestoreDB"), "your role needs rds:RestoreDBClusterToPointInTime", false},
		"no right to fill it":  {denies("CreateDBInstance"), "your role needs rds:CreateDBInstance", false},
		"what to do then":      {denies("CreateDBInstance"), "aws rds create-db-instance --db-cluster-identifier new --db-instance-identifier new-1 --engine aurora-postgresql --db-instance-class db.m7g.large", false},
		"a name that is taken": {says("RestoreDBClusterToPointInTime", "!DBClusterAlreadyExistsFault"), "give another --name", false},
		"an account full":      {says("RestoreDBClusterToPointInTime", "!DBClusterQuotaExceededFault"), "as many clusters as it may", false},
		"one being changed":    {says("RestoreDBClusterToPointInTime", "!InvalidDBClusterStateFault"), "try again when `rung status` says that it is well", false},
		"no machine there":     {says("CreateDBInstance", "!InsufficientDBInstanceCapacity"), "AWS has no such machine there just now", false},
		"one that fails": {func(c *cloud, _ *operate.Restoring) {
			*c = *clustered([]string{"creating", "cloning-failed"}, []string{"available"})
		}, "new, the new one, is cloning-failed", false},
		"an instance that fails": {func(c *cloud, _ *operate.Restoring) {
			*c = *clustered([]string{"available"}, []string{"incompatible-network"})
		}, "new-1, the new one, is incompatible-network", false},
		"one that is not": {func(_ *cloud, r *operate.Restoring) { r.Of.Host = "nowhere" }, "AWS knows no cluster of it at nowhere", true},
		"no writer": {says("DescribeDBClusters", strings.ReplaceAll(cluster("cluster-1", "available", "writer.rds"), "<IsClusterWriter>true", "<IsClusterWriter>false")),
			"the cluster has no writer there", true},
	} {
		t.Run(name, func(t *testing.T) {
			c, r := clustered([]string{"available"}, []string{"available"}), operate.Restoring{Of: aurora, Name: "new"}
			tt.change(c, &r)
			_, err := driver(t, c).Restore(t.Context(), auroraStack(), r, func(string) {})
			require.ErrorContains(t, err, tt.want)
			if tt.before {
				assert.Zero(t, c.asked["rds RestoreDBClusterToPointInTime"])
			}
		})
	}
}

// Whoever stops waiting is told what AWS goes on with, and what it will not do.
func TestRestoreOfAClusterIsLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := clustered([]string{"creating"}, []string{"available"})
	made, err := driver(t, c).Restore(ctx, auroraStack(), operate.Restoring{Of: aurora, Name: "new"},
		func(string) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
	assert.Contains(t, made.GoesOn, "it has no instance yet")
	ctx, cancel = context.WithCancel(t.Context())
	c = clustered([]string{"available"}, []string{"creating"})
	made, err = driver(t, c).Restore(ctx, auroraStack(), operate.Restoring{Of: aurora, Name: "new"}, func(line string) {
		if line == "new-1 is creating" {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Contains(t, made.GoesOn, "describe-db-instances --db-instance-identifier new-1")
}
