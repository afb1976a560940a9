// Package token names the type tokens of the kinds to which tables refer.
package token

// Of Certificate Manager.
const (
	Certificate           = "aws:acm/certificate:Certificate"
	CertificateValidation = "aws:acm/certificateValidation:CertificateValidation"
)

// Of API Gateway.
const (
	API         = "aws:apigatewayv2/api:Api"
	APIDomain   = "aws:apigatewayv2/domainName:DomainName"
	APIRoute    = "aws:apigatewayv2/route:Route"
	APIStage    = "aws:apigatewayv2/stage:Stage"
	Integration = "aws:apigatewayv2/integration:Integration"
	VPCLink     = "aws:apigatewayv2/vpcLink:VpcLink"
)

// Of Auto Scaling.
const (
	LifecycleHook   = "aws:autoscaling/lifecycleHook:LifecycleHook"
	ScalingGroup    = "aws:autoscaling/group:Group"
	ScalingPolicy   = "aws:autoscaling/policy:Policy"
	ScheduledAction = "aws:autoscaling/schedule:Schedule"
)

// Of Backup.
const (
	Plan  = "aws:backup/plan:Plan"
	Vault = "aws:backup/vault:Vault"
)

// Of Budgets.
const (
	Budget = "aws:budgets/budget:Budget"
)

// Of CloudFront.
const (
	CachePolicy           = "aws:cloudfront/cachePolicy:CachePolicy"
	Distribution          = "aws:cloudfront/distribution:Distribution"
	EdgeFunction          = "aws:cloudfront/function:Function"
	KeyValueStore         = "aws:cloudfront/keyValueStore:KeyValueStore"
	OriginAccess          = "aws:cloudfront/originAccessControl:OriginAccessControl"
	OriginRequestPolicy   = "aws:cloudfront/originRequestPolicy:OriginRequestPolicy"
	ResponseHeadersPolicy = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
	StoreKey              = "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey"
)

// Of CloudWatch.
const (
	Alarm          = "aws:cloudwatch/metricAlarm:MetricAlarm"
	Bus            = "aws:cloudwatch/eventBus:EventBus"
	Composite      = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
	Dashboard      = "aws:cloudwatch/dashboard:Dashboard"
	EventTarget    = "aws:cloudwatch/eventTarget:EventTarget"
	LogDelivery    = "aws:cloudwatch/logDelivery:LogDelivery"
	LogDestination = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
	LogGroup       = "aws:cloudwatch/logGroup:LogGroup"
	LogPolicy      = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
	LogSource      = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
	Rule           = "aws:cloudwatch/eventRule:EventRule"
)

// Of EC2.
const (
	Accepter         = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
	Capacity         = "aws:ec2/capacityReservation:CapacityReservation"
	DefaultGroup     = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	EIP              = "aws:ec2/eip:Eip"
	EIPAssociation   = "aws:ec2/eipAssociation:EipAssociation"
	EgressRule       = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	IngressRule      = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	Instance         = "aws:ec2/instance:Instance"
	InternetGateway  = "aws:ec2/internetGateway:InternetGateway"
	KeyPair          = "aws:ec2/keyPair:KeyPair"
	LaunchTemplate   = "aws:ec2/launchTemplate:LaunchTemplate"
	NATGateway       = "aws:ec2/natGateway:NatGateway"
	NetworkInterface = "aws:ec2/networkInterface:NetworkInterface"
	Peering          = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	Placement        = "aws:ec2/placementGroup:PlacementGroup"
	Route            = "aws:ec2/route:Route"
	RouteTable       = "aws:ec2/routeTable:RouteTable"
	SecurityGroup    = "aws:ec2/securityGroup:SecurityGroup"
	Subnet           = "aws:ec2/subnet:Subnet"
	Transit          = "aws:ec2transitgateway/transitGateway:TransitGateway"
	TransitAccept    = "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter"
	TransitNetwork   = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
	TransitPeer      = "aws:ec2transitgateway/peeringAttachment:PeeringAttachment"
	TransitTable     = "aws:ec2transitgateway/routeTable:RouteTable"
	VPC              = "aws:ec2/vpc:Vpc"
	VPCEndpoint      = "aws:ec2/vpcEndpoint:VpcEndpoint"
	Volume           = "aws:ebs/volume:Volume"
	VolumeAttachment = "aws:ec2/volumeAttachment:VolumeAttachment"
)

