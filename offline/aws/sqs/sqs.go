// Package sqs simulates SQS: queues, their policies, and where failed messages go.
package sqs

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/aws/sns"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	noQueue = "AWS.SimpleQueueService.NonExistentQueue"
	// sqsInvalid is the code of SQS for an attribute it does not take.
	sqsInvalid = "InvalidParameterValue"
)

// Kinds is the table of queues. SQS refuses a name for a minute after a
// queue of that name was deleted (QueueDeletedRecently); the real provider
// waits it out, so that a program never sees it, and neither does one here.
func Kinds() []sim.Kind {
	setAttributes := map[sim.Verb]string{
		sim.Create: "SetQueueAttributes", sim.Update: "SetQueueAttributes", sim.Delete: "SetQueueAttributes",
	}
	return []sim.Kind{
		{
			Token: token.SQSQueue, Service: "SQS", API: "Queue",
			Verbs: map[sim.Verb]string{sim.Update: "SetQueueAttributes"},
			Name: &sim.Name{
				Prefix: "namePrefix", Auto: true, Max: 80, Suffix: sns.FifoWhen("fifoQueue"), Taken: "QueueAlreadyExists",
				Pattern: sim.Pattern{Match: regexp.MustCompile(`^[a-zA-Z0-9_-]+(\.fifo)?$`), Want: "letters, digits, hyphens and underscores"},
			},
			AtMostOneOf: [][]string{{"name", "namePrefix"}},
			Defaults: sim.Props{
				"contentBasedDeduplication": false, "delaySeconds": 0.0, "fifoQueue": false, "maxMessageSize": 262144.0,
				"messageRetentionSeconds": 345600.0, "receiveWaitTimeSeconds": 0.0, "visibilityTimeoutSeconds": 30.0,
			},
			Ranges: map[string]sim.Range{
				"delaySeconds": {Min: 0, Max: 900}, "maxMessageSize": {Min: 1024, Max: 262144}, "messageRetentionSeconds": {Min: 60, Max: 1209600},
				"receiveWaitTimeSeconds": {Min: 0, Max: 20}, "visibilityTimeoutSeconds": {Min: 0, Max: 43200},
				"kmsDataKeyReusePeriodSeconds": {Min: 60, Max: 86400},
			},
			Enums: map[string][]string{
				"deduplicationScope": {"messageGroup", "queue"}, "fifoThroughputLimit": {"perQueue", "perMessageGroupId"},
			},
			Checks:    []sim.Check{sns.FifoNames("fifoQueue"), sns.OnlyFIFO("fifoQueue", "contentBasedDeduplication"), oneEncryption, fifoThroughput},
			JSON:      []string{"policy", "redrivePolicy", "redriveAllowPolicy"},
			ReplaceOn: []string{"fifoQueue", "name", "namePrefix"},
			ID:        queueURL,
			Outputs:   queueOutputs,
			Refs:      []sim.Ref{refer.Key("kmsMasterKeyId", "KMS.NotFoundException")},
			Rules: sim.Many(sim.Create|sim.Update, queuePolicyGood, redriveGood, redriveAllowGood,
				func(o *sim.Op) error { return redriveAllowed(o, queueARN(o)) }),
		},
		{
			Token: token.SQSQueuePolicy, Service: "SQS", API: "QueuePolicy", Verbs: setAttributes,
			Required: []string{"policy"}, JSON: []string{"policy"}, ReplaceOn: []string{"queueUrl"},
			ID:    func(o *sim.Op) string { return o.In.Str("queueUrl") },
			Refs:  []sim.Ref{{Path: "queueUrl", To: []sim.Target{{Token: token.SQSQueue}}, Missing: noQueue}},
			Rules: sim.Many(sim.Create|sim.Update, queuePolicyGood),
		},
		{
			Token: token.SQSRedriveAllowPolicy, Service: "SQS", API: "RedriveAllowPolicy", Verbs: setAttributes,
			JSON: []string{"redriveAllowPolicy"}, ReplaceOn: []string{"queueUrl"},
			ID:    func(o *sim.Op) string { return o.In.Str("queueUrl") },
			Refs:  []sim.Ref{{Path: "queueUrl", To: []sim.Target{{Token: token.SQSQueue}}, Missing: noQueue}},
			Rules: sim.Many(sim.Create|sim.Update, redriveAllowGood),
		},
	}
}

func queueURL(o *sim.Op) string {
	return fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", o.Region, o.Account, o.NameOf())
}

func queueARN(o *sim.Op) string { return o.ARN("sqs", o.NameOf()) }

func queueOutputs(o *sim.Op) sim.Props {
	out := sim.Props{
		"arn": queueARN(o), "url": queueURL(o), "namePrefix": "", "kmsDataKeyReusePeriodSeconds": 300, "policy": "",
		"redrivePolicy": "", "redriveAllowPolicy": "", "sqsManagedSseEnabled": !o.In.Has("kmsMasterKeyId"),
		"deduplicationScope": "", "fifoThroughputLimit": "",
	}
	if o.In.Bool("fifoQueue") {
		out["deduplicationScope"], out["fifoThroughputLimit"] = "queue", "perQueue"
	}
	return out
}

func oneEncryption(in sim.Props) []sim.Failure {
	if !in.Has("kmsMasterKeyId") || !in.Has("sqsManagedSseEnabled") {
		return nil
	}
	return check.Wrong("sqsManagedSseEnabled", "conflicts with kmsMasterKeyId: give one of them")
}

