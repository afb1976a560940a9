package aws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// subnetsOf are the subnets of a database's subnet group.
func subnetsOf(t *testing.T, c *simtest.Cloud, in sim.Props) list {
	t.Helper()
	g, err := c.Read(&simtest.Resource{URN: simtest.URN(token.RDSSubnetGroup, "database-subnets"),
		ID: in.Str("dbSubnetGroupName")})
	require.NoError(t, err)
	return g.Get("subnetIds").(list)
}

func TestProxy(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := database(c)
	c.Must(token.RDSInstance, "main", in)
	s := c.Must(token.SecretsManagerSecret, "s", sim.Props{})
	c.Must(token.SecretsManagerSecretVersion, "s", sim.Props{"secretId": s.ID, "secretString": "{}"})
	subnets := subnetsOf(t, c, in)
	proxy := sim.Props{
		"name": "pool", "engineFamily": "POSTGRESQL", "roleArn": strangers, "vpcSubnetIds": subnets, "requireTls": true,
		"auths": list{obj{"authScheme": "SECRETS", "iamAuth": "DISABLED", "secretArn": s.ID}},
	}
	p := c.Settled(token.RDSProxy, "p", proxy)
	assert.Regexp(t, `^pool\.proxy-[a-z0-9]{12}\.us-east-1\.rds\.amazonaws\.com$`, p.Str("endpoint"))
	c.Settled(token.RDSProxyDefaultTargetGroup, "p",
		sim.Props{"dbProxyName": "pool",
			"connectionPoolConfig": obj{"maxConnectionsPercent": 90.0, "maxIdleConnectionsPercent": 50.0}})
	c.Settled(token.RDSProxyEndpoint, "e",
		sim.Props{"dbProxyName": "pool", "dbProxyEndpointName": "ro", "vpcSubnetIds": subnets})
	target := sim.Props{"dbProxyName": "pool", "targetGroupName": "default", "dbInstanceIdentifier": "main"}
	made := c.Settled(token.RDSProxyTarget, "t", target)
	assert.Equal(t, "pool/default/RDS_INSTANCE/main", made.ID)
	decides(t, c, p, proxy, map[string]change{
		"subnets": {sim.Props{"vpcSubnetIds": sim.List("subnet-1")}, true},
		"family":  {sim.Props{"engineFamily": "MYSQL"}, true},
		"timeout": {sim.Props{"idleClientTimeout": 60.0}, false},
	})
	c.Must(token.RDSInstance, "replica",
		sim.Props{"replicateSourceDb": "main", "identifier": "replica", "instanceClass": "db.m7g.large",
			"skipFinalSnapshot": true})
	c.Must(token.RDSProxy, "mysql", but(proxy, sim.Props{"name": "mysql", "engineFamily": "MYSQL"}))
	refuses(t, c, map[string]refusal{
		"log":      {token.CloudWatchLogGroup, sim.Props{"name": "/aws/rds/proxy/pool"}, "ResourceAlreadyExistsException", "create the group first"},
		"taken":    {token.RDSProxy, proxy, "DBProxyAlreadyExistsFault", "another name"},
		"one zone": {token.RDSProxy, but(proxy, sim.Props{"name": "a", "vpcSubnetIds": subnets[:1]}), "InvalidSubnet", "another zone"},
		"secret":   {token.RDSProxy, but(proxy, sim.Props{"name": "a", "auths": list{obj{"authScheme": "SECRETS", "secretArn": "arn:none"}}}), "InvalidParameterValue", "exists"},
		"pool":     {token.RDSProxyDefaultTargetGroup, sim.Props{"dbProxyName": "mysql", "connectionPoolConfig": obj{"maxConnectionsPercent": 10.0, "maxIdleConnectionsPercent": 50.0}}, "InvalidParameterValue", "Lower"},
		"again":    {token.RDSProxyTarget, target, "DBProxyTargetAlreadyRegisteredFault", "another"},
		"group":    {token.RDSProxyTarget, but(target, sim.Props{"targetGroupName": "x"}), "DBProxyTargetGroupNotFoundFault", "default"},
		"engine":   {token.RDSProxyTarget, but(target, sim.Props{"dbProxyName": "mysql"}), "InvalidParameterValue", "POSTGRESQL"},
		"replica":  {token.RDSProxyTarget, but(target, sim.Props{"dbInstanceIdentifier": "replica"}), "InvalidDBInstanceState", "source"},
		"no proxy": {token.RDSProxyTarget, but(target, sim.Props{"dbProxyName": "none"}), "DBProxyNotFoundFault", "exists"},
		"nothing":  {token.RDSProxyTarget, but(target, sim.Props{"dbInstanceIdentifier": "none"}), "DBInstanceNotFound", "exists"},
	})
}

