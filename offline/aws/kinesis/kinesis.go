// Package kinesis simulates Kinesis's data streams, and Firehose, which delivers what comes in to
// buckets, searches and warehouses. What flows is not simulated.
package kinesis

import (
	"fmt"
	"regexp"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Kinds is the table of streams.
func Kinds() []sim.Kind { return []sim.Kind{stream(), delivery()} }

const (
	onDemand    = "ON_DEMAND"
	provisioned = "PROVISIONED"
)

var streamName = sim.Pattern{Match: regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`),
	Want: "letters, digits, hyphens, underscores and dots"}

// shardMetrics are what may be measured for each shard (Kinesis API, EnableEnhancedMonitoring).
var shardMetrics = []string{
	"IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords", "WriteProvisionedThroughputExceeded",
	"ReadProvisionedThroughputExceeded", "IteratorAgeMilliseconds", "ALL",
}

func stream() sim.Kind {
	return sim.Kind{
		Token: token.KinesisStream, Service: "Kinesis", API: "Stream",
		Verbs:    map[sim.Verb]string{sim.Update: "UpdateShardCount"},
		Name:     &sim.Name{Auto: true, Max: 128, Pattern: streamName, Taken: "ResourceInUseException"},
		Defaults: sim.Props{"encryptionType": "NONE", "enforceConsumerDeletion": false, "retentionPeriod": 24.0},
		Enums: map[string][]string{
			"encryptionType": {"NONE", "KMS"}, "shardLevelMetrics": shardMetrics,
			"streamModeDetails.streamMode": {onDemand, provisioned},
		},
		Ranges:    map[string]sim.Range{"retentionPeriod": {Min: 24, Max: 8760}},
		Checks:    []sim.Check{shardsOfMode},
		ReplaceOn: []string{"name"},
		ID:        streamARN,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": streamARN(o), "streamModeDetails": map[string]any{"streamMode": provisioned}}
		},
		Refs:  []sim.Ref{refer.Key("kmsKeyId", "KMSNotFoundException")},
		Rules: append(sim.Many(sim.Create|sim.Update, keyGiven), sim.Many(sim.Update, doubledAtMost)...),
	}
}

func streamARN(o *sim.Op) string { return o.ARN("kinesis", "stream/"+o.NameOf()) }

func modeOf(in sim.Props) string {
	if in.Str("streamModeDetails.streamMode") == onDemand {
		return onDemand
	}
	return provisioned
}

// shardsOfMode is the provider's own check, made in previews too.
func shardsOfMode(in sim.Props) []sim.Failure {
	if in.Has("shardCount") && !in.Known("shardCount") || in.Has("streamModeDetails") && !in.Known("streamModeDetails") {
		return nil
	}
	switch mode := modeOf(in); {
	case mode == onDemand && in.Int("shardCount") > 0:
		return check.Wrong("shardCount", "must not be set when streamMode is %s", mode)
	case mode == provisioned && in.Int("shardCount") < 1:
		return check.Wrong("shardCount", "must be at least 1 when streamMode is %s", mode)
	}
	return nil
}

// keyGiven is the provider's own refusal, after the stream was made.
func keyGiven(o *sim.Op) error {
	if o.In.Str("encryptionType") != "KMS" || o.In.Str("kmsKeyId") != "" {
		return nil
	}
	return sim.Refuse("InvalidArgumentException", "KMS Key ID required when setting encryption_type is not set as NONE",
		"Give kmsKeyId: alias/aws/kinesis is AWS's own key.")
}

// doubledAtMost: shards grow to the double at most, and shrink to the half (Kinesis API,
// UpdateShardCount). The wording is from memory.
func doubledAtMost(o *sim.Op) error {
	before, after := o.Old.Int("shardCount"), o.In.Int("shardCount")
	if before == 0 || after == 0 || after <= 2*before && 2*after >= before {
		return nil
	}
	return sim.Refuse("InvalidArgumentException",
		fmt.Sprintf("UpdateShardCount cannot scale from %d to %d shards", before, after),
		fmt.Sprintf("Go to %d at most and %d at least, and on from there.", 2*before, (before+1)/2))
}