func fifoThroughput(in sim.Props) []sim.Failure {
	var failures []sim.Failure
	for _, key := range []string{"deduplicationScope", "fifoThroughputLimit"} {
		if in.Has(key) && !in.Bool("fifoQueue") {
			failures = append(failures, check.Wrong(key, "can only be set when fifoQueue is true")...)
		}
	}
	if in.Str("fifoThroughputLimit") == "perMessageGroupId" && in.Str("deduplicationScope") == "queue" {
		failures = append(failures,
			check.Wrong("fifoThroughputLimit", "perMessageGroupId needs deduplicationScope messageGroup")...)
	}
	return failures
}

func queuePolicyGood(o *sim.Op) error {
	if text := policy.Text(o.In, "policy"); o.In.Has("policy") && text != "" {
		if problem := policy.Problem(text, policy.Resource); problem != "" {
			return sim.Refuse("InvalidAttributeValue", "Invalid value for the parameter Policy: "+problem,
				"Correct the document in policy.")
		}
	}
	return nil
}

func badAttribute(attribute, text, reason, hint string) error {
	return sim.Refuse(sqsInvalid, fmt.Sprintf("Value %s for parameter %s is invalid. Reason: %s", text, attribute, reason),
		hint)
}

// mostReceives is the highest maxReceiveCount; the lowest is 1.
const mostReceives = 1000

// redriveGood checks where dead letters go: a queue of this account and region,
// of the same type.
func redriveGood(o *sim.Op) error {
	text := o.In.Str("redrivePolicy")
	if text == "" {
		return nil
	}
	bad := func(reason, hint string) error { return badAttribute("RedrivePolicy", text, reason, hint) }
	var policy struct {
		DeadLetterTargetARN string `json:"deadLetterTargetArn"`
		MaxReceiveCount     any    `json:"maxReceiveCount"`
	}
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		return bad("Redrive policy is not a valid JSON map", "Correct redrivePolicy.")
	}
	// SQS takes the count as a number or as text.
	count := 0
	if _, err := fmt.Sscan(fmt.Sprint(policy.MaxReceiveCount), &count); err != nil || count < 1 || count > mostReceives {
		return bad(fmt.Sprintf("Invalid value for maxReceiveCount: %v, valid values are from 1 to %d both inclusive",
			policy.MaxReceiveCount, mostReceives),
			"Change maxReceiveCount.")
	}
	dead, ok := o.FindBy(token.SQSQueue, "arn", policy.DeadLetterTargetARN)
	switch {
	case !ok:
		return bad("Dead letter target does not exist", "Name the ARN of a queue in "+o.Region+" in deadLetterTargetArn.")
	case dead.Bool("fifoQueue") != o.In.Bool("fifoQueue"):
		return bad("Dead-letter queue must be same type of queue as the source",
			"Use a FIFO queue for a FIFO queue, a standard one for a standard one.")
	}
	return nil
}

// redriveAllow is the document that says whose dead letters a queue takes.
type redriveAllow struct {
	Permission string   `json:"redrivePermission"`
	Sources    []string `json:"sourceQueueArns"`
}

// mostSources is how many queues one document may list.
const mostSources = 10

func redriveAllowGood(o *sim.Op) error {
	text := o.In.Str("redriveAllowPolicy")
	if text == "" {
		return nil
	}
	bad := func(reason string) error {
		return badAttribute("RedriveAllowPolicy", text, reason,
			"Correct redriveAllowPolicy: redrivePermission is allowAll, denyAll or byQueue.")
	}
	var policy redriveAllow
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		return bad("Redrive allow policy is not a valid JSON map")
	}
	byQueue := policy.Permission == "byQueue"
	switch {
	case !slices.Contains([]string{"allowAll", "denyAll", "byQueue"}, policy.Permission):
		return bad(fmt.Sprintf("Invalid value for redrivePermission: %q", policy.Permission))
	case byQueue != (len(policy.Sources) > 0):
		return bad("sourceQueueArns must be given with byQueue, and only then")
	case len(policy.Sources) > mostSources:
		return bad(fmt.Sprintf("sourceQueueArns has %d queues, at most %d are allowed", len(policy.Sources), mostSources))
	}
	for _, arn := range policy.Sources {
		if !strings.HasPrefix(arn, "arn:"+o.Partition+":sqs:") {
			return bad(fmt.Sprintf("%q is no ARN of a queue", arn))
		}
	}
	return nil
}

// redriveAllowed checks that the queue of the dead letters takes them from the
// given queue. The wording is not AWS's: it was not found documented.
func redriveAllowed(o *sim.Op, source string) error {
	var policy struct {
		Target string `json:"deadLetterTargetArn"`
	}
	text := o.In.Str("redrivePolicy")
	if text == "" || json.Unmarshal([]byte(text), &policy) != nil {
		return nil
	}
	dead, _ := o.FindBy(token.SQSQueue, "arn", policy.Target)
	allow := dead.Str("redriveAllowPolicy")
	if own, ok := o.Find(token.SQSRedriveAllowPolicy, dead.Str("url")); ok {
		allow = own.Str("redriveAllowPolicy")
	}
	var doc redriveAllow
	if allow == "" || json.Unmarshal([]byte(allow), &doc) != nil || doc.Permission == "allowAll" ||
		slices.Contains(doc.Sources, source) {
		return nil
	}
	return badAttribute("RedrivePolicy", text, "the redrive allow policy of the dead-letter queue does not allow "+source,
		"Add the queue to sourceQueueArns there.")
}
