package cdn

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/cdnpolicy"
	"github.com/rung-dev/rung/components/part"
)

// Origins of the distribution. The ids are frozen: another id would be
// another origin.
const (
	appOrigin   = "app"
	filesOrigin = "files"
	// filesOrApp asks the bucket first and the app for what it does not have,
	// so that a deployment may upload in any order. An origin group has two
	// members; with the app, which stands in every region, as the second, the
	// files outlive the bucket's region without a copy of the bucket.
	filesOrApp = "files-or-app"
)

// aliasZone is the one hosted zone of all distributions.
const aliasZone = "Z2FDTNDATAQYW2"

var (
	readMethods = []string{"GET", "HEAD", "OPTIONS"}
	allMethods  = []string{"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}
)

func (c *CDN) buildCloudFront(ctx *pulumi.Context, name string, args Args) error {
	access, err := cloudfront.NewOriginAccessControl(ctx, name+"-access", &cloudfront.OriginAccessControlArgs{
		Description:                   pulumi.String("Lets the distribution read the bucket of static files"),
		OriginAccessControlOriginType: pulumi.String("s3"),
		SigningBehavior:               pulumi.String("always"),
		SigningProtocol:               pulumi.String("sigv4"),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the origin access control: %w", err)
	}
	distribution, err := cloudfront.NewDistribution(ctx, name+"-distribution",
		args.distribution(ctx, name, access.ID().ToStringOutput()), pulumi.Parent(c), pulumi.DependsOn(args.origin()))
	if err != nil {
		return fmt.Errorf("create the distribution: %w", err)
	}
	c.publishCloudFront(args, distribution)
	if err := c.deliverLogs(ctx, name, args); err != nil {
		return err
	}
	return c.buildAlarms(ctx, name, args)
}

func (c *CDN) publishCloudFront(args Args, d *cloudfront.Distribution) {
	c.Domain, c.ARN, c.ID = d.DomainName, d.Arn, d.ID().ToStringOutput()
	c.HostedZoneID = pulumi.String(aliasZone).ToStringOutput()
	c.URL = pulumi.Sprintf("https://%s", d.DomainName)
	if args.Domain != "" {
		c.URL = d.ID().ApplyT(func(pulumi.ID) string { return "https://" + args.Domain }).(pulumi.StringOutput)
	}
	c.BucketStatement = pulumi.String("").ToStringOutput()
	if args.Files != nil {
		c.BucketStatement = pulumi.All(d.Arn, args.Files.ARN).ApplyT(func(v []any) (string, error) {
			return bucketStatement(v[0].(string), v[1].(string))
		}).(pulumi.StringOutput)
	}
}

// bucketStatement lets one distribution read the objects of a bucket.
func bucketStatement(distributionARN, bucketARN string) (string, error) {
	text, err := json.Marshal(map[string]any{
		"Sid": "ReadByDistribution", "Effect": "Allow", "Action": "s3:GetObject", "Resource": bucketARN + "/*",
		"Principal": map[string]any{"Service": "cloudfront.amazonaws.com"},
		"Condition": map[string]any{"StringEquals": map[string]any{"AWS:SourceArn": distributionARN}},
	})
	if err != nil {
		return "", fmt.Errorf("write the bucket's statement: %w", err)
	}
	return string(text), nil
}

func (a Args) distribution(ctx *pulumi.Context, name string, access pulumi.StringOutput) *cloudfront.DistributionArgs {
	d := &cloudfront.DistributionArgs{
		Enabled:               pulumi.Bool(true),
		Comment:               pulumi.String("rung " + ctx.Stack() + " " + name),
		HttpVersion:           pulumi.String("http2and3"),
		IsIpv6Enabled:         pulumi.Bool(true),
		PriceClass:            pulumi.String(a.PriceClass),
		WaitForDeployment:     pulumi.Bool(true), // the domain's record must not move to a distribution that is not everywhere
		Origins:               a.origins(access),
		OriginGroups:          a.originGroups(),
		DefaultCacheBehavior:  a.defaultBehavior(),
		OrderedCacheBehaviors: a.behaviors(),
		ViewerCertificate:     a.certificate(),
		Restrictions: cloudfront.DistributionRestrictionsArgs{
			GeoRestriction: cloudfront.DistributionRestrictionsGeoRestrictionArgs{RestrictionType: pulumi.String("none")},
		},
		Tags: a.TagsFor(ctx, name, part.Named(name), a.Shield.tag()),
	}
	if a.site() {
		a.asSite(d)
	}
	if a.FirewallARN != nil {
		d.WebAclId = a.FirewallARN.ToStringOutput().ToStringPtrOutput()
	}
	if a.Domain != "" {
		d.Aliases = pulumi.ToStringArray([]string{a.Domain})
	}
	return d
}

// origin are what must stand before anybody is sent to the origins.
func (a Args) origin() []pulumi.Resource {
	if a.Standby == nil {
		return a.Origin.After
	}
	return slices.Concat(a.Origin.After, a.Standby.After)
}

// certificate is the user's for a domain, else CloudFront's own.
func (a Args) certificate() cloudfront.DistributionViewerCertificateArgs {
	if a.Domain == "" {
		return cloudfront.DistributionViewerCertificateArgs{CloudfrontDefaultCertificate: pulumi.Bool(true)}
	}
	return cloudfront.DistributionViewerCertificateArgs{
		AcmCertificateArn:      a.CertificateARN.ToStringOutput(),
		MinimumProtocolVersion: pulumi.String("TLSv1.2_2021"),
		SslSupportMethod:       pulumi.String("sni-only"),
	}
}

// origins are the app and, where there is one, the bucket.
func (a Args) origins(access pulumi.StringOutput) cloudfront.DistributionOriginArray {
	if a.site() {
		return a.withFiles(nil, access)
	}
	list := cloudfront.DistributionOriginArray{cloudfront.DistributionOriginArgs{
		OriginId:           pulumi.String(appOrigin),
		DomainName:         a.Origin.Host,
		CustomOriginConfig: a.Origin.config(),
		OriginShield:       a.Shield.before(true),
		CustomHeaders: cloudfront.DistributionOriginCustomHeaderArray{
			cloudfront.DistributionOriginCustomHeaderArgs{Name: pulumi.String(contract.OriginHeader), Value: a.OriginSecret},
			cloudfront.DistributionOriginCustomHeaderArgs{Name: pulumi.String(contract.ProxiesHeader), Value: a.passed()},
		},
	}}
	list = a.withStandby(list)
	if a.Files == nil {
		return list
	}
	return a.withFiles(list, access)
}

// passed is how many proxies a request passes.
func (a Args) passed() pulumi.String { return pulumi.String(strconv.Itoa(max(1, a.Proxies))) }

func (a Args) withFiles(list cloudfront.DistributionOriginArray,
	access pulumi.StringOutput) cloudfront.DistributionOriginArray {
	return append(list, cloudfront.DistributionOriginArgs{
		OriginId: pulumi.String(filesOrigin), DomainName: a.Files.DomainName, OriginAccessControlId: access, OriginShield: a.Shield.before(false),
	})
}

// config is how CloudFront talks to the origin.
func (o Origin) config() cloudfront.DistributionOriginCustomOriginConfigArgs {
	config := cloudfront.DistributionOriginCustomOriginConfigArgs{
		HttpPort: pulumi.Int(80), HttpsPort: pulumi.Int(443),
		OriginProtocolPolicy:   pulumi.String("http-only"),
		OriginSslProtocols:     pulumi.ToStringArray([]string{"TLSv1.2"}),
		OriginReadTimeout:      pulumi.Int(30),
		OriginKeepaliveTimeout: pulumi.Int(5), // below every origin's own, so that it never closes on a request
	}
	if o.HTTPS {
		config.OriginProtocolPolicy, config.HttpsPort = pulumi.String("https-only"), pulumi.Int(o.Port)
	} else {
		config.HttpPort = pulumi.Int(o.Port)
	}
	return config
}

func (a Args) originGroups() cloudfront.DistributionOriginGroupArray {
	list := a.standbyGroups()
	if a.Files == nil || a.site() {
		return list
	}
	return append(list, cloudfront.DistributionOriginGroupArgs{
		OriginId: pulumi.String(filesOrApp),
		FailoverCriteria: cloudfront.DistributionOriginGroupFailoverCriteriaArgs{
			// S3 answers 403 for what is not there to those who may not list.
			StatusCodes: pulumi.ToIntArray([]int{403, 404, 500, 502, 503, 504}),
		},
		Members: cloudfront.DistributionOriginGroupMemberArray{
			cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(filesOrigin)},
			cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(appOrigin)},
		},
	})
}

