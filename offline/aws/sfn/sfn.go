// Package sfn simulates Step Functions: state machines, whose definitions are looked into as far as
// the ways from state to state go, and activities. Nothing is executed.
package sfn

import (
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

var stateName = sim.Pattern{Match: regexp.MustCompile(`^[0-9A-Za-z_-]+$`),
	Want: "letters, digits, hyphens and underscores"}

// encryptions are by whose key executions are encrypted.
var encryptions = []string{"AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"}

// Kinds is the table of Step Functions.
func Kinds() []sim.Kind { return []sim.Kind{stateMachine(), activity()} }

func stateMachine() sim.Kind {
	return sim.Kind{
		Token: token.SFNStateMachine, Service: "SFN", API: "StateMachine", Noun: "Step Functions State Machine",
		Verbs:       map[sim.Verb]string{sim.Update: "UpdateStateMachine"},
		Name:        &sim.Name{Prefix: "namePrefix", Auto: true, Max: 80, Pattern: stateName, Taken: "StateMachineAlreadyExists"},
		AtMostOneOf: [][]string{{"name", "namePrefix"}},
		Defaults:    sim.Props{"publish": false, "type": "STANDARD"},
		Enums: map[string][]string{
			"type": {"STANDARD", "EXPRESS"}, "encryptionConfiguration.type": encryptions,
			"loggingConfiguration.level": {"ALL", "ERROR", "FATAL", "OFF"},
		},
		Ranges:    map[string]sim.Range{"encryptionConfiguration.kmsDataKeyReusePeriodSeconds": {Min: 60, Max: 900}},
		Lengths:   map[string]sim.Range{"definition": {Max: 1 << 20}, "namePrefix": {Min: 1, Max: 54}},
		Checks:    []sim.Check{definitionValid},
		ReplaceOn: []string{"name", "namePrefix", "type"},
		ID:        machineARN,
		Outputs:   machineOutputs,
		Changing: func(o *sim.Op) []string {
			if o.In.Bool("publish") && revised(o) {
				return []string{"revisionId", "stateMachineVersionArn"}
			}
			return nil
		},
		Refs: []sim.Ref{
			refer.Role("roleArn", "AccessDeniedException"), refer.Key("encryptionConfiguration.kmsKeyId",
				"KmsAccessDeniedException"),
		},
		Rules: sim.Many(sim.Create|sim.Update, roleTrusted, logsNamed),
	}
}

func machineARN(o *sim.Op) string { return o.ARN("states", "stateMachine:"+o.NameOf()) }

// revised reports whether an update makes another revision.
func revised(o *sim.Op) bool {
	return o.Old != nil && (o.Changed("definition") || o.Changed("roleArn"))
}

func machineOutputs(o *sim.Op) sim.Props {
	out := sim.Props{
		"arn": machineARN(o), "creationDate": strings.Replace(made.At, ".000", "", 1), "description": "", "namePrefix": "",
		"encryptionConfiguration": map[string]any{"type": encryptions[0]}, "revisionId": o.Old.Str("revisionId"),
		"loggingConfiguration": map[string]any{"includeExecutionData": false, "level": "OFF"}, "status": "ACTIVE",
		"stateMachineVersionArn": o.Old.Str("stateMachineVersionArn"), "tracingConfiguration": map[string]any{"enabled": false},
		"versionDescription": "",
	}
	switch {
	case o.Old == nil && o.In.Bool("publish"):
		out["stateMachineVersionArn"] = machineARN(o) + ":1"
	case revised(o):
		out["revisionId"] = o.UUID("revision " + o.In.Str("definition") + o.In.Str("roleArn"))
		if o.In.Bool("publish") {
			out["stateMachineVersionArn"] = nextVersion(o)
		}
	}
	return out
}

// roleTrusted refuses a role that Step Functions may not assume.
func roleTrusted(o *sim.Op) error {
	role, ours := o.FindBy(token.IAMRole, "arn", o.In.Str("roleArn"))
	trust := role.Str("assumeRolePolicy")
	if !ours || strings.Contains(trust, "states.amazonaws.com") || strings.Contains(trust,
		"states."+o.Region+".amazonaws.com") {
		return nil
	}
	return sim.Refuse("AccessDeniedException", "Neither the global service principal states.amazonaws.com, nor the "+
		"regional one is authorized to assume the provided role.", "Let states.amazonaws.com assume it.")
}

// logsNamed: a log group is named with the streams in it (SFN API, CloudWatchLogsLogGroup: "The
// ARN must end with `:*`"). The wording of the refusal is from memory.
func logsNamed(o *sim.Op) error {
	level, to := o.In.Str("loggingConfiguration.level"), o.In.Str("loggingConfiguration.logDestination")
	if level == "" || level == "OFF" || strings.HasSuffix(to, ":*") {
		return nil
	}
	return sim.Refuse("InvalidLoggingConfiguration", "Invalid Logging Configuration: Log Destination "+to+
		" must be the ARN of a log group that ends in ':*'", "Write logDestination as the group's ARN and \":*\".")
}

func activity() sim.Kind {
	arn := func(o *sim.Op) string { return o.ARN("states", "activity:"+o.NameOf()) }
	return sim.Kind{
		Token: token.SFNActivity, Service: "SFN", API: "Activity", Noun: "Step Functions Activity",
		Verbs:     map[sim.Verb]string{sim.Update: "TagResource"},
		Name:      &sim.Name{Auto: true, Max: 80, Pattern: stateName, Taken: "ActivityAlreadyExists"},
		Enums:     map[string][]string{"encryptionConfiguration.type": encryptions},
		ReplaceOn: []string{"name"},
		ID:        arn,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"creationDate": strings.Replace(made.At, ".000", "", 1), "encryptionConfiguration": map[string]any{"type": encryptions[0]},
			}
		},
		Refs: []sim.Ref{refer.Key("encryptionConfiguration.kmsKeyId", "KmsAccessDeniedException")},
	}
}
