package demands

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// AWS takes the name of a topic or a queue as the place for a service's messages
// without a look at it, and drops the messages later. What each service's guide
// demands of the other side stands in these tables. S3 and RDS look at once and refuse;
// CloudWatch, EventBridge and SNS take it in any order, so that what is not let in is told
// at the end (a row's late rules).

// publisher is a service that publishes into topics.
type publisher struct {
	service string
	// source is the ARN for which it publishes, given that of the resource.
	source func(o *sim.Op) string
	// asOwner says that it sends aws:SourceOwner, as the policy that a topic has
	// by default asks for; onlyOwner, that it sends nothing else.
	asOwner, onlyOwner bool
	// unencrypted says that it publishes into no encrypted topic at all.
	unencrypted bool
}

// ownARN is the ARN of the resource itself.
func ownARN(service, kind string) func(*sim.Op) string {
	return func(o *sim.Op) string { return o.ARN(service, kind+o.NameOf()) }
}

var (
	// CloudWatch user guide, "Permissions to publish to encrypted topics".
	alarmPublisher = publisher{service: "cloudwatch.amazonaws.com", source: ownARN("cloudwatch", "alarm:"), asOwner: true}
	// Cost management guide, "Creating an Amazon SNS topic for budget notifications".
	budgetPublisher = publisher{
		service: "budgets.amazonaws.com", source: func(o *sim.Op) string { return o.GlobalARN("budgets", "budget/"+o.NameOf()) },
	}
	// RDS user guide, "Granting permissions to publish notifications".
	databasePublisher = publisher{service: "events.rds.amazonaws.com", source: ownARN("rds", "es:"), asOwner: true}
	// ElastiCache guide, "Managing ElastiCache Amazon SNS notifications".
	cachePublisher = publisher{service: "elasticache.amazonaws.com", source: ownARN("elasticache", ""), asOwner: true,
		onlyOwner: true, unencrypted: true}
	// S3 user guide, "Granting permissions to publish event notification messages".
	bucketPublisher = publisher{service: "s3.amazonaws.com",
		source: func(o *sim.Op) string { return "arn:" + o.Partition + ":s3:::" + o.In.Str("bucket") }}
	// EventBridge user guide, "Using resource-based policies".
	eventPublisher = publisher{service: "events.amazonaws.com",
		source: func(o *sim.Op) string { return o.ARN("events", "rule/"+o.In.Str("rule")) }}
)

// publishesInto refuses topics and queues at a path into which the service cannot
// publish.
func publishesInto(path string, p publisher) func(*sim.Op) error {
	return func(o *sim.Op) error {
		for _, arn := range o.In.Strs(path) {
			if err := p.reaches(o, arn); err != nil {
				return err
			}
		}
		return nil
	}
}

// publishedByAlarms are the demands of whatever has an alarm's actions.
var publishedByAlarms = []func(*sim.Op) error{
	publishesInto("alarmActions", alarmPublisher), publishesInto("okActions", alarmPublisher),
	publishesInto("insufficientDataActions", alarmPublisher),
}

// reaches refuses a topic or a queue of this account that would not take the
// publisher's messages. Others are not looked at.
func (p publisher) reaches(o *sim.Op, arn string) error {
	topic, isTopic := refer.AnywhereBy(o, token.SNSTopic, "arn", arn)
	queue, isQueue := refer.AnywhereBy(o, token.SQSQueue, "arn", arn)
	switch {
	case isTopic && !p.asks(o, "sns:Publish", arn).Allowed(o, topicPolicyOf(o, topic)):
		return sim.Refuse("AuthorizationError",
			fmt.Sprintf("%s is not authorized to perform: SNS:Publish on resource: %s", p.service, arn), p.hint(o))
	case isTopic:
		return p.opens(o, arn, topic.Props.Str("kmsMasterKeyId"))
	case isQueue && !p.asks(o, "sqs:SendMessage", arn).Allowed(o, queuePolicyOf(o, queue)):
		return sim.Refuse("AccessDenied",
			fmt.Sprintf("%s is not authorized to perform: sqs:SendMessage on resource: %s", p.service, arn), p.hint(o))
	case isQueue:
		return p.opens(o, arn, queue.Props.Str("kmsMasterKeyId"))
	}
	return nil
}

