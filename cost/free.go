package cost

import (
	"strings"

	"github.com/rung-dev/rung/resource/token"
)

// freeReasons says, per type, why it costs nothing.
var freeReasons = map[string]string{
	token.ACMCertificate:           "public certificates cost nothing",
	token.ACMCertificateValidation: waits,

	token.APIGatewayV2DomainName:  partOf("the API"),
	token.APIGatewayV2ApiMapping:  partOf("the API"),
	token.APIGatewayV2Integration: partOf("the API"),
	token.APIGatewayV2Authorizer:  partOf("the API"),
	token.APIGatewayV2Route:       partOf("the API"),
	token.APIGatewayV2Stage:       partOf("the API"),

	token.CloudFrontCachePolicy:           partOf("the distribution"),
	token.CloudFrontOriginAccessControl:   partOf("the distribution"),
	token.CloudFrontOriginAccessIdentity:  partOf("the distribution"),
	token.CloudFrontOriginRequestPolicy:   partOf("the distribution"),
	token.CloudFrontResponseHeadersPolicy: partOf("the distribution"),
	token.CloudFrontPublicKey:             partOf("the distribution"),
	token.CloudFrontKeyGroup:              partOf("the distribution"),

	token.CloudWatchEventRule:                    "rules cost nothing; events do, at their bus",
	token.CloudWatchEventTarget:                  "rules cost nothing; events do, at their bus",
	token.CloudWatchLogDeliverySource:            partOf("the delivery"),
	token.CloudWatchLogDeliveryDestination:       partOf("the delivery"),
	token.CloudWatchLogDeliveryDestinationPolicy: permission,
	token.CloudWatchLogResourcePolicy:            permission,
	token.CodeDeployApplication:                  "CodeDeploy costs nothing on EC2",
	token.CodeDeployDeploymentGroup:              "CodeDeploy costs nothing on EC2",
	token.CostExplorerAnomalyMonitor:             "watching the bill costs nothing",
	token.CostExplorerAnomalySubscription:        "watching the bill costs nothing",

	token.DMSEndpoint:               partOf("the replication instance"),
	token.DMSReplicationTask:        partOf("the replication instance"),
	token.DMSReplicationSubnetGroup: partOf("the replication instance"),

	token.EBSEncryptionByDefault:          setting,
	token.EC2VolumeAttachment:             partOf("the volume"),
	token.EC2EipAssociation:               partOf("the elastic IP"),
	token.EC2LaunchTemplate:               "a description; what is launched from it is priced at the group",
	token.EC2LaunchConfiguration:          "a description; what is launched from it is priced at the group",
	token.EC2PlacementGroup:               setting,
	token.EC2KeyPair:                      setting,
	token.EC2Ami:                          "the image costs nothing; its snapshots are EBS snapshots",
	token.EC2VpcPeeringConnectionAccepter: partOf("the peering"),
	token.EC2PeeringConnectionOptions:     partOf("the peering"),

	token.EC2TransitGatewayRoute:                 partOf("the transit gateway"),
	token.EC2TransitGatewayRouteTable:            partOf("the transit gateway"),
	token.EC2TransitGatewayRouteTableAssociation: partOf("the transit gateway"),
	token.EC2TransitGatewayRouteTablePropagation: partOf("the transit gateway"),

	token.ElastiCacheUser:      partOf("the cache"),
	token.ElastiCacheUserGroup: partOf("the cache"),

	token.GlobalAcceleratorEndpointGroup: partOf("the accelerator"),
	token.GlobalAcceleratorListener:      partOf("the accelerator"),

	token.KMSAlias:                 partOf("the key"),
	token.KMSGrant:                 permission,
	token.KMSKeyPolicy:             permission,
	token.LambdaPermission:         permission,
	token.LambdaLayerVersion:       partOf("the function"),
	token.LambdaAlias:              partOf("the function"),
	token.LambdaEventSourceMapping: partOf("the function"),

	token.OpenSearchDomainPolicy: permission,

	token.RDSEventSubscription:       "events cost nothing; their notifications are SNS's",
	token.RDSProxyDefaultTargetGroup: partOf("the proxy"),
	token.RDSProxyEndpoint:           "an endpoint costs nothing; its interface endpoint in another VPC would",
	token.RDSProxyTarget:             partOf("the proxy"),

	token.Route53Record:          "records cost nothing; queries are priced at the zone",
	token.Route53ZoneAssociation: partOf("the zone"),

	token.S3BucketObject:   "stored in a bucket, where its bytes are priced",
	token.S3BucketObjectv2: "stored in a bucket, where its bytes are priced",

	token.SecretsManagerSecretVersion:   partOf("the secret"),
	token.SecretsManagerSecretPolicy:    permission,
	token.SecretsManagerSecretRotation:  "rotation costs nothing; the function that does it would",
	token.ServiceDiscoveryHttpNamespace: "a namespace without DNS costs nothing",
	token.SSMAssociation:                "State Manager costs nothing on EC2",
	token.SSMDocument:                   setting,
	token.SSMPatchBaseline:              setting,
	token.SSMMaintenanceWindow:          setting,
	token.WAFv2WebAclAssociation:        partOf("the web ACL"),
	token.WAFv2IpSet:                    partOf("the web ACL"),

	token.BackupPlan:          "a plan costs nothing; what it keeps is priced at the vault",
	token.BackupSelection:     "a plan costs nothing; what it keeps is priced at the vault",
	token.ECRLifecyclePolicy:  setting,
	token.ECRRepositoryPolicy: permission,

	token.CloudflareLoadBalancerPool:                    partOf("the load balancer"),
	token.CloudflareLoadBalancerMonitor:                 partOf("the load balancer"),
	token.CloudflareRecord:                              "DNS costs nothing on any Cloudflare plan",
	token.CloudflareWorkersRoute:                        partOf("the Worker"),
	token.CloudflareRuleset:                             partOf("the zone's plan"),
	token.CloudflareZoneSettingsOverride:                partOf("the zone's plan"),
	token.CloudflarePageRule:                            partOf("the zone's plan"),
	token.CloudflareTieredCache:                         partOf("the zone's plan"),
	token.CloudflareOriginCaCertificate:                 "origin certificates cost nothing",
	token.CloudflareAuthenticatedOriginPulls:            partOf("the zone's plan"),
	token.CloudflareAuthenticatedOriginPullsCertificate: partOf("the zone's plan"),
}

