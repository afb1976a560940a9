// Package sns simulates SNS: topics, their policies and subscriptions.
package sns

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	// snsInvalid is the code of SNS for a value it does not take.
	snsInvalid = "InvalidParameter"
)

// fifoSuffix ends the names of first-in-first-out topics and queues.
const fifoSuffix = ".fifo"

// FifoWhen ends a name as first-in-first-out demands, where the key says that it is.
func FifoWhen(key string) func(in sim.Props) string {
	return func(in sim.Props) string {
		if in.Bool(key) {
			return fifoSuffix
		}
		return ""
	}
}

// FifoNames checks that the suffix and the switch agree.
func FifoNames(key string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		name := in.Str("name")
		switch {
		case !in.Known("name") || in.Bool(key) == strings.HasSuffix(name, fifoSuffix):
			return nil
		case in.Bool(key):
			return check.Wrong("name", "got %q, want it to end with %s when %s is true", name, fifoSuffix, key)
		}
		return check.Wrong("name", "got %q, only names with %s true end with %s", name, key, fifoSuffix)
	}
}

// Kinds is the table of topics.
func Kinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.SNSTopic, Service: "SNS", API: "Topic",
			Verbs: map[sim.Verb]string{sim.Update: "SetTopicAttributes"},
			// CreateTopic itself gives an existing topic back and refuses one
			// with other attributes only.
			Name: &sim.Name{
				Prefix: "namePrefix", Auto: true, Max: 256, Suffix: FifoWhen("fifoTopic"), Taken: snsInvalid,
				Pattern: sim.Pattern{Match: regexp.MustCompile(`^[a-zA-Z0-9_-]+(\.fifo)?$`), Want: "letters, digits, hyphens and underscores"},
			},
			AtMostOneOf: [][]string{{"name", "namePrefix"}},
			Defaults:    sim.Props{"contentBasedDeduplication": false, "fifoTopic": false},
			Enums:       map[string][]string{"tracingConfig": {"Active", "PassThrough"}, "fifoThroughputScope": {"Topic", "MessageGroup"}},
			Ranges:      map[string]sim.Range{"signatureVersion": {Min: 1, Max: 2}},
			Lengths:     map[string]sim.Range{"displayName": {Max: 100}},
			Checks:      []sim.Check{FifoNames("fifoTopic"), OnlyFIFO("fifoTopic", "contentBasedDeduplication")},
			JSON:        []string{"policy", "deliveryPolicy", "archivePolicy"},
			ReplaceOn:   []string{"fifoTopic", "name", "namePrefix"},
			ID:          topicARN,
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": topicARN(o), "owner": o.Account, "policy": defaultTopicPolicy(o), "beginningArchiveTime": "", "namePrefix": "",
				}
			},
			Refs: []sim.Ref{refer.Key("kmsMasterKeyId", "KMSNotFound")},
			Rules: append(sim.Many(sim.Create|sim.Update, topicPolicyGood),
				sim.Many(sim.Delete, refer.TakesAlong(token.SNSTopicSubscription, "topic"),
					refer.TakesAlong(token.SNSTopicPolicy, "arn"))...),
		},
		{
			Token: token.SNSTopicPolicy, Service: "SNS", API: "TopicPolicy",
			Verbs:    map[sim.Verb]string{sim.Create: "SetTopicAttributes", sim.Update: "SetTopicAttributes", sim.Delete: "SetTopicAttributes"},
			Required: []string{"policy"}, JSON: []string{"policy"}, ReplaceOn: []string{"arn"},
			ID:      func(o *sim.Op) string { return o.In.Str("arn") },
			Outputs: func(o *sim.Op) sim.Props { return sim.Props{"owner": o.Account} },
			Refs:    []sim.Ref{refer.Topic("arn", "NotFound")},
			Rules:   sim.Many(sim.Create|sim.Update, topicPolicyGood),
		},
		{
			Token: token.SNSTopicSubscription, Service: "SNS", API: "TopicSubscription",
			Verbs: map[sim.Verb]string{sim.Create: "Subscribe", sim.Update: "SetSubscriptionAttributes", sim.Delete: "Unsubscribe"},
			Defaults: sim.Props{
				"confirmationTimeoutInMinutes": 1.0, "endpointAutoConfirms": false, "rawMessageDelivery": false,
			},
			Required: []string{"topic"},
			Enums: map[string][]string{
				"protocol":          {"application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"},
				"filterPolicyScope": {"MessageAttributes", "MessageBody"},
			},
			JSON:      []string{"filterPolicy", "redrivePolicy", "deliveryPolicy", "replayPolicy"},
			ReplaceOn: []string{"endpoint", "protocol", "topic"},
			ID:        subscriptionARN,
			Outputs: func(o *sim.Op) sim.Props {
				out := sim.Props{
					"arn": subscriptionARN(o), "ownerId": o.Account, "confirmationWasAuthenticated": !pending(o.In), "pendingConfirmation": pending(o.In),
					"filterPolicyScope": "",
				}
				if o.In.Has("filterPolicy") {
					out["filterPolicyScope"] = "MessageAttributes"
				}
				return out
			},
			Refs:  []sim.Ref{refer.Topic("topic", "NotFound")},
			Rules: sim.Many(sim.Create, endpointFits, fifoSubscriber),
		},
	}
}