func (p publisher) asks(o *sim.Op, action, resource string) policy.Request {
	r := policy.From(o, p.service, action, resource, p.source(o))
	if p.asOwner {
		r = r.With("aws:sourceowner", o.Account)
	}
	if p.onlyOwner {
		r = r.With("aws:sourceaccount", "", "aws:sourcearn", "")
	}
	return r
}

func (p publisher) hint(o *sim.Op) string {
	key := "aws:SourceAccount"
	if p.onlyOwner {
		key = "aws:SourceOwner, which is all that it sends,"
	}
	return fmt.Sprintf("Let %s in the other side's policy, with the condition key %s of %s, and depend on that policy.",
		p.service, key, o.Account)
}

// opens refuses a key that the publisher cannot use: AWS's own key of a service
// is for nobody else.
func (p publisher) opens(o *sim.Op, arn, key string) error {
	if key == "" {
		return nil
	}
	denied := func(hint string) error {
		return sim.Refuse("KMSAccessDenied", fmt.Sprintf("%s cannot use the key of %s", p.service, arn), hint)
	}
	switch {
	case p.unencrypted:
		return denied("Give it a topic of its own that is not encrypted: the service publishes into no other.")
	case strings.HasPrefix(key, "alias/aws/"):
		return denied("AWS manages " + key + ", and lets no service in: encrypt with a key of your own.")
	}
	for _, action := range []string{"kms:GenerateDataKey", "kms:Decrypt"} {
		if document, ours := keyPolicyOf(o, key); ours && !p.asks(o, action, "*").Allowed(o, document) {
			return denied(fmt.Sprintf("Let %s do kms:Decrypt and kms:GenerateDataKey* in the key's policy.", p.service))
		}
	}
	return nil
}

// topicPolicyOf is the policy that a topic has: its own resource's, the one given
// with it, or the one that SNS gives to each.
func topicPolicyOf(o *sim.Op, topic sim.Found) string {
	if p, ok := refer.AnywhereBy(o, token.SNSTopicPolicy, "arn", topic.Props.Str("arn")); ok {
		return policy.Text(p.Props, "policy")
	}
	return policy.Text(topic.Props, "policy")
}

func queuePolicyOf(o *sim.Op, queue sim.Found) string {
	if p, ok := refer.AnywhereBy(o, token.SQSQueuePolicy, "queueUrl", queue.ID); ok {
		return policy.Text(p.Props, "policy")
	}
	return policy.Text(queue.Props, "policy")
}

// keyPolicyOf is the policy of a key of this cloud by its id or ARN; false for
// keys that it does not have, and aliases.
func keyPolicyOf(o *sim.Op, key string) (document string, ours bool) {
	for _, kind := range []string{token.KMSKey, token.KMSReplicaKey} {
		for _, k := range o.Anywhere(kind) {
			if k.ID != key && k.Props.Str("arn") != key {
				continue
			}
			if p, ok := refer.AnywhereBy(o, token.KMSKeyPolicy, "keyId", k.ID); ok {
				return policy.Text(p.Props, "policy"), true
			}
			return policy.Text(k.Props, "policy"), true
		}
	}
	return "", false
}

// subscriberLets is against a subscription of a queue that does not let the topic in.
// SNS takes it, and drops each message.
func subscriberLets(o *sim.Op) error {
	if o.In.Str("protocol") != "sqs" {
		return nil
	}
	topic := publisher{service: "sns.amazonaws.com", source: func(o *sim.Op) string { return o.In.Str("topic") }}
	return topic.reaches(o, o.In.Str("endpoint"))
}

// groupKeyOpens refuses a log group under a key that CloudWatch Logs may not use
// (CloudWatch Logs user guide, "Encrypt log data using KMS").
func groupKeyOpens(o *sim.Op) error {
	key := o.In.Str("kmsKeyId")
	document, ours := keyPolicyOf(o, key)
	arn := o.ARN("logs", "log-group:"+o.NameOf())
	r := policy.From(o, "logs."+o.Region+".amazonaws.com", "", "*", arn).With("kms:encryptioncontext:aws:logs:arn", arn)
	for _, action := range []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptTo", "kms:GenerateDataKey",
		"kms:DescribeKey"} {
		if r.Action = action; ours && !r.Allowed(o, document) {
			return sim.Refuse("AccessDeniedException",
				fmt.Sprintf("The specified KMS key does not exist or is not allowed to be used with Arn '%s'", arn),
				fmt.Sprintf("Let %s do %s in the key's policy, and depend on it.", r.Principal, action))
		}
	}
	return nil
}
