package demands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/iam"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/aws/logs"
	"github.com/rung-dev/rung/offline/aws/s3"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Who acts in the name of a role tries at once what the role may, or fails later
// without a word to the program: the role's policies come first.

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

// reading are the actions by which Lambda takes messages out of queues and streams.
var reading = map[string][]string{
	"sqs":      {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
	"dynamodb": {"dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"},
	"kinesis":  {"kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"},
}

// sourceMayBeRead: Lambda tries the source when a mapping is made (Lambda developer guide,
// "Using Lambda with Amazon SQS": configuring the execution role).
func sourceMayBeRead(o *sim.Op) error {
	source, name := o.In.Str("eventSourceArn"), o.In.Str("functionName")
	f, _ := o.Find(token.LambdaFunction, name[strings.LastIndex(name, ":")+1:])
	for _, action := range reading[logs.ServiceOf(source)] {
		service, verb, _ := strings.Cut(action, ":")
		err := refuseUnless(o, f.Str("role"), action, source, "InvalidParameterValueException",
			fmt.Sprintf("The function execution role does not have permissions to call %s on %s", verb,
				strings.ToUpper(service)), "the mapping")
		if err != nil {
			return err
		}
	}
	return nil
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

// refuseUnless refuses what a role of this account may not do. Roles of others are not
// looked at.
func refuseUnless(o *sim.Op, arn, action, resource, code, message, hint string) error {
	role, ours := o.FindBy(token.IAMRole, "arn", arn)
	if !ours || roleMay(o, role, action, resource) {
		return nil
	}
	return sim.Refuse(code, message, fmt.Sprintf("Allow the role %s, and let %s depend on that policy.", action, hint))
}

// flowLogMay: the flow log of a role that may not write stands, says "Access error" and
// writes nothing (VPC user guide, "Troubleshoot VPC Flow Logs").
func flowLogMay(o *sim.Op) error {
	if t := o.In.Str("logDestinationType"); t != "" && t != "cloud-watch-logs" {
		return nil
	}
	for _, action := range []string{"logs:CreateLogStream", "logs:PutLogEvents"} {
		err := refuseUnless(o, o.In.Str("iamRoleArn"), action, o.ARN("logs", "log-group:x:log-stream:x"),
			"Access error", "The IAM role for the flow log does not have sufficient permissions", "the flow log")
		if err != nil {
			return err
		}
	}
	return nil
}

// snapshotsMay: the policy of a role that may not take snapshots goes into the state
// ERROR with its first schedule (Data Lifecycle Manager is a client of EC2).
func snapshotsMay(o *sim.Op) error {
	return refuseUnless(o, o.In.Str("executionRoleArn"), "ec2:CreateSnapshot", "*", "UnauthorizedOperation",
		"You are not authorized to perform this operation", "the lifecycle policy")
}

// selectionMay: AWS Backup looks for the tagged resources when the selection is made.
func selectionMay(o *sim.Op) error {
	if len(o.In.Maps("selectionTags")) == 0 {
		return nil
	}
	role := o.In.Str("iamRoleArn")
	return refuseUnless(o, role, "tag:GetResources", "*", "InvalidParameterValueException",
		fmt.Sprintf("IAM Role %s is not authorized to call tag:GetResources", role), "the selection")
}

// replicationMay: S3 takes the rules of any role and notes each object as FAILED, with
// these reasons (S3 user guide, "Amazon S3 replication failure reasons").
func replicationMay(o *sim.Op) error {
	source, _ := s3.Named(o, o.In.Str("bucket"))
	needs := [][3]string{
		{"s3:GetReplicationConfiguration", source.Props.Str("arn"), "InitiateReplicationNotPermitted"},
		{"s3:GetObjectVersionForReplication", source.Props.Str("arn") + "/x", "SrcGetObjectNotPermitted"},
	}
	for _, arn := range o.In.Strs("rules.destination.bucket") {
		needs = append(needs, [3]string{"s3:ReplicateObject", arn + "/x", "DstPutObjectNotPermitted"})
	}
	for _, n := range needs {
		err := refuseUnless(o, o.In.Str("role"), n[0], n[1], n[2], "The replication of the objects fails",
			"the replication")
		if err != nil {
			return err
		}
	}
	return nil
}

// proxyOpens: a proxy logs in to its target with what the secret holds (RDS user guide,
// "Verifying connectivity for a proxy": the target is unavailable by AUTH_FAILURE).
func proxyOpens(o *sim.Op) error {
	const code, failed = "AUTH_FAILURE", "Proxy does not have any registered credentials"
	proxy, _ := o.Find(token.RDSProxy, o.In.Str("dbProxyName"))
	for _, arn := range proxy.Strs("auths.secretArn") {
		err := refuseUnless(o, proxy.Str("roleArn"), "secretsmanager:GetSecretValue", arn, code, failed, "the proxy")
		if err != nil {
			return err
		}
		if secret, ours := refer.Anywhere(o, token.SecretsManagerSecret, arn); ours && !valued(o, secret) {
			return sim.Refuse(code, failed, "Put a value into "+arn+" first, and let the proxy depend on it.")
		}
	}
	return nil
}

// valued reports whether a secret has a value.
func valued(o *sim.Op, secret sim.Found) bool {
	return slices.ContainsFunc(o.Anywhere(token.SecretsManagerSecretVersion), func(v sim.Found) bool {
		of := v.Props.Str("secretId")
		return of == secret.ID || of == secret.Props.Str("name")
	})
}

// eventsLogged: EventBridge drops what a log group does not let it write (EventBridge
// user guide, "Using resource-based policies": CloudWatch Logs permissions).
func eventsLogged(o *sim.Op) error {
	group := o.In.Str("arn")
	if logs.ServiceOf(group) != "logs" || logs.Allow(o, group, "events.amazonaws.com") {
		return nil
	}
	return sim.Refuse("NO_PERMISSIONS", "events.amazonaws.com is not authorized to write to "+group,
		"Let it write in a cloudwatch.LogResourcePolicy, and let the target depend on that.")
}
