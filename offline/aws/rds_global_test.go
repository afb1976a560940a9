package aws_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// A global database comes up home first and goes down home last.
func TestGlobalDatabaseOrder(t *testing.T) {
	c := cloud(t, "us-east-1")
	home := c.Must(token.KMSKey, "home", sim.Props{}).Str("arn")
	global := c.Settled(token.RDSGlobalCluster, "g",
		sim.Props{"globalClusterIdentifier": "world", "engine": "aurora-postgresql", "engineVersion": "16.8",
			"storageEncrypted": true})
	west, key := region(t, c, "eu-west-1", "west")
	second := sim.Props{
		"clusterIdentifier": "second", "engine": "aurora-postgresql", "engineVersion": "16.8", "dbSubnetGroupName": "west", "storageEncrypted": true,
		"kmsKeyId": key, "globalClusterIdentifier": global.ID, "finalSnapshotIdentifier": "second-last", "enableGlobalWriteForwarding": true,
	}
	_, err := west.Create(token.RDSCluster, "second", second)
	require.ErrorContains(t, err, `"master_username": required field is not set`, "a secondary before its primary")

	first := but(second, sim.Props{
		"clusterIdentifier": "first", "dbSubnetGroupName": database(c)["dbSubnetGroupName"], "kmsKeyId": home, "masterUsername": "app",
		"masterPassword": "correct-horse", "enableGlobalWriteForwarding": nil, "finalSnapshotIdentifier": "first-last",
	})
	refuses(t, c, map[string]refusal{
		"forwarding": {token.RDSCluster, but(first, sim.Props{"enableGlobalWriteForwarding": true}), "InvalidParameterCombination", "away from the primary"},
	})
	primary := c.Settled(token.RDSCluster, "first", first)
	member := sim.Props{"clusterIdentifier": "first", "engine": "aurora-postgresql", "instanceClass": "db.r7g.large"}
	_, err = west.Create(token.RDSCluster, "second", second)
	mustRefuse(t, err, "InvalidDBClusterStateFault", "instance of first in us-east-1 first")
	refuses(t, c, map[string]refusal{
		"burstable": {token.RDSClusterInstance, but(member, sim.Props{"instanceClass": "db.t4g.medium"}), "InvalidParameterCombination", "families r or x"},
	})
	writer := c.Settled(token.RDSClusterInstance, "w", member)
	refuses(t, west, map[string]refusal{
		"user": {token.RDSCluster, but(second, sim.Props{"masterUsername": "app", "masterPassword": "correct-horse"}), "InvalidParameterCombination", "masterUsername"},
		"key":  {token.RDSCluster, but(second, sim.Props{"kmsKeyId": nil}), "InvalidParameterCombination", "key in eu-west-1"},
	})
	refuses(t, west, map[string]refusal{
		"another version": {token.RDSCluster, but(second, sim.Props{"engineVersion": "16.9"}), "InvalidParameterCombination", "Give 16.8"},
	})
	_, err = c.Update(global, sim.Props{"globalClusterIdentifier": "world", "engine": "aurora-postgresql",
		"engineVersion": "16.6", "storageEncrypted": true})
	mustRefuse(t, err, "InvalidParameterCombination", "never goes back")
	secondary := west.Settled(token.RDSCluster, "second", second)
	refuses(t, west, map[string]refusal{
		"again here": {token.RDSCluster, but(second, sim.Props{"clusterIdentifier": "third"}), "InvalidParameterValue", "second is there"},
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
	c.Must(token.RDSGlobalCluster, "g", sim.Props{"globalClusterIdentifier": "world", "engine": "aurora-postgresql"})
	in := sim.Props{
		"clusterIdentifier": "one", "engine": "aurora-postgresql", "dbSubnetGroupName": database(c)["dbSubnetGroupName"],
		"globalClusterIdentifier": "world", "skipFinalSnapshot": true,
	}
	c.Must(token.RDSCluster, "one", but(in, sim.Props{"masterUsername": "app", "masterPassword": "correct-horse"}))
	c.Must(token.RDSClusterInstance, "w",
		sim.Props{"clusterIdentifier": "one", "engine": "aurora-postgresql", "instanceClass": "db.r7g.large"})
	for i, name := range []string{"us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "eu-west-2", "us-east-2"} {
		there, _ := region(t, c, name, "g")
		_, err := there.Create(token.RDSCluster, "more",
			but(in, sim.Props{"clusterIdentifier": fmt.Sprint("more", i), "dbSubnetGroupName": "g"}))
		if i < 5 {
			assert.NoError(t, err, name)
			continue
		}
		mustRefuse(t, err, "InvalidParameterValue", "already has 5 secondary clusters")
	}
}
