package rules

import (
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

func messaging() []rule.Rule {
	return []rule.Rule{
		{
			ID: "queue-encrypted", Title: "Queues and topics are encrypted", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "Jobs carry names and addresses.", Default: advisory,
			Types: []string{token.SQSQueue, token.SNSTopic}, Resource: queueEncrypted,
			Equivalents: eq(ids("SQS.1", "SNS.1"), ids("CKV_AWS_27", "CKV_AWS_26"), nil, ids("AWS-0096", "AWS-0095")),
		},
		{
			ID: "queue-not-public", Title: "Queues, topics and buses are closed to strangers", Severity: rule.High, Kind: rule.OnResource,
			Why: "Anybody could send jobs, or read them.", Default: mandatory,
			Types: []string{token.SQSQueue, token.SNSTopic, token.SQSQueuePolicy, token.SNSTopicPolicy,
				token.CloudWatchEventBusPolicy},
			Resource:    func(c *rule.Check, r *rule.Resource) { refuseStrangers(c, r, "policy") },
			Equivalents: eq(ids("SQS.3", "SNS.4"), ids("CKV_AWS_168", "CKV_AWS_387", "CKV_AWS_169"), nil, ids("AWS-0097")),
		},
	}
}

func queueEncrypted(c *rule.Check, r *rule.Resource) {
	key := r.At("kmsMasterKeyId").Given()
	if r.Type == token.SNSTopic {
		c.Require(key, r, "kmsMasterKeyId", `name a key; "alias/aws/sns" costs nothing but CloudWatch alarms cannot use it`)
		return
	}
	c.Require(rule.Any(r.At("sqsManagedSseEnabled").Flag(), key), r, "sqsManagedSseEnabled", "set it to true")
}
