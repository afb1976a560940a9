package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// region is a further region of the cloud with a subnet group and a key.
func region(t *testing.T, c *simtest.Cloud, name, group string) (there *simtest.Cloud, key string) {
	t.Helper()
	there = simtest.Open(t, awsPackage(t), c.Path, sim.Props{"region": name}, "")
	v := there.Must(token.EC2Vpc, "v", sim.Props{"cidrBlock": "10.9.0.0/16"})
	a := there.Must(token.EC2Subnet, "a",
		sim.Props{"vpcId": v.ID, "cidrBlock": "10.9.1.0/24", "availabilityZone": name + "a"})
	b := there.Must(token.EC2Subnet, "b",
		sim.Props{"vpcId": v.ID, "cidrBlock": "10.9.2.0/24", "availabilityZone": name + "b"})
	there.Must(token.RDSSubnetGroup, group, sim.Props{"name": group, "subnetIds": sim.List(a.ID, b.ID)})
	return there, there.Must(token.KMSKey, "k", sim.Props{"multiRegion": true}).Str("arn")
}

// copyOf are the inputs of a copy in another region.
func copyOf(source *simtest.Resource, group, key string) sim.Props {
	return sim.Props{
		"identifier": "copy", "replicateSourceDb": source.Str("arn"), "instanceClass": "db.m7g.large", "storageEncrypted": true, "kmsKeyId": key,
		"dbSubnetGroupName": group, "backupRetentionPeriod": 7.0, "skipFinalSnapshot": true, "deletionProtection": true,
	}
}

func TestCopyInAnotherRegion(t *testing.T) {
	c := cloud(t, "us-east-1")
	main := c.Must(token.RDSInstance, "main", database(c))
	west, key := region(t, c, "eu-west-1", "west")
	in := copyOf(main, "west", key)
	first := west.Settled(token.RDSInstance, "copy", in)
	assert.Equal(t, "postgres", first.Str("engine"))
	assert.Equal(t, "app", first.Str("username"))
	behind := sim.Props{
		"identifier": "further", "replicateSourceDb": "copy", "instanceClass": "db.m7g.large", "storageEncrypted": true, "skipFinalSnapshot": true,
		"backupRetentionPeriod": 1.0,
	}
	west.Settled(token.RDSInstance, "further", behind)
	south, southern := region(t, c, "ap-southeast-2", "south")
	refuses(t, west, map[string]refusal{
		"without a key":   {token.RDSInstance, but(in, sim.Props{"identifier": "a", "kmsKeyId": nil}), "InvalidParameterCombination", "kmsKeyId to the ARN of a key in eu-west-1"},
		"key of there":    {token.RDSInstance, but(in, sim.Props{"identifier": "a", "kmsKeyId": c.Must(token.KMSKey, "home", sim.Props{}).Str("arn")}), "KMSKeyNotAccessibleFault", "exists"},
		"without subnets": {token.RDSInstance, but(in, sim.Props{"identifier": "a", "dbSubnetGroupName": nil}), "InvalidSubnet", "dbSubnetGroupName"},
		"key of its own":  {token.RDSInstance, but(in, sim.Props{"identifier": "a", "replicateSourceDb": "copy", "dbSubnetGroupName": nil}), "InvalidParameterCombination", "Take kmsKeyId away"},
		"name only":       {token.RDSInstance, but(in, sim.Props{"identifier": "a", "replicateSourceDb": "main"}), "DBInstanceNotFound", "exists"},
	})
	_, err := south.Create(token.RDSInstance, "far", copyOf(first, "south", southern))
	mustRefuse(t, err, "InvalidParameterCombination", "at most 2 regions")
	west.Must(token.RDSInstance, "third", but(behind, sim.Props{"identifier": "third", "replicateSourceDb": "further"}))
	_, err = west.Create(token.RDSInstance, "fourth",
		but(behind, sim.Props{"identifier": "fourth", "replicateSourceDb": "third"}))
	mustRefuse(t, err, "InvalidParameterCombination", "at most 3 replicas")
}

// A copy that a run which was broken off has left is read with the inputs that it was
// to have. snapshotIdentifier, which the program ignores, must not be among them: with
// replicateSourceDb no later run would plan.
func TestACopyThatNobodyNotedIsRead(t *testing.T) {
	c := cloud(t, "us-east-1")
	main := c.Must(token.RDSInstance, "main", database(c))
	west, key := region(t, c, "eu-west-1", "west")
	in := copyOf(main, "west", key)
	made := west.Must(token.RDSInstance, "copy", in)
	read, err := west.Read(&simtest.Resource{URN: made.URN, ID: made.ID, Inputs: in.ToPulumi(nil)})
	require.NoError(t, err)
	assert.NotContains(t, read.Inputs, resource.PropertyKey("snapshotIdentifier"))
	assert.Contains(t, read.Inputs, resource.PropertyKey("engine"), "what says something is taken")
}