// Of ElastiCache.
const (
	CacheCluster        = "aws:elasticache/cluster:Cluster"
	CacheParameterGroup = "aws:elasticache/parameterGroup:ParameterGroup"
	CacheSubnetGroup    = "aws:elasticache/subnetGroup:SubnetGroup"
	CacheUser           = "aws:elasticache/user:User"
	CacheUserGroup      = "aws:elasticache/userGroup:UserGroup"
	ReplicationGroup    = "aws:elasticache/replicationGroup:ReplicationGroup"
)

// Of Global Accelerator.
const (
	AccelGroup    = "aws:globalaccelerator/endpointGroup:EndpointGroup"
	AccelListener = "aws:globalaccelerator/listener:Listener"
	Accelerator   = "aws:globalaccelerator/accelerator:Accelerator"
)

// Of IAM.
const (
	IAMPolicy       = "aws:iam/policy:Policy"
	InstanceProfile = "aws:iam/instanceProfile:InstanceProfile"
	Role            = "aws:iam/role:Role"
	RoleAttachment  = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	RolePolicy      = "aws:iam/rolePolicy:RolePolicy"
	ServiceRole     = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
)

// Of KMS.
const (
	Grant      = "aws:kms/grant:Grant"
	KMSKey     = "aws:kms/key:Key"
	KeyPolicy  = "aws:kms/keyPolicy:KeyPolicy"
	ReplicaKey = "aws:kms/replicaKey:ReplicaKey"
)

// Of Lambda.
const (
	Lambda = "aws:lambda/function:Function"
)

// Of Elastic Load Balancing.
const (
	Listener         = "aws:lb/listener:Listener"
	ListenerCert     = "aws:lb/listenerCertificate:ListenerCertificate"
	ListenerRule     = "aws:lb/listenerRule:ListenerRule"
	LoadBalancer     = "aws:lb/loadBalancer:LoadBalancer"
	TargetAttachment = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	TargetGroup      = "aws:lb/targetGroup:TargetGroup"
)

// Of OpenSearch Service.
const (
	Search       = "aws:opensearch/domain:Domain"
	SearchPolicy = "aws:opensearch/domainPolicy:DomainPolicy"
)

// Of RDS.
const (
	ClusterGroup     = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
	ClusterMember    = "aws:rds/clusterInstance:ClusterInstance"
	DBCluster        = "aws:rds/cluster:Cluster"
	DBInstance       = "aws:rds/instance:Instance"
	DBParameterGroup = "aws:rds/parameterGroup:ParameterGroup"
	DBProxy          = "aws:rds/proxy:Proxy"
	DBSubnetGroup    = "aws:rds/subnetGroup:SubnetGroup"
	GlobalDatabase   = "aws:rds/globalCluster:GlobalCluster"
	OptionGroup      = "aws:rds/optionGroup:OptionGroup"
)

// Of Route 53.
const (
	HealthCheck = "aws:route53/healthCheck:HealthCheck"
	Record      = "aws:route53/record:Record"
	Zone        = "aws:route53/zone:Zone"
)

// Of S3.
const (
	AccountBlock      = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
	Bucket            = "aws:s3/bucketV2:BucketV2"
	BucketBlock       = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	BucketEncryption  = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	BucketObject      = "aws:s3/bucketObjectv2:BucketObjectv2"
	BucketOwnership   = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	BucketPolicy      = "aws:s3/bucketPolicy:BucketPolicy"
	BucketReplication = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	BucketVersioning  = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	LockConfiguration = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
)

// Of Secrets Manager.
const (
	Secret = "aws:secretsmanager/secret:Secret"
)

// Of Cloud Map.
const (
	CloudInstance = "aws:servicediscovery/instance:Instance"
	CloudService  = "aws:servicediscovery/service:Service"
	Namespace     = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
)

// Of SNS.
const (
	Subscription = "aws:sns/topicSubscription:TopicSubscription"
	Topic        = "aws:sns/topic:Topic"
	TopicPolicy  = "aws:sns/topicPolicy:TopicPolicy"
)

// Of SQS.
const (
	Queue        = "aws:sqs/queue:Queue"
	QueuePolicy  = "aws:sqs/queuePolicy:QueuePolicy"
	RedriveAllow = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
)

// Of Systems Manager.
const (
	Parameter = "aws:ssm/parameter:Parameter"
)

// Of WAF.
const (
	WebACL  = "aws:wafv2/webAcl:WebAcl"
	WebLink = "aws:wafv2/webAclAssociation:WebAclAssociation"
)
