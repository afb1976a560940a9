package cost

import "github.com/rung-dev/rung/resource/token"

// freeReasons says, per type, why it costs nothing.
var freeReasons = map[string]string{
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

	token.KMSAlias:           partOf("the key"),
	token.KMSGrant:           permission,
	token.KMSKeyPolicy:       permission,
	token.LambdaPermission:   permission,
	token.LambdaLayerVersion: partOf("the function"),
	token.LambdaAlias:        partOf("the function"),

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

// Reasons that many types share.
const (
	permission = "permissions cost nothing"
	setting    = "a setting; costs nothing itself"
	local      = "runs where the program does, not a cloud resource"
	network    = "this part of the network costs nothing"
	waits      = "waits for something; not a cloud resource"
)

func partOf(what string) string { return "part of " + what + ", where the cost is" }
