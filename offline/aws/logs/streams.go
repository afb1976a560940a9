package logs

import (
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// streamKinds are what is within a log group, and who reads along.
func streamKinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.CloudWatchLogStream, Service: "CloudWatch Logs", API: "LogStream", Noun: "CloudWatch Logs Log Stream",
			Name: &sim.Name{Auto: true, Max: 512, Taken: "ResourceAlreadyExistsException", Within: []string{"logGroupName"},
				Pattern: sim.Pattern{Match: regexp.MustCompile(`^[^:*]+$`), Want: "no colon and no asterisk"}},
			ReplaceOn: []string{"logGroupName", "name"},
			ID: func(o *sim.Op) string {
				if _, taken := o.Find(token.CloudWatchLogStream, o.NameOf()); taken {
					return o.In.Str("logGroupName") + "/" + o.NameOf() // the provider's own ids are not unique
				}
				return o.NameOf()
			},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("logs", "log-group:"+o.In.Str("logGroupName")+":log-stream:"+o.NameOf())}
			},
			Refs: []sim.Ref{refer.LogGroup("logGroupName", noLogs)},
		},
		{
			Token: token.CloudWatchLogSubscriptionFilter, Service: "CloudWatch Logs", API: "SubscriptionFilter",
			Verbs:    map[sim.Verb]string{sim.Create: "PutSubscriptionFilter", sim.Update: "PutSubscriptionFilter"},
			Name:     &sim.Name{Auto: true, Max: 512},
			Required: []string{"logGroup"}, Defaults: sim.Props{"distribution": "ByLogStream"},
			Enums:     map[string][]string{"distribution": {"Random", "ByLogStream"}},
			Lengths:   map[string]sim.Range{"filterPattern": {Max: 1024}},
			ReplaceOn: []string{"destinationArn", "logGroup", "name"},
			ID:        func(o *sim.Op) string { return "cwlsf-" + o.Digits(10, "filter") },
			Outputs:   func(*sim.Op) sim.Props { return sim.Props{"roleArn": ""} },
			Refs: []sim.Ref{refer.LogGroup("logGroup", noLogs), refer.Role("roleArn", "InvalidParameterException"),
				{
					Path: "destinationArn", Missing: "InvalidParameterException",
					To:     []sim.Target{{Token: token.KinesisStream}, {Token: token.KinesisFirehoseDeliveryStream}, {Token: token.LambdaFunction, By: "arn"}},
					Unless: func(arn string) bool { return strings.Contains(arn, ":destination:") },
				}},
			Quota: &sim.Quota{Key: "logs.subscription-filters-per-group", Default: 2, Code: "LimitExceededException",
				Within: func(o *sim.Op) string { return o.In.Str("logGroup") }},
		},
	}
}
