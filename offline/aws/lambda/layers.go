package lambda

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// layer is a version of what several functions share. Whatever changes makes another one.
func layer() sim.Kind {
	return sim.Kind{
		Token: token.LambdaLayerVersion, Service: "Lambda", API: "LayerVersion", Noun: "Lambda Layer Version",
		Verbs:    map[sim.Verb]string{sim.Create: "PublishLayerVersion"},
		Defaults: sim.Props{"skipDestroy": false},
		Patterns: map[string]sim.Pattern{"layerName": {Match: regexp.MustCompile(`^[a-zA-Z0-9_-]{1,140}$`),
			Want: "up to 140 letters, digits, hyphens and underscores"}},
		Lengths:     map[string]sim.Range{"description": {Max: 256}, "licenseInfo": {Max: 512}},
		Enums:       map[string][]string{"compatibleArchitectures": {"x86_64", "arm64"}},
		AtMostOneOf: [][]string{{"code", "s3Bucket"}}, Checks: []sim.Check{layerHasCode},
		ReplaceOn: []string{
			"code", "compatibleArchitectures", "compatibleRuntimes", "description", "layerName", "licenseInfo", "s3Bucket",
			"s3Key",
			"s3ObjectVersion", "sourceCodeHash",
		},
		ID: layerARN,
		Outputs: func(o *sim.Op) sim.Props {
			name, hash := o.ARN("lambda", "layer:"+o.In.Str("layerName")), o.In.Str("code.hash")
			version := o.ID[strings.LastIndex(o.ID, ":")+1:]
			return sim.Props{
				"arn": o.ID, "layerArn": name, "version": version, "createdDate": made.At, "sourceCodeSize": 4096, "codeSha256": hash,
				"sourceCodeHash": hash, "signingJobArn": "", "signingProfileVersionArn": "",
			}
		},
	}
}

// layerARN counts on from the last version that there is: AWS counts those that are gone, too.
func layerARN(o *sim.Op) string {
	name, last := o.ARN("lambda", "layer:"+o.In.Str("layerName")), 0
	for _, other := range o.All(token.LambdaLayerVersion) {
		var n int
		if _, err := fmt.Sscanf(other.ID, name+":%d", &n); err == nil {
			last = max(last, n)
		}
	}
	return fmt.Sprintf("%s:%d", name, last+1)
}

// layerHasCode: the provider wants a file or the three words of a bucket.
func layerHasCode(in sim.Props) []sim.Failure {
	if in.Has("code") || in.Has("s3Bucket") && in.Has("s3Key") {
		return nil
	}
	return check.Wrong("code", "give code, or s3Bucket and s3Key")
}

// eventConfig is how often a function is tried for what nobody waits for, and who is told then.
func eventConfig() sim.Kind {
	return sim.Kind{
		Token: token.LambdaFunctionEventInvokeConfig, Service: "Lambda", API: "FunctionEventInvokeConfig",
		Verbs:    map[sim.Verb]string{sim.Create: "PutFunctionEventInvokeConfig", sim.Update: "PutFunctionEventInvokeConfig"},
		Defaults: sim.Props{"maximumRetryAttempts": 2.0},
		Ranges: map[string]sim.Range{
			"maximumEventAgeInSeconds": {Min: 60, Max: 21600}, "maximumRetryAttempts": {Min: 0, Max: 2},
		},
		Patterns:  map[string]sim.Pattern{"functionName": {Match: functionName, Want: "a function's name or ARN"}},
		ReplaceOn: []string{"functionName", "qualifier"},
		ID: func(o *sim.Op) string {
			if q := o.In.Str("qualifier"); q != "" {
				return o.In.Str("functionName") + ":" + q
			}
			return o.In.Str("functionName")
		},
		Refs: []sim.Ref{
			{Path: "destinationConfig.onFailure.destination", To: destinations, Missing: lambdaBad, Unless: notOurs},
			{Path: "destinationConfig.onSuccess.destination", To: destinations, Missing: lambdaBad, Unless: notOurs},
		},
		Rules: sim.Many(sim.Create|sim.Update, functionStands("functionName")),
	}
}

// destinations are who may be told of an outcome.
var destinations = []sim.Target{{Token: token.SQSQueue, By: "arn"}, {Token: token.SNSTopic, By: "arn"},
	{Token: token.LambdaFunction, By: "arn"}}

func notOurs(arn string) bool {
	return !strings.Contains(arn, ":sqs:") && !strings.Contains(arn, ":sns:") && !strings.Contains(arn, ":lambda:")
}
