package aws_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
)

// A global database comes up home first and goes down home last.
func TestGlobalDatabaseOrder(t *testing.T) {
	c := cloud(t, "us-east-1")
	home := c.Must(kmsKey, "home", sim.Props{}).Str("arn")
	global := c.Settled(dbGlobal, "g",
		sim.Props{"globalClusterIdentifier": "world", "engine": "aurora-postgresql", "engineVersion": "16.8",
			"storageEncrypted": true})
	west, key := region(t, c, "eu-west-1", "west")
	second := sim.Props{
		"clusterIdentifier": "second", "engine": "aurora-postgresql", "engineVersion": "16.8", "dbSubnetGroupName": "west", "storageEncrypted": true,
		"kmsKeyId": key, "globalClusterIdentifier": global.ID, "finalSnapshotIdentifier": "second-last", "enableGlobalWriteForwarding": true,
	}
	_, err := west.Create(dbCluster, "second", second)
	require.ErrorContains(t, err, `"master_username": required field is not set`, "a secondary before its primary")

	first := but(second, sim.Props{
		"clusterIdentifier": "first", "dbSubnetGroupName": database(c)["dbSubnetGroupName"], "kmsKeyId": home, "masterUsername": "app",
		"masterPassword": "correct-horse", "enableGlobalWriteForwarding": nil, "finalSnapshotIdentifier": "first-last",
	})
	refuses(t, c, map[string]refusal{
		"forwarding": {dbCluster, but(first, sim.Props{"enableGlobalWriteForwarding": true}), "InvalidParameterCombination", "away from the primary"},
	})
	primary := c.Settled(dbCluster, "first", first)
	member := sim.Props{"clusterIdentifier": "first", "engine": "aurora-postgresql", "instanceClass": "db.r7g.large"}
	_, err = west.Create(dbCluster, "second", second)
	mustRefuse(t, err, "InvalidDBClusterStateFault", "instance of first in us-east-1 first")
	refuses(t, c, map[string]refusal{
		"burstable": {dbMember, but(member, sim.Props{"instanceClass": "db.t4g.medium"}), "InvalidParameterCombination", "families r or x"},
	})
	writer := c.Settled(dbMember, "w", member)
	refuses(t, west, map[string]refusal{
		"user": {dbCluster, but(second, sim.Props{"masterUsername": "app", "masterPassword": "correct-horse"}), "InvalidParameterCombination", "masterUsername"},
		"key":  {dbCluster, but(second, sim.Props{"kmsKeyId": nil}), "InvalidParameterCombination", "key in eu-west-1"},
	})
	refuses(t, west, map[string]refusal{
		"another version": {dbCluster, but(second, sim.Props{"engineVersion": "16.9"}), "InvalidParameterCombination", "Give 16.8"},
	})
	_, err = c.Update(global, sim.Props{"globalClusterIdentifier": "world", "engine": "aurora-postgresql",
		"engineVersion": "16.6", "storageEncrypted": true})
	mustRefuse(t, err, "InvalidParameterCombination", "never goes back")
	secondary := west.Settled(dbCluster, "second", second)
	refuses(t, west, map[string]refusal{
		"again here": {dbCluster, but(second, sim.Props{"clusterIdentifier": "third"}), "InvalidParameterValue", "second is there"},
	})

	mustRefuse(t, c.Delete(global), "InvalidGlobalClusterStateFault", "first")
	require.NoError(t, c.Delete(writer))
	mustRefuse(t, c.Delete(primary), "InvalidGlobalClusterStateFault", "Delete second in eu-west-1 first")
	require.NoError(t, west.Delete(secondary))
	require.NoError(t, c.Delete(primary))
	require.NoError(t, c.Delete(global))
}

func TestGlobalDatabaseHasSixRegionsAtMost(t *testing.T) {
	c := cloud(t, "us-east-1")
	c.Must(dbGlobal, "g", sim.Props{"globalClusterIdentifier": "world", "engine": "aurora-postgresql"})
	in := sim.Props{
		"clusterIdentifier": "one", "engine": "aurora-postgresql", "dbSubnetGroupName": database(c)["dbSubnetGroupName"],
		"globalClusterIdentifier": "world", "skipFinalSnapshot": true,
	}
	c.Must(dbCluster, "one", but(in, sim.Props{"masterUsername": "app", "masterPassword": "correct-horse"}))
	c.Must(dbMember, "w",
		sim.Props{"clusterIdentifier": "one", "engine": "aurora-postgresql", "instanceClass": "db.r7g.large"})
	for i, name := range []string{"us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "eu-west-2", "us-east-2"} {
		there, _ := region(t, c, name, "g")
		_, err := there.Create(dbCluster, "more",
			but(in, sim.Props{"clusterIdentifier": fmt.Sprint("more", i), "dbSubnetGroupName": "g"}))
		if i < 5 {
			assert.NoError(t, err, name)
			continue
		}
		mustRefuse(t, err, "InvalidParameterValue", "already has 5 secondary clusters")
	}
}
