package aws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
)

const (
	dbProxy       = "aws:rds/proxy:Proxy"
	dbProxyPool   = "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup"
	dbProxyTarget = "aws:rds/proxyTarget:ProxyTarget"
	dbCluster     = "aws:rds/cluster:Cluster"
	dbMember      = "aws:rds/clusterInstance:ClusterInstance"
	dbGlobal      = "aws:rds/globalCluster:GlobalCluster"
)

// subnetsOf are the subnets of a database's subnet group.
func subnetsOf(t *testing.T, c *simtest.Cloud, in sim.Props) list {
	t.Helper()
	g, err := c.Read(&simtest.Resource{URN: simtest.URN(dbSubnets, "database-subnets"), ID: in.Str("dbSubnetGroupName")})
	require.NoError(t, err)
	return g.Get("subnetIds").(list)
}

func TestProxy(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := database(c)
	c.Must(dbInstance, "main", in)
	s := c.Must(secret, "s", sim.Props{})
	subnets := subnetsOf(t, c, in)
	proxy := sim.Props{
		"name": "pool", "engineFamily": "POSTGRESQL", "roleArn": strangers, "vpcSubnetIds": subnets, "requireTls": true,
		"auths": list{obj{"authScheme": "SECRETS", "iamAuth": "DISABLED", "secretArn": s.ID}},
	}
	p := c.Settled(dbProxy, "p", proxy)
	assert.Regexp(t, `^pool\.proxy-[a-z0-9]{12}\.us-east-1\.rds\.amazonaws\.com$`, p.Str("endpoint"))
	c.Settled(dbProxyPool, "p",
		sim.Props{"dbProxyName": "pool",
			"connectionPoolConfig": obj{"maxConnectionsPercent": 90.0, "maxIdleConnectionsPercent": 50.0}})
	c.Settled("aws:rds/proxyEndpoint:ProxyEndpoint", "e",
		sim.Props{"dbProxyName": "pool", "dbProxyEndpointName": "ro", "vpcSubnetIds": subnets})
	target := sim.Props{"dbProxyName": "pool", "targetGroupName": "default", "dbInstanceIdentifier": "main"}
	made := c.Settled(dbProxyTarget, "t", target)
	assert.Equal(t, "pool/default/RDS_INSTANCE/main", made.ID)
	decides(t, c, p, proxy, map[string]change{
		"subnets": {sim.Props{"vpcSubnetIds": sim.List("subnet-1")}, true},
		"family":  {sim.Props{"engineFamily": "MYSQL"}, true},
		"timeout": {sim.Props{"idleClientTimeout": 60.0}, false},
	})
	c.Must(dbInstance, "replica",
		sim.Props{"replicateSourceDb": "main", "identifier": "replica", "instanceClass": "db.m7g.large",
			"skipFinalSnapshot": true})
	c.Must(dbProxy, "mysql", but(proxy, sim.Props{"name": "mysql", "engineFamily": "MYSQL"}))
	refuses(t, c, map[string]refusal{
		"taken":    {dbProxy, proxy, "DBProxyAlreadyExistsFault", "another name"},
		"one zone": {dbProxy, but(proxy, sim.Props{"name": "a", "vpcSubnetIds": subnets[:1]}), "InvalidSubnet", "another zone"},
		"secret":   {dbProxy, but(proxy, sim.Props{"name": "a", "auths": list{obj{"authScheme": "SECRETS", "secretArn": "arn:none"}}}), "InvalidParameterValue", "exists"},
		"pool":     {dbProxyPool, sim.Props{"dbProxyName": "mysql", "connectionPoolConfig": obj{"maxConnectionsPercent": 10.0, "maxIdleConnectionsPercent": 50.0}}, "InvalidParameterValue", "Lower"},
		"again":    {dbProxyTarget, target, "DBProxyTargetAlreadyRegisteredFault", "another"},
		"group":    {dbProxyTarget, but(target, sim.Props{"targetGroupName": "x"}), "DBProxyTargetGroupNotFoundFault", "default"},
		"engine":   {dbProxyTarget, but(target, sim.Props{"dbProxyName": "mysql"}), "InvalidParameterValue", "POSTGRESQL"},
		"replica":  {dbProxyTarget, but(target, sim.Props{"dbInstanceIdentifier": "replica"}), "InvalidDBInstanceState", "source"},
		"no proxy": {dbProxyTarget, but(target, sim.Props{"dbProxyName": "none"}), "DBProxyNotFoundFault", "exists"},
		"nothing":  {dbProxyTarget, but(target, sim.Props{"dbInstanceIdentifier": "none"}), "DBInstanceNotFound", "exists"},
	})
}

