package demands

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/autoscaling"
	"github.com/rung-dev/rung/offline/aws/ec2"
	"github.com/rung-dev/rung/offline/aws/iam"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/logs"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// What must stand before something that no property of it names.

// notMadeByAService refuses a log group that a service has made by itself by then:
// whoever writes a log makes its group where there is none, and keeps it for ever.
// So the group comes first.
func notMadeByAService(o *sim.Op) error {
	name := o.NameOf()
	writer := ""
	for _, db := range o.All(token.RDSInstance) {
		writer = cmp.Or(writer, exporting(db, "/aws/rds/instance/", name))
	}
	for _, db := range o.All(token.RDSCluster) {
		writer = cmp.Or(writer, exporting(db, "/aws/rds/cluster/", name))
	}
	for _, p := range o.All(token.RDSProxy) {
		if name == "/aws/rds/proxy/"+p.Props.Str("name") {
			writer = cmp.Or(writer, p.URN)
		}
	}
	for _, f := range o.Anywhere(token.LambdaFunction) {
		if name == "/aws/lambda/"+f.Region+"."+f.Props.Str("name") && atTheEdge(o, f) {
			writer = cmp.Or(writer, f.URN)
		}
	}
	if writer == "" {
		return nil
	}
	return sim.Refuse("ResourceAlreadyExistsException", "The specified log group already exists",
		writer+" has made it for what it writes: create the group first, and let that depend on it.")
}

// exporting is the URN of a database that writes the group of that name; empty for
// another.
func exporting(db sim.Found, prefix, group string) string {
	for _, log := range db.Props.Strs("enabledCloudwatchLogsExports") {
		if group == prefix+db.ID+"/"+log || group == prefix+db.Props.Str("identifier")+"/"+log {
			return db.URN
		}
	}
	return ""
}

// atTheEdge reports whether a distribution calls a function: its copies then write
// in whatever region is the nearest to a user.
func atTheEdge(o *sim.Op, f sim.Found) bool {
	for _, d := range o.Anywhere(token.CloudFrontDistribution) {
		called := append(d.Props.Strs("defaultCacheBehavior.lambdaFunctionAssociations.lambdaArn"),
			d.Props.Strs("orderedCacheBehaviors.lambdaFunctionAssociations.lambdaArn")...)
		if slices.ContainsFunc(called, func(arn string) bool { return strings.HasPrefix(arn, f.Props.Str("arn")+":") }) {
			return true
		}
	}
	return false
}

// monitoringMayWrite: RDS tries the role of enhanced monitoring when an instance is
// made (RDS user guide, "Setting up and enabling Enhanced Monitoring").
func monitoringMayWrite(o *sim.Op) error {
	role, ours := o.FindBy(token.IAMRole, "arn", o.In.Str("monitoringRoleArn"))
	if o.In.Int("monitoringInterval") == 0 || !ours ||
		roleMay(o, role, "logs:PutLogEvents", o.ARN("logs", "log-group:RDSOSMetrics:log-stream:x")) {
		return nil
	}
	return sim.Refuse("InvalidParameterValue",
		"IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
		"Attach AmazonRDSEnhancedMonitoringRole to the role, and let the instance depend on the attachment.")
}

// publicNeedsGateway: a database that the internet is to reach (RDS user guide,
// "Troubleshooting", and the message itself).
func publicNeedsGateway(o *sim.Op) error {
	name := o.In.Str("dbSubnetGroupName")
	if o.Kind.Token == token.RDSClusterInstance {
		cluster, _ := o.Find(token.RDSCluster, o.In.Str("clusterIdentifier"))
		name = cluster.Str("dbSubnetGroupName")
	}
	group, _ := o.Find(token.RDSSubnetGroup, name)
	vpc := group.Str("vpcId")
	if !o.In.Bool("publiclyAccessible") || vpc == "" || ec2.GatewayAttached(o, vpc) {
		return nil
	}
	return sim.Refuse("InvalidVPCNetworkStateFault",
		"Cannot create a publicly accessible DBInstance. The specified VPC has no internet gateway attached.",
		"Set publiclyAccessible to false; or attach an internet gateway to "+vpc+" first, and depend on it.")
}

