package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

const (
	storeKeyToken = "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey"
	lambdaToken   = "aws:lambda/function:Function"
	// edgeLambda is who copies functions to the edge.
	edgeLambda = "edgelambda.amazonaws.com"
)

// The bounds of a key-value store, in bytes (CloudFront developer guide,
// "Quotas on key value stores").
const (
	storeKeyBytes   = 512
	storeValueBytes = 1024
	storeBytes      = 5 * 1024 * 1024
)

// edgeCode is the table of code at the edge and of what it reads.
func edgeCode() []sim.Kind { return []sim.Kind{storeKey(), lambdaFunction()} }

func storeKey() sim.Kind {
	return sim.Kind{
		Token: storeKeyToken, Service: "CloudFront KeyValueStore", API: "Key", Global: true,
		Verbs:     map[sim.Verb]string{sim.Create: "PutKey", sim.Update: "PutKey"},
		ReplaceOn: []string{"key", "keyValueStoreArn"},
		ID:        func(o *sim.Op) string { return o.In.Str("keyValueStoreArn") + "," + o.In.Str("key") },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"totalSizeInBytes": len(o.In.Str("key")) + len(o.In.Str("value"))}
		},
		Changing: func(o *sim.Op) []string { return []string{"totalSizeInBytes"} },
		Refs:     []sim.Ref{{Path: "keyValueStoreArn", To: []sim.Target{{Token: keyValueStoreToken, By: "arn"}}, Missing: "ResourceNotFoundException"}},
		Rules:    sim.Many(sim.Create|sim.Update, storeHasRoom),
	}
}

func storeHasRoom(o *sim.Op) error {
	key, value := len(o.In.Str("key")), len(o.In.Str("value"))
	total := key + value
	for _, other := range o.Others() {
		if other.Props.Str("keyValueStoreArn") == o.In.Str("keyValueStoreArn") {
			total += len(other.Props.Str("key")) + len(other.Props.Str("value"))
		}
	}
	switch {
	case key == 0 || key > storeKeyBytes:
		return sim.Refuse("ValidationException", fmt.Sprintf("The key has %d bytes, want 1 to %d", key, storeKeyBytes),
			"Shorten it.")
	case value > storeValueBytes:
		return sim.Refuse("ValidationException",
			fmt.Sprintf("The value of %s has %d bytes, at most %d are allowed", o.In.Str("key"), value,
				storeValueBytes), "Divide it over several keys.")
	case total > o.Quota("cloudfront.store-bytes", storeBytes):
		return sim.Refuse("ServiceQuotaExceededException", fmt.Sprintf("The key value store would have %d bytes", total),
			"Take keys away, or use a second store.")
	}
	return nil
}