// A secret of another region opens a proxy where it is replicated, under the
// same name there.
func TestProxyReadsAReplicatedSecret(t *testing.T) {
	c := cloud(t, "us-east-1")
	west, _ := region(t, c, "eu-west-1", "west")
	here, elsewhere := west.Must(secret, "here",
		sim.Props{"replicas": list{obj{"region": "us-east-1"}}}), west.Must(secret, "elsewhere", sim.Props{})
	proxy := func(name string, s *simtest.Resource) sim.Props {
		return sim.Props{
			"name": name, "engineFamily": "POSTGRESQL", "roleArn": strangers, "vpcSubnetIds": subnetsOf(t, c, database(c)),
			"auths": list{obj{"authScheme": "SECRETS", "secretArn": strings.Replace(s.ID, "eu-west-1", "us-east-1", 1)}},
		}
	}
	c.Settled(dbProxy, "here", proxy("here", here))
	refuses(t, c, map[string]refusal{
		"not replicated": {dbProxy, proxy("there", elsewhere), "InvalidParameterValue", "is replicated there"},
		"of its own":     {dbProxy, but(proxy("there", here), sim.Props{"auths": list{obj{"authScheme": "SECRETS", "secretArn": here.ID}}}), "InvalidParameterValue", "exists"},
	})
}

func TestAurora(t *testing.T) {
	c := cloud(t, "us-east-1")
	global := c.Settled(dbGlobal, "g",
		sim.Props{"globalClusterIdentifier": "world", "engine": "aurora-postgresql", "engineVersion": "16.8"})
	in := sim.Props{
		"clusterIdentifier": "main", "engine": "aurora-postgresql", "engineVersion": "16.8", "masterUsername": "app", "masterPassword": "correct-horse",
		"dbSubnetGroupName": database(c)["dbSubnetGroupName"], "storageEncrypted": true, "finalSnapshotIdentifier": "main-last",
		"globalClusterIdentifier": global.ID, "serverlessv2ScalingConfiguration": obj{"minCapacity": 0.5, "maxCapacity": 8.0},
	}
	cluster := c.Settled(dbCluster, "c", in)
	assert.Regexp(t, `^main\.cluster-ro-[a-z0-9]{12}\.us-east-1`, cluster.Str("readerEndpoint"))
	member := sim.Props{"clusterIdentifier": "main", "engine": "aurora-postgresql", "instanceClass": "db.serverless"}
	writer, reader := c.Settled(dbMember, "a", member), c.Settled(dbMember, "b", member)
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
		"taken":     {dbCluster, in, "DBClusterAlreadyExistsFault", "another name"},
		"engine":    {dbCluster, but(plain, sim.Props{"engine": "postgres"}), "InvalidParameterValue", "aurora-postgresql"},
		"version":   {dbCluster, but(plain, sim.Props{"engineVersion": "9.6"}), "InvalidParameterCombination", "Cannot find version"},
		"capacity":  {dbCluster, but(plain, sim.Props{"serverlessv2ScalingConfiguration": obj{"minCapacity": 9.0, "maxCapacity": 8.0}}), "InvalidParameterValue", "Lower"},
		"secondary": {dbCluster, but(in, sim.Props{"clusterIdentifier": "second"}), "InvalidParameterCombination", "masterUsername"},
		"member":    {dbMember, but(member, sim.Props{"engine": "aurora-mysql"}), "InvalidParameterCombination", "cluster's engine"},
		"class":     {dbMember, but(member, sim.Props{"instanceClass": "db.none"}), "InvalidParameterValue", "Invalid DB Instance class"},
		"nowhere":   {dbMember, but(member, sim.Props{"clusterIdentifier": "none"}), "DBClusterNotFoundFault", "exists"},
	})
	require.NoError(t, c.Delete(writer))
	require.NoError(t, c.Delete(reader))
	_, err = c.Update(cluster, but(in, sim.Props{"deletionProtection": true}))
	require.NoError(t, err)
	mustRefuse(t, c.Delete(cluster), "InvalidParameterCombination", "Cannot delete protected Cluster")
}
