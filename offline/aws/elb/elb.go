// Package elb simulates Elastic Load Balancing: balancers, target groups, listeners and their rules.
package elb

import (
	"regexp"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// The codes of Elastic Load Balancing that several rules answer with.
const (
	elbInvalid = "ValidationError"
	elbConfig  = "InvalidConfigurationRequest"
	elbService = "Elastic Load Balancing v2"
)

// elbNamed is how load balancers and target groups are named: 26 characters
// follow a prefix of up to six.
func elbNamed(taken string) *sim.Name {
	return &sim.Name{
		Prefix: "namePrefix", Auto: true, Max: 32, Taken: taken,
		Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$`), Want: "letters, digits and hyphens, and no hyphen at either end",
		},
	}
}

// Kinds is the table of load balancing.
func Kinds() []sim.Kind {
	return []sim.Kind{loadBalancer(), targetGroup(), targetAttachment(), listener(), listenerRule(), listenerCertificate()}
}

func loadBalancer() sim.Kind {
	return sim.Kind{
		Token: token.LBLoadBalancer, Service: elbService, API: "LoadBalancer", Noun: "ELBv2 application Load Balancer",
		Verbs: map[sim.Verb]string{sim.Update: "ModifyLoadBalancerAttributes"},
		Name:  elbNamed("DuplicateLoadBalancerName"),
		AtMostOneOf: [][]string{
			{"name", "namePrefix"}, {"subnets", "subnetMappings"},
		},
		Defaults: sim.Props{
			"desyncMitigationMode": "defensive", "dnsRecordClientRoutingPolicy": "any_availability_zone", "dropInvalidHeaderFields": false,
			"enableCrossZoneLoadBalancing": false, "enableDeletionProtection": false, "enableHttp2": true,
			"enableTlsVersionAndCipherSuiteHeaders": false, "enableWafFailOpen": false, "enableXffClientPort": false, "idleTimeout": 60.0,
			"loadBalancerType": "application", "preserveHostHeader": false, "xffHeaderProcessingMode": "append",
			"accessLogs.enabled": false, "connectionLogs.enabled": false,
		},
		Enums: map[string][]string{
			"desyncMitigationMode": {"monitor", "defensive", "strictest"}, "loadBalancerType": {"application", "network", "gateway"},
			"ipAddressType":                {"ipv4", "dualstack", "dualstack-without-public-ipv4"},
			"xffHeaderProcessingMode":      {"append", "preserve", "remove"},
			"dnsRecordClientRoutingPolicy": {"any_availability_zone", "availability_zone_affinity", "partial_availability_zone_affinity"},
		},
		Ranges:  map[string]sim.Range{"idleTimeout": {Min: 1, Max: 4000}, "clientKeepAlive": {Min: 60, Max: 604800}},
		Lengths: map[string]sim.Range{"namePrefix": {Min: 1, Max: 6}},
		Checks:  []sim.Check{notInternalName},
		Sets:    []string{"subnetMappings"},
		ReplaceOn: []string{
			"customerOwnedIpv4Pool", "internal", "loadBalancerType", "name", "namePrefix",
		},
		ID:      loadBalancerARN,
		Outputs: loadBalancerOutputs,
		Changing: func(o *sim.Op) []string {
			if o.Changed("subnets") && o.In.Has("subnets") {
				return []string{"subnetMappings"}
			}
			return nil
		},
		Refs: []sim.Ref{
			{Path: "subnets", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: "SubnetNotFound", InUse: refer.Dependency},
			{Path: "subnetMappings.subnetId", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: "SubnetNotFound", InUse: refer.Dependency},
			refer.SecurityGroupOr("securityGroups", "InvalidSecurityGroup"),
		},
		Quota: &sim.Quota{Key: "elasticloadbalancing.load-balancers", Default: 50, Code: "TooManyLoadBalancers"},
		Rules: append(sim.Many(sim.Create|sim.Update, twoZones, subnetsOfOneVPC, reachable, groupsOfItsVPC, logsArrive("accessLogs"), logsArrive("connectionLogs")),
			sim.Many(sim.Delete, deletionAllowed,
				refer.TakesAlong(token.LBListener, "loadBalancerArn", refer.AndTheir(token.LBListenerRule, "listenerArn"),
					refer.AndTheir(token.LBListenerCertificate, "listenerArn")))...),
	}
}

func targetGroup() sim.Kind {
	return sim.Kind{
		Token: token.LBTargetGroup, Service: elbService, API: "TargetGroup", Noun: "ELBv2 Target Group",
		Verbs:       map[sim.Verb]string{sim.Update: "ModifyTargetGroupAttributes"},
		Name:        elbNamed("DuplicateTargetGroupName"),
		AtMostOneOf: [][]string{{"name", "namePrefix"}},
		Defaults: sim.Props{
			"deregistrationDelay": 300.0, "lambdaMultiValueHeadersEnabled": false, "proxyProtocolV2": false, "slowStart": 0.0, "targetType": "instance",
			"healthCheck.enabled": true, "healthCheck.healthyThreshold": 3.0, "healthCheck.interval": 30.0, "healthCheck.port": "traffic-port",
			"healthCheck.protocol": "HTTP", "healthCheck.unhealthyThreshold": 3.0,
			"stickiness.cookieDuration": 86400.0, "stickiness.enabled": true,
		},
		Enums: map[string][]string{
			"targetType": {"instance", "ip", "lambda", "alb"}, "protocol": {"GENEVE", "HTTP", "HTTPS", "TCP", "TCP_UDP", "TLS", "UDP"},
			"protocolVersion": {"GRPC", "HTTP1", "HTTP2"}, "ipAddressType": {"ipv4", "ipv6"},
			"loadBalancingAlgorithmType":     {"round_robin", "least_outstanding_requests", "weighted_random"},
			"loadBalancingAnomalyMitigation": {"on", "off"},
			"loadBalancingCrossZoneEnabled":  {"true", "false", "use_load_balancer_configuration"},
			"healthCheck.protocol":           {"HTTP", "HTTPS", "TCP"},
			"stickiness.type":                {"lb_cookie", "app_cookie", "source_ip", "source_ip_dest_ip", "source_ip_dest_ip_proto"},
		},
		Ranges: map[string]sim.Range{
			"port": {Min: 1, Max: 65535}, "deregistrationDelay": {Min: 0, Max: 3600}, "healthCheck.interval": {Min: 5, Max: 300},
			"healthCheck.timeout": {Min: 2, Max: 120}, "healthCheck.healthyThreshold": {Min: 2, Max: 10},
			"healthCheck.unhealthyThreshold": {Min: 2, Max: 10}, "stickiness.cookieDuration": {Min: 0, Max: 604800},
		},
		Lengths: map[string]sim.Range{"namePrefix": {Min: 1, Max: 6}, "healthCheck.path": {Min: 1, Max: 1024}},
		Checks:  []sim.Check{slowStartRange, targetNeeds},
		ReplaceOn: []string{
			"ipAddressType", "name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId",
		},
		ID:      targetGroupARN,
		Outputs: targetGroupOutputs,
		Refs:    []sim.Ref{{Path: "vpcId", To: []sim.Target{{Token: token.EC2Vpc}}, Missing: elbInvalid}},
		Quota:   &sim.Quota{Key: "elasticloadbalancing.target-groups", Default: 3000, Code: "TooManyTargetGroups"},
		Rules:   sim.Many(sim.Create|sim.Update, healthCheckGood, slowStartGood, mitigationGood, cookieGood),
	}
}

func targetAttachment() sim.Kind {
	return sim.Kind{
		Token: token.LBTargetGroupAttachment, Service: elbService, API: "Targets", Noun: "ELBv2 Target Group Attachment",
		Verbs:     map[sim.Verb]string{sim.Create: "RegisterTargets", sim.Delete: "DeregisterTargets"},
		ReplaceOn: []string{"availabilityZone", "port", "targetGroupArn", "targetId"},
		Ranges:    map[string]sim.Range{"port": {Min: 1, Max: 65535}},
		ID:        func(o *sim.Op) string { return o.In.Str("targetGroupArn") + "-" + o.Digits(26, "attachment") },
		Refs:      []sim.Ref{targetGroupRef("targetGroupArn", "")},
		Rules:     sim.Many(sim.Create, targetFits, targetListens),
	}
}

func targetGroupRef(path, inUse string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: token.LBTargetGroup}}, Missing: "TargetGroupNotFound",
		InUse: inUse}
}

var actionTypes = []string{"forward", "redirect", "fixed-response", "authenticate-cognito", "authenticate-oidc"}

// actionEnums are the allowed values inside the actions of listeners and rules.
func actionEnums(actions string, more map[string][]string) map[string][]string {
	out := map[string][]string{
		actions + ".type":                actionTypes,
		actions + ".redirect.protocol":   {"#{protocol}", "HTTP", "HTTPS"},
		actions + ".redirect.statusCode": {"HTTP_301", "HTTP_302"},
		actions + ".fixedResponse.contentType": {"text/plain", "text/css", "text/html", "application/javascript",
			"application/json"},
	}
	for key, values := range more {
		out[key] = values
	}
	return out
}

func actionDefaults(actions string) sim.Props {
	return sim.Props{
		actions + ".redirect.host": "#{host}", actions + ".redirect.path": "/#{path}", actions + ".redirect.port": "#{port}",
		actions + ".redirect.protocol": "#{protocol}", actions + ".redirect.query": "#{query}",
		actions + ".forward.stickiness.enabled": false, actions + ".forward.targetGroups.weight": 1.0,
	}
}

func actionRanges(actions string) map[string]sim.Range {
	return map[string]sim.Range{
		actions + ".order": {Min: 1, Max: 50000}, actions + ".forward.targetGroups.weight": {Min: 0, Max: 999},
		actions + ".forward.stickiness.duration": {Min: 1, Max: 604800},
	}
}

var statusCode = sim.Pattern{Match: regexp.MustCompile(`^[245]\d\d$`), Want: "an HTTP status of 2xx, 4xx or 5xx"}

func listener() sim.Kind {
	const actions = "defaultActions"
	return sim.Kind{
		Token: token.LBListener, Service: elbService, API: "Listener", Noun: "ELBv2 Listener",
		Required: []string{actions}, Defaults: actionDefaults(actions),
		Enums: actionEnums(actions, map[string][]string{
			"protocol": {"HTTP", "HTTPS", "TCP", "TCP_UDP", "TLS", "UDP"}, "mutualAuthentication.mode": {"off", "passthrough", "verify"},
		}),
		Ranges:    actionRanges(actions),
		Patterns:  map[string]sim.Pattern{actions + ".fixedResponse.statusCode": statusCode},
		Lengths:   map[string]sim.Range{actions + ".fixedResponse.messageBody": {Max: 1024}},
		Checks:    []sim.Check{actionsGood(actions)},
		Sets:      []string{actions + ".forward.targetGroups"},
		ReplaceOn: []string{"loadBalancerArn"},
		ID:        listenerARN,
		Outputs:   listenerOutputs,
		Refs: []sim.Ref{
			{Path: "loadBalancerArn", To: []sim.Target{{Token: token.LBLoadBalancer}}, Missing: "LoadBalancerNotFound"},
			targetGroupRef(actions+".targetGroupArn", refer.ResourceInUse),
			targetGroupRef(actions+".forward.targetGroups.arn", refer.ResourceInUse),
		},
		Rules: append(sim.Many(sim.Create|sim.Update, protocolFits, portFree, knownPolicy, needsCertificate, certificateGood("certificateArn"),
			noLoop, groupsFit(actions)),
			sim.Many(sim.Delete, refer.TakesAlong(token.LBListenerRule, "listenerArn"),
				refer.TakesAlong(token.LBListenerCertificate, "listenerArn"))...),
	}
}

func listenerRule() sim.Kind {
	const actions = "actions"
	ranges := actionRanges(actions)
	ranges["priority"] = sim.Range{Min: 1, Max: 50000}
	return sim.Kind{
		Token: token.LBListenerRule, Service: elbService, API: "Rule", Noun: "ELBv2 Listener Rule",
		Required: []string{actions, "conditions"}, Defaults: actionDefaults(actions), Enums: actionEnums(actions, nil), Ranges: ranges,
		Patterns: map[string]sim.Pattern{actions + ".fixedResponse.statusCode": statusCode},
		Lengths: map[string]sim.Range{
			actions + ".fixedResponse.messageBody": {Max: 1024}, "conditions.httpHeader.httpHeaderName": {Min: 1, Max: 40},
			"conditions.httpHeader.values": {Min: 1, Max: 128}, "conditions.pathPattern.values": {Min: 1, Max: 128},
			"conditions.hostHeader.values": {Min: 1, Max: 128},
		},
		Checks:    []sim.Check{actionsGood(actions), conditionsGood},
		Sets:      []string{"conditions", actions + ".forward.targetGroups"},
		ReplaceOn: []string{"listenerArn"},
		ID:        listenerRuleARN,
		Outputs: func(o *sim.Op) sim.Props {
			out := sim.Props{"arn": listenerRuleARN(o), "priority": nextPriority(o)}
			if len(o.In.Maps(actions)) == 1 {
				out[actions+".order"] = 1
			}
			return out
		},
		Refs: []sim.Ref{
			{Path: "listenerArn", To: []sim.Target{{Token: token.LBListener}}, Missing: "ListenerNotFound"},
			targetGroupRef(actions+".targetGroupArn", refer.ResourceInUse),
			targetGroupRef(actions+".forward.targetGroups.arn", refer.ResourceInUse),
		},
		Rules: sim.Many(sim.Create|sim.Update, priorityFree, groupsFit(actions)),
	}
}

func listenerCertificate() sim.Kind {
	return sim.Kind{
		Token: token.LBListenerCertificate, Service: elbService, API: "ListenerCertificates",
		Verbs:     map[sim.Verb]string{sim.Create: "AddListenerCertificates", sim.Delete: "RemoveListenerCertificates"},
		ReplaceOn: []string{"certificateArn", "listenerArn"},
		ID:        func(o *sim.Op) string { return o.In.Str("listenerArn") + "_" + o.In.Str("certificateArn") },
		Refs:      []sim.Ref{{Path: "listenerArn", To: []sim.Target{{Token: token.LBListener}}, Missing: "ListenerNotFound"}},
		Rules:     sim.Many(sim.Create, certificateGood("certificateArn")),
	}
}
