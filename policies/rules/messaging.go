package rules

import (
	"slices"
	"strings"

	"github.com/rung-dev/rung/policies/rule"
)

func messaging() []rule.Rule {
	return []rule.Rule{
		{
			ID: "queue-encrypted", Title: "Queues and topics are encrypted", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "Jobs carry names and addresses.", Default: advisory,
			Types: []string{typeQueue, typeTopic}, Resource: queueEncrypted,
			Equivalents: eq(ids("SQS.1", "SNS.1"), ids("CKV_AWS_27", "CKV_AWS_26"), nil, ids("AWS-0096", "AWS-0095")),
		},
		{
			ID: "queue-not-public", Title: "Queues and topics are closed to strangers", Severity: rule.High, Kind: rule.OnResource,
			Why: "Anybody could send jobs, or read them.", Default: mandatory,
			Types:       []string{typeQueue, typeTopic, "aws:sqs/queuePolicy:QueuePolicy", "aws:sns/topicPolicy:TopicPolicy"},
			Resource:    func(c *rule.Check, r *rule.Resource) { refuseAnybody(c, r, "policy") },
			Equivalents: eq(ids("SQS.3", "SNS.4"), ids("CKV_AWS_168", "CKV_AWS_387", "CKV_AWS_169"), nil, ids("AWS-0097")),
		},
	}
}

func queueEncrypted(c *rule.Check, r *rule.Resource) {
	key := r.At("kmsMasterKeyId").Given()
	if r.Type == typeTopic {
		c.Require(key, r, "kmsMasterKeyId", `name a key; "alias/aws/sns" costs nothing but CloudWatch alarms cannot use it`)
		return
	}
	c.Require(rule.Any(r.At("sqsManagedSseEnabled").Flag(), key), r, "sqsManagedSseEnabled", "set it to true")
}

// narrowing are condition keys that keep "*" from meaning everybody.
var narrowing = []string{"aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:principalorgid", "aws:principalarn", "aws:principalaccount", "kms:calleraccount"}

// refuseAnybody reports a policy that allows something to everybody.
func refuseAnybody(c *rule.Check, r *rule.Resource, path string) {
	statements, there := r.At(path).Document()
	if there == rule.Unknown {
		c.Undecided(r, path)
	}
	if slices.ContainsFunc(statements, anybody) {
		c.Fail(r, path, `a statement that allows Principal "*"`, "name the service or account, or add a condition on aws:SourceArn")
	}
}

func anybody(s rule.Statement) bool {
	return s.Allow && slices.Contains(s.Principals, "*") && !narrowed(s)
}

func narrowed(s rule.Statement) bool {
	for at := range s.Conditions {
		if _, key, ok := strings.Cut(at, "/"); ok && slices.Contains(narrowing, key) {
			return true
		}
	}
	return false
}
