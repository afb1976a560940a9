package cost

import "strings"

// freeReasons says, per type, why it costs nothing.
var freeReasons = map[string]string{
	"aws:acm/certificate:Certificate":                     "public certificates cost nothing",
	"aws:acm/certificateValidation:CertificateValidation": waits,

	"aws:apigatewayv2/domainName:DomainName":   partOf("the API"),
	"aws:apigatewayv2/apiMapping:ApiMapping":   partOf("the API"),
	"aws:apigatewayv2/integration:Integration": partOf("the API"),
	"aws:apigatewayv2/authorizer:Authorizer":   partOf("the API"),
	"aws:apigatewayv2/route:Route":             partOf("the API"),
	"aws:apigatewayv2/stage:Stage":             partOf("the API"),

	"aws:cloudfront/cachePolicy:CachePolicy":                     partOf("the distribution"),
	"aws:cloudfront/originAccessControl:OriginAccessControl":     partOf("the distribution"),
	"aws:cloudfront/originAccessIdentity:OriginAccessIdentity":   partOf("the distribution"),
	"aws:cloudfront/originRequestPolicy:OriginRequestPolicy":     partOf("the distribution"),
	"aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": partOf("the distribution"),
	"aws:cloudfront/publicKey:PublicKey":                         partOf("the distribution"),
	"aws:cloudfront/keyGroup:KeyGroup":                           partOf("the distribution"),

	"aws:cloudwatch/eventRule:EventRule":                                       "rules cost nothing; events do, at their bus",
	"aws:cloudwatch/eventTarget:EventTarget":                                   "rules cost nothing; events do, at their bus",
	typLogSource:                                                               partOf("the delivery"),
	"aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination":             partOf("the delivery"),
	"aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy": permission,
	"aws:cloudwatch/logResourcePolicy:LogResourcePolicy":                       permission,
	"aws:codedeploy/application:Application":                                   "CodeDeploy costs nothing on EC2",
	"aws:codedeploy/deploymentGroup:DeploymentGroup":                           "CodeDeploy costs nothing on EC2",
	"aws:costexplorer/anomalyMonitor:AnomalyMonitor":                           "watching the bill costs nothing",
	"aws:costexplorer/anomalySubscription:AnomalySubscription":                 "watching the bill costs nothing",

	"aws:dms/endpoint:Endpoint":                             partOf("the replication instance"),
	"aws:dms/replicationTask:ReplicationTask":               partOf("the replication instance"),
	"aws:dms/replicationSubnetGroup:ReplicationSubnetGroup": partOf("the replication instance"),

	"aws:ebs/encryptionByDefault:EncryptionByDefault": setting,
	"aws:ec2/volumeAttachment:VolumeAttachment":       partOf("the volume"),
	typEIPAssociation:                       partOf("the elastic IP"),
	typTemplate:                             "a description; what is launched from it is priced at the group",
	typConfiguration:                        "a description; what is launched from it is priced at the group",
	"aws:ec2/placementGroup:PlacementGroup": setting,
	"aws:ec2/keyPair:KeyPair":               setting,
	"aws:ec2/ami:Ami":                       "the image costs nothing; its snapshots are EBS snapshots",
	"aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": partOf("the peering"),
	"aws:ec2/peeringConnectionOptions:PeeringConnectionOptions":         partOf("the peering"),

	"aws:ec2transitgateway/route:Route":                                 partOf("the transit gateway"),
	"aws:ec2transitgateway/routeTable:RouteTable":                       partOf("the transit gateway"),
	"aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation": partOf("the transit gateway"),
	"aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation": partOf("the transit gateway"),

	"aws:elasticache/user:User":           partOf("the cache"),
	"aws:elasticache/userGroup:UserGroup": partOf("the cache"),

	"aws:globalaccelerator/endpointGroup:EndpointGroup": partOf("the accelerator"),
	"aws:globalaccelerator/listener:Listener":           partOf("the accelerator"),

	"aws:kms/alias:Alias":                              partOf("the key"),
	"aws:kms/grant:Grant":                              permission,
	"aws:kms/keyPolicy:KeyPolicy":                      permission,
	"aws:lambda/permission:Permission":                 permission,
	"aws:lambda/layerVersion:LayerVersion":             partOf("the function"),
	"aws:lambda/alias:Alias":                           partOf("the function"),
	"aws:lambda/eventSourceMapping:EventSourceMapping": partOf("the function"),

	"aws:opensearch/domainPolicy:DomainPolicy": permission,

	"aws:rds/eventSubscription:EventSubscription":             "events cost nothing; their notifications are SNS's",
	"aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": partOf("the proxy"),
	"aws:rds/proxyEndpoint:ProxyEndpoint":                     "an endpoint costs nothing; its interface endpoint in another VPC would",
	"aws:rds/proxyTarget:ProxyTarget":                         partOf("the proxy"),

	"aws:route53/record:Record":                   "records cost nothing; queries are priced at the zone",
	"aws:route53/zoneAssociation:ZoneAssociation": partOf("the zone"),

	"aws:s3/bucketObject:BucketObject":     "stored in a bucket, where its bytes are priced",
	"aws:s3/bucketObjectv2:BucketObjectv2": "stored in a bucket, where its bytes are priced",

	"aws:secretsmanager/secretVersion:SecretVersion":   partOf("the secret"),
	"aws:secretsmanager/secretPolicy:SecretPolicy":     permission,
	"aws:secretsmanager/secretRotation:SecretRotation": "rotation costs nothing; the function that does it would",
	"aws:servicediscovery/httpNamespace:HttpNamespace": "a namespace without DNS costs nothing",
	"aws:ssm/association:Association":                  "State Manager costs nothing on EC2",
	"aws:ssm/document:Document":                        setting,
	"aws:ssm/patchBaseline:PatchBaseline":              setting,
	"aws:ssm/maintenanceWindow:MaintenanceWindow":      setting,
	"aws:wafv2/webAclAssociation:WebAclAssociation":    partOf("the web ACL"),
	"aws:wafv2/ipSet:IpSet":                            partOf("the web ACL"),

	"aws:backup/plan:Plan":                      "a plan costs nothing; what it keeps is priced at the vault",
	"aws:backup/selection:Selection":            "a plan costs nothing; what it keeps is priced at the vault",
	"aws:ecr/lifecyclePolicy:LifecyclePolicy":   setting,
	"aws:ecr/repositoryPolicy:RepositoryPolicy": permission,

	"cloudflare:index/loadBalancerPool:LoadBalancerPool":                                       partOf("the load balancer"),
	"cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor":                                 partOf("the load balancer"),
	"cloudflare:index/record:Record":                                                           "DNS costs nothing on any Cloudflare plan",
	"cloudflare:index/workersRoute:WorkersRoute":                                               partOf("the Worker"),
	"cloudflare:index/ruleset:Ruleset":                                                         partOf("the zone's plan"),
	"cloudflare:index/zoneSettingsOverride:ZoneSettingsOverride":                               partOf("the zone's plan"),
	"cloudflare:index/pageRule:PageRule":                                                       partOf("the zone's plan"),
	"cloudflare:index/tieredCache:TieredCache":                                                 partOf("the zone's plan"),
	"cloudflare:index/originCaCertificate:OriginCaCertificate":                                 "origin certificates cost nothing",
	"cloudflare:index/authenticatedOriginPulls:AuthenticatedOriginPulls":                       partOf("the zone's plan"),
	"cloudflare:index/authenticatedOriginPullsCertificate:AuthenticatedOriginPullsCertificate": partOf("the zone's plan"),
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
