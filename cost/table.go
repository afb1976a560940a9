package cost

// pricers is the price model of every type that can cost money, by the type
// token under which resource.Canonical knows it.
var pricers = map[string]pricer{
	typInstance: priceInstance,
	"aws:ec2/spotInstanceRequest:SpotInstanceRequest": priceSpotRequest,
	typEIP:                    priceEIP,
	typNAT:                    priceNAT,
	typEndpoint:               priceEndpoint,
	typCapacity:               priceCapacityReservation,
	"aws:ec2/flowLog:FlowLog": usageOnly("paid per GB of log; the traffic profile does not tell how many connections there are"),
	typPeering:                pricePeering,
	"aws:ec2transitgateway/transitGateway:TransitGateway": free("a transit gateway costs nothing itself; its attachments do"),
	typHubVPC:  priceHubVPC,
	typHubPeer: priceHubPeer,
	"aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter": priceHubAccepter,
	"aws:apigatewayv2/vpcLink:VpcLink":                                          free("a VPC link to an HTTP API costs nothing itself"),
	typVolume:                                                                   priceVolume,
	"aws:ebs/snapshot:Snapshot":                                                 priceSnapshot,
	"aws:dlm/lifecyclePolicy:LifecyclePolicy":                                   priceSnapshotPolicy,
	typGroup: priceGroup,

	typLB:           priceLoadBalancer,
	typDistribution: priceDistribution,
	typEdgeFunction: priceEdgeFunction,
	"aws:cloudfront/keyValueStore:KeyValueStore":                   priceKeyValueStore,
	"aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey":             usageOnly("paid per write, and a deployment writes what has changed"),
	"aws:cloudfront/monitoringSubscription:MonitoringSubscription": usageOnly("paid per additional metric of the distribution"),
	"aws:globalaccelerator/accelerator:Accelerator":                priceAccelerator,

	typDBInstance:                         priceDBInstance,
	"aws:rds/proxy:Proxy":                 priceDBProxy,
	typDBCluster:                          priceDBCluster,
	typDBClusterNode:                      priceDBClusterNode,
	"aws:rds/globalCluster:GlobalCluster": free("its regional clusters are priced by themselves, with the writes that they are sent"),
	"aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": priceBackupCopy,
	typCacheGroup:   priceCacheGroup,
	typCacheCluster: priceCacheCluster,
	"aws:elasticache/serverlessCache:ServerlessCache":               usageOnly("paid per GB-hour of data and per request unit; the traffic profile does not tell how much it holds"),
	"aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": usageOnly("its groups are priced by themselves; transfer between regions is paid by use"),
	"aws:dynamodb/table:Table":                                      priceTable,
	"aws:dynamodb/globalTable:GlobalTable":                          usageOnly("paid per replicated write and GB"),
	"aws:opensearch/domain:Domain":                                  priceSearch,
	"aws:dms/replicationInstance:ReplicationInstance":               noPrice("DMS replication instance"),

	typBucket:                                priceBucket,
	typReplication:                           priceReplication,
	"aws:backup/vault:Vault":                 usageOnly("AWS Backup is paid per GB kept, which no property tells"),
	"aws:ecr/repository:Repository":          usageOnly("ECR is paid per GB of images"),
	typQueue:                                 priceQueue,
	typTopic:                                 priceTopic,
	typSubscription:                          priceSubscription,
	typAPI:                                   priceAPI,
	"aws:cloudwatch/eventBus:EventBus":       priceEventBus,
	"aws:lambda/function:Function":           priceLambda,
	"aws:eks/cluster:Cluster":                priceCluster,
	"aws:servicediscovery/service:Service":   usageOnly("Cloud Map is paid per registered instance and look-up, and how many register by themselves is not known"),
	"aws:servicediscovery/instance:Instance": priceRegistration,
	"aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": priceNamespace,

	typAlarm: priceAlarm,
	"aws:cloudwatch/compositeAlarm:CompositeAlarm": priceCompositeAlarm,
	typDashboard: priceDashboard,
	"aws:cloudwatch/logMetricFilter:LogMetricFilter": priceMetricFilter,
	typLogGroup:                              priceLogGroup,
	"aws:cloudwatch/logDelivery:LogDelivery": priceLogDelivery,
	"aws:budgets/budget:Budget":              priceBudget,
	"aws:xray/samplingRule:SamplingRule":     usageOnly("X-Ray is paid per trace"),

	typZone:                               priceZone,
	"aws:route53/healthCheck:HealthCheck": priceHealthCheck,
	"aws:secretsmanager/secret:Secret":    priceSecret,
	"aws:kms/key:Key":                     priceKey,
	"aws:kms/replicaKey:ReplicaKey":       priceKey,
	"aws:ssm/parameter:Parameter":         priceParameter,
	typWebACL:                             priceWebACL,
	"cloudflare:index/zone:Zone":          priceCloudflareZone,
	typBalancer:                           priceCloudflareLB,
	typWorker:                             priceWorker,
	"cloudflare:index/workersKvNamespace:WorkersKvNamespace": priceNamespaceKV,
	"cloudflare:index/workersKv:WorkersKv":                   usageOnly("paid per write, and a deployment writes what has changed"),
	"cloudflare:index/argo:Argo":                             usageOnly("Argo is paid per GB"),
}

// usageOnly settles a type whose cost no property and no profile tells.
func usageOnly(reason string) pricer { return func(s *sheet) { s.usage(reason) } }

// free settles a type that costs nothing.
func free(reason string) pricer { return func(s *sheet) { s.free(reason) } }

// noPrice settles types that cost something for which no trusted price is known.
func noPrice(what string) pricer {
	return func(s *sheet) { s.unpriced("", what+": no trusted price found yet") }
}