// defaultBehavior serves everything that no path pattern names.
func (a Args) defaultBehavior() cloudfront.DistributionDefaultCacheBehaviorArgs {
	b := cloudfront.DistributionDefaultCacheBehaviorArgs{
		TargetOriginId:          pulumi.String(appOrigin),
		ViewerProtocolPolicy:    pulumi.String("redirect-to-https"),
		AllowedMethods:          pulumi.ToStringArray(allMethods),
		CachedMethods:           pulumi.ToStringArray(readMethods),
		Compress:                pulumi.Bool(true),
		CachePolicyId:           a.Edge.cachePolicy(),
		OriginRequestPolicyId:   a.Edge.viewerPolicy(),
		ResponseHeadersPolicyId: pulumi.String(cdnpolicy.SecurityHeaders),
	}
	if a.Edge != nil {
		b.FunctionAssociations, b.LambdaFunctionAssociations = a.Edge.onDefault(), a.Edge.atOrigin()
	}
	return b
}

// behaviors are the path patterns in order of precedence.
func (a Args) behaviors() cloudfront.DistributionOrderedCacheBehaviorArray {
	var list cloudfront.DistributionOrderedCacheBehaviorArray
	for _, p := range paths() {
		list = append(list, a.behavior(p))
	}
	return append(list, a.reads()...)
}

func (a Args) behavior(p Path) cloudfront.DistributionOrderedCacheBehaviorArgs {
	b := cloudfront.DistributionOrderedCacheBehaviorArgs{
		PathPattern:             pulumi.String(p.Pattern),
		TargetOriginId:          pulumi.String(appOrigin),
		ViewerProtocolPolicy:    pulumi.String("redirect-to-https"),
		AllowedMethods:          pulumi.ToStringArray(allMethods),
		CachedMethods:           pulumi.ToStringArray(readMethods),
		Compress:                pulumi.Bool(true),
		CachePolicyId:           pulumi.String(cdnpolicy.CachingDisabled),
		OriginRequestPolicyId:   a.Edge.viewerPolicy(),
		ResponseHeadersPolicyId: pulumi.String(cdnpolicy.SecurityHeaders),
	}
	if p.Caching == Forever {
		// Neither cookies nor hosts reach the files' origins: a bucket would
		// not know the host, and a file is the same for everybody.
		b.AllowedMethods, b.OriginRequestPolicyId = pulumi.ToStringArray(readMethods), nil
		b.CachePolicyId = pulumi.String(cdnpolicy.CachingOptimized)
		if a.Files != nil {
			b.TargetOriginId = pulumi.String(filesOrApp)
		}
	} else if a.Edge != nil {
		b.FunctionAssociations = a.Edge.onPath()
	}
	return b
}
