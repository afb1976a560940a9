package lambda

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// The batches of queues and of streams where a mapping does not say.
const (
	queueBatch  = 10
	streamBatch = 100
)

// mapping lets Lambda read a queue or a stream and call a function with what it found.
func mapping() sim.Kind {
	return sim.Kind{
		Token: token.LambdaEventSourceMapping, Service: "Lambda", API: "EventSourceMapping",
		Verbs:        map[sim.Verb]string{sim.Update: "UpdateEventSourceMapping"},
		ExactlyOneOf: [][]string{{"eventSourceArn", "selfManagedEventSource"}},
		Defaults:     sim.Props{"enabled": true},
		Enums:        map[string][]string{"startingPosition": {"TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"}, "functionResponseTypes": {"ReportBatchItemFailures"}},
		Ranges: map[string]sim.Range{
			"batchSize": {Min: 1, Max: 10000}, "maximumBatchingWindowInSeconds": {Min: 0, Max: 300}, "maximumRecordAgeInSeconds": {Min: -1, Max: 604800},
			"maximumRetryAttempts": {Min: -1, Max: 10000}, "parallelizationFactor": {Min: 1, Max: 10}, "tumblingWindowInSeconds": {Min: 0, Max: 900},
			"scalingConfig.maximumConcurrency": {Min: 2, Max: 1000},
		},
		Patterns: map[string]sim.Pattern{"functionName": {Match: functionName, Want: "a function's name or ARN"}},
		Checks:   []sim.Check{startsSomewhere},
		ReplaceOn: []string{
			"amazonManagedKafkaEventSourceConfig", "eventSourceArn", "queues", "selfManagedEventSource",
			"selfManagedKafkaEventSourceConfig",
			"startingPosition", "startingPositionTimestamp", "topics",
		},
		// The name of a function is as good as its ARN.
		Ignore:  sameFunction,
		ID:      func(o *sim.Op) string { return o.UUID("mapping") },
		Outputs: mappingOutputs,
		Changing: func(o *sim.Op) []string {
			if o.Changed("functionName") {
				return []string{"functionArn", "lastModified"}
			}
			return []string{"lastModified"}
		},
		Refs: []sim.Ref{
			{
				Path: "eventSourceArn", Missing: lambdaBad,
				To:     []sim.Target{{Token: token.SQSQueue, By: "arn"}, {Token: token.DynamoDBTable, By: "streamArn"}, {Token: token.KinesisStream}},
				Unless: func(arn string) bool { return !strings.Contains(arn, ":sqs:") && !streams(arn) },
			},
			refer.Key("kmsKeyArn", lambdaBad),
		},
		Rules: sim.Many(sim.Create|sim.Update, functionStands("functionName"), visibleLongEnough, mappedOnce),
	}
}

// streams reports whether a source is read from a position on.
func streams(arn string) bool {
	return strings.Contains(arn, ":dynamodb:") || strings.Contains(arn, ":kinesis:")
}

// startsSomewhere: a stream is read from somewhere, a queue from its beginning.
func startsSomewhere(in sim.Props) []sim.Failure {
	arn := in.Str("eventSourceArn")
	switch {
	case !in.Known("eventSourceArn"):
	case streams(arn) && !in.Has("startingPosition"):
		return check.Wrong("startingPosition", "required with a stream: TRIM_HORIZON or LATEST")
	case strings.Contains(arn, ":sqs:") && in.Has("startingPosition"):
		return check.Wrong("startingPosition", "a queue has none")
	}
	return nil
}

func sameFunction(old, new sim.Props) []string {
	a := functionName.FindStringSubmatch(old.Str("functionName"))
	b := functionName.FindStringSubmatch(new.Str("functionName"))
	if a == nil || b == nil || a[1] != b[1] {
		return nil
	}
	return []string{"functionName"}
}

func mappingOutputs(o *sim.Op) sim.Props {
	f, _ := named(o, "functionName")
	out := sim.Props{
		"arn": o.ARN("lambda", "event-source-mapping:"+o.ID), "uuid": o.ID, "functionArn": f.Str("arn"), "state": "Enabled",
		"stateTransitionReason": "USER_INITIATED", "lastModified": made.At, "lastProcessingResult": "", "batchSize": queueBatch,
		"maximumBatchingWindowInSeconds": 0,
	}
	if !o.In.Bool("enabled") {
		out["state"] = "Disabled"
	}
	if streams(o.In.Str("eventSourceArn")) {
		out["batchSize"], out["parallelizationFactor"], out["lastProcessingResult"] = streamBatch, 1, "No records processed"
		out["maximumRecordAgeInSeconds"], out["maximumRetryAttempts"] = -1, -1
	}
	return out
}

// visibleLongEnough: a message that shows again while the function still works at it
// would be worked at twice.
func visibleLongEnough(o *sim.Op) error {
	queue, ours := o.FindBy(token.SQSQueue, "arn", o.In.Str("eventSourceArn"))
	f, _ := named(o, "functionName")
	if !ours || queue.Int("visibilityTimeoutSeconds") >= f.Int("timeout") {
		return nil
	}
	return sim.Refuse(lambdaBad,
		fmt.Sprintf("Queue visibility timeout: %d seconds is less than Function timeout: %d seconds",
			queue.Int("visibilityTimeoutSeconds"), f.Int("timeout")),
		"Set visibilityTimeoutSeconds of the queue to six times the function's timeout.")
}

func mappedOnce(o *sim.Op) error {
	f, _ := named(o, "functionName")
	for _, other := range o.Others() {
		if o.In.Has("eventSourceArn") && other.Props.Str("eventSourceArn") == o.In.Str("eventSourceArn") &&
			other.Props.Str("functionArn") == f.Str("arn") {
			return sim.Refuse(lambdaTaken, fmt.Sprintf("An event source mapping with event source arn (%s) and function (%s) "+
				"already exists. Please update or delete the existing mapping with UUID %s", o.In.Str("eventSourceArn"),
				f.Str("name"), other.ID), "Keep one of the two.")
		}
	}
	return nil
}
