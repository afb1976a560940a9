package cdn

import (
	"errors"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/cdnpolicy"
)

// indexPage is what "/" is. CloudFront knows it for the root alone: a link to a
// folder must name the page in it.
const indexPage = "index.html"

// site is true where files are all that there is: there is no app to ask.
func (a Args) site() bool { return a.Kind == CloudFront && a.Files != nil && a.Origin.Host == nil }

func (a Args) checkSite() []error {
	var errs []error
	switch {
	case !a.site() && a.NotFoundPage != "":
		errs = append(errs, errors.New("NotFoundPage: only where files are all that there is; an app answers itself"))
	case a.NotFoundPage != "" && !strings.HasPrefix(a.NotFoundPage, "/"):
		errs = append(errs, errors.New("NotFoundPage: want a path such as /404.html"))
	}
	if a.site() && (a.Standby != nil || a.Balance != nil || a.Edge != nil || a.OriginSecret != nil) {
		errs = append(errs, errors.New("Standby, Balance, Edge, OriginSecret: they are of an app; "+
			"give Origin.Host, or leave "+
			"them out"))
	}
	return errs
}

// siteBehavior serves the bucket's files: the same for everybody, for as long as
// their own Cache-Control says.
func (a Args) siteBehavior() cloudfront.DistributionDefaultCacheBehaviorArgs {
	return cloudfront.DistributionDefaultCacheBehaviorArgs{
		TargetOriginId:          pulumi.String(filesOrigin),
		ViewerProtocolPolicy:    pulumi.String("redirect-to-https"),
		AllowedMethods:          pulumi.ToStringArray(readMethods),
		CachedMethods:           pulumi.ToStringArray(readMethods),
		Compress:                pulumi.Bool(true),
		CachePolicyId:           pulumi.String(cdnpolicy.CachingOptimized),
		ResponseHeadersPolicyId: pulumi.String(cdnpolicy.SecurityHeaders),
	}
}

// asSite makes a distribution one of files alone.
func (a Args) asSite(d *cloudfront.DistributionArgs) {
	d.DefaultRootObject = pulumi.String(indexPage)
	d.DefaultCacheBehavior, d.OrderedCacheBehaviors = a.siteBehavior(), nil
	if a.NotFoundPage == "" {
		return
	}
	// S3 answers 403 for what is not there to those who may not list.
	d.CustomErrorResponses = cloudfront.DistributionCustomErrorResponseArray{
		cloudfront.DistributionCustomErrorResponseArgs{
			ErrorCode: pulumi.Int(403), ResponseCode: pulumi.Int(404), ResponsePagePath: pulumi.String(a.NotFoundPage),
		},
	}
}