// freePrefixes says the same for whole families of types.
var freePrefixes = []struct{ prefix, reason string }{
	{"pulumi:", "part of Pulumi, not a cloud resource"},
	{"rung:", "groups other resources; not a cloud resource"},
	{"random:", "made by Pulumi, not a cloud resource"},
	{"tls:", "made by Pulumi, not a cloud resource"},
	{"time:", "made by Pulumi, not a cloud resource"},
	{"aws:appautoscaling/", "scaling costs nothing; what it starts does"},
	{"aws:autoscaling/policy:", "scaling costs nothing; what it starts is priced at the group"},
	{"aws:autoscaling/schedule:", "scaling costs nothing; what it starts is priced at the group"},
	{"aws:autoscaling/lifecycleHook:", partOf("the group")},
	{"aws:autoscaling/attachment:", partOf("the group")},
	{"aws:autoscaling/notification:", partOf("the group")},
	{"aws:autoscaling/tag:", partOf("the group")},

	{"aws:ec2/vpc:", network}, {"aws:ec2/vpcDhcpOptions", network}, {"aws:ec2/vpcIpv4CidrBlockAssociation:", network},
	{"aws:ec2/subnet:", network}, {"aws:ec2/route", network}, {"aws:ec2/mainRouteTableAssociation:", network},
	{"aws:ec2/internetGateway", network}, {"aws:ec2/egressOnlyInternetGateway:", network},
	{"aws:ec2/securityGroup", network}, {"aws:ec2/defaultSecurityGroup:", network}, {"aws:ec2/defaultRouteTable:", network},
	{"aws:ec2/defaultNetworkAcl:", network}, {"aws:ec2/defaultVpc", network}, {"aws:ec2/defaultSubnet:", network},
	{"aws:ec2/networkAcl", network}, {"aws:ec2/networkInterface", network}, {"aws:ec2/managedPrefixList", network},
	{"aws:ec2/vpcEndpointPolicy:", permission}, {"aws:ec2/vpcEndpointRouteTableAssociation:", network},
	{"aws:vpc/securityGroup", network},

	{"aws:elasticache/parameterGroup:", setting}, {"aws:elasticache/subnetGroup:", setting},
	{"aws:rds/parameterGroup:", setting}, {"aws:rds/clusterParameterGroup:", setting},
	{"aws:rds/subnetGroup:", setting}, {"aws:rds/optionGroup:", setting},

	{"aws:lb/listener", partOf("the load balancer")}, {"aws:lb/targetGroup", partOf("the load balancer")},
	{"aws:lb/trustStore", partOf("the load balancer")},

	{"aws:s3/bucketPolicy:", permission},
	{"aws:s3/bucket", setting}, {"aws:s3/accountPublicAccessBlock:", setting},
	{"aws:sns/topicPolicy:", permission},
	{"aws:sqs/queuePolicy:", permission}, {"aws:sqs/redrive", setting},

	{"docker:", local}, {"docker-build:", local}, {"command:", local}, {"local:", local}, {"null:", local}, {"archive:", local},
	{"std:", local}, {"synced-folder:", local}, {"github:", "made at GitHub, not a cloud resource"}, {"gitlab:", "made at GitLab, not a cloud resource"},
	{"pulumi-nodejs:", "made by the program itself; what it makes elsewhere is not known"},
	{"pulumi-python:", "made by the program itself; what it makes elsewhere is not known"},
	{"awsx:", "groups other resources; not a cloud resource"}, {"eks:", "part of the cluster, whose resources are priced"},
	{"auto-deploy:", "made at Pulumi, not a cloud resource"}, {"kubernetes-cert-manager:", onNodes}, {"kubernetes-ingress-nginx:", onNodes},
	{"aws:iam/", permission}, {"aws:account/", setting}, {"aws:accessanalyzer/", setting}, {"aws:organizations/", setting}, {"aws:ram/", permission},
	{"aws:resourcegroups/", setting}, {"aws:servicequotas/", setting}, {"aws:identitystore/", permission}, {"aws:ssoadmin/", permission},
	{"aws:servicecatalog/", setting}, {"aws:cloudformation/stack", "what it makes is not of this state, and is paid for where it stands"},
	{"aws:cloudformation/", setting}, {"aws:cloudwatch/", setting}, {"aws:oam/", setting}, {"aws:chatbot/", setting},
	{"aws:apigateway/", partOf("the API")}, {"aws:apigatewayv2/", partOf("the API")}, {"aws:appsync/", partOf("the API")},
	{"aws:appmesh/", "a mesh costs nothing; the machines of its proxies do"},
	{"aws:athena/", partOf("the workgroup")}, {"aws:backup/", setting}, {"aws:cfg/", setting}, {"aws:codeartifact/", setting},
	{"aws:codebuild/", partOf("the project")}, {"aws:codecommit/", setting}, {"aws:codedeploy/", "CodeDeploy costs nothing on EC2"},
	{"aws:codepipeline/", partOf("the pipeline")}, {"aws:codestarconnections/", setting}, {"aws:codestarnotifications/", setting},
	{"aws:cognito/identityPool", permission}, {"aws:cognito/", partOf("the user pool")},
	{"aws:dax/subnetGroup:", setting}, {"aws:dax/parameterGroup:", setting},
	{"aws:directconnect/", partOf("the connection")}, {"aws:dms/certificate:", partOf("the replication instance")}, {"aws:dms/eventSubscription:", setting}, {"aws:dms/s3Endpoint:", partOf("the replication instance")},
	{"aws:docdb/clusterParameterGroup:", setting}, {"aws:docdb/subnetGroup:", setting}, {"aws:docdb/eventSubscription:", setting}, {"aws:docdb/globalCluster:", partOf("its clusters")},
	{"aws:dynamodb/tableItem:", partOf("the table")}, {"aws:dynamodb/", partOf("the table")},
	{"aws:ec2/vpcEndpoint", network}, {"aws:ec2/vpnGateway", network}, {"aws:ec2/vpnConnectionRoute:", network}, {"aws:ec2/customerGateway:", network},
	{"aws:ec2/ami", "the image costs nothing; its snapshots are EBS snapshots"}, {"aws:ec2/trafficMirror", setting}, {"aws:ec2/carrierGateway:", network},
	{"aws:ec2/availabilityZoneGroup:", setting}, {"aws:ec2/tag:", setting}, {"aws:ec2/serialConsoleAccess:", setting}, {"aws:ec2/snapshotCreateVolumePermission:", permission},
	{"aws:ec2/spotDatafeedSubscription:", setting}, {"aws:ec2/vpcIpv6CidrBlockAssociation:", network},
	{"aws:ec2/localGateway", network}, {"aws:ec2/peeringConnectionOptions:", network},
	{"aws:ec2clientvpn/", partOf("the endpoint")}, {"aws:ec2transitgateway/", partOf("the transit gateway")},
	{"aws:ecr/", setting}, {"aws:ecrpublic/", setting}, {"aws:ecs/", partOf("the service")}, {"aws:efs/", partOf("the file system")},
	{"aws:eks/addon:", "an add-on of EKS costs nothing; what it runs is on the nodes"}, {"aws:eks/", partOf("the cluster")},
	{"aws:elasticbeanstalk/", "Beanstalk costs nothing; what it makes is not of this state"},
	{"aws:elasticloadbalancing", partOf("the load balancer")}, {"aws:elb/", partOf("the load balancer")}, {"aws:lb/", partOf("the load balancer")},
	{"aws:elasticache/securityGroup:", network}, {"aws:elasticache/userGroupAssociation:", partOf("the cache")}, {"aws:elasticsearch/", permission}, {"aws:opensearch/", setting},
	{"aws:emr/securityConfiguration:", setting}, {"aws:fsx/dataRepositoryAssociation:", partOf("the file system")},
	{"aws:glue/", setting}, {"aws:kinesis/streamConsumer:", partOf("the stream")}, {"aws:kinesis/resourcePolicy:", permission},
	{"aws:kms/", partOf("the key")}, {"aws:lambda/", partOf("the function")}, {"aws:licensemanager/", setting},
	{"aws:lightsail/keyPair:", setting}, {"aws:lightsail/staticIpAttachment:", partOf("the instance")}, {"aws:memorydb/acl:", setting}, {"aws:memorydb/user:", setting},
	{"aws:memorydb/subnetGroup:", setting}, {"aws:memorydb/parameterGroup:", setting}, {"aws:mq/configuration:", setting}, {"aws:msk/configuration:", setting},
	{"aws:msk/clusterPolicy:", permission}, {"aws:msk/scramSecretAssociation:", setting}, {"aws:neptune/clusterParameterGroup:", setting}, {"aws:neptune/parameterGroup:", setting},
	{"aws:neptune/subnetGroup:", setting}, {"aws:neptune/eventSubscription:", setting}, {"aws:networkfirewall/", partOf("the firewall")},
	{"aws:rds/proxy", partOf("the proxy")}, {"aws:rds/roleAssociation:", permission}, {"aws:rds/clusterRoleAssociation:", permission}, {"aws:rds/securityGroup:", network},
	{"aws:rds/clusterEndpoint:", partOf("the cluster")}, {"aws:rds/eventSubscription:", setting}, {"aws:rds/certificate:", setting},
	{"aws:redshift/parameterGroup:", setting}, {"aws:redshift/subnetGroup:", setting}, {"aws:redshift/securityGroup:", network}, {"aws:redshift/", partOf("the cluster")},
	{"aws:redshiftserverless/", partOf("the workgroup")}, {"aws:route53/resolver", partOf("the endpoint")}, {"aws:route53/delegationSet:", setting}, {"aws:route53/queryLog:", partOf("the zone")},
	{"aws:route53/", partOf("the zone")}, {"aws:route53recovery", setting}, {"aws:s3control/", setting}, {"aws:s3/", setting},
	{"aws:schemas/", setting}, {"aws:servicediscovery/", partOf("the namespace")},
	{"aws:sfn/activity:", partOf("the state machine")}, {"aws:sfn/alias:", partOf("the state machine")},
	{"aws:signer/", setting}, {"aws:sns/", setting}, {"aws:sqs/", setting}, {"aws:ssm/", setting}, {"aws:ssmincidents/", setting}, {"aws:synthetics/group", setting},
	{"aws:transfer/", partOf("the server")}, {"aws:verifiedaccess/", setting}, {"aws:vpc/", network}, {"aws:vpclattice/", setting},
	{"aws:waf/", partOf("the web ACL")}, {"aws:wafregional/", partOf("the web ACL")}, {"aws:wafv2/", partOf("the web ACL")}, {"aws:xray/", setting},
	{"aws:acm/", waits}, {"aws:autoscaling/", partOf("the group")}, {"aws:autoscalingplans/", "scaling costs nothing; what it starts does"}, {"aws:budgets/budgetAction:", setting},
	{"aws:cloudfront/", partOf("the distribution")}, {"aws:cloudhsmv2/cluster:", "a cluster costs nothing; its modules do"},
}

