// Package dynamodb simulates DynamoDB's tables: keys, indexes, capacity, streams and the protection
// from deletion. What they hold is not simulated, nor are replicas in other regions.
package dynamodb

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	invalid     = "ValidationException"
	onDemand    = "PAY_PER_REQUEST"
	provisioned = "PROVISIONED"
	// mostGlobal and mostLocal are how many indexes a table may have.
	mostGlobal, mostLocal = 20, 5
)

// Kinds is the table of DynamoDB.
func Kinds() []sim.Kind {
	return []sim.Kind{{
		Token: token.DynamoDBTable, Service: "DynamoDB", API: "Table", Verbs: map[sim.Verb]string{sim.Update: "UpdateTable"},
		Name: &sim.Name{Auto: true, Max: 255, Taken: "ResourceInUseException", Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,}$`), Want: "at least 3 letters, digits, hyphens, underscores and dots",
		}},
		Defaults: sim.Props{"billingMode": provisioned},
		Enums: map[string][]string{
			"billingMode": {onDemand, provisioned}, "attributes.type": {"S", "N", "B"}, "tableClass": {"STANDARD", "STANDARD_INFREQUENT_ACCESS"},
			"streamViewType":                        {"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"},
			"globalSecondaryIndexes.projectionType": projections, "localSecondaryIndexes.projectionType": projections,
		},
		Ranges: map[string]sim.Range{"pointInTimeRecovery.recoveryPeriodInDays": {Min: 1, Max: 35}},
		Checks: []sim.Check{keysAreAttributes, capacityGiven, streamHasView, fewIndexes},
		Sets:   []string{"attributes", "globalSecondaryIndexes", "localSecondaryIndexes", "replicas"},
		ReplaceOn: []string{
			"hashKey", "importTable", "localSecondaryIndexes", "name", "rangeKey", "restoreDateTime", "restoreSourceName",
			"restoreSourceTableArn", "restoreToLatestTime",
		},
		Outputs:  outputs,
		Changing: streamChanges,
		Refs:     []sim.Ref{refer.Key("serverSideEncryption.kmsKeyArn", "ValidationException")},
		Rules:    sim.Many(sim.Delete, unprotected),
	}}
}

var projections = []string{"ALL", "INCLUDE", "KEYS_ONLY"}

// keysAreAttributes: each key is an attribute, and each attribute a key, as the provider
// and AWS have it.
func keysAreAttributes(in sim.Props) []sim.Failure {
	if !in.Has("hashKey") {
		if in.Has("importTable") || in.Has("restoreSourceName") || in.Has("restoreSourceTableArn") {
			return nil
		}
		return check.Wrong("hashKey", "missing: a table has a key by which its items are found")
	}
	keys := slices.Concat(in.Strs("hashKey"), in.Strs("rangeKey"))
	for _, index := range []string{"globalSecondaryIndexes", "localSecondaryIndexes"} {
		keys = slices.Concat(keys, in.Strs(index+".hashKey"), in.Strs(index+".rangeKey"))
	}
	attributes := in.Strs("attributes.name")
	var failures []sim.Failure
	for _, key := range keys {
		if !slices.Contains(attributes, key) && in.Known("attributes") {
			failures = append(failures, check.Wrong("attributes", "all indexes must match a defined attribute. Unmatched: %q",
				key)...)
		}
	}
	for _, name := range attributes {
		if !slices.Contains(keys, name) && !unknownKeys(in) {
			failures = append(failures, check.Wrong("attributes", "all attributes must be indexed. Unused: %q", name)...)
		}
	}
	return failures
}

// unknownKeys reports whether the engine does not know all keys yet.
func unknownKeys(in sim.Props) bool {
	for _, key := range []string{"hashKey", "rangeKey", "globalSecondaryIndexes", "localSecondaryIndexes"} {
		if in.Has(key) && !in.Known(key) {
			return true
		}
	}
	return false
}

// capacityGiven: a table that pays for its capacity says how much, and so does each of
// its indexes.
func capacityGiven(in sim.Props) []sim.Failure {
	if in.Str("billingMode") != provisioned || in.Has("importTable") || in.Has("restoreSourceName") ||
		in.Has("restoreSourceTableArn") {
		return nil
	}
	failures := given(in, "")
	for _, index := range in.Maps("globalSecondaryIndexes") {
		failures = append(failures, given(index, "globalSecondaryIndexes "+index.Str("name")+" ")...)
	}
	return failures
}

func given(in sim.Props, of string) (failures []sim.Failure) {
	for _, key := range []string{"readCapacity", "writeCapacity"} {
		if !in.Has(key) || in.Known(key) && in.Num(key) < 1 {
			failures = append(failures, check.Wrong(of+key,
				"must be at least 1 with billingMode PROVISIONED, which is the default; PAY_PER_REQUEST has none")...)
		}
	}
	return failures
}

func streamHasView(in sim.Props) []sim.Failure {
	if in.Bool("streamEnabled") && !in.Has("streamViewType") {
		return check.Wrong("streamViewType", "required when streamEnabled is true")
	}
	return nil
}

func fewIndexes(in sim.Props) (failures []sim.Failure) {
	for path, most := range map[string]int{"globalSecondaryIndexes": mostGlobal, "localSecondaryIndexes": mostLocal} {
		if n := len(in.Maps(path)); n > most {
			failures = append(failures, check.Wrong(path, "got %d, at most %d are allowed", n, most)...)
		}
	}
	if len(in.Maps("localSecondaryIndexes")) > 0 && !in.Has("rangeKey") {
		failures = append(failures, check.Wrong("localSecondaryIndexes", "need a table with a rangeKey")...)
	}
	return failures
}

func outputs(o *sim.Op) sim.Props {
	arn := o.ARN("dynamodb", "table/"+o.NameOf())
	out := sim.Props{
		"arn": arn, "streamArn": "", "streamLabel": "", "streamViewType": "", "tableClass": "",
		"pointInTimeRecovery": map[string]any{"enabled": false}, "ttl": map[string]any{"enabled": false, "attributeName": ""},
		"readCapacity": 0, "writeCapacity": 0,
	}
	if o.In.Bool("streamEnabled") {
		out["streamLabel"] = streamLabel(o)
		out["streamArn"] = arn + "/stream/" + out["streamLabel"].(string)
	}
	return out
}

// streamLabel is when a stream began: a stream that is switched on again is another.
func streamLabel(o *sim.Op) string {
	if label := o.Old.Str("streamLabel"); label != "" && !o.Changed("streamViewType") {
		return label
	}
	label := strings.TrimSuffix(made.At, "Z")
	if o.Old != nil { // a later stream than the first
		label = strings.TrimSuffix(label, "000") + o.Digits(3, "stream"+o.In.Str("streamViewType"))
	}
	return label
}

func streamChanges(o *sim.Op) []string {
	if o.Changed("streamEnabled") || o.Changed("streamViewType") {
		return []string{"streamArn", "streamLabel"}
	}
	return nil
}

// unprotected refuses to delete a table that is protected.
func unprotected(o *sim.Op) error {
	if !o.In.Bool("deletionProtectionEnabled") {
		return nil
	}
	return sim.Refuse(invalid, fmt.Sprintf("Resource cannot be deleted as it is currently protected against deletion. "+
		"Disable deletion protection first (%s)", o.ID), "Set deletionProtectionEnabled to false, and bring that up first.")
}
