// Package lambda simulates Lambda: functions, their aliases and addresses, who may call them, and what
// they are called with out of queues and streams. Layers and published code are not looked into.
package lambda

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/offer"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	// EdgeLambda is who copies functions to the edge.
	EdgeLambda = "edgelambda.amazonaws.com"
)

func lambdaFunction() sim.Kind {
	return sim.Kind{
		Token: token.LambdaFunction, Service: "Lambda", API: "Function",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateFunctionCode"},
		Name: &sim.Name{Auto: true, Max: 64, Taken: "ResourceConflictException", Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[a-zA-Z0-9_-]+$`), Want: "letters, digits, hyphens and underscores",
		}},
		Defaults: sim.Props{
			"memorySize": 128.0, "packageType": "Zip", "publish": false, "reservedConcurrentExecutions": -1.0, "skipDestroy": false, "timeout": 3.0,
		},
		Enums: map[string][]string{
			"packageType": {"Zip", "Image"},
			// The provider's own list: 6.83.4 is older than nodejs24.x, python3.14 and java25.
			"runtime": {
				"nodejs18.x", "nodejs20.x", "nodejs22.x", "python3.9", "python3.10", "python3.11", "python3.12", "python3.13",
				"java11", "java17", "java21", "dotnet8", "ruby3.2", "ruby3.3", "ruby3.4", "provided.al2", "provided.al2023",
			},
		},
		Ranges:    map[string]sim.Range{"memorySize": {Min: 128, Max: 10240}, "timeout": {Min: 1, Max: 900}},
		Lengths:   map[string]sim.Range{"description": {Max: 256}},
		ReplaceOn: []string{"name", "packageType"},
		Outputs:   lambdaOutputs,
		Changing: func(o *sim.Op) []string {
			out := []string{"lastModified"}
			if newVersion(o) {
				out = append(out, "version", "qualifiedArn", "qualifiedInvokeArn", "codeSha256", "sourceCodeHash", "sourceCodeSize")
			}
			return out
		},
		Refs: []sim.Ref{{Path: "role", To: []sim.Target{{Token: token.IAMRole, By: "arn"}}, Missing: "InvalidParameterValueException"}},
		Rules: append(sim.Many(sim.Create, roleTrusts("lambda.amazonaws.com")), sim.Many(sim.Delete, notReplicated,
			refer.TakesAlong(token.LambdaPermission, "function"), refer.TakesAlong(token.LambdaAlias, "functionName"),
			refer.TakesAlong(token.LambdaFunctionUrl, "functionName"))...),
	}
}

// newVersion reports whether an update publishes: everything but tags does.
func newVersion(o *sim.Op) bool {
	if o.In.Has("architectures") && o.Changed("architectures") {
		return o.In.Bool("publish")
	}
	return o.In.Bool("publish") && slices.ContainsFunc(
		[]string{"code", "description", "environment", "handler", "layers", "memorySize", "role", "runtime", "timeout", "vpcConfig"}, o.Changed)
}

func lambdaOutputs(o *sim.Op) sim.Props {
	version := "$LATEST"
	if o.In.Bool("publish") {
		version = "1"
	}
	if o.Old != nil {
		version = o.Old.Str("version")
		if newVersion(o) {
			n := 0
			fmt.Sscan(version, &n) //nolint:errcheck // $LATEST counts from zero
			version = fmt.Sprint(n + 1)
		}
	}
	arn := o.ARN("lambda", "function:"+o.NameOf())
	invoke := invokeARN(o, arn)
	hash := o.In.Str("code.hash")
	return sim.Props{
		"arn": arn, "qualifiedArn": arn + ":" + version, "version": version, "invokeArn": invoke, "lastModified": made.At,
		"qualifiedInvokeArn": strings.Replace(invoke, arn, arn+":"+version, 1), "codeSha256": hash, "sourceCodeHash": hash,
		"sourceCodeSize": 4096, "signingJobArn": "", "signingProfileVersionArn": "", "architectures": sim.List(offer.X86),
		"ephemeralStorage": map[string]any{"size": 512}, "tracingConfig": map[string]any{"mode": "PassThrough"},
		"loggingConfig": map[string]any{"logFormat": "Text", "logGroup": "/aws/lambda/" + o.NameOf()},
	}
}

// TrustOf is the trust of a role, by its ARN.
func TrustOf(o *sim.Op, role string) string {
	found, _ := o.FindBy(token.IAMRole, "arn", role)
	return found.Str("assumeRolePolicy")
}

// roleTrusts refuses a role that a service may not assume.
func roleTrusts(service string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		if trust := TrustOf(o, o.In.Str("role")); trust == "" || strings.Contains(trust, service) {
			return nil
		}
		return sim.Refuse("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.",
			"Let "+service+" assume it.")
	}
}

// notReplicated: a function that may be copied to the edge is taken to be
// there. AWS needs hours to take the copies back after the last distribution let
// go, and no time passes here.
func notReplicated(o *sim.Op) error {
	if o.Region != "us-east-1" || !o.In.Bool("publish") || !strings.Contains(TrustOf(o, o.In.Str("role")), EdgeLambda) {
		return nil
	}
	return sim.Refuse("InvalidParameterValueException",
		fmt.Sprintf("Lambda was unable to delete %s because it is a replicated function.", o.In.Str("qualifiedArn")),
		"Take it from every distribution and wait some hours, or set retainOnDelete and delete it by hand later.")
}

// VersionARN is a numbered version of a function.
var VersionARN = regexp.MustCompile(`^arn:[a-z-]+:lambda:([a-z0-9-]+):\d+:function:[A-Za-z0-9_-]+:(\d+|[$A-Za-z].*)$`)

// Anywhere finds a function of any region by its ARN.
func Anywhere(o *sim.Op, arn string) (sim.Props, bool) {
	for _, f := range o.Anywhere(token.LambdaFunction) {
		if f.Props.Str("arn") == arn {
			return f.Props, true
		}
	}
	return nil, false
}

// Kinds is the table of what Lambda has.
func Kinds() []sim.Kind {
	return []sim.Kind{lambdaFunction(), alias(), permission(), functionURL(), mapping(), layer(), eventConfig()}
}
