package demands

import "github.com/rung-dev/rung/resource/token"

// storeRows are what holds data. RDS and ElastiCache make their service-linked roles by
// themselves.
var storeRows = map[string]Row{
	token.RDSInstance:        database,
	token.RDSClusterInstance: database,
	token.RDSCluster:         nothing,
	token.RDSGlobalCluster:   nothing,
	token.RDSEventSubscription: needs("leave to publish in the topic's policy and in its key's", publishing...).
		with(publishesInto("snsTopic", databasePublisher)),
	token.RDSInstanceAutomatedBackupsReplication: needs("backups of the source: they are part of it",
		"InvalidDBInstanceState"),
	token.RDSProxy:                   nothing,
	token.RDSProxyDefaultTargetGroup: nothing,
	token.RDSProxyTarget: needs("the policies of the proxy's role and a value in each secret: the proxy logs in at "+
		"once", "AUTH_FAILURE").with(proxyOpens),
	token.RDSProxyEndpoint:         nothing,
	token.RDSParameterGroup:        nothing,
	token.RDSClusterParameterGroup: nothing,
	token.RDSOptionGroup:           nothing,
	token.RDSSubnetGroup:           nothing,
	token.RDSSnapshot:              nothing,
	token.RDSRoleAssociation:       nothing,

	token.DocDBCluster:               nothing,
	token.DocDBClusterInstance:       nothing,
	token.DocDBClusterParameterGroup: nothing,
	token.DocDBSubnetGroup:           nothing,
	token.RedshiftCluster:            nothing,
	token.RedshiftSubnetGroup:        nothing,
	token.RedshiftParameterGroup:     nothing,
	token.MQBroker:                   nothing,
	token.MQConfiguration:            nothing,
	token.MSKCluster:                 nothing,
	token.MSKConfiguration:           nothing,

	token.ElastiCacheReplicationGroup:       cache,
	token.ElastiCacheCluster:                cache,
	token.ElastiCacheGlobalReplicationGroup: nothing,
	token.ElastiCacheParameterGroup:         nothing,
	token.ElastiCacheSubnetGroup:            nothing,
	token.ElastiCacheUser:                   nothing,
	token.ElastiCacheUserGroup:              nothing,

	token.DynamoDBTable: nothing,

	token.OpenSearchDomain: needs("the service-linked role, for one in a network; leave to write in a resource policy "+
		"of the logs; the principals of its policy", "ValidationException", "InvalidTypeException").
		with(principalsExist("accessPolicies", "InvalidTypeException", "Error setting policy")),
	token.OpenSearchDomainPolicy: needs("the principals of the policy", "InvalidTypeException").
		with(principalsExist("accessPolicies", "InvalidTypeException", "Error setting policy")),

	token.S3BucketV2:                                  nothing,
	token.S3Bucket:                                    nothing,
	token.S3BucketVersioningV2:                        nothing,
	token.S3BucketPublicAccessBlock:                   nothing,
	token.S3AccountPublicAccessBlock:                  nothing,
	token.S3BucketOwnershipControls:                   nothing,
	token.S3BucketServerSideEncryptionConfigurationV2: nothing,
	token.S3BucketLifecycleConfigurationV2:            nothing,
	token.S3BucketCorsConfigurationV2:                 nothing,
	token.S3BucketWebsiteConfigurationV2:              nothing,
	token.S3BucketPolicy: needs("the roles that it names; the public access block, for a public one",
		"MalformedPolicy", "AccessDenied"),
	token.S3BucketAclV2: needs("the ownership controls, and the public access block for a public one",
		"AccessControlListNotSupported", "AccessDenied"),
	token.S3BucketObjectLockConfigurationV2: needs("versioning", "InvalidBucketState"),
	token.S3BucketReplicationConfig: needs("versioning on both sides; the policies of its role",
		"InvalidRequest", "InitiateReplicationNotPermitted", "SrcGetObjectNotPermitted", "DstPutObjectNotPermitted").
		with(replicationMay),
	token.S3BucketLoggingV2: needs("the policy of the bucket that takes the log", "InvalidTargetBucketForLogging").
		with(requestsLogged),
	token.S3BucketNotification: needs("leave to publish in the policies of topics and queues, and of their keys",
		publishing...).
		with(publishesInto("topics.topicArn", bucketPublisher), publishesInto("queues.queueArn", bucketPublisher)),
	token.S3BucketObject:   nothing,
	token.S3BucketObjectv2: nothing,

	token.BackupVault:                  nothing,
	token.BackupVaultLockConfiguration: nothing,
	token.BackupVaultPolicy: needs("the principals of the policy", "InvalidParameterValueException").
		with(principalsExist("policy", "InvalidParameterValueException", "Invalid principal in policy")),
	token.BackupPlan: nothing,
	token.BackupSelection: needs("the policies of its role, for a selection by tags", "InvalidParameterValueException").
		with(selectionMay),

	token.EFSFileSystem:       nothing,
	token.EFSMountTarget:      nothing,
	token.EFSAccessPoint:      nothing,
	token.EFSBackupPolicy:     nothing,
	token.EFSFileSystemPolicy: nothing,

	token.GlueCatalogDatabase: nothing,
	token.GlueCatalogTable:    nothing,
	token.AthenaWorkgroup:     nothing,
	token.AthenaDatabase:      nothing,
	token.AthenaNamedQuery:    nothing,

	token.KinesisStream: nothing,
	token.KinesisFirehoseDeliveryStream: needs("the policies of the role by which it reads a stream",
		"InvalidArgumentException").with(deliveryMayRead),
}

var (
	database = needs("the policies of the role of enhanced monitoring; an internet gateway, for a public one",
		"InvalidParameterValue", "InvalidVPCNetworkStateFault").with(monitoringMayWrite, publicNeedsGateway)
	cache = needs("leave to publish in the topic's policy; the topic has no key", publishing...).
		with(publishesInto("notificationTopicArn", cachePublisher))
)
