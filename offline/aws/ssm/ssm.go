// Package ssm simulates Systems Manager: parameters, and AWS's public ones.
package ssm

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// ssmInvalid is the code of the Systems Manager for a request it cannot
// read.
const ssmInvalid = "ValidationException"

// Kinds is the table of Systems Manager.
func Kinds() []sim.Kind {
	return []sim.Kind{{
		Token: token.SSMParameter, Service: "SSM", API: "Parameter",
		Verbs: map[sim.Verb]string{sim.Create: "PutParameter", sim.Update: "PutParameter"},
		Name:  &sim.Name{Auto: true, Max: 2048, Taken: "ParameterAlreadyExists"},
		Enums: map[string][]string{
			"type": {"String", "StringList", "SecureString"}, "tier": {"Standard", "Advanced", "Intelligent-Tiering"},
			"dataType": {"text", "aws:ec2:image", "aws:ssm:integration"},
		},
		ExactlyOneOf: [][]string{{"value", "insecureValue"}},
		Lengths:      map[string]sim.Range{"description": {Max: 1024}, "allowedPattern": {Max: 1024}},
		Checks:       []sim.Check{insecureSecret},
		ReplaceOn:    []string{"dataType", "name"},
		ReplaceWhen: func(old, new sim.Props) []string {
			if old.Str("tier") == "Advanced" && new.Str("tier") == "Standard" {
				return []string{"tier"} // a parameter never goes back to the standard tier
			}
			return nil
		},
		Secrets: []string{"value"},
		Outputs: parameterOutputs,
		Changing: func(o *sim.Op) []string {
			if o.Changed("value") || o.Changed("insecureValue") {
				return []string{"version"}
			}
			return nil
		},
		Refs:  []sim.Ref{refer.Key("keyId", "InvalidKeyId")},
		Rules: sim.Many(sim.Create|sim.Update, parameterName, parameterSize, parameterValue),
	}}
}

func insecureSecret(in sim.Props) []sim.Failure {
	if in.Str("type") != "SecureString" || !in.Has("insecureValue") {
		return nil
	}
	return check.Wrong("insecureValue", "cannot be set with type SecureString: give value")
}

func parameterOutputs(o *sim.Op) sim.Props {
	out := sim.Props{
		"arn":  o.ARN("ssm", "parameter/"+strings.TrimPrefix(o.NameOf(), "/")),
		"tier": "Standard", "dataType": "text", "version": parameterVersion(o), "value": o.In.Str("insecureValue"), "keyId": "",
	}
	if o.In.Str("type") == "SecureString" {
		out["keyId"] = "alias/aws/ssm"
	}
	return out
}

// parameterVersion counts every PutParameter; changed tags are none.
func parameterVersion(o *sim.Op) int {
	if o.Old == nil {
		return 1
	}
	for _, key := range []string{"value", "insecureValue", "type", "description", "allowedPattern", "tier", "dataType",
		"keyId"} {
		if o.In.Has(key) && o.Changed(key) {
			return o.Old.Int("version") + 1
		}
	}
	return o.Old.Int("version")
}

var (
	parameterChars  = regexp.MustCompile(`^[a-zA-Z0-9_.\-/]+$`)
	reservedPrefix  = regexp.MustCompile(`(?i)^/?(aws|ssm)`)
	parameterLevels = 15
)

func parameterName(o *sim.Op) error {
	name := o.NameOf()
	switch {
	case reservedPrefix.MatchString(name):
		return sim.Refuse(ssmInvalid, "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive)",
			"Begin name with something else.")
	case strings.Contains(name, "/") && !strings.HasPrefix(name, "/"):
		return sim.Refuse(ssmInvalid, "Parameter name must be a fully qualified name", "Begin name with a slash: /"+name+".")
	case !parameterChars.MatchString(name) || strings.HasSuffix(name, "/") || strings.Contains(name, "//"):
		return sim.Refuse(ssmInvalid,
			fmt.Sprintf("Parameter name: got %q, only a mix of letters, numbers and the following 3 symbols "+
				".-_ with slashes between the levels are allowed", name), "Change name.")
	case strings.Count(name, "/") > parameterLevels:
		return sim.Refuse("HierarchyLevelLimitExceededException",
			fmt.Sprintf("A hierarchy can have a maximum of %d levels", parameterLevels),
			"Take levels out of name.")
	}
	return nil
}

// The longest values in characters; the Systems Manager's user guide gives 4 KB
// and 8 KB.
const (
	standardValue = 4096
	advancedValue = 8192
)

func parameterSize(o *sim.Op) error {
	limit, hint := standardValue, "Shorten the value, or set tier to Advanced (which costs money)."
	if tier := o.In.Str("tier"); tier == "Advanced" || tier == "Intelligent-Tiering" {
		limit, hint = advancedValue, "Shorten the value, or keep it in S3 or the Secrets Manager."
	}
	if n := len(parameterText(o)); n > limit {
		return sim.Refuse(ssmInvalid,
			fmt.Sprintf("Standard tier parameters support a maximum parameter value of %d characters; got %d", limit, n), hint)
	}
	return nil
}

func parameterText(o *sim.Op) string { return cmp.Or(o.In.Str("value"), o.In.Str("insecureValue")) }

func parameterValue(o *sim.Op) error {
	text, pattern := parameterText(o), o.In.Str("allowedPattern")
	if text == "" {
		return sim.Refuse(ssmInvalid,
			"Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
			"Give a value.")
	}
	if strings.Contains(text, "{{") && strings.Contains(text, "}}") {
		return sim.Refuse(ssmInvalid, "Parameter value can't nest another parameter. Do not use \"{{}}\" in the value",
			"Write the value out.")
	}
	if pattern == "" {
		return nil
	}
	if match, err := regexp.Compile(pattern); err == nil && !match.MatchString(text) {
		return sim.Refuse("ParameterPatternMismatchException",
			"Parameter value, cannot be validated against allowedPattern: "+pattern,
			"Change the value or allowedPattern.")
	}
	return nil
}
