package elb

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// albZones are the hosted zones of application load balancers, which an alias
// record needs (AWS General Reference, Elastic Load Balancing endpoints).
var albZones = map[string]string{
	"af-south-1": "Z268VQBMOI5EKX", "ap-east-1": "Z3DQVH9N71FHZ0", "ap-northeast-1": "Z14GRHDCWA56QT", "ap-northeast-2": "ZWKZPGTI48KDX",
	"ap-northeast-3": "Z5LXEXXYW11ES", "ap-south-1": "ZP97RAFLXTNZK", "ap-south-2": "Z0173938T07WNTVAEPZN", "ap-southeast-1": "Z1LMS91P8CMLE5",
	"ap-southeast-2": "Z1GM3OXH4ZPM65", "ap-southeast-3": "Z08888821HLRG5A9ZRTER", "ap-southeast-4": "Z09517862IB2WZLPXG76F",
	"ap-southeast-5": "Z06010284QMVVW7WO5J", "ap-southeast-7": "Z0390008CMBRTHFGWBCB", "ca-central-1": "ZQSVJUPU6J1EY",
	"ca-west-1": "Z06473681N0SF6OS049SD", "eu-central-1": "Z215JYRZR1TBD5", "eu-central-2": "Z06391101F2ZOEP8P5EB3",
	"eu-north-1": "Z23TAZ6LKFMNIO", "eu-south-1": "Z3ULH7SSC9OV64", "eu-south-2": "Z0956581394HF5D5LXGAP", "eu-west-1": "Z32O12XQLNTSW2",
	"eu-west-2": "ZHURV8PSTC4K8", "eu-west-3": "Z3Q77PNBQS71R4", "il-central-1": "Z09170902867EHPV2DABU", "me-central-1": "Z08230872XQRWHG2XF6I",
	"me-south-1": "ZS929ML54UICD", "mx-central-1": "Z023552324OKD1BB28BH5", "sa-east-1": "Z2P70J7HTTTPLU", "us-east-1": "Z35SXDOTRQ7X7K",
	"us-east-2": "Z3AADJGX6KTTL2", "us-west-1": "Z368ELLRRE2KJ0", "us-west-2": "Z1H1FL5HABSF5",
}

// nlbZones are the hosted zones of network load balancers, after AWS's table of
// service endpoints ("Elastic Load Balancing endpoints and quotas").
var nlbZones = map[string]string{
	"af-south-1": "Z203XCE67M25HM", "ap-east-1": "Z12Y7K3UBGUAD1", "ap-northeast-1": "Z31USIVHYNEOWT", "ap-northeast-2": "ZIBE1TIR4HY56",
	"ap-south-1": "ZVDDRBQ08TROA", "ap-southeast-1": "ZKVM4W9LS7TM", "ap-southeast-2": "ZCT6FZBF4DROD", "ca-central-1": "Z2EPGBW3API2WT",
	"eu-central-1": "Z3F0SRJ5LGBH90", "eu-north-1": "Z1UDT6IFJ4EJM", "eu-south-1": "Z23146JA1KNAFP", "eu-west-1": "Z2IFOLAFXWLO4F",
	"eu-west-2": "ZD4D7Y8KGAS4G", "eu-west-3": "Z1CMS0P5QUZ6D5", "me-south-1": "Z3QSRYVP46NYYV", "sa-east-1": "ZTK26PT1VY4CU",
	"us-east-1": "Z26RNL4JYFTOTI", "us-east-2": "ZLMOA37VPKANP", "us-west-1": "Z24FKFUX50B4VW", "us-west-2": "Z18D5FSROUN65G",
}

// loadBalancerZone is the hosted zone of a load balancer's name. For a region
// whose network load balancers' is not in the table it is made up.
func loadBalancerZone(o *sim.Op) string {
	if o.In.Str("loadBalancerType") != "network" {
		return albZones[o.Region]
	}
	return cmp.Or(nlbZones[o.Region], "Z"+o.Digits(13, "nlb zone of "+o.Region))
}

// balancerShort is how ARNs name the types of load balancer.
var balancerShort = map[string]string{"network": "net", "gateway": "gwy"}

func loadBalancerSuffix(o *sim.Op) string {
	short := cmp.Or(balancerShort[o.In.Str("loadBalancerType")], "app")
	return short + "/" + o.NameOf() + "/" + o.Hex(16, "balancer")
}

func loadBalancerARN(o *sim.Op) string {
	return o.ARN("elasticloadbalancing", "loadbalancer/"+loadBalancerSuffix(o))
}

// loadBalancerDNS is the name of a load balancer. A network one's is of another
// form, and says nothing of being internal.
func loadBalancerDNS(o *sim.Op) string {
	if o.In.Str("loadBalancerType") == "network" {
		return fmt.Sprintf("%s-%s.elb.%s.amazonaws.com", o.NameOf(), o.Hex(16, "balancer"), o.Region)
	}
	name := fmt.Sprintf("%s-%s.%s.elb.amazonaws.com", o.NameOf(), o.Digits(10, "dns"), o.Region)
	if o.In.Bool("internal") {
		return "internal-" + name
	}
	return name
}

