package plan

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/scaling"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// runs are the types that become servers of the lab, or a part of one.
var runs = set(
	token.EC2Instance, token.EC2Eip, token.EC2EipAssociation, token.EC2VolumeAttachment, token.EBSVolume,
	token.SSMParameter, token.S3BucketObjectv2, token.RDSInstance, token.RDSParameterGroup,
	token.ElastiCacheReplicationGroup, token.ElastiCacheParameterGroup, token.AutoScalingGroup, token.EC2LaunchTemplate,
	token.LBLoadBalancer, token.LBListener, token.LBListenerRule, token.LBTargetGroup, token.LBTargetGroupAttachment,
	token.SQSQueue, token.SNSTopic, token.SNSTopicSubscription, token.S3BucketV2, token.SecretsManagerSecret,
	token.SecretsManagerSecretVersion, token.CloudFrontDistribution,
	token.RDSProxy, token.RDSProxyDefaultTargetGroup, token.RDSProxyTarget, token.OpenSearchDomain,
	token.APIGatewayV2Api, token.APIGatewayV2Stage, token.APIGatewayV2Route, token.APIGatewayV2Integration,
	token.APIGatewayV2DomainName, token.APIGatewayV2ApiMapping, token.APIGatewayV2VpcLink,
	token.ServiceDiscoveryPrivateDnsNamespace, token.ServiceDiscoveryService, token.ServiceDiscoveryInstance,
	token.Route53Zone, token.Route53Record, token.CloudFrontFunction, token.CloudFrontKeyValueStore,
	token.CloudFrontKeyvaluestoreKey, token.CloudFrontCachePolicy, token.RDSCluster, token.RDSClusterInstance,
	token.RDSClusterParameterGroup, token.RDSGlobalCluster, token.LambdaFunction, token.AutoScalingPolicy,
	token.S3BucketReplicationConfig, token.CloudWatchMetricAlarm, token.CloudWatchCompositeAlarm,
)

// quiet are services whose resources run nothing: who may do what, which ways packets
// take, what is written down and what is looked at.
var quiet = map[string]string{
	"aws:iam": "rights are not held back", "aws:kms": "nothing is encrypted at rest",
	"aws:budgets": "nothing costs money", "aws:vpc": "every port is open to this machine",
	"aws:acm": "the lab has an authority of its own", "aws:wafv2": "no request is filtered",
}

// quietTypes are the like, by type.
var quietTypes = map[string]string{
	token.EC2Vpc: "", token.EC2Subnet: "", token.EC2RouteTable: "", token.EC2Route: "", token.EC2RouteTableAssociation: "",
	token.EC2InternetGateway: "", token.EC2SecurityGroup: "", token.EC2DefaultSecurityGroup: "", token.EC2NatGateway: "",
	token.EC2VpcEndpoint: "", token.RDSSubnetGroup: "", token.ElastiCacheSubnetGroup: "",
	token.S3BucketPolicy:                              "buckets are open to the lab's machines alone",
	token.S3BucketPublicAccessBlock:                   "buckets are open to the lab's machines alone",
	token.S3BucketOwnershipControls:                   "buckets have one owner",
	token.S3BucketServerSideEncryptionConfigurationV2: "nothing is encrypted at rest",
	token.SQSQueuePolicy:                              "queues are open to the lab's machines alone",
	token.SNSTopicPolicy:                              "topics are open to the lab's machines alone",
	token.CloudFrontOriginAccessControl:               "buckets are open to the lab's own proxy",
	token.CloudWatchLogGroup:                          "logs are files: `rung lab logs`",
	token.CloudWatchLogResourcePolicy:                 "logs are files: `rung lab logs`",
	token.CloudWatchDashboard:                         "`rung lab load` shows what the app measures",
	token.OpenSearchDomainPolicy:                      "what stands in is open to the lab's machines alone",
	token.Route53HealthCheck:                          "names go by what the supervisor sees to be well",
	token.SQSRedriveAllowPolicy:                       "queues are open to the lab's machines alone",
	token.CloudWatchLogDelivery:                       "logs are files: `rung lab logs`",
	token.CloudWatchLogDeliveryDestination:            "logs are files: `rung lab logs`",
	token.CloudWatchLogDeliverySource:                 "logs are files: `rung lab logs`",
	token.EC2CapacityReservation:                      "all machines share this one's processors",
	token.EC2PlacementGroup:                           "all machines share this one's processors",
	token.AutoScalingLifecycleHook:                    "a machine that goes is told to end, and waited for",
	token.EC2VpcPeeringConnection:                     "regions reach one another by the lab's relays",
	token.EC2VpcPeeringConnectionAccepter:             "regions reach one another by the lab's relays",
	token.EC2PeeringConnectionOptions:                 "regions reach one another by the lab's relays",
}

// notes say of every type that runs nothing why, so that none is left out silently.
func notes(c cloud.Cloud) (all []unit.Note) {
	for _, typ := range c.Types() {
		if runs[typ] || !strings.HasPrefix(typ, "aws:") && !strings.HasPrefix(typ, "cloudflare:") {
			continue
		}
		service, _, _ := strings.Cut(typ, "/")
		why, known := quietTypes[typ]
		if !known {
			why, known = quiet[service]
		}
		note := unit.Note{About: fmt.Sprintf("%s (%d)", typ, len(c.All(typ))), Text: why, Missing: !known}
		if !known {
			note.Text = "nothing stands in for it"
		}
		if note.Text != "" {
			all = append(all, note)
		}
	}
	return append(all, silent(c)...)
}

// silent are alarms that never ring here, and what is said of the others.
func silent(c cloud.Cloud) (all []unit.Note) {
	alarms, left := scaling.Alarms(c)
	if left > 0 {
		all = append(all, unit.Note{About: fmt.Sprintf("%s (%d)", token.CloudWatchMetricAlarm, left),
			Text: "nothing measures what they go by", Missing: true})
	}
	if len(alarms) > 0 {
		all = append(all, unit.Note{About: fmt.Sprintf("alarms (%d)", len(alarms)), Text: "they ring after as many looks, " +
			"seconds apart, as AWS takes periods; an average stands in for percentiles, and nobody is sent a mail"})
	}
	return all
}

func set(types ...string) map[string]bool {
	out := map[string]bool{}
	for _, t := range types {
		out[t] = true
	}
	return out
}
