package cdn

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/cdnpolicy"
	"github.com/rung-dev/rung/region"
)

// Edge is code at CloudFront's edge. It runs for everything but the versioned
// files, which are the same for everybody.
type Edge struct {
	// Request is the ARN of the CloudFront function for viewer requests and
	// Response that for viewer responses; nil runs none.
	Request, Response pulumi.StringInput
	// OriginResponse is the ARN of a published version of a Lambda@Edge, which
	// sees what the app answers where answers may be kept. Nil runs none.
	OriginResponse pulumi.StringInput
	// CachePolicyID is the cache policy where the app's answers may be kept.
	// Nil keeps them as the origin says, apart for hosts, queries and cookies.
	CachePolicyID pulumi.StringInput
}

// Shield is Origin Shield.
type Shield struct {
	// Region is where it is: that of the origin, or the nearest that CloudFront
	// offers.
	Region string
	// App puts it before the app too. That suits an app in one region; one in
	// several would be asked for the whole world by way of this one.
	App bool
}

// ShieldRegions are where CloudFront offers Origin Shield.
// Source: CloudFront developer guide, "Using Amazon CloudFront Origin Shield".
func ShieldRegions() []string {
	var names []string
	for _, r := range region.All() {
		if r.Shield == r.Name {
			names = append(names, r.Name)
		}
	}
	return names
}

// NearestShield is the region of the shield for an origin in a region.
// Source: CloudFront developer guide, "Choosing the AWS Region for Origin Shield".
func NearestShield(name string) string {
	r, _ := region.Get(name)
	return cmp.Or(r.Shield, name)
}

// tagShield says in the open where the shield is, with "+app" where it stands
// before the app too: the origins themselves are
// secret, because one of them is sent a secret header.
const tagShield = "rung:origin-shield"

func (s *Shield) check() []error {
	if s == nil || slices.Contains(ShieldRegions(), s.Region) {
		return nil
	}
	return []error{fmt.Errorf("Shield.Region: got %q, want one of %v", s.Region, ShieldRegions())}
}

func (s *Shield) tag() map[string]string {
	if s == nil {
		return nil
	}
	if s.App {
		return map[string]string{tagShield: s.Region + "+app"}
	}
	return map[string]string{tagShield: s.Region}
}

// before is the shield before the bucket, or before the app.
func (s *Shield) before(app bool) cloudfront.DistributionOriginOriginShieldPtrInput {
	if s == nil || app && !s.App {
		return nil
	}
	return cloudfront.DistributionOriginOriginShieldArgs{Enabled: pulumi.Bool(true),
		OriginShieldRegion: pulumi.String(s.Region)}
}

// viewerPolicy is what the app learns of a request. Code at the edge goes by
// the viewer's country, which CloudFront adds only where it is passed on.
func (e *Edge) viewerPolicy() pulumi.StringPtrInput {
	if e == nil {
		return pulumi.String(cdnpolicy.AllViewer)
	}
	return pulumi.String(cdnpolicy.AllViewerAndCloudFront)
}

// cachePolicy is by what the app's answers are kept.
func (e *Edge) cachePolicy() pulumi.StringPtrInput {
	if e == nil || e.CachePolicyID == nil {
		return pulumi.String(cdnpolicy.OriginCacheControlQueryStrings)
	}
	return e.CachePolicyID.ToStringOutput()
}

// at gives the functions at viewer events, by event.
func (e *Edge) at() map[string]pulumi.StringInput {
	if e == nil {
		return nil
	}
	return map[string]pulumi.StringInput{"viewer-request": e.Request, "viewer-response": e.Response}
}

func (e *Edge) onDefault() cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArray {
	var list cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArray
	for _, event := range []string{"viewer-request", "viewer-response"} {
		if arn := e.at()[event]; arn != nil {
			list = append(list, cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArgs{
				EventType: pulumi.String(event), FunctionArn: arn,
			})
		}
	}
	return list
}

func (e *Edge) onPath() cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArray {
	var list cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArray
	for _, event := range []string{"viewer-request", "viewer-response"} {
		if arn := e.at()[event]; arn != nil {
			list = append(list, cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArgs{
				EventType: pulumi.String(event), FunctionArn: arn,
			})
		}
	}
	return list
}

// atOrigin is the Lambda@Edge where answers may be kept; private paths never
// are, and need none.
func (e *Edge) atOrigin() cloudfront.DistributionDefaultCacheBehaviorLambdaFunctionAssociationArray {
	if e == nil || e.OriginResponse == nil {
		return nil
	}
	return cloudfront.DistributionDefaultCacheBehaviorLambdaFunctionAssociationArray{
		cloudfront.DistributionDefaultCacheBehaviorLambdaFunctionAssociationArgs{
			EventType: pulumi.String("origin-response"), LambdaArn: e.OriginResponse, IncludeBody: pulumi.Bool(false),
		},
	}
}
