// Package cdn puts a content delivery network in front of an app: CloudFront
// or Cloudflare, behind one interface.
//
// Stage 2 adds it, because it is the cheapest way to make a site fast: files
// come from near the user, and the one server is spared most requests. It is
// put before a live origin without an interruption: the origin keeps its own
// host name, the CDN is created beside it, and only then does the domain's
// record move.
//
// CloudFront has no fixed price: $0.085 a GB in Europe and North America and
// $0.01 for 10,000 HTTPS requests, after a free terabyte and ten million
// requests a month. Cloudflare's free plan does all that the package asks for.
//
// What is cached follows the contract with the app: files below its static
// prefix for a year, its private paths never, everything else as the app's
// Cache-Control says. Every request to the origin carries a secret header, so
// that the app can refuse what comes past the CDN.
//
// The package refuses Cloudflare without a zone and a domain, a domain without
// a certificate, and an origin without a secret. It never replaces a
// distribution, because a domain can be on one distribution only: a new
// origin, certificate or cache rule is an update in place. It makes no firewall.
//
// Access logs are CloudFront's standard logs of the second version, which need
// no bucket with ACLs: their delivery costs nothing, their storage does.
package cdn

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state: never change it.
const Token = "rung:components:CDN"

// Kind is whose network it is.
type Kind string

const (
	CloudFront Kind = "cloudfront"
	Cloudflare Kind = "cloudflare"
)

// Kinds lists both.
func Kinds() []Kind { return []Kind{CloudFront, Cloudflare} }

// Origin is where the CDN fetches what it does not have.
type Origin struct {
	// Host is the origin's own DNS name, never the public domain and never
	// an address. It may change at any time: from a server to a load balancer,
	// say.
	Host pulumi.StringInput
	// HTTPS says that the origin has a certificate for Host or for the public
	// domain. Without it the way from the CDN to the origin is plain HTTP.
	HTTPS bool
	// Port is the origin's port. Zero means 443 with HTTPS and 80 without.
	Port int
	// After are what must stand before the CDN asks here: the records of Host, and
	// the certificates that are shown under it.
	After []pulumi.Resource
}

// Files is the bucket with the app's static files.
type Files struct {
	// DomainName is the bucket's regional domain name and ARN its ARN.
	DomainName, ARN pulumi.StringInput
}

// Args describe the CDN. Kind is required, and Origin.Host with OriginSecret, or,
// for a site without an app, Files.
type Args struct {
	part.Common
	// Kind is CloudFront or Cloudflare.
	Kind Kind
	// Origin is the app. Without a Host, files are all that there is: "/" is the
	// bucket's index.html. CloudFront only.
	Origin Origin
	// NotFoundPage is what such a site answers where there is no file, "/404.html"
	// say. Empty answers with an error of CloudFront's.
	NotFoundPage string
	// Standby is another region's app: what contract.ReadPaths names is asked of
	// it where Origin fails. Writes and everything else wait for Origin's name to
	// lead elsewhere. Files need no second bucket: where the first fails they
	// are asked of Origin. Nil has none. CloudFront only.
	Standby *Origin
	// Balance spreads the requests over the apps of several regions; Origin stays
	// what the domain's own record names. Nil asks Origin alone. Cloudflare only.
	Balance *Balance
	// OriginSecret is the value of contract.OriginHeader on every request to
	// the origin.
	OriginSecret pulumi.StringInput
	// Proxies is how many proxies of the stack's a request passes on its way to the app, the
	// CDN among them; it is the value of contract.ProxiesHeader on every request to the
	// origin, by which an app that moves behind a load balancer knows each visitor. Zero
	// means 1; at most 10.
	Proxies int
	// Domain is the public name, "shop.example.com" say. Empty serves under
	// CloudFront's own name; Cloudflare needs one.
	Domain string
	// CertificateARN is the certificate for Domain. It must be in us-east-1,
	// wherever the origin is. CloudFront only.
	CertificateARN pulumi.StringInput
	// ZoneID is the Cloudflare zone of Domain. Rulesets and settings belong to
	// the zone: two stacks cannot share one.
	ZoneID pulumi.StringInput
	// Files is the bucket with the static files; what it does not have is
	// asked of the app. Nil asks the app for all of them. CloudFront only:
	// Cloudflare cannot read a private bucket, so the app serves the files
	// once and Cloudflare keeps them.
	Files *Files
	// FirewallARN is a web ACL of scope CLOUDFRONT that looks at every request.
	// Nil has none. CloudFront only.
	FirewallARN pulumi.StringInput
	// LogBucketARN is the bucket that takes a line for each request, in any
	// region; its policy must let delivery.logs.amazonaws.com write. Nil keeps
	// no logs. CloudFront only.
	LogBucketARN pulumi.StringInput
	// Edge is the code that runs at CloudFront's edge. Nil runs none.
	// CloudFront only: a Worker stands on a route of its own.
	Edge *Edge
	// Shield adds a further cache before the bucket of Files, in one region, so
	// that a file is fetched once for the whole world. Nil has none. CloudFront
	// only; Cloudflare's tiered cache does the same.
	Shield *Shield
	// PriceClass bounds where CloudFront serves from. Empty means
	// PriceClass_100, North America and Europe; users elsewhere are served
	// from there. PriceClass_200 and PriceClass_All reach further and cost more.
	PriceClass string
	// Region is the stack's home region. Empty means us-east-1. CloudFront's
	// metrics are in us-east-1, and an alarm must be where its metric is.
	Region string
	// USEast1 is a provider for us-east-1, for the alarms and the delivery of
	// logs of a stack that is at home elsewhere. Nil leaves alarms out there;
	// it is required with LogBucketARN.
	USEast1 pulumi.ProviderResource
	// USEast1Alerts is the SNS topic in us-east-1 that those alarms notify:
	// none can reach a topic of another region. Nil notifies nobody.
	USEast1Alerts pulumi.StringInput
}

