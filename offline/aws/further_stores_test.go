package aws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestKafka(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "b", "10.0", true)
	group := c.Must(token.EC2SecurityGroup, "g", sim.Props{"vpcId": v.ID})
	settings := sim.Props{"name": "settings", "serverProperties": "auto.create.topics.enable = true\n# none\n"}
	config := c.Settled(token.MSKConfiguration, "settings", settings)
	nodes := obj{"instanceType": "kafka.m7g.large", "clientSubnets": subnets, "securityGroups": list{group.ID},
		"storageInfo": obj{"ebsStorageInfo": obj{"volumeSize": 100.0}}}
	in := sim.Props{"clusterName": "events", "kafkaVersion": "3.6.0", "numberOfBrokerNodes": 2.0,
		"brokerNodeGroupInfo": nodes,
		"configurationInfo":   obj{"arn": config.Str("arn"), "revision": config.Get("latestRevision")}}
	k := c.Settled(token.MSKCluster, "events", in)
	assert.Equal(t, k.ID, k.Str("arn"))
	assert.Equal(t, 2, strings.Count(k.Str("bootstrapBrokersTls"), ":9094"))
	assert.Empty(t, k.Str("bootstrapBrokers"), "TLS alone, unless it says otherwise")
	replacedBy(t, c, k, in, map[string]sim.Props{"name": {"clusterName": "x"}, "back": {"kafkaVersion": "3.5.1"},
		"on":   {"kafkaVersion": "3.7.x"},
		"more": {"numberOfBrokerNodes": 4.0}}, map[string]bool{"name": true, "back": true})
	revised, err := c.Update(config, with(settings, sim.Props{"serverProperties": "a = b"}))
	require.NoError(t, err)
	assert.EqualValues(t, 2, revised.Get("latestRevision"))
	_, err = c.Update(k, with(in, sim.Props{"brokerNodeGroupInfo": with(nodes,
		sim.Props{"storageInfo": obj{"ebsStorageInfo": obj{"volumeSize": 50.0}}})}))
	require.ErrorContains(t, err, "must be larger")
	more := func(changes sim.Props, want ...string) mistake {
		return mistake{token.MSKCluster, with(with(in, sim.Props{"clusterName": "more"}), changes), want}
	}
	allRefused(t, c, map[string]mistake{
		"taken":    {token.MSKCluster, in, []string{"ConflictException"}},
		"odd":      more(sim.Props{"numberOfBrokerNodes": 3.0}, "BadRequestException", "multiple of Availability Zones"),
		"one zone": more(sim.Props{"brokerNodeGroupInfo": with(nodes, sim.Props{"clientSubnets": subnets[:1]})}, "two or three client subnets"),
		"size":     more(sim.Props{"brokerNodeGroupInfo": with(nodes, sim.Props{"instanceType": "m7g.large"})}, "kafka.m7g.large"),
		"revision": more(sim.Props{"configurationInfo": obj{"arn": config.Str("arn"), "revision": 9.0}}, "NotFoundException", "latestRevision"),
		"lines":    {token.MSKConfiguration, sim.Props{"serverProperties": "what"}, []string{"BadRequestException"}},
	})
}

func TestBrokers(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "b", "10.0", true)
	xml := sim.Props{"name": "xml", "engineType": "ActiveMQ", "engineVersion": "5.18", "data": "<broker/>"}
	config := c.Settled(token.MQConfiguration, "xml", xml)
	in := sim.Props{"brokerName": "mail", "engineType": "ActiveMQ", "engineVersion": "5.18",
		"hostInstanceType": "mq.m5.large",
		"deploymentMode":   "ACTIVE_STANDBY_MULTI_AZ", "subnetIds": subnets[:2], "configuration": obj{"id": config.ID, "revision": 1.0},
		"users": list{obj{"username": "app", "password": "twelve letters"}}}
	b := c.Settled(token.MQBroker, "mail", in)
	assert.Regexp(t, `^b-[0-9a-f-]{36}$`, b.ID)
	assert.Len(t, b.Get("instances"), 2)
	replacedBy(t, c, b, in, map[string]sim.Props{"name": {"brokerName": "x"},
		"users": {"users": list{obj{"username": "app", "password": "other letters"}}}},
		map[string]bool{"name": true})
	hare := sim.Props{"brokerName": "hare", "engineType": "RabbitMQ", "engineVersion": "3.13",
		"hostInstanceType": "mq.t3.micro",
		"users":            in["users"]}
	r := c.Settled(token.MQBroker, "hare", hare)
	diff, _, err := c.Diff(r, with(hare, sim.Props{"users": list{obj{"username": "new", "password": "other letters"}}}))
	require.NoError(t, err)
	assert.Empty(t, diff.DetailedDiff, "users of RabbitMQ are its own business")
	more := func(changes sim.Props, want ...string) mistake {
		return mistake{token.MQBroker, with(with(in, sim.Props{"brokerName": "more"}), changes), want}
	}
	allRefused(t, c, map[string]mistake{
		"taken":    {token.MQBroker, in, []string{"ConflictException"}},
		"password": more(sim.Props{"users": list{obj{"username": "app", "password": "short"}}}, "12 to 250"),
		"mode":     more(sim.Props{"deploymentMode": "CLUSTER_MULTI_AZ"}, "ACTIVE_STANDBY_MULTI_AZ"),
		"subnets":  more(sim.Props{"subnetIds": subnets[:1]}, "BadRequestException", "2 to 2 subnets"),
		"revision": more(sim.Props{"configuration": obj{"id": config.ID, "revision": 7.0}}, "NotFoundException"),
		"size":     more(sim.Props{"hostInstanceType": "m5.large"}, "mq.m7g.large"),
		"data":     {token.MQConfiguration, with(xml, sim.Props{"name": "x", "data": "a = b"}), []string{"XML"}},
	})
}

