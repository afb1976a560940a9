package logs

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// deliveryName is the form of the names of sources and destinations.
var deliveryName = sim.Pattern{Match: regexp.MustCompile(`^[\w-]+$`), Want: "letters, digits, hyphens and underscores"}

// logDeliveryKinds is the table of logs that services deliver themselves.
func logDeliveryKinds() []sim.Kind {
	put := func(api string) map[sim.Verb]string {
		return map[sim.Verb]string{sim.Create: "Put" + api, sim.Update: "Put" + api}
	}
	return []sim.Kind{
		{
			Token: token.CloudWatchLogDeliverySource, Service: "CloudWatch Logs", API: "DeliverySource", Verbs: put("DeliverySource"),
			Name:      &sim.Name{Auto: true, Max: 60, Pattern: deliveryName, Taken: "ConflictException"},
			ReplaceOn: []string{"logType", "name", "resourceArn"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("logs", "delivery-source:"+o.NameOf()), "service": ServiceOf(o.In.Str("resourceArn"))}
			},
			Refs: []sim.Ref{{
				Path: "resourceArn", To: []sim.Target{{Token: token.CloudFrontDistribution, By: "arn"}}, Missing: noLogs, AnyRegion: true,
				Unless: func(arn string) bool { return ServiceOf(arn) != "cloudfront" },
			}},
			Rules: sim.Many(sim.Create, sourceHome, sourceOnce),
		},
		{
			Token: token.CloudWatchLogDeliveryDestination, Service: "CloudWatch Logs", API: "DeliveryDestination", Verbs: put("DeliveryDestination"),
			Name:      &sim.Name{Auto: true, Max: 60, Pattern: deliveryName, Taken: "ConflictException"},
			Required:  []string{"deliveryDestinationConfiguration"},
			Enums:     map[string][]string{"outputFormat": {"json", "plain", "w3c", "raw", "parquet"}},
			ReplaceOn: []string{"name", "outputFormat"},
			Outputs: func(o *sim.Op) sim.Props {
				to := map[string]string{"s3": "S3", "logs": "CWL", "firehose": "FH", "xray": "XRAY"}
				return sim.Props{
					"arn":                     o.ARN("logs", "delivery-destination:"+o.NameOf()),
					"deliveryDestinationType": to[ServiceOf(o.In.Str("deliveryDestinationConfiguration.destinationResourceArn"))],
				}
			},
			Refs: []sim.Ref{{
				Path: "deliveryDestinationConfiguration.destinationResourceArn", To: []sim.Target{{Token: token.S3BucketV2, By: "arn"}, {Token: token.S3Bucket, By: "arn"}},
				Missing: noLogs, AnyRegion: true, Unless: func(arn string) bool { return ServiceOf(arn) != "s3" },
			}},
		},
		{
			Token: token.CloudWatchLogDelivery, Service: "CloudWatch Logs", API: "Delivery",
			Verbs:     map[sim.Verb]string{sim.Update: "UpdateDeliveryConfiguration"},
			ID:        func(o *sim.Op) string { return o.Lower(16, "delivery") },
			ReplaceOn: []string{"deliveryDestinationArn", "deliverySourceName"},
			Lengths:   map[string]sim.Range{"fieldDelimiter": {Max: 5}, "recordFields": {Min: 1, Max: 64}},
			Outputs:   func(o *sim.Op) sim.Props { return sim.Props{"arn": o.ARN("logs", "delivery:"+o.ID)} },
			Refs: []sim.Ref{
				{Path: "deliverySourceName", To: []sim.Target{{Token: token.CloudWatchLogDeliverySource, By: "name"}}, Missing: noLogs, InUse: "ConflictException"},
				{Path: "deliveryDestinationArn", To: []sim.Target{{Token: token.CloudWatchLogDeliveryDestination, By: "arn"}}, Missing: noLogs, InUse: "ConflictException"},
			},
		},
	}
}

// ServiceOf is the service in an ARN; empty for what is none.
func ServiceOf(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 {
		return ""
	}
	return parts[2]
}

// sourceHome: CloudFront's logs are delivered from us-east-1 only.
func sourceHome(o *sim.Op) error {
	if ServiceOf(o.In.Str("resourceArn")) != "cloudfront" || o.Region == "us-east-1" {
		return nil
	}
	return sim.Refuse("ValidationException",
		"PutDeliverySource action is not supported for this LogType in region "+o.Region,
		"Give it a provider of us-east-1; the bucket may be anywhere.")
}

// sourceOnce: a resource is the source of one type of log once.
func sourceOnce(o *sim.Op) error {
	for _, other := range o.All(token.CloudWatchLogDeliverySource) {
		if other.ID != o.ID && other.Props.Str("resourceArn") == o.In.Str("resourceArn") &&
			other.Props.Str("logType") == o.In.Str("logType") {
			return sim.Refuse("ConflictException",
				"This ResourceId has already been used in another Delivery Source in this account",
				fmt.Sprintf("Use the source %s.", other.ID))
		}
	}
	return nil
}