// scalingKeyOpens: scaling starts machines in the name of its service-linked role,
// which must be able to use the key of their disks (Auto Scaling user guide,
// "Required AWS KMS key policy for use with encrypted volumes"). Without that each
// machine ends as it begins.
func scalingKeyOpens(o *sim.Op) error {
	_, _, _, template := autoscaling.TemplateOf(o)
	role := o.GlobalARN("iam", "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
	for _, key := range template.Strs("blockDeviceMappings.ebs.kmsKeyId") {
		document, ours := keyPolicyOf(o, key)
		if !ours || granted(o, key, role) || statesAllow(document, role, "kms:GenerateDataKeyWithoutPlaintext") &&
			statesAllow(document, role, "kms:CreateGrant") {
			continue
		}
		return sim.Refuse("Client.InternalError", "Client error on launch",
			fmt.Sprintf("Let %s use %s and create grants for AWS resources in its policy, or by a grant, and depend on it.",
				role, key))
	}
	return nil
}

// granted reports whether a grant lets a principal use a key.
func granted(o *sim.Op, key, principal string) bool {
	return slices.ContainsFunc(o.All(token.KMSGrant), func(g sim.Found) bool {
		k := g.Props.Str("keyId")
		return g.Props.Str("granteePrincipal") == principal && (k == key || strings.HasSuffix(key, "/"+k))
	})
}

// statesAllow reports whether a statement lets a principal of the account do
// something by its own name: that the account may is nothing to a service-linked
// role, whose policy nobody can extend. Conditions are not looked at.
func statesAllow(document, principal, action string) bool {
	statements, err := policy.Statements(document)
	return err == nil && slices.ContainsFunc(statements, func(s policy.Statement) bool {
		names, _ := s.Principal.(map[string]any)
		who := append(policy.TextList(names["AWS"]), policy.TextList(s.Principal)...)
		return s.Effect == "Allow" && policy.Matches(who, principal) && policy.Matches(policy.TextList(s.Action), action)
	})
}

// managedAllows are the actions of AWS's own policies of which that matters here.
// Any other of AWS's is taken to allow what is asked.
var managedAllows = map[string][]string{
	"AmazonRDSEnhancedMonitoringRole": {"logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:CreateLogStream",
		"logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"},
	"AWSLambdaBasicExecutionRole":  {"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"},
	"AmazonSSMManagedInstanceCore": {"ssm:*", "ssmmessages:*", "ec2messages:*"},
}

// roleMay reports whether a role's policies allow an action. Conditions and refusals
// are not looked at.
func roleMay(o *sim.Op, role sim.Props, action, resource string) bool {
	texts := role.Strs("inlinePolicies.policy")
	for _, p := range ofRole(o, token.IAMRolePolicy, role) {
		texts = append(texts, policy.Text(p.Props, "policy"))
	}
	arns := role.Strs("managedPolicyArns")
	for _, a := range ofRole(o, token.IAMRolePolicyAttachment, role) {
		arns = append(arns, a.Props.Str("policyArn"))
	}
	for _, arn := range arns {
		if iam.IsAWSPolicy(arn) {
			actions, known := managedAllows[arn[strings.LastIndex(arn, "/")+1:]]
			if !known || policy.Matches(actions, action) {
				return true
			}
			continue
		}
		own, _ := o.FindBy(token.IAMPolicy, "arn", arn)
		texts = append(texts, policy.Text(own, "policy"))
	}
	return slices.ContainsFunc(texts, func(text string) bool { return identityAllows(text, action, resource) })
}

// ofRole are the resources of a type that name a role.
func ofRole(o *sim.Op, token string, role sim.Props) []sim.Found {
	return slices.DeleteFunc(o.All(token), func(f sim.Found) bool { return f.Props.Str("role") != role.Str("name") })
}

func identityAllows(document, action, resource string) bool {
	statements, err := policy.Statements(document)
	return err == nil && slices.ContainsFunc(statements, func(s policy.Statement) bool {
		return s.Effect == "Allow" && policy.Matches(policy.TextList(s.Action), action) &&
			policy.Matches(policy.TextList(s.Resource), resource)
	})
}

// functionMay: Lambda tries what a function's settings need of its role (Lambda
// developer guide, "Giving Lambda functions access to resources in an Amazon VPC",
// "Dead-letter queues").
func functionMay(o *sim.Op) error {
	role, ours := o.FindBy(token.IAMRole, "arn", o.In.Str("role"))
	if !ours {
		return nil
	}
	for action, resource := range functionNeeds(o.In) {
		if roleMay(o, role, action, resource) {
			continue
		}
		service, verb, _ := strings.Cut(action, ":")
		return sim.Refuse("InvalidParameterValueException",
			fmt.Sprintf("The provided execution role does not have permissions to call %s on %s", verb,
				strings.ToUpper(service)), "Allow the role "+action+", and let the function depend on that policy.")
	}
	return nil
}

// functionNeeds are the actions that a function's settings need, each with the
// resource.
func functionNeeds(in sim.Props) map[string]string {
	needs := map[string]string{}
	if len(in.Strs("vpcConfig.subnetIds")) > 0 {
		needs["ec2:CreateNetworkInterface"] = "*"
	}
	target := in.Str("deadLetterConfig.targetArn")
	if action := sending[logs.ServiceOf(target)]; action != "" {
		needs[action] = target
	}
	return needs
}

// sending are the actions by which messages go into topics and queues.
var sending = map[string]string{"sns": "sns:Publish", "sqs": "sqs:SendMessage"}

// hookReaches: Auto Scaling sends a message to the target of a lifecycle hook when
// the hook is made (Auto Scaling user guide, "Prepare to add a lifecycle hook").
func hookReaches(o *sim.Op) error {
	target := o.In.Str("notificationTargetArn")
	role, ours := o.FindBy(token.IAMRole, "arn", o.In.Str("roleArn"))
	action := sending[logs.ServiceOf(target)]
	if !ours || action == "" || roleMay(o, role, action, target) {
		return nil
	}
	return sim.Refuse("ValidationError", "Unable to publish test message to notification target "+target+
		" using IAM role "+o.In.Str("roleArn")+
		". Please check your target and role configuration and try to put lifecycle hook again.",
		"Allow the role "+action+", and let the hook depend on that policy.")
}