func TestDocuments(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "b", "10.0", true)
	group := c.Settled(token.DocDBSubnetGroup, "docs", sim.Props{"name": "docs", "subnetIds": subnets})
	set := c.Settled(token.DocDBClusterParameterGroup, "docs", sim.Props{"name": "docs", "family": "docdb5.0",
		"parameters": list{obj{"name": "tls", "value": "enabled"}}})
	in := sim.Props{"clusterIdentifier": "docs", "engineVersion": "5.0.0", "masterUsername": "app",
		"masterPassword":    "a password",
		"dbSubnetGroupName": group.ID, "dbClusterParameterGroupName": set.ID, "storageEncrypted": true, "deletionProtection": true}
	d := c.Settled(token.DocDBCluster, "docs", in)
	assert.Regexp(t, `^docs\.cluster-\w{12}\.us-east-1\.docdb\.amazonaws\.com$`, d.Str("endpoint"))
	m := c.Settled(token.DocDBClusterInstance, "a", sim.Props{"clusterIdentifier": d.ID, "identifier": "docs-a",
		"instanceClass": "db.r6g.large"})
	assert.Equal(t, true, m.Get("writer"))
	replacedBy(t, c, d, in, map[string]sim.Props{"port": {"port": 27018.0}, "days": {"backupRetentionPeriod": 7.0},
		"user": {"masterUsername": "x"}},
		map[string]bool{"port": true, "user": true})
	more := func(changes sim.Props, want ...string) mistake {
		return mistake{token.DocDBCluster, with(with(in, sim.Props{"clusterIdentifier": "more"}), changes), want}
	}
	allRefused(t, c, map[string]mistake{
		"taken":    {token.DocDBCluster, in, []string{"DBClusterAlreadyExistsFault"}},
		"nobody":   more(sim.Props{"masterUsername": nil}, "masterUsername"),
		"password": more(sim.Props{"masterPassword": "short"}, "InvalidParameterValue"),
		"version":  more(sim.Props{"engineVersion": "6.0.0"}, "InvalidParameterCombination", "5.0.0"),
		"group":    more(sim.Props{"dbSubnetGroupName": "none"}, "DBSubnetGroupNotFoundFault"),
		"class":    {token.DocDBClusterInstance, sim.Props{"clusterIdentifier": d.ID, "instanceClass": "db.m7g.large"}, []string{"InvalidParameterCombination"}},
		"one zone": {token.DocDBSubnetGroup, sim.Props{"subnetIds": subnets[:1]}, []string{"DBSubnetGroupDoesNotCoverEnoughAZs"}},
	})
	require.ErrorContains(t, c.Delete(d), "still contains DB instances")
	require.NoError(t, c.Delete(m))
	require.ErrorContains(t, c.Delete(d), "Cannot delete protected Cluster")
	open := with(in, sim.Props{"deletionProtection": false, "finalSnapshotIdentifier": "last"})
	d, err := c.Update(d, open)
	require.NoError(t, err)
	require.NoError(t, c.Delete(d))
}

func TestWarehouse(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "b", "10.0", true)
	group := c.Settled(token.RedshiftSubnetGroup, "w", sim.Props{"name": "w", "subnetIds": subnets})
	set := c.Settled(token.RedshiftParameterGroup, "w", sim.Props{"name": "w", "family": "redshift-1.0",
		"parameters": list{obj{"name": "require_ssl", "value": "true"}}})
	in := sim.Props{"clusterIdentifier": "w", "nodeType": "ra3.xlplus", "numberOfNodes": 2.0, "masterUsername": "app",
		"masterPassword":         "Passw0rd1",
		"clusterSubnetGroupName": group.ID, "clusterParameterGroupName": set.ID, "encrypted": true}
	w := c.Settled(token.RedshiftCluster, "w", in)
	assert.Regexp(t, `^w\.\w{12}\.us-east-1\.redshift\.amazonaws\.com:5439$`, w.Str("endpoint"))
	assert.Len(t, w.Get("clusterNodes"), 3, "a leader and its two")
	replacedBy(t, c, w, in, map[string]sim.Props{"user": {"masterUsername": "x"}, "nodes": {"numberOfNodes": 4.0}},
		map[string]bool{"user": true})
	more := func(changes sim.Props, want ...string) mistake {
		return mistake{token.RedshiftCluster, with(with(in, sim.Props{"clusterIdentifier": "more"}), changes), want}
	}
	allRefused(t, c, map[string]mistake{
		"taken":    {token.RedshiftCluster, in, []string{"ClusterAlreadyExists"}},
		"password": more(sim.Props{"masterPassword": "password1"}, "upper-case"),
		"type":     more(sim.Props{"nodeType": "ra3.huge"}, "InvalidParameterValue", "Invalid node type"),
		"few":      more(sim.Props{"nodeType": "ra3.4xlarge", "numberOfNodes": 1.0}, "InvalidParameterCombination", "between 2 and 128"),
		"nobody":   more(sim.Props{"masterPassword": nil}, "manageMasterPassword"),
		"group":    more(sim.Props{"clusterSubnetGroupName": "none"}, "ClusterSubnetGroupNotFoundFault"),
		"both":     more(sim.Props{"multiAz": true, "availabilityZoneRelocationEnabled": true}, "cannot both be true"),
	})
	require.ErrorContains(t, c.Delete(w), "final snapshot")
	w, err := c.Update(w, with(in, sim.Props{"skipFinalSnapshot": true}))
	require.NoError(t, err)
	require.NoError(t, c.Delete(w))
}
