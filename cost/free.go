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
	{"aws:iam/", permission},

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
}

// Reasons that many types share.
const (
	permission = "permissions cost nothing"
	setting    = "a setting; costs nothing itself"
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
	return "", false
}