// A secret of another region opens a proxy where it is replicated, under the
// same name there.
func TestProxyReadsAReplicatedSecret(t *testing.T) {
	c := cloud(t, "us-east-1")
	west, _ := region(t, c, "eu-west-1", "west")
	here, elsewhere := west.Must(token.SecretsManagerSecret, "here",
		sim.Props{"replicas": list{obj{"region": "us-east-1"}}}), west.Must(token.SecretsManagerSecret, "elsewhere", sim.Props{})
	proxy := func(name string, s *simtest.Resource) sim.Props {
		return sim.Props{
			"name": name, "engineFamily": "POSTGRESQL", "roleArn": strangers, "vpcSubnetIds": subnetsOf(t, c, database(c)),
			"auths": list{obj{"authScheme": "SECRETS", "secretArn": strings.Replace(s.ID, "eu-west-1", "us-east-1", 1)}},
		}
	}
	c.Settled(token.RDSProxy, "here", proxy("here", here))
	refuses(t, c, map[string]refusal{
		"not replicated": {token.RDSProxy, proxy("there", elsewhere), "InvalidParameterValue", "is replicated there"},
		"of its own":     {token.RDSProxy, but(proxy("there", here), sim.Props{"auths": list{obj{"authScheme": "SECRETS", "secretArn": here.ID}}}), "InvalidParameterValue", "exists"},
	})
}

func TestAurora(t *testing.T) {
	c := cloud(t, "us-east-1")
	global := c.Settled(token.RDSGlobalCluster, "g",
		sim.Props{"globalClusterIdentifier": "world", "engine": "aurora-postgresql", "engineVersion": "16.8"})
	in := sim.Props{
		"clusterIdentifier": "main", "engine": "aurora-postgresql", "engineVersion": "16.8", "masterUsername": "app", "masterPassword": "correct-horse",
		"dbSubnetGroupName": database(c)["dbSubnetGroupName"], "storageEncrypted": true, "finalSnapshotIdentifier": "main-last",
		"globalClusterIdentifier": global.ID, "serverlessv2ScalingConfiguration": obj{"minCapacity": 0.5, "maxCapacity": 8.0},
	}
	cluster := c.Settled(token.RDSCluster, "c", in)
	assert.Regexp(t, `^main\.cluster-ro-[a-z0-9]{12}\.us-east-1`, cluster.Str("readerEndpoint"))
	member := sim.Props{"clusterIdentifier": "main", "engine": "aurora-postgresql", "instanceClass": "db.serverless"}
	writer, reader := c.Settled(token.RDSClusterInstance, "a", member), c.Settled(token.RDSClusterInstance, "b", member)
	assert.Equal(t, true, writer.Get("writer"))
	assert.Equal(t, false, reader.Get("writer"))
	decides(t, c, cluster, in, map[string]change{
		"user":    {sim.Props{"masterUsername": "other"}, true},
		"subnets": {sim.Props{"dbSubnetGroupName": "other"}, true},
		"upgrade": {sim.Props{"engineVersion": "17.4"}, false},
	})
	_, err := c.Update(cluster, but(in, sim.Props{"engineVersion": "17.7", "allowMajorVersionUpgrade": true}))
	mustRefuse(t, err, "InvalidParameterCombination", "as a whole")
	mustRefuse(t, c.Delete(cluster), "InvalidDBClusterStateFault", "first")
	mustRefuse(t, c.Delete(global), "InvalidGlobalClusterStateFault", "first")
	plain := but(in, sim.Props{"clusterIdentifier": "other", "globalClusterIdentifier": nil})
	refuses(t, c, map[string]refusal{
		"taken":     {token.RDSCluster, in, "DBClusterAlreadyExistsFault", "another name"},
		"engine":    {token.RDSCluster, but(plain, sim.Props{"engine": "postgres"}), "InvalidParameterValue", "aurora-postgresql"},
		"version":   {token.RDSCluster, but(plain, sim.Props{"engineVersion": "9.6"}), "InvalidParameterCombination", "Cannot find version"},
		"capacity":  {token.RDSCluster, but(plain, sim.Props{"serverlessv2ScalingConfiguration": obj{"minCapacity": 9.0, "maxCapacity": 8.0}}), "InvalidParameterValue", "Lower"},
		"secondary": {token.RDSCluster, but(in, sim.Props{"clusterIdentifier": "second"}), "InvalidParameterCombination", "masterUsername"},
		"member":    {token.RDSClusterInstance, but(member, sim.Props{"engine": "aurora-mysql"}), "InvalidParameterCombination", "cluster's engine"},
		"class":     {token.RDSClusterInstance, but(member, sim.Props{"instanceClass": "db.none"}), "InvalidParameterValue", "Invalid DB Instance class"},
		"nowhere":   {token.RDSClusterInstance, but(member, sim.Props{"clusterIdentifier": "none"}), "DBClusterNotFoundFault", "exists"},
	})
	require.NoError(t, c.Delete(writer))
	require.NoError(t, c.Delete(reader))
	_, err = c.Update(cluster, but(in, sim.Props{"deletionProtection": true}))
	require.NoError(t, err)
	mustRefuse(t, c.Delete(cluster), "InvalidParameterCombination", "Cannot delete protected Cluster")
}