func lambdaFunction() sim.Kind {
	return sim.Kind{
		Token: lambdaToken, Service: "Lambda", API: "Function",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateFunctionCode"},
		Name: &sim.Name{Auto: true, Max: 64, Taken: "ResourceConflictException", Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[a-zA-Z0-9_-]+$`), Want: "letters, digits, hyphens and underscores",
		}},
		Defaults: sim.Props{
			"memorySize": 128.0, "packageType": "Zip", "publish": false, "reservedConcurrentExecutions": -1.0, "skipDestroy": false, "timeout": 3.0,
		},
		Enums: map[string][]string{
			"packageType": {"Zip", "Image"},
			"runtime": {
				"nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x", "python3.9", "python3.10", "python3.11", "python3.12",
				"python3.13", "python3.14",
				"java11", "java17", "java21", "java25", "dotnet8", "dotnet9", "ruby3.2", "ruby3.3", "ruby3.4", "provided.al2",
				"provided.al2023",
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
		Refs:  []sim.Ref{{Path: "role", To: []sim.Target{{Token: roleToken, By: "arn"}}, Missing: "InvalidParameterValueException"}},
		Rules: append(sim.Many(sim.Create, roleTrusts("lambda.amazonaws.com")), sim.Many(sim.Delete, notReplicated)...),
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
	invoke := fmt.Sprintf("arn:%s:apigateway:%s:lambda:path/2015-03-31/functions/%s/invocations", o.Partition, o.Region,
		arn)
	hash := o.In.Str("code.hash")
	return sim.Props{
		"arn": arn, "qualifiedArn": arn + ":" + version, "version": version, "invokeArn": invoke, "lastModified": madeAt,
		"qualifiedInvokeArn": strings.Replace(invoke, arn, arn+":"+version, 1), "codeSha256": hash, "sourceCodeHash": hash,
		"sourceCodeSize": 4096, "signingJobArn": "", "signingProfileVersionArn": "", "architectures": sim.List(x86),
		"ephemeralStorage": map[string]any{"size": 512}, "tracingConfig": map[string]any{"mode": "PassThrough"},
		"loggingConfig": map[string]any{"logFormat": "Text", "logGroup": "/aws/lambda/" + o.NameOf()},
	}
}

// trusted is the trust of a role, by its ARN.
func trusted(o *sim.Op, role string) string {
	found, _ := o.FindBy(roleToken, "arn", role)
	return found.Str("assumeRolePolicy")
}

// roleTrusts refuses a role that a service may not assume.
func roleTrusts(service string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		if trust := trusted(o, o.In.Str("role")); trust == "" || strings.Contains(trust, service) {
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
	if o.Region != "us-east-1" || !o.In.Bool("publish") || !strings.Contains(trusted(o, o.In.Str("role")), edgeLambda) {
		return nil
	}
	return sim.Refuse("InvalidParameterValueException",
		fmt.Sprintf("Lambda was unable to delete %s because it is a replicated function.", o.In.Str("qualifiedArn")),
		"Take it from every distribution and wait some hours, or set retainOnDelete and delete it by hand later.")
}

// versionARN is a numbered version of a function.
var versionARN = regexp.MustCompile(`^arn:[a-z-]+:lambda:([a-z0-9-]+):\d+:function:[A-Za-z0-9_-]+:(\d+|[$A-Za-z].*)$`)

// associationsGood holds what runs at a distribution's behaviors against what
// CloudFront takes there.
func associationsGood(o *sim.Op) error {
	for _, b := range eachBehavior(o.In) {
		seen := map[string]bool{}
		for _, a := range append(b.Maps("functionAssociations"), b.Maps("lambdaFunctionAssociations")...) {
			event := a.Str("eventType")
			if seen[event] {
				return sim.Refuse("InvalidArgument", "The parameter EventType is used twice in one cache behavior",
					"Keep one function for "+event+" of "+behaviorName(b)+".")
			}
			seen[event] = true
		}
		for _, a := range b.Maps("functionAssociations") {
			if err := functionGood(o, a); err != nil {
				return err
			}
		}
		for _, a := range b.Maps("lambdaFunctionAssociations") {
			if err := lambdaGood(o, a.Str("lambdaArn")); err != nil {
				return err
			}
		}
		if viewerSides(b) {
			return sim.Refuse("InvalidFunctionAssociation",
				"CloudFront Functions and Lambda@Edge cannot both run at viewer events of one cache behavior",
				"Use one of them for "+behaviorName(b)+".")
		}
	}
	return nil
}

// viewerSides reports whether both kinds of functions run at viewer events.
func viewerSides(b sim.Props) bool {
	return len(b.Maps("functionAssociations")) > 0 &&
		slices.ContainsFunc(b.Maps("lambdaFunctionAssociations"), func(a sim.Props) bool {
			return strings.HasPrefix(a.Str("eventType"), "viewer-")
		})
}

func functionGood(o *sim.Op, a sim.Props) error {
	f, ok := o.FindBy(edgeFunctionToken, "arn", a.Str("functionArn"))
	if event := a.Str("eventType"); event != "viewer-request" && event != "viewer-response" {
		return sim.Refuse("InvalidFunctionAssociation", "CloudFront Functions run at viewer-request and viewer-response only",
			"Got "+event+"; use Lambda@Edge at the origin.")
	}
	if ok && !f.Bool("publish") {
		return sim.Refuse("InvalidFunctionAssociation", "The function must be published before it is associated",
			"Set publish of "+f.Str("name")+".")
	}
	return nil
}

func lambdaGood(o *sim.Op, arn string) error {
	const code = "InvalidLambdaFunctionAssociation"
	parts := versionARN.FindStringSubmatch(arn)
	switch {
	case parts == nil || strings.Trim(parts[2], "0123456789") != "":
		return sim.Refuse(code, "The function ARN must reference a specific function version: "+arn,
			"Publish the function and give its qualifiedArn.")
	case parts[1] != "us-east-1":
		return sim.Refuse(code, "The function must be in region us-east-1: "+arn, "Create it with a provider for us-east-1.")
	}
	f, ok := anyLambda(o, strings.TrimSuffix(arn, ":"+parts[2]))
	switch {
	case !ok:
		return sim.Refuse(code, "The function does not exist: "+arn, "Create it first.")
	case len(f.Map("environment")) > 0, len(f.Strs("layers")) > 0, len(f.Strs("vpcConfig.subnetIds")) > 0:
		return sim.Refuse(code, "The function has environment variables, layers or a VPC", "Lambda@Edge takes none of them.")
	case slices.Contains(f.Strs("architectures"), arm):
		return sim.Refuse(code, "The function is for arm64", "Lambda@Edge runs on x86_64.")
	case !strings.Contains(trusted(o, f.Str("role")), edgeLambda):
		return sim.Refuse(code, "The function's execution role must be assumable by "+edgeLambda,
			"Add the service to the role's trust.")
	}
	return nil
}

func anyLambda(o *sim.Op, arn string) (sim.Props, bool) {
	for _, f := range o.Anywhere(lambdaToken) {
		if f.Props.Str("arn") == arn {
			return f.Props, true
		}
	}
	return nil, false
}

// storeNeedsRuntime: only the second runtime reads a store, and only one.
func storeNeedsRuntime(o *sim.Op) error {
	stores := o.In.Strs("keyValueStoreAssociations")
	switch {
	case len(stores) > 1:
		return sim.Refuse("InvalidArgument", "A function can be associated with one key value store",
			fmt.Sprintf("Got %d.", len(stores)))
	case len(stores) == 1 && o.In.Str("runtime") != "cloudfront-js-2.0":
		return sim.Refuse("InvalidArgument", "Key value stores need the runtime cloudfront-js-2.0",
			"Got "+o.In.Str("runtime")+".")
	}
	return nil
}