func loadBalancerOutputs(o *sim.Op) sim.Props {
	var mappings []any
	for _, id := range o.In.Strs("subnets") {
		mappings = append(mappings, map[string]any{"subnetId": id})
	}
	subnets := balancerSubnets(o.In)
	groups := []any{}
	if vpc, ok := o.Find(token.EC2Vpc, balancerVPC(o)); ok {
		groups = sim.List(vpc.Str("defaultSecurityGroupId"))
	}
	return sim.Props{
		"arn": loadBalancerARN(o), "arnSuffix": loadBalancerSuffix(o), "dnsName": loadBalancerDNS(o), "zoneId": loadBalancerZone(o),
		"vpcId": made.KeptOr(o, "vpcId", balancerVPC(o)), "internal": false, "ipAddressType": "ipv4", "securityGroups": made.KeptList(o, "securityGroups", groups),
		"subnets": sim.List(subnets...), "subnetMappings": mappings, "namePrefix": "", "customerOwnedIpv4Pool": "",
		"enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "", "clientKeepAlive": 3600,
	}
}

// balancerSubnets are the subnets of a load balancer, however they are given.
func balancerSubnets(in sim.Props) []string {
	return append(in.Strs("subnets"), in.Strs("subnetMappings.subnetId")...)
}

func balancerVPC(o *sim.Op) string {
	for _, id := range balancerSubnets(o.In) {
		if vpc := place.VPCOfSubnet(o, id); vpc != "" {
			return vpc
		}
	}
	return ""
}

func targetGroupSuffix(o *sim.Op) string {
	return "targetgroup/" + o.NameOf() + "/" + o.Hex(16, "targets")
}

func targetGroupARN(o *sim.Op) string { return o.ARN("elasticloadbalancing", targetGroupSuffix(o)) }

func targetGroupOutputs(o *sim.Op) sim.Props {
	check := map[string]any{
		"enabled": true, "healthyThreshold": 5.0, "interval": 30.0, "matcher": "200", "path": "/", "port": "traffic-port",
		"protocol": "HTTP", "timeout": 5.0, "unhealthyThreshold": 2.0,
	}
	return sim.Props{
		"arn": targetGroupARN(o), "arnSuffix": targetGroupSuffix(o), "loadBalancerArns": []any{}, "namePrefix": "", "ipAddressType": "ipv4",
		"protocolVersion": "HTTP1", "loadBalancingAlgorithmType": "round_robin", "loadBalancingAnomalyMitigation": "off",
		"loadBalancingCrossZoneEnabled": "use_load_balancer_configuration", "preserveClientIp": "", "connectionTermination": false,
		"healthCheck": check, "healthCheck.matcher": "200", "healthCheck.path": "/", "healthCheck.timeout": 5.0,
		"stickiness":        map[string]any{"enabled": false, "type": "lb_cookie", "cookieDuration": 86400.0, "cookieName": ""},
		"targetGroupHealth": map[string]any{}, "targetFailovers": []any{}, "targetHealthStates": []any{},
	}
}

// listenerARN is the load balancer's with another word and one id more.
func listenerARN(o *sim.Op) string {
	return strings.Replace(o.In.Str("loadBalancerArn"), ":loadbalancer/", ":listener/", 1) + "/" + o.Hex(16, "listener")
}

func listenerRuleARN(o *sim.Op) string {
	return strings.Replace(o.In.Str("listenerArn"), ":listener/", ":listener-rule/", 1) + "/" + o.Hex(16, "rule")
}

// defaultPolicy is what AWS takes for a listener that names no TLS policy.
const defaultPolicy = "ELBSecurityPolicy-2016-08"

func listenerOutputs(o *sim.Op) sim.Props {
	out := sim.Props{"arn": listenerARN(o), "protocol": "HTTP", "sslPolicy": "", "routingHttpResponseServerEnabled": true}
	if o.In.Str("protocol") == "HTTPS" || o.In.Str("protocol") == "TLS" {
		out["sslPolicy"], out["mutualAuthentication"] = defaultPolicy, map[string]any{"mode": "off"}
	}
	if len(o.In.Maps("defaultActions")) == 1 {
		out["defaultActions.order"] = 1
	}
	return out
}

// nextPriority follows the highest priority of the listener; a rule keeps what
// it once got.
func nextPriority(o *sim.Op) int {
	if old := o.Old.Int("priority"); old > 0 {
		return old
	}
	highest := 0
	for _, other := range o.Others() {
		if other.Props.Str("listenerArn") == o.In.Str("listenerArn") {
			highest = max(highest, other.Props.Int("priority"))
		}
	}
	return highest + 1
}