// OnlyFIFO checks an attribute that only FIFO topics and queues have.
func OnlyFIFO(key, attribute string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		if in.Bool(key) || !in.Bool(attribute) {
			return nil
		}
		return check.Wrong(attribute, "can only be set when %s is true", key)
	}
}

func topicARN(o *sim.Op) string { return o.ARN("sns", o.NameOf()) }

func subscriptionARN(o *sim.Op) string { return o.In.Str("topic") + ":" + o.UUID("subscription") }

// pending tells the subscriptions that a person must confirm: nobody does here.
func pending(in sim.Props) bool {
	switch in.Str("protocol") {
	case "email", "email-json":
		return true
	case "http", "https":
		return !in.Bool("endpointAutoConfirms")
	}
	return false
}

// defaultTopicPolicy is the policy of a topic that was given none: its own
// account may use it.
func defaultTopicPolicy(o *sim.Op) string {
	doc, _ := json.Marshal(map[string]any{ // plain values: cannot fail
		"Version": "2008-10-17", "Id": "__default_policy_ID",
		"Statement": []any{map[string]any{
			"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": map[string]any{"AWS": "*"},
			"Action": []string{
				"SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission",
				"SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish",
			},
			"Resource": topicARN(o), "Condition": map[string]any{"StringEquals": map[string]any{"AWS:SourceOwner": o.Account}},
		}},
	})
	return string(doc)
}

func topicPolicyGood(o *sim.Op) error {
	if !o.In.Has("policy") {
		return nil
	}
	text := policy.Text(o.In, "policy")
	if problem := policy.Problem(text, policy.Resource); problem != "" {
		return sim.Refuse(snsInvalid, "Invalid parameter: Policy Error: "+problem, "Correct the document in policy.")
	}
	statements, _ := policy.Statements(text)
	for _, s := range statements {
		for _, action := range policy.TextList(s.Action) {
			if !strings.HasPrefix(strings.ToLower(action), "sns:") {
				return sim.Refuse(snsInvalid, "Invalid parameter: Policy statement action out of service scope",
					fmt.Sprintf("Name actions of SNS, such as sns:Publish, one by one instead of %q.", action))
			}
		}
	}
	return nil
}

var phone = regexp.MustCompile(`^\+[0-9]{6,15}$`)

func endpointFits(o *sim.Op) error {
	endpoint, protocol := o.In.Str("endpoint"), o.In.Str("protocol")
	good, want := true, ""
	switch protocol {
	case "email", "email-json":
		address, err := mail.ParseAddress(endpoint)
		good, want = err == nil && address.Address == endpoint, "Email address"
	case "http", "https":
		u, err := url.Parse(endpoint)
		good, want = err == nil && u.Scheme == protocol && u.Host != "", "Endpoint must match the specified protocol"
	case "sqs", "lambda", "firehose":
		good, want = strings.HasPrefix(endpoint,
			"arn:"+o.Partition+":"+protocol+":"), strings.ToUpper(protocol)+" endpoint ARN"
	case "sms":
		good, want = phone.MatchString(endpoint), "SMS endpoint"
	}
	if good {
		return nil
	}
	return sim.Refuse(snsInvalid, "Invalid parameter: "+want,
		fmt.Sprintf("Give an endpoint for protocol %s, got %q.", protocol, endpoint))
}

func fifoSubscriber(o *sim.Op) error {
	if o.In.Str("protocol") != "sqs" || !strings.HasSuffix(o.In.Str("endpoint"), fifoSuffix) ||
		strings.HasSuffix(o.In.Str("topic"), fifoSuffix) {
		return nil
	}
	return sim.Refuse(snsInvalid,
		"Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
		"Subscribe a standard queue, or make the topic a FIFO topic.")
}
