// Package guard keeps data from being lost by a deployment.
//
// It knows which resource types hold data, finds the planned steps that would
// delete or replace one, and gives programs the resource options that make
// plain `pulumi up` just as safe: protection, and a hook that refuses the
// deletion itself. Only the explicit confirmation of that very resource, by
// name, lets a step pass.
//
// Ask it in every plan, before anything is changed. It costs nothing, and it
// refuses nothing but the loss of data: creating and updating always pass.
package guard

import (
	"slices"

	"github.com/rung-dev/rung/resource/token"
)

// Kind is a resource type that holds data.
type Kind struct {
	// Type is the Pulumi type token.
	Type string
	// Noun is what people call it, with its article: "an EBS volume".
	Noun string
	// Rescue says how the data would survive: what follows "to save the data, ".
	Rescue string
}

// Kinds lists every type that holds data: what a user could not make again by
// running the program once more.
func Kinds() []Kind {
	return []Kind{
		{token.EBSVolume, "an EBS volume",
			"take a snapshot and create a new volume from it beside this one"},
		{token.RDSInstance, "a database",
			"create a second database and replicate into it"},
		{token.RDSCluster, "a database cluster",
			"create a second cluster and replicate into it"},
		{token.RDSGlobalCluster, "a global database",
			"detach the secondary regions one by one first, then the primary"},
		{token.ElastiCacheReplicationGroup, "a cache with sessions in it",
			"create a second cache and let the app move over"},
		{token.ElastiCacheCluster, "a cache with sessions in it",
			"create a second cache and let the app move over"},
		{token.S3BucketV2, "a bucket",
			"create a second bucket and copy them"},
		{token.S3Bucket, "a bucket",
			"create a second bucket and copy them"},
		{token.SQSQueue, "a queue",
			"create the new queue beside this one and let the workers empty this one first"},
		{token.OpenSearchDomain, "a search domain",
			"create a second domain and index into it"},
		{token.DynamoDBTable, "a table",
			"create a second table and copy the items"},
		{token.CognitoUserPool, "a directory of users",
			"create a second pool and let people move over as they sign in: their passwords cannot be copied"},
		{token.DocDBCluster, "a document database",
			"create a second cluster and restore a snapshot of this one into it"},
		{token.RedshiftCluster, "a data warehouse",
			"take a snapshot and restore it into a second cluster"},
		{token.MSKCluster, "a Kafka cluster",
			"create the new cluster beside this one and let a replicator copy the topics"},
		{token.MQBroker, "a message broker",
			"create the new broker beside this one and let its readers empty this one first"},
		{token.KinesisStream, "a stream",
			"create the new stream beside this one and let its readers empty this one first"},
		{token.KMSKey, "an encryption key",
			"keep the key: without it, whatever it encrypted can never be read again"},
		{token.KMSReplicaKey, "an encryption key's replica",
			"keep the key: without it, whatever it encrypted in that region can never be read again"},
		{token.SecretsManagerSecret, "a secret",
			"keep the secret: whatever it opens is closed without it"},
		{token.RandomPassword, "a generated password",
			"keep the password: a new one locks the app out of what the old one opens"},
		{token.Route53Zone, "a hosted zone",
			"keep the zone: a new one has other name servers, and the domain is gone until the registrar knows them"},
		{token.BackupVault, "a backup vault",
			"keep the vault: the backups are in it"},
		{token.EFSFileSystem, "a file system",
			"copy the files to a second file system first"},
		{token.CloudflareZone, "a zone",
			"keep the zone: with it go all of the domain's records"},
		{token.CloudflareWorkersKvNamespace, "a key-value namespace",
			"copy the entries to a second namespace first"},
	}
}

// HoldsData returns the kind of typ, and false for a type that holds no data.
func HoldsData(typ string) (Kind, bool) {
	kinds := Kinds()
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Type == typ })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}
