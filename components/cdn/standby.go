package cdn

import (
	"errors"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
)

// What a second region adds to the distribution. The ids are frozen like the
// first region's.
const (
	standbyOrigin = "app-standby"
	// appOrStandby asks the app and, where that fails, another region. CloudFront
	// lets only reads go to two origins.
	appOrStandby = "app-or-standby"
)

// How soon the app is given up for the standby: by default CloudFront tries
// three times for ten seconds each.
const (
	standbyAttempts       = 2
	standbyConnectSeconds = 5
)

func (a Args) checkStandby() []error {
	switch {
	case a.Standby == nil:
		return nil
	case a.Kind != CloudFront:
		return []error{errors.New("Standby: CloudFront only; Cloudflare takes Balance")}
	case a.Standby.Host == nil:
		return []error{errors.New("Standby.Host: required")}
	}
	return nil
}

// withStandby adds the other region's app to the origins.
func (a Args) withStandby(list cloudfront.DistributionOriginArray) cloudfront.DistributionOriginArray {
	if a.Standby == nil {
		return list
	}
	app := list[0].(cloudfront.DistributionOriginArgs)
	app.ConnectionAttempts, app.ConnectionTimeout = pulumi.Int(standbyAttempts), pulumi.Int(standbyConnectSeconds)
	list[0] = app
	standby := app
	standby.OriginId = pulumi.String(standbyOrigin)
	standby.DomainName, standby.CustomOriginConfig = a.Standby.Host, a.Standby.withDefaults().config()
	return append(list, standby)
}

// standbyGroups are the groups that a second region adds.
func (a Args) standbyGroups() cloudfront.DistributionOriginGroupArray {
	if a.Standby == nil {
		return nil
	}
	return cloudfront.DistributionOriginGroupArray{cloudfront.DistributionOriginGroupArgs{
		OriginId: pulumi.String(appOrStandby),
		FailoverCriteria: cloudfront.DistributionOriginGroupFailoverCriteriaArgs{
			StatusCodes: pulumi.ToIntArray([]int{500, 502, 503, 504}),
		},
		Members: cloudfront.DistributionOriginGroupMemberArray{
			cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(appOrigin)},
			cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(standbyOrigin)},
		},
	}}
}

// reads are the behaviors of what everybody may read and nobody writes: as the
// default in all but where they go.
func (a Args) reads() cloudfront.DistributionOrderedCacheBehaviorArray {
	if a.Standby == nil {
		return nil
	}
	usual := a.defaultBehavior()
	var list cloudfront.DistributionOrderedCacheBehaviorArray
	for _, pattern := range contract.ReadPaths() {
		read := cloudfront.DistributionOrderedCacheBehaviorArgs{
			PathPattern:             pulumi.String(pattern),
			TargetOriginId:          pulumi.String(appOrStandby),
			AllowedMethods:          pulumi.ToStringArray(readMethods),
			CachedMethods:           usual.CachedMethods,
			ViewerProtocolPolicy:    usual.ViewerProtocolPolicy,
			Compress:                usual.Compress,
			CachePolicyId:           usual.CachePolicyId,
			OriginRequestPolicyId:   usual.OriginRequestPolicyId,
			ResponseHeadersPolicyId: usual.ResponseHeadersPolicyId,
		}
		if a.Edge != nil {
			read.FunctionAssociations, read.LambdaFunctionAssociations = a.Edge.onPath(), a.Edge.atOriginOfPath()
		}
		list = append(list, read)
	}
	return list
}

// atOriginOfPath is atOrigin for a path.
func (e *Edge) atOriginOfPath() cloudfront.DistributionOrderedCacheBehaviorLambdaFunctionAssociationArray {
	if e.OriginResponse == nil {
		return nil
	}
	return cloudfront.DistributionOrderedCacheBehaviorLambdaFunctionAssociationArray{
		cloudfront.DistributionOrderedCacheBehaviorLambdaFunctionAssociationArgs{
			EventType: pulumi.String("origin-response"), LambdaArn: e.OriginResponse, IncludeBody: pulumi.Bool(false),
		},
	}
}