// metricsRegion is where CloudFront's metrics are.
const metricsRegion = "us-east-1"

func (a Args) withDefaults() Args {
	if a.PriceClass == "" {
		a.PriceClass = "PriceClass_100"
	}
	if a.Region == "" {
		a.Region = metricsRegion
	}
	a.Origin = a.Origin.withDefaults()
	return a
}

func (o Origin) withDefaults() Origin {
	if o.Port == 0 {
		o.Port = map[bool]int{true: 443, false: 80}[o.HTTPS]
	}
	return o
}

// domainForm is a DNS name of at least two labels.
var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)

var priceClasses = []string{"PriceClass_100", "PriceClass_200", "PriceClass_All"}

func (a Args) validate() error {
	var errs []error
	if !slices.Contains(Kinds(), a.Kind) {
		errs = append(errs, fmt.Errorf("Kind: got %q, want one of %v", a.Kind, Kinds()))
	}
	if a.Origin.Host == nil && !a.site() {
		errs = append(errs, errors.New("Origin.Host: required, or Files of a site without an app (CloudFront)"))
	}
	if a.Origin.Port < 1 || a.Origin.Port > 65535 {
		errs = append(errs, fmt.Errorf("Origin.Port: got %d, want 1 to 65535", a.Origin.Port))
	}
	if a.OriginSecret == nil && !a.site() {
		errs = append(errs, errors.New("OriginSecret: required: without it anybody may go past the CDN"))
	}
	if a.Proxies < 0 || a.Proxies > contract.MostProxies {
		errs = append(errs, fmt.Errorf("Proxies: got %d, want 0 to %d", a.Proxies, contract.MostProxies))
	}
	if a.Domain != "" && !domainForm.MatchString(a.Domain) {
		errs = append(errs, fmt.Errorf(`Domain: got %q, want a name like "shop.example.com"`, a.Domain))
	}
	return errors.Join(slices.Concat(errs, a.checkSite(), a.checkKind(), a.checkStandby(), a.checkBalance())...)
}

func (a Args) checkKind() []error {
	var errs []error
	switch a.Kind {
	case CloudFront:
		if !slices.Contains(priceClasses, a.PriceClass) {
			errs = append(errs, fmt.Errorf("PriceClass: got %q, want one of %v", a.PriceClass, priceClasses))
		}
		if (a.Domain == "") != (a.CertificateARN == nil) {
			errs = append(errs, errors.New("CertificateARN: CloudFront needs both a domain and its certificate in us-east-1, "+
				"or neither"))
		}
		if f := a.Files; f != nil && (f.DomainName == nil || f.ARN == nil) {
			errs = append(errs, errors.New("Files: DomainName and ARN are both required"))
		}
		if a.LogBucketARN != nil && a.Region != metricsRegion && a.USEast1 == nil {
			errs = append(errs, fmt.Errorf("USEast1: required outside %s for logs, which are delivered from there",
				metricsRegion))
		}
		errs = append(errs, a.Shield.check()...)
	case Cloudflare:
		if a.Edge != nil || a.Shield != nil {
			errs = append(errs, errors.New("Edge, Shield: Cloudflare has its own"))
		}
		if a.ZoneID == nil {
			errs = append(errs, errors.New("ZoneID: Cloudflare needs the zone of the domain"))
		}
		if a.Domain == "" {
			errs = append(errs, errors.New("Domain: Cloudflare needs the public name"))
		}
		if want := map[bool]int{true: 443, false: 80}[a.Origin.HTTPS]; a.Origin.Port != want {
			errs = append(errs, fmt.Errorf("Origin.Port: got %d, but Cloudflare reaches this origin on port %d", a.Origin.Port,
				want))
		}
	}
	return errs
}

// CDN is one network in front of one app.
type CDN struct {
	pulumi.ResourceState
	// Kind is whose it is.
	Kind Kind
	// Domain is the name that a DNS alias of the public name points to; with
	// Cloudflare the public name itself, which needs no further record.
	Domain pulumi.StringOutput
	// URL is the public address, without a slash at the end.
	URL pulumi.StringOutput
	// ID is what to purge: the distribution or the Cloudflare zone.
	ID pulumi.StringOutput
	// HostedZoneID is the zone of Route 53 aliases to Domain; empty with Cloudflare.
	HostedZoneID pulumi.StringOutput
	// ARN is the distribution's; empty with Cloudflare.
	ARN pulumi.StringOutput
	// BucketStatement is the statement, as JSON, by which the bucket of Files
	// lets this distribution and no other read; empty when there is none.
	BucketStatement pulumi.StringOutput
}

var _ pulumi.ComponentResource = (*CDN)(nil)

// New builds the CDN. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*CDN, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("cdn %s: %w", name, err)
	}
	c := &CDN{Kind: args.Kind}
	if err := ctx.RegisterComponentResource(Token, name, c, opts...); err != nil {
		return nil, fmt.Errorf("register cdn %s: %w", name, err)
	}
	build := c.buildCloudFront
	if args.Kind == Cloudflare {
		build = c.buildCloudflare
	}
	if err := build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("cdn %s: %w", name, err)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"url": c.URL, "domain": c.Domain, "id": c.ID})
}