// usagePrefixes are families of types that are paid by a use that no profile tells.
var usagePrefixes = []struct{ prefix, reason string }{
	{"aws:appconfig/", "paid per request and configuration received"},
	{"aws:datasync/", "paid per GB copied"},
	{"aws:ec2/vpcIpam", "paid per address that it watches, in its advanced tier only"},
	{"aws:ec2/networkInsights", "paid per analysis"},
	{"aws:glue/catalogDatabase:", "paid per object beyond the first million"},
	{"aws:inspector/", "paid per assessment"},
	{"aws:quicksight/", "paid per user"},
	{"aws:securityhub/", "paid per check"},
	{"aws:ses/", "paid per message sent"},
	{"aws:sesv2/", "paid per message sent"},
	{"aws:cloudtrail/eventDataStore:", "paid per GB taken in"},
	{"aws:cognito/userPool:", "the first 10,000 users of a month cost nothing"},
	{"aws:scheduler/", "the first 14 million calls of a month cost nothing"},
	{"aws:cloudwatch/metricStream:", "paid per metric that it sends"},
	{"aws:cloudwatch/logAnomalyDetector:", "paid per GB that it looks at"},
}

// usageReason says by what use a type is paid; false when it is not, or not only.
func usageReason(typ string) (string, bool) {
	for _, u := range usagePrefixes {
		if strings.HasPrefix(typ, u.prefix) {
			return u.reason, true
		}
	}
	return "", false
}

// Reasons that many types share.
const (
	permission = "permissions cost nothing"
	setting    = "a setting; costs nothing itself"
	local      = "runs where the program does, not a cloud resource"
	network    = "this part of the network costs nothing"
	waits      = "waits for something; not a cloud resource"
)

func partOf(what string) string { return "part of " + what + ", where the cost is" }

// freeReason says why a type costs nothing; false when it may cost something.
func freeReason(typ string) (string, bool) {
	if reason, ok := freeReasons[typ]; ok {
		return reason, true
	}
	for _, f := range freePrefixes {
		if strings.HasPrefix(typ, f.prefix) {
			return f.reason, true
		}
	}
	return nativeReason(typ)
}
