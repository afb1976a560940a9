package cost

import "github.com/rung-dev/rung/resource/token"

// pricers is the price model of every type that can cost money, by the type
// token under which resource.Canonical knows it.
var pricers = map[string]pricer{
	token.EC2Instance:                                priceInstance,
	token.EC2SpotInstanceRequest:                     priceSpotRequest,
	token.EC2Eip:                                     priceEIP,
	token.EC2NatGateway:                              priceNAT,
	token.EC2VpcEndpoint:                             priceEndpoint,
	token.EC2CapacityReservation:                     priceCapacityReservation,
	token.EC2FlowLog:                                 usageOnly("paid per GB of log; the traffic profile does not tell how many connections there are"),
	token.EC2VpcPeeringConnection:                    pricePeering,
	token.EC2TransitGateway:                          free("a transit gateway costs nothing itself; its attachments do"),
	token.EC2TransitGatewayVpcAttachment:             priceHubVPC,
	token.EC2TransitGatewayPeeringAttachment:         priceHubPeer,
	token.EC2TransitGatewayPeeringAttachmentAccepter: priceHubAccepter,
	token.APIGatewayV2VpcLink:                        free("a VPC link to an HTTP API costs nothing itself"),
	token.EBSVolume:                                  priceVolume,
	token.EBSSnapshot:                                priceSnapshot,
	token.DLMLifecyclePolicy:                         priceSnapshotPolicy,
	token.AutoScalingGroup:                           priceGroup,

	token.LBLoadBalancer:                   priceLoadBalancer,
	token.CloudFrontDistribution:           priceDistribution,
	token.CloudFrontFunction:               priceEdgeFunction,
	token.CloudFrontKeyValueStore:          priceKeyValueStore,
	token.CloudFrontKeyvaluestoreKey:       usageOnly("paid per write, and a deployment writes what has changed"),
	token.CloudFrontMonitoringSubscription: usageOnly("paid per additional metric of the distribution"),
	token.GlobalAcceleratorAccelerator:     priceAccelerator,

	token.RDSInstance:                            priceDBInstance,
	token.RDSProxy:                               priceDBProxy,
	token.RDSCluster:                             priceDBCluster,
	token.RDSClusterInstance:                     priceDBClusterNode,
	token.RDSGlobalCluster:                       free("its regional clusters are priced by themselves, with the writes that they are sent"),
	token.RDSInstanceAutomatedBackupsReplication: priceBackupCopy,
	token.ElastiCacheReplicationGroup:            priceCacheGroup,
	token.ElastiCacheCluster:                     priceCacheCluster,
	token.ElastiCacheServerlessCache:             usageOnly("paid per GB-hour of data and per request unit; the traffic profile does not tell how much it holds"),
	token.ElastiCacheGlobalReplicationGroup:      usageOnly("its groups are priced by themselves; transfer between regions is paid by use"),
	token.DynamoDBTable:                          priceTable,
	token.DynamoDBGlobalTable:                    usageOnly("paid per replicated write and GB"),
	token.OpenSearchDomain:                       priceSearch,
	token.DMSReplicationInstance:                 noPrice("DMS replication instance"),

	token.S3Bucket:                            priceBucket,
	token.S3BucketReplicationConfig:           priceReplication,
	token.BackupVault:                         usageOnly("AWS Backup is paid per GB kept, which no property tells"),
	token.ECRRepository:                       usageOnly("ECR is paid per GB of images"),
	token.SQSQueue:                            priceQueue,
	token.SNSTopic:                            priceTopic,
	token.SNSTopicSubscription:                priceSubscription,
	token.APIGatewayV2Api:                     priceAPI,
	token.CloudWatchEventBus:                  priceEventBus,
	token.LambdaFunction:                      priceLambda,
	token.EKSCluster:                          priceCluster,
	token.ServiceDiscoveryService:             usageOnly("Cloud Map is paid per registered instance and look-up, and how many register by themselves is not known"),
	token.ServiceDiscoveryInstance:            priceRegistration,
	token.ServiceDiscoveryPrivateDnsNamespace: priceNamespace,

	token.CloudWatchMetricAlarm:     priceAlarm,
	token.CloudWatchCompositeAlarm:  priceCompositeAlarm,
	token.CloudWatchDashboard:       priceDashboard,
	token.CloudWatchLogMetricFilter: priceMetricFilter,
	token.CloudWatchLogGroup:        priceLogGroup,
	token.CloudWatchLogDelivery:     priceLogDelivery,
	token.BudgetsBudget:             priceBudget,
	token.XRaySamplingRule:          usageOnly("X-Ray is paid per trace"),

	token.Route53Zone:                  priceZone,
	token.Route53HealthCheck:           priceHealthCheck,
	token.SecretsManagerSecret:         priceSecret,
	token.KMSKey:                       priceKey,
	token.KMSReplicaKey:                priceKey,
	token.SSMParameter:                 priceParameter,
	token.WAFv2WebAcl:                  priceWebACL,
	token.CloudflareZone:               priceCloudflareZone,
	token.CloudflareLoadBalancer:       priceCloudflareLB,
	token.CloudflareWorkersScript:      priceWorker,
	token.CloudflareWorkersKvNamespace: priceNamespaceKV,
	token.CloudflareWorkersKv:          usageOnly("paid per write, and a deployment writes what has changed"),
	token.CloudflareArgo:               usageOnly("Argo is paid per GB"),
}

// usageOnly settles a type whose cost no property and no profile tells.
func usageOnly(reason string) pricer { return func(s *sheet) { s.usage(reason) } }

// free settles a type that costs nothing.
func free(reason string) pricer { return func(s *sheet) { s.free(reason) } }

// noPrice settles types that cost something for which no trusted price is known.
func noPrice(what string) pricer {
	return func(s *sheet) { s.unpriced("", what+": no trusted price found yet") }
}
