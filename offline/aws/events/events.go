// Package events simulates EventBridge: buses, rules and targets.
package events

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	noEvents = "ResourceNotFoundException"
)

var eventName = sim.Pattern{Match: regexp.MustCompile(`^[.\-_A-Za-z0-9]+$`), Want: "letters, digits and .-_"}

// Kinds is the table of EventBridge: buses, rules and their targets.
func Kinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.CloudWatchEventBus, Service: "EventBridge", API: "EventBus",
			Name:      &sim.Name{Auto: true, Max: 256, Taken: "ResourceAlreadyExistsException"},
			Lengths:   map[string]sim.Range{"description": {Max: 512}},
			ReplaceOn: []string{"eventSourceName", "name"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("events", "event-bus/"+o.NameOf())}
			},
		},
		{
			Token: token.CloudWatchEventRule, Service: "EventBridge", API: "Rule",
			Verbs:       map[sim.Verb]string{sim.Create: "PutRule", sim.Update: "PutRule"},
			Name:        &sim.Name{Prefix: "namePrefix", Auto: true, Max: 64, Pattern: eventName},
			AtMostOneOf: [][]string{{"name", "namePrefix"}, {"isEnabled", "state"}},
			Defaults:    sim.Props{"eventBusName": "default"},
			Enums:       map[string][]string{"state": {"DISABLED", "ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}},
			Lengths:     map[string]sim.Range{"description": {Max: 512}, "scheduleExpression": {Max: 256}},
			Checks:      []sim.Check{ruleHasTrigger},
			JSON:        []string{"eventPattern"},
			ReplaceOn:   []string{"eventBusName", "name", "namePrefix"},
			ID: func(o *sim.Op) string {
				if bus := o.In.Str("eventBusName"); bus != "default" {
					return bus + "/" + o.NameOf()
				}
				return o.NameOf()
			},
			Outputs: func(o *sim.Op) sim.Props {
				resource := "rule/" + o.NameOf()
				if bus := o.In.Str("eventBusName"); bus != "default" {
					resource = "rule/" + bus + "/" + o.NameOf()
				}
				return sim.Props{"arn": o.ARN("events", resource), "namePrefix": ""}
			},
			Refs:  []sim.Ref{busRef()},
			Rules: sim.Many(sim.Create|sim.Update, patternGood, scheduleGood),
		},
		{
			Token: token.CloudWatchEventTarget, Service: "EventBridge", API: "Targets",
			Verbs:       map[sim.Verb]string{sim.Create: "PutTargets", sim.Update: "PutTargets", sim.Delete: "RemoveTargets"},
			Defaults:    sim.Props{"eventBusName": "default"},
			AtMostOneOf: [][]string{{"input", "inputPath", "inputTransformer"}},
			ReplaceOn:   []string{"eventBusName", "rule", "targetId"},
			Patterns:    map[string]sim.Pattern{"targetId": eventName},
			Lengths:     map[string]sim.Range{"targetId": {Min: 1, Max: 64}},
			ID: func(o *sim.Op) string {
				return o.In.Str("rule") + "-" + cmp.Or(o.In.Str("targetId"), "terraform-"+o.Digits(26, "target"))
			},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"targetId": "terraform-" + o.Digits(26, "target")}
			},
			Refs: []sim.Ref{
				busRef(),
				{Path: "rule", To: []sim.Target{{Token: token.CloudWatchEventRule, By: "name"}}, Missing: noEvents, InUse: targetsLeft},
			},
			Rules: sim.Many(sim.Create|sim.Update, targetARN),
		},
	}
}

// targetsLeft is EventBridge's refusal to delete a rule with targets.
const targetsLeft = "ValidationException"

func busRef() sim.Ref {
	return sim.Ref{
		Path: "eventBusName", To: []sim.Target{{Token: token.CloudWatchEventBus, By: "name"}, {Token: token.CloudWatchEventBus, By: "arn"}}, Missing: noEvents, InUse: "ValidationException",
		Unless: func(v string) bool { return v == "default" },
	}
}

func ruleHasTrigger(in sim.Props) []sim.Failure {
	if in.Has("eventPattern") || in.Has("scheduleExpression") {
		return nil
	}
	return check.Wrong("eventPattern", "one of eventPattern, scheduleExpression must be given")
}

func patternGood(o *sim.Op) error {
	text := o.In.Str("eventPattern")
	if text == "" {
		return nil
	}
	var pattern map[string]any
	if err := json.Unmarshal([]byte(text), &pattern); err != nil {
		return sim.Refuse("InvalidEventPatternException", "Event pattern is not valid. Reason: "+err.Error(),
			"Correct eventPattern.")
	}
	for key, value := range pattern {
		switch value.(type) {
		case []any, map[string]any:
		default:
			return sim.Refuse("InvalidEventPatternException",
				fmt.Sprintf("Event pattern is not valid. Reason: %q must be an object or an array", key),
				"Write the values in a list.")
		}
	}
	return nil
}

var (
	rateForm = regexp.MustCompile(`^rate\((?:1 (?:minute|hour|day)|(?:[2-9]|[1-9]\d+) (?:minutes|hours|days))\)$`)
	cronForm = regexp.MustCompile(`^cron\(\S+(?: \S+){5}\)$`)
)

func scheduleGood(o *sim.Op) error {
	text := o.In.Str("scheduleExpression")
	if text == "" || rateForm.MatchString(text) || cronForm.MatchString(text) {
		return nil
	}
	return sim.Refuse("ValidationException", "Parameter ScheduleExpression is not valid",
		fmt.Sprintf("Write rate(5 minutes) or cron(0 10 * * ? *), got %q.", text))
}

func targetARN(o *sim.Op) error {
	parts := strings.SplitN(o.In.Str("arn"), ":", 6)
	if len(parts) == 6 && parts[0] == "arn" {
		return nil
	}
	return sim.Refuse("ValidationException",
		fmt.Sprintf("Parameter %s is not valid. Reason: Provided Arn is not in correct format", o.In.Str("arn")),
		"Give the target's ARN in arn.")
}
