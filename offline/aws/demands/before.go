package demands

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/autoscaling"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
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
		return s.Effect == "Allow" && policy.Matches(s.Accounts(), principal) &&
			policy.Matches(policy.TextList(s.Action), action)
	})
}
