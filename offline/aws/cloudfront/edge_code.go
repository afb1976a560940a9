package cloudfront

import (
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/offer"
	"github.com/rung-dev/rung/offline/aws/lambda"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// associationsGood holds what runs at a distribution's behaviors against what
// CloudFront takes there.
func associationsGood(o *sim.Op) error {
	for _, b := range EachBehavior(o.In) {
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
	f, ok := o.FindBy(token.CloudFrontFunction, "arn", a.Str("functionArn"))
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
	parts := lambda.VersionARN.FindStringSubmatch(arn)
	switch {
	case parts == nil || strings.Trim(parts[2], "0123456789") != "":
		return sim.Refuse(code, "The function ARN must reference a specific function version: "+arn,
			"Publish the function and give its qualifiedArn.")
	case parts[1] != "us-east-1":
		return sim.Refuse(code, "The function must be in region us-east-1: "+arn, "Create it with a provider for us-east-1.")
	}
	f, ok := lambda.Anywhere(o, strings.TrimSuffix(arn, ":"+parts[2]))
	switch {
	case !ok:
		return sim.Refuse(code, "The function does not exist: "+arn, "Create it first.")
	case len(f.Map("environment")) > 0, len(f.Strs("layers")) > 0, len(f.Strs("vpcConfig.subnetIds")) > 0:
		return sim.Refuse(code, "The function has environment variables, layers or a VPC", "Lambda@Edge takes none of them.")
	case slices.Contains(f.Strs("architectures"), offer.ARM):
		return sim.Refuse(code, "The function is for arm64", "Lambda@Edge runs on x86_64.")
	case !strings.Contains(lambda.TrustOf(o, f.Str("role")), lambda.EdgeLambda):
		return sim.Refuse(code, "The function's execution role must be assumable by "+lambda.EdgeLambda,
			"Add the service to the role's trust.")
	}
	return nil
}