func TestPromotingACopy(t *testing.T) {
	c := cloud(t, "us-east-1")
	main := c.Must(token.RDSInstance, "main", database(c))
	west, key := region(t, c, "eu-west-1", "west")
	in := copyOf(main, "west", key)
	first := west.Must(token.RDSInstance, "copy", in)
	further := west.Must(token.RDSInstance, "further",
		sim.Props{"replicateSourceDb": "copy", "instanceClass": "db.m7g.large", "skipFinalSnapshot": true})

	_, err := west.Update(first, but(in, sim.Props{"replicateSourceDb": further.Str("arn")}))
	require.ErrorContains(t, err, "cannot elect new source database for replication")

	alone := but(in, sim.Props{
		"replicateSourceDb": nil, "engine": "postgres", "password": "correct-horse", "allocatedStorage": 50.0, "maxAllocatedStorage": 150.0, "multiAz": true,
		"skipFinalSnapshot": false, "finalSnapshotIdentifier": "copy-final",
	})
	decides(t, west, first, in, map[string]change{"promotion": {sim.Props{
		"replicateSourceDb": nil, "engine": "postgres", "password": "correct-horse", "allocatedStorage": 50.0, "multiAz": true, "skipFinalSnapshot": false,
	}, false}})
	promoted, err := west.Update(first, alone)
	require.NoError(t, err)
	for _, key := range []string{"arn", "address", "engine", "engineVersionActual", "username", "dbName", "kmsKeyId",
		"resourceId"} {
		assert.Equal(t, first.Str(key), promoted.Str(key), key)
	}
	assert.Empty(t, promoted.Str("replicateSourceDb"))
	_, err = west.Update(first, alone) // as after a run that ended before its state was saved
	mustRefuse(t, err, "InvalidDBInstanceState", "run a refresh")
	again, err := west.Update(promoted, but(alone, sim.Props{"backupRetentionPeriod": 14.0}))
	require.NoError(t, err)
	assert.Equal(t, "postgres", again.Str("engine"), "what it had from its source stays")

	_, err = west.Update(again, in)
	require.ErrorContains(t, err, "cannot elect new source database for replication", "there is no way back")
	home := c.Must(token.KMSKey, "home", sim.Props{})
	c.Settled(token.RDSInstance, "next",
		but(copyOf(again, "", home.Str("arn")),
			sim.Props{"identifier": "next", "dbSubnetGroupName": main.Str("dbSubnetGroupName")}))
	mustRefuse(t, c.Delete(c.Must(token.RDSInstance, "old",
		but(database(c), sim.Props{"identifier": "old", "deletionProtection": true}))),
		"InvalidParameterCombination", "protected")
}

func TestBackupsInAnotherRegion(t *testing.T) {
	const backups = token.RDSInstanceAutomatedBackupsReplication
	c := cloud(t, "us-east-1")
	in := database(c)
	main := c.Must(token.RDSInstance, "main", in)
	bare := c.Must(token.RDSInstance, "bare", but(in, sim.Props{"identifier": "bare", "backupRetentionPeriod": 0.0}))
	west, key := region(t, c, "eu-west-1", "west")
	copied := sim.Props{"sourceDbInstanceArn": main.Str("arn"), "kmsKeyId": key, "retentionPeriod": 7.0}
	west.Settled(backups, "b", copied)
	refuses(t, west, map[string]refusal{
		"no key":     {backups, but(copied, sim.Props{"kmsKeyId": nil}), "InvalidParameterCombination", "key in eu-west-1"},
		"no backups": {backups, but(copied, sim.Props{"sourceDbInstanceArn": bare.Str("arn")}), "InvalidDBInstanceState", "bare to 1 to 35 days"},
		"no source":  {backups, but(copied, sim.Props{"sourceDbInstanceArn": main.Str("arn") + "x"}), "DBInstanceNotFound", "exists"},
	})
	_, err := c.Create(backups, "here",
		but(copied, sim.Props{"kmsKeyId": c.Must(token.KMSKey, "home", sim.Props{}).Str("arn")}))
	mustRefuse(t, err, "InvalidParameterValue", "another region")
}
