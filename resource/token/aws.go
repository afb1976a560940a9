// Package token names the types and the functions of Pulumi's providers, each
// once: what prices, judges, guards, simulates or records a resource asks for its
// type by the same name.
//
// The name is the token itself, without what it repeats: "aws:ec2/vpc:Vpc" is
// EC2Vpc, "cloudflare:index/record:Record" CloudflareRecord, with the service
// spelled as AWS spells it and the type as the provider does. Types of components
// are their components' own.
package token

// AWS's types.
const (
	ACMCertificate           = "aws:acm/certificate:Certificate"
	ACMCertificateValidation = "aws:acm/certificateValidation:CertificateValidation"

	ACMPCAPolicy = "aws:acmpca/policy:Policy"

	ALBLoadBalancer = "aws:alb/loadBalancer:LoadBalancer"

	APIGatewayAccount             = "aws:apigateway/account:Account"
	APIGatewayApiKey              = "aws:apigateway/apiKey:ApiKey"
	APIGatewayAuthorizer          = "aws:apigateway/authorizer:Authorizer"
	APIGatewayBasePathMapping     = "aws:apigateway/basePathMapping:BasePathMapping"
	APIGatewayDomainName          = "aws:apigateway/domainName:DomainName"
	APIGatewayIntegrationResponse = "aws:apigateway/integrationResponse:IntegrationResponse"
	APIGatewayMethodResponse      = "aws:apigateway/methodResponse:MethodResponse"
	APIGatewayMethodSettings      = "aws:apigateway/methodSettings:MethodSettings"
	APIGatewayModel               = "aws:apigateway/model:Model"
	APIGatewayRequestValidator    = "aws:apigateway/requestValidator:RequestValidator"
	APIGatewayResponse            = "aws:apigateway/response:Response"
	APIGatewayRestApi             = "aws:apigateway/restApi:RestApi"
	APIGatewayRestApiPolicy       = "aws:apigateway/restApiPolicy:RestApiPolicy"
	APIGatewayUsagePlan           = "aws:apigateway/usagePlan:UsagePlan"
	APIGatewayUsagePlanKey        = "aws:apigateway/usagePlanKey:UsagePlanKey"

	APIGatewayV2Api         = "aws:apigatewayv2/api:Api"
	APIGatewayV2ApiMapping  = "aws:apigatewayv2/apiMapping:ApiMapping"
	APIGatewayV2Authorizer  = "aws:apigatewayv2/authorizer:Authorizer"
	APIGatewayV2DomainName  = "aws:apigatewayv2/domainName:DomainName"
	APIGatewayV2Integration = "aws:apigatewayv2/integration:Integration"
	APIGatewayV2Route       = "aws:apigatewayv2/route:Route"
	APIGatewayV2Stage       = "aws:apigatewayv2/stage:Stage"
	APIGatewayV2VpcLink     = "aws:apigatewayv2/vpcLink:VpcLink"

	AppAutoScalingPolicy          = "aws:appautoscaling/policy:Policy"
	AppAutoScalingScheduledAction = "aws:appautoscaling/scheduledAction:ScheduledAction"
	AppAutoScalingTarget          = "aws:appautoscaling/target:Target"

	ApplicationLoadBalancingListener = "aws:applicationloadbalancing/listener:Listener"

	AppRunnerAutoScalingConfigurationVersion = "aws:apprunner/autoScalingConfigurationVersion:AutoScalingConfigurationVersion"
	AppRunnerVpcConnector                    = "aws:apprunner/vpcConnector:VpcConnector"

	AppSyncApiCache   = "aws:appsync/apiCache:ApiCache"
	AppSyncApiKey     = "aws:appsync/apiKey:ApiKey"
	AppSyncDataSource = "aws:appsync/dataSource:DataSource"
	AppSyncFunction   = "aws:appsync/function:Function"
	AppSyncGraphQLApi = "aws:appsync/graphQLApi:GraphQLApi"
	AppSyncResolver   = "aws:appsync/resolver:Resolver"

	AthenaDatabase   = "aws:athena/database:Database"
	AthenaNamedQuery = "aws:athena/namedQuery:NamedQuery"
	AthenaWorkgroup  = "aws:athena/workgroup:Workgroup"

	AutoScalingAttachment              = "aws:autoscaling/attachment:Attachment"
	AutoScalingGroup                   = "aws:autoscaling/group:Group"
	AutoScalingLifecycleHook           = "aws:autoscaling/lifecycleHook:LifecycleHook"
	AutoScalingPolicy                  = "aws:autoscaling/policy:Policy"
	AutoScalingSchedule                = "aws:autoscaling/schedule:Schedule"
	AutoScalingTrafficSourceAttachment = "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment"

	BackupPlan                   = "aws:backup/plan:Plan"
	BackupSelection              = "aws:backup/selection:Selection"
	BackupVault                  = "aws:backup/vault:Vault"
	BackupVaultLockConfiguration = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
	BackupVaultPolicy            = "aws:backup/vaultPolicy:VaultPolicy"

	BatchComputeEnvironment = "aws:batch/computeEnvironment:ComputeEnvironment"
	BatchJobDefinition      = "aws:batch/jobDefinition:JobDefinition"
	BatchJobQueue           = "aws:batch/jobQueue:JobQueue"

	BudgetsBudget = "aws:budgets/budget:Budget"

	CloudFormationStack = "aws:cloudformation/stack:Stack"

	CloudFrontCachePolicy            = "aws:cloudfront/cachePolicy:CachePolicy"
	CloudFrontDistribution           = "aws:cloudfront/distribution:Distribution"
	CloudFrontFunction               = "aws:cloudfront/function:Function"
	CloudFrontKeyGroup               = "aws:cloudfront/keyGroup:KeyGroup"
	CloudFrontKeyValueStore          = "aws:cloudfront/keyValueStore:KeyValueStore"
	CloudFrontKeyvaluestoreKey       = "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey"
	CloudFrontMonitoringSubscription = "aws:cloudfront/monitoringSubscription:MonitoringSubscription"
	CloudFrontOriginAccessControl    = "aws:cloudfront/originAccessControl:OriginAccessControl"
	CloudFrontOriginAccessIdentity   = "aws:cloudfront/originAccessIdentity:OriginAccessIdentity"
	CloudFrontOriginRequestPolicy    = "aws:cloudfront/originRequestPolicy:OriginRequestPolicy"
	CloudFrontPublicKey              = "aws:cloudfront/publicKey:PublicKey"
	CloudFrontResponseHeadersPolicy  = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
	CloudFrontVpcOrigin              = "aws:cloudfront/vpcOrigin:VpcOrigin"

	CloudTrailTrail = "aws:cloudtrail/trail:Trail"

	CloudWatchCompositeAlarm               = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
	CloudWatchDashboard                    = "aws:cloudwatch/dashboard:Dashboard"
	CloudWatchEventBus                     = "aws:cloudwatch/eventBus:EventBus"
	CloudWatchEventBusPolicy               = "aws:cloudwatch/eventBusPolicy:EventBusPolicy"
	CloudWatchEventRule                    = "aws:cloudwatch/eventRule:EventRule"
	CloudWatchEventTarget                  = "aws:cloudwatch/eventTarget:EventTarget"
	CloudWatchLogDelivery                  = "aws:cloudwatch/logDelivery:LogDelivery"
	CloudWatchLogDeliveryDestination       = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
	CloudWatchLogDeliveryDestinationPolicy = "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy"
	CloudWatchLogDeliverySource            = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
	CloudWatchLogGroup                     = "aws:cloudwatch/logGroup:LogGroup"
	CloudWatchLogMetricFilter              = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
	CloudWatchLogResourcePolicy            = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
	CloudWatchLogStream                    = "aws:cloudwatch/logStream:LogStream"
	CloudWatchLogSubscriptionFilter        = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
	CloudWatchMetricAlarm                  = "aws:cloudwatch/metricAlarm:MetricAlarm"

	CodeBuildProject        = "aws:codebuild/project:Project"
	CodeBuildResourcePolicy = "aws:codebuild/resourcePolicy:ResourcePolicy"

	CodeDeployApplication     = "aws:codedeploy/application:Application"
	CodeDeployDeploymentGroup = "aws:codedeploy/deploymentGroup:DeploymentGroup"

	CodeStarConnectionsConnection = "aws:codestarconnections/connection:Connection"

	CognitoIdentityPool               = "aws:cognito/identityPool:IdentityPool"
	CognitoIdentityPoolRoleAttachment = "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment"
	CognitoUserGroup                  = "aws:cognito/userGroup:UserGroup"
	CognitoUserPool                   = "aws:cognito/userPool:UserPool"
	CognitoUserPoolClient             = "aws:cognito/userPoolClient:UserPoolClient"
	CognitoUserPoolDomain             = "aws:cognito/userPoolDomain:UserPoolDomain"

	CostExplorerAnomalyMonitor      = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
	CostExplorerAnomalySubscription = "aws:costexplorer/anomalySubscription:AnomalySubscription"

	DLMLifecyclePolicy = "aws:dlm/lifecyclePolicy:LifecyclePolicy"

	DMSEndpoint               = "aws:dms/endpoint:Endpoint"
	DMSReplicationInstance    = "aws:dms/replicationInstance:ReplicationInstance"
	DMSReplicationSubnetGroup = "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup"
	DMSReplicationTask        = "aws:dms/replicationTask:ReplicationTask"

	DocDBCluster               = "aws:docdb/cluster:Cluster"
	DocDBClusterInstance       = "aws:docdb/clusterInstance:ClusterInstance"
	DocDBClusterParameterGroup = "aws:docdb/clusterParameterGroup:ClusterParameterGroup"
	DocDBElasticCluster        = "aws:docdb/elasticCluster:ElasticCluster"
	DocDBGlobalCluster         = "aws:docdb/globalCluster:GlobalCluster"
	DocDBSubnetGroup           = "aws:docdb/subnetGroup:SubnetGroup"

	DynamoDBGlobalTable    = "aws:dynamodb/globalTable:GlobalTable"
	DynamoDBResourcePolicy = "aws:dynamodb/resourcePolicy:ResourcePolicy"
	DynamoDBTable          = "aws:dynamodb/table:Table"

	EBSEncryptionByDefault = "aws:ebs/encryptionByDefault:EncryptionByDefault"
	EBSSnapshot            = "aws:ebs/snapshot:Snapshot"
	EBSSnapshotCopy        = "aws:ebs/snapshotCopy:SnapshotCopy"
	EBSSnapshotImport      = "aws:ebs/snapshotImport:SnapshotImport"
	EBSVolume              = "aws:ebs/volume:Volume"

	EC2Ami                          = "aws:ec2/ami:Ami"
	EC2AmiCopy                      = "aws:ec2/amiCopy:AmiCopy"
	EC2AmiFromInstance              = "aws:ec2/amiFromInstance:AmiFromInstance"
	EC2CapacityReservation          = "aws:ec2/capacityReservation:CapacityReservation"
	EC2CustomerGateway              = "aws:ec2/customerGateway:CustomerGateway"
	EC2DefaultNetworkAcl            = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
	EC2DefaultSecurityGroup         = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	EC2DefaultSubnet                = "aws:ec2/defaultSubnet:DefaultSubnet"
	EC2DefaultVpc                   = "aws:ec2/defaultVpc:DefaultVpc"
	EC2EgressOnlyInternetGateway    = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
	EC2Eip                          = "aws:ec2/eip:Eip"
	EC2EipAssociation               = "aws:ec2/eipAssociation:EipAssociation"
	EC2FlowLog                      = "aws:ec2/flowLog:FlowLog"
	EC2Instance                     = "aws:ec2/instance:Instance"
	EC2InternetGateway              = "aws:ec2/internetGateway:InternetGateway"
	EC2KeyPair                      = "aws:ec2/keyPair:KeyPair"
	EC2LaunchConfiguration          = "aws:ec2/launchConfiguration:LaunchConfiguration"
	EC2LaunchTemplate               = "aws:ec2/launchTemplate:LaunchTemplate"
	EC2NatGateway                   = "aws:ec2/natGateway:NatGateway"
	EC2NetworkAcl                   = "aws:ec2/networkAcl:NetworkAcl"
	EC2NetworkAclAssociation        = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
	EC2NetworkAclRule               = "aws:ec2/networkAclRule:NetworkAclRule"
	EC2NetworkInterface             = "aws:ec2/networkInterface:NetworkInterface"
	EC2PeeringConnectionOptions     = "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions"
	EC2PlacementGroup               = "aws:ec2/placementGroup:PlacementGroup"
	EC2Route                        = "aws:ec2/route:Route"
	EC2RouteTable                   = "aws:ec2/routeTable:RouteTable"
	EC2RouteTableAssociation        = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	EC2SecurityGroup                = "aws:ec2/securityGroup:SecurityGroup"
	EC2SecurityGroupRule            = "aws:ec2/securityGroupRule:SecurityGroupRule"
	EC2SpotFleetRequest             = "aws:ec2/spotFleetRequest:SpotFleetRequest"
	EC2SpotInstanceRequest          = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
	EC2Subnet                       = "aws:ec2/subnet:Subnet"
	EC2VolumeAttachment             = "aws:ec2/volumeAttachment:VolumeAttachment"
	EC2Vpc                          = "aws:ec2/vpc:Vpc"
	EC2VpcDhcpOptions               = "aws:ec2/vpcDhcpOptions:VpcDhcpOptions"
	EC2VpcDhcpOptionsAssociation    = "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation"
	EC2VpcEndpoint                  = "aws:ec2/vpcEndpoint:VpcEndpoint"
	EC2VpcEndpointPolicy            = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
	EC2VpcPeeringConnection         = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	EC2VpcPeeringConnectionAccepter = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
	EC2VpnConnectionRoute           = "aws:ec2/vpnConnectionRoute:VpnConnectionRoute"
	EC2VpnGateway                   = "aws:ec2/vpnGateway:VpnGateway"
	EC2VpnGatewayAttachment         = "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment"
	EC2VpnGatewayRoutePropagation   = "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation"

	EC2TransitGatewayPeeringAttachment         = "aws:ec2transitgateway/peeringAttachment:PeeringAttachment"
	EC2TransitGatewayPeeringAttachmentAccepter = "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter"
	EC2TransitGatewayRoute                     = "aws:ec2transitgateway/route:Route"
	EC2TransitGatewayRouteTable                = "aws:ec2transitgateway/routeTable:RouteTable"
	EC2TransitGatewayRouteTableAssociation     = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"
	EC2TransitGatewayRouteTablePropagation     = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation"
	EC2TransitGateway                          = "aws:ec2transitgateway/transitGateway:TransitGateway"
	EC2TransitGatewayVpcAttachment             = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"

	ECRLifecyclePolicy  = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
	ECRRegistryPolicy   = "aws:ecr/registryPolicy:RegistryPolicy"
	ECRRepository       = "aws:ecr/repository:Repository"
	ECRRepositoryPolicy = "aws:ecr/repositoryPolicy:RepositoryPolicy"

	ECRPublicRepositoryPolicy = "aws:ecrpublic/repositoryPolicy:RepositoryPolicy"

	ECSCluster = "aws:ecs/cluster:Cluster"
	ECSService = "aws:ecs/service:Service"

	EFSAccessPoint      = "aws:efs/accessPoint:AccessPoint"
	EFSBackupPolicy     = "aws:efs/backupPolicy:BackupPolicy"
	EFSFileSystem       = "aws:efs/fileSystem:FileSystem"
	EFSFileSystemPolicy = "aws:efs/fileSystemPolicy:FileSystemPolicy"
	EFSMountTarget      = "aws:efs/mountTarget:MountTarget"

	EKSAccessEntry             = "aws:eks/accessEntry:AccessEntry"
	EKSAccessPolicyAssociation = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
	EKSAddon                   = "aws:eks/addon:Addon"
	EKSCluster                 = "aws:eks/cluster:Cluster"
	EKSPodIdentityAssociation  = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

	ElastiCacheCluster                = "aws:elasticache/cluster:Cluster"
	ElastiCacheGlobalReplicationGroup = "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup"
	ElastiCacheParameterGroup         = "aws:elasticache/parameterGroup:ParameterGroup"
	ElastiCacheReplicationGroup       = "aws:elasticache/replicationGroup:ReplicationGroup"
	ElastiCacheServerlessCache        = "aws:elasticache/serverlessCache:ServerlessCache"
	ElastiCacheSnapshot               = "aws:elasticache/snapshot:Snapshot"
	ElastiCacheSubnetGroup            = "aws:elasticache/subnetGroup:SubnetGroup"
	ElastiCacheUser                   = "aws:elasticache/user:User"
	ElastiCacheUserGroup              = "aws:elasticache/userGroup:UserGroup"

	ElasticLoadBalancingLoadBalancer = "aws:elasticloadbalancing/loadBalancer:LoadBalancer"

	ElasticLoadBalancingV2TargetGroup = "aws:elasticloadbalancingv2/targetGroup:TargetGroup"

	ElasticsearchDomain = "aws:elasticsearch/domain:Domain"

	ELBLoadBalancer = "aws:elb/loadBalancer:LoadBalancer"

	EMRInstanceFleet = "aws:emr/instanceFleet:InstanceFleet"

	GlacierVaultLock = "aws:glacier/vaultLock:VaultLock"

	GlobalAcceleratorAccelerator   = "aws:globalaccelerator/accelerator:Accelerator"
	GlobalAcceleratorEndpointGroup = "aws:globalaccelerator/endpointGroup:EndpointGroup"
	GlobalAcceleratorListener      = "aws:globalaccelerator/listener:Listener"

	GlueCatalogDatabase = "aws:glue/catalogDatabase:CatalogDatabase"
	GlueCatalogTable    = "aws:glue/catalogTable:CatalogTable"
	GlueResourcePolicy  = "aws:glue/resourcePolicy:ResourcePolicy"

	IAMAccessKey                       = "aws:iam/accessKey:AccessKey"
	IAMGroup                           = "aws:iam/group:Group"
	IAMGroupMembership                 = "aws:iam/groupMembership:GroupMembership"
	IAMGroupPolicy                     = "aws:iam/groupPolicy:GroupPolicy"
	IAMGroupPolicyAttachment           = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment"
	IAMGroupPolicyAttachmentsExclusive = "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive"
	IAMInstanceProfile                 = "aws:iam/instanceProfile:InstanceProfile"
	IAMOpenIdConnectProvider           = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
	IAMPolicy                          = "aws:iam/policy:Policy"
	IAMPolicyAttachment                = "aws:iam/policyAttachment:PolicyAttachment"
	IAMRole                            = "aws:iam/role:Role"
	IAMRolePolicy                      = "aws:iam/rolePolicy:RolePolicy"
	IAMRolePolicyAttachment            = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	IAMRolePolicyAttachmentsExclusive  = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
	IAMServiceLinkedRole               = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
	IAMUser                            = "aws:iam/user:User"
	IAMUserGroupMembership             = "aws:iam/userGroupMembership:UserGroupMembership"
	IAMUserPolicy                      = "aws:iam/userPolicy:UserPolicy"
	IAMUserPolicyAttachment            = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
	IAMUserPolicyAttachmentsExclusive  = "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive"

	ImageBuilderImageRecipe = "aws:imagebuilder/imageRecipe:ImageRecipe"

	IoTPolicy           = "aws:iot/policy:Policy"
	IoTPolicyAttachment = "aws:iot/policyAttachment:PolicyAttachment"

	KinesisFirehoseDeliveryStream = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
	KinesisResourcePolicy         = "aws:kinesis/resourcePolicy:ResourcePolicy"
	KinesisStream                 = "aws:kinesis/stream:Stream"

	KMSAlias              = "aws:kms/alias:Alias"
	KMSExternalKey        = "aws:kms/externalKey:ExternalKey"
	KMSGrant              = "aws:kms/grant:Grant"
	KMSKey                = "aws:kms/key:Key"
	KMSKeyPolicy          = "aws:kms/keyPolicy:KeyPolicy"
	KMSReplicaExternalKey = "aws:kms/replicaExternalKey:ReplicaExternalKey"
	KMSReplicaKey         = "aws:kms/replicaKey:ReplicaKey"

	LambdaAlias                     = "aws:lambda/alias:Alias"
	LambdaEventSourceMapping        = "aws:lambda/eventSourceMapping:EventSourceMapping"
	LambdaFunction                  = "aws:lambda/function:Function"
	LambdaFunctionEventInvokeConfig = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
	LambdaFunctionUrl               = "aws:lambda/functionUrl:FunctionUrl"
	LambdaLayerVersion              = "aws:lambda/layerVersion:LayerVersion"
	LambdaPermission                = "aws:lambda/permission:Permission"

	LBListener              = "aws:lb/listener:Listener"
	LBListenerCertificate   = "aws:lb/listenerCertificate:ListenerCertificate"
	LBListenerRule          = "aws:lb/listenerRule:ListenerRule"
	LBLoadBalancer          = "aws:lb/loadBalancer:LoadBalancer"
	LBTargetGroup           = "aws:lb/targetGroup:TargetGroup"
	LBTargetGroupAttachment = "aws:lb/targetGroupAttachment:TargetGroupAttachment"

	LightsailDatabase = "aws:lightsail/database:Database"
	LightsailInstance = "aws:lightsail/instance:Instance"

	M2Environment = "aws:m2/environment:Environment"

	MediaStoreContainerPolicy = "aws:mediastore/containerPolicy:ContainerPolicy"

	MemoryDBCluster            = "aws:memorydb/cluster:Cluster"
	MemoryDBMultiRegionCluster = "aws:memorydb/multiRegionCluster:MultiRegionCluster"

	MQBroker        = "aws:mq/broker:Broker"
	MQConfiguration = "aws:mq/configuration:Configuration"

	MSKCluster       = "aws:msk/cluster:Cluster"
	MSKClusterPolicy = "aws:msk/clusterPolicy:ClusterPolicy"
	MSKConfiguration = "aws:msk/configuration:Configuration"

	NeptuneCluster               = "aws:neptune/cluster:Cluster"
	NeptuneClusterInstance       = "aws:neptune/clusterInstance:ClusterInstance"
	NeptuneClusterParameterGroup = "aws:neptune/clusterParameterGroup:ClusterParameterGroup"
	NeptuneGlobalCluster         = "aws:neptune/globalCluster:GlobalCluster"

	NeptuneGraphGraph = "aws:neptunegraph/graph:Graph"

	NetworkFirewallResourcePolicy = "aws:networkfirewall/resourcePolicy:ResourcePolicy"

	OAMSinkPolicy = "aws:oam/sinkPolicy:SinkPolicy"

	OpenSearchDomain                    = "aws:opensearch/domain:Domain"
	OpenSearchDomainPolicy              = "aws:opensearch/domainPolicy:DomainPolicy"
	OpenSearchServerlessAccessPolicy    = "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy"
	OpenSearchServerlessCollection      = "aws:opensearch/serverlessCollection:ServerlessCollection"
	OpenSearchServerlessLifecyclePolicy = "aws:opensearch/serverlessLifecyclePolicy:ServerlessLifecyclePolicy"
	OpenSearchServerlessSecurityPolicy  = "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy"

	OpsWorksInstance = "aws:opsworks/instance:Instance"

	QLDBLedger = "aws:qldb/ledger:Ledger"

	QuickSightIamPolicyAssignment = "aws:quicksight/iamPolicyAssignment:IamPolicyAssignment"

	RDSCluster                             = "aws:rds/cluster:Cluster"
	RDSClusterInstance                     = "aws:rds/clusterInstance:ClusterInstance"
	RDSClusterParameterGroup               = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
	RDSEventSubscription                   = "aws:rds/eventSubscription:EventSubscription"
	RDSGlobalCluster                       = "aws:rds/globalCluster:GlobalCluster"
	RDSInstance                            = "aws:rds/instance:Instance"
	RDSInstanceAutomatedBackupsReplication = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
	RDSOptionGroup                         = "aws:rds/optionGroup:OptionGroup"
	RDSParameterGroup                      = "aws:rds/parameterGroup:ParameterGroup"
	RDSProxy                               = "aws:rds/proxy:Proxy"
	RDSProxyDefaultTargetGroup             = "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup"
	RDSProxyEndpoint                       = "aws:rds/proxyEndpoint:ProxyEndpoint"
	RDSProxyTarget                         = "aws:rds/proxyTarget:ProxyTarget"
	RDSReservedInstance                    = "aws:rds/reservedInstance:ReservedInstance"
	RDSRoleAssociation                     = "aws:rds/roleAssociation:RoleAssociation"
	RDSShardGroup                          = "aws:rds/shardGroup:ShardGroup"
	RDSSnapshot                            = "aws:rds/snapshot:Snapshot"
	RDSSubnetGroup                         = "aws:rds/subnetGroup:SubnetGroup"

	RedshiftCluster        = "aws:redshift/cluster:Cluster"
	RedshiftParameterGroup = "aws:redshift/parameterGroup:ParameterGroup"
	RedshiftResourcePolicy = "aws:redshift/resourcePolicy:ResourcePolicy"
	RedshiftSubnetGroup    = "aws:redshift/subnetGroup:SubnetGroup"

	RedshiftServerlessResourcePolicy = "aws:redshiftserverless/resourcePolicy:ResourcePolicy"
	RedshiftServerlessWorkgroup      = "aws:redshiftserverless/workgroup:Workgroup"

	ResilienceHubResiliencyPolicy = "aws:resiliencehub/resiliencyPolicy:ResiliencyPolicy"

	RolesAnywhereProfile = "aws:rolesanywhere/profile:Profile"

	Route53HealthCheck     = "aws:route53/healthCheck:HealthCheck"
	Route53QueryLog        = "aws:route53/queryLog:QueryLog"
	Route53Record          = "aws:route53/record:Record"
	Route53Zone            = "aws:route53/zone:Zone"
	Route53ZoneAssociation = "aws:route53/zoneAssociation:ZoneAssociation"

	S3AccessPoint                               = "aws:s3/accessPoint:AccessPoint"
	S3AccountPublicAccessBlock                  = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
	S3Bucket                                    = "aws:s3/bucket:Bucket"
	S3BucketAcl                                 = "aws:s3/bucketAcl:BucketAcl"
	S3BucketAclV2                               = "aws:s3/bucketAclV2:BucketAclV2"
	S3BucketCorsConfigurationV2                 = "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2"
	S3BucketLifecycleConfiguration              = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
	S3BucketLifecycleConfigurationV2            = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	S3BucketLogging                             = "aws:s3/bucketLogging:BucketLogging"
	S3BucketLoggingV2                           = "aws:s3/bucketLoggingV2:BucketLoggingV2"
	S3BucketNotification                        = "aws:s3/bucketNotification:BucketNotification"
	S3BucketObject                              = "aws:s3/bucketObject:BucketObject"
	S3BucketObjectLockConfigurationV2           = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
	S3BucketObjectv2                            = "aws:s3/bucketObjectv2:BucketObjectv2"
	S3BucketOwnershipControls                   = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	S3BucketPolicy                              = "aws:s3/bucketPolicy:BucketPolicy"
	S3BucketPublicAccessBlock                   = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	S3BucketReplicationConfig                   = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	S3BucketServerSideEncryptionConfiguration   = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
	S3BucketServerSideEncryptionConfigurationV2 = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	S3BucketV2                                  = "aws:s3/bucketV2:BucketV2"
	S3BucketVersioning                          = "aws:s3/bucketVersioning:BucketVersioning"
	S3BucketVersioningV2                        = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	S3BucketWebsiteConfigurationV2              = "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2"
	S3ObjectCopy                                = "aws:s3/objectCopy:ObjectCopy"

	S3ControlAccessGrantsInstanceResourcePolicy = "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy"
	S3ControlAccessPointPolicy                  = "aws:s3control/accessPointPolicy:AccessPointPolicy"
	S3ControlBucketPolicy                       = "aws:s3control/bucketPolicy:BucketPolicy"
	S3ControlObjectLambdaAccessPointPolicy      = "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy"

	SchemasRegistryPolicy = "aws:schemas/registryPolicy:RegistryPolicy"

	SecretsManagerSecret         = "aws:secretsmanager/secret:Secret"
	SecretsManagerSecretPolicy   = "aws:secretsmanager/secretPolicy:SecretPolicy"
	SecretsManagerSecretRotation = "aws:secretsmanager/secretRotation:SecretRotation"
	SecretsManagerSecretVersion  = "aws:secretsmanager/secretVersion:SecretVersion"

	ServiceDiscoveryHttpNamespace       = "aws:servicediscovery/httpNamespace:HttpNamespace"
	ServiceDiscoveryInstance            = "aws:servicediscovery/instance:Instance"
	ServiceDiscoveryPrivateDnsNamespace = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
	ServiceDiscoveryService             = "aws:servicediscovery/service:Service"

	SESDomainDkim     = "aws:ses/domainDkim:DomainDkim"
	SESDomainIdentity = "aws:ses/domainIdentity:DomainIdentity"
	SESEmailIdentity  = "aws:ses/emailIdentity:EmailIdentity"
	SESIdentityPolicy = "aws:ses/identityPolicy:IdentityPolicy"
	SESReceiptFilter  = "aws:ses/receiptFilter:ReceiptFilter"

	SESv2ConfigurationSet    = "aws:sesv2/configurationSet:ConfigurationSet"
	SESv2EmailIdentity       = "aws:sesv2/emailIdentity:EmailIdentity"
	SESv2EmailIdentityPolicy = "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy"

	SFNActivity     = "aws:sfn/activity:Activity"
	SFNStateMachine = "aws:sfn/stateMachine:StateMachine"

	SNSDataProtectionPolicy = "aws:sns/dataProtectionPolicy:DataProtectionPolicy"
	SNSTopic                = "aws:sns/topic:Topic"
	SNSTopicPolicy          = "aws:sns/topicPolicy:TopicPolicy"
	SNSTopicSubscription    = "aws:sns/topicSubscription:TopicSubscription"

	SQSQueue              = "aws:sqs/queue:Queue"
	SQSQueuePolicy        = "aws:sqs/queuePolicy:QueuePolicy"
	SQSRedriveAllowPolicy = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
	SQSRedrivePolicy      = "aws:sqs/redrivePolicy:RedrivePolicy"

	SSMAssociation       = "aws:ssm/association:Association"
	SSMDocument          = "aws:ssm/document:Document"
	SSMMaintenanceWindow = "aws:ssm/maintenanceWindow:MaintenanceWindow"
	SSMParameter         = "aws:ssm/parameter:Parameter"
	SSMPatchBaseline     = "aws:ssm/patchBaseline:PatchBaseline"

	SSOAdminManagedPolicyAttachment   = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
	SSOAdminPermissionSetInlinePolicy = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"

	TimestreamInfluxDBDbInstance = "aws:timestreaminfluxdb/dbInstance:DbInstance"

	TransferAccess = "aws:transfer/access:Access"
	TransferUser   = "aws:transfer/user:User"

	VerifiedAccessInstanceLoggingConfiguration = "aws:verifiedaccess/instanceLoggingConfiguration:InstanceLoggingConfiguration"

	VPCSecurityGroupEgressRule  = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	VPCSecurityGroupIngressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"

	VPCLatticeAuthPolicy     = "aws:vpclattice/authPolicy:AuthPolicy"
	VPCLatticeResourcePolicy = "aws:vpclattice/resourcePolicy:ResourcePolicy"

	WAFRegionalWebAclAssociation = "aws:wafregional/webAclAssociation:WebAclAssociation"

	WAFv2IpSet                      = "aws:wafv2/ipSet:IpSet"
	WAFv2WebAcl                     = "aws:wafv2/webAcl:WebAcl"
	WAFv2WebAclAssociation          = "aws:wafv2/webAclAssociation:WebAclAssociation"
	WAFv2WebAclLoggingConfiguration = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"

	XRaySamplingRule = "aws:xray/samplingRule:SamplingRule"
)
