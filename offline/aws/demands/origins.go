package demands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/cdnpolicy"
	"github.com/rung-dev/rung/offline/aws/acm"
	"github.com/rung-dev/rung/offline/aws/cloudfront"
	"github.com/rung-dev/rung/offline/aws/internal/dnsname"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// CloudFront takes any origin and then answers 502 to everybody when the
// certificate that it sees there is for another name. One of the certificate's
// names must be the origin's, or that in the Host header where CloudFront
// forwards it (developer guide, "Require HTTPS for communication between
// CloudFront and your custom origin"). The guide leaves open which of the two
// names CloudFront asks for in its TLS greeting, and so which certificate a load
// balancer with several shows: both must do.

// hostPolicies are the managed policies that forward the viewer's Host header;
// the two on caching have it in their key.
var hostPolicies = []string{
	cdnpolicy.OriginRequestPolicies["Managed-AllViewer"],
	cdnpolicy.OriginRequestPolicies["Managed-AllViewerAndCloudFrontHeaders-2022-06"],
	cdnpolicy.OriginRequestPolicies["Managed-HostHeaderOnly"],
	cdnpolicy.CachePolicies["UseOriginCacheControlHeaders"],
	cdnpolicy.CachePolicies["UseOriginCacheControlHeaders-QueryStrings"],
}

// originsTrusted refuses an HTTPS origin whose certificate CloudFront would not take.
func originsTrusted(o *sim.Op) error {
	for _, origin := range o.In.Maps("origins") {
		custom := origin.Map("customOriginConfig")
		if policy := custom.Str("originProtocolPolicy"); policy != "https-only" && policy != "match-viewer" {
			continue
		}
		name := dnsname.Bare(origin.Str("domainName"))
		hosts := forwardedHosts(o, origin.Str("originId"))
		for _, d := range doorsOf(o, name, custom.Int("httpsPort"), 0) {
			if err := d.trusted(o, name, hosts); err != nil {
				return err
			}
		}
		if acm.ZoneHeld(o, name) && len(recordsOf(o, name)) == 0 {
			return badGateway(name, "the name does not resolve",
				"Make the record of "+name+" first, and let the distribution depend on it.")
		}
	}
	return nil
}

func badGateway(origin, why, hint string) error {
	return sim.Refuse("502 Bad Gateway",
		fmt.Sprintf("CloudFront wasn't able to connect to the origin %s: %s", origin, why), hint)
}

// forwardedHosts are the values of the Host header that reach an origin: none
// where no behavior forwards it.
func forwardedHosts(o *sim.Op, origin string) []string {
	targets := []string{origin}
	for _, g := range o.In.Maps("originGroups") {
		if slices.Contains(g.Strs("members.originId"), origin) {
			targets = append(targets, g.Str("originId"))
		}
	}
	for _, b := range cloudfront.EachBehavior(o.In) {
		if slices.Contains(targets, b.Str("targetOriginId")) && forwardsHost(o, b) {
			if aliases := o.In.Strs("aliases"); len(aliases) > 0 {
				return aliases
			}
			return []string{"the-distribution.cloudfront.net"}
		}
	}
	return nil
}

func forwardsHost(o *sim.Op, b sim.Props) bool {
	if slices.Contains(hostPolicies, b.Str("originRequestPolicyId")) ||
		slices.Contains(hostPolicies, b.Str("cachePolicyId")) {
		return true
	}
	named := func(list []string) bool {
		return slices.ContainsFunc(list, func(h string) bool { return strings.EqualFold(h, "Host") || h == "*" })
	}
	request, _ := o.Find(token.CloudFrontOriginRequestPolicy, b.Str("originRequestPolicyId"))
	cache, _ := o.Find(token.CloudFrontCachePolicy, b.Str("cachePolicyId"))
	headers := request.Strs("headersConfig.headers.items")
	switch request.Str("headersConfig.headerBehavior") {
	case "allViewer", "allViewerAndWhitelistCloudFront":
		return true
	case "allExcept":
		return !named(headers)
	case "whitelist":
		if named(headers) {
			return true
		}
	}
	return named(cache.Strs("parametersInCacheKeyAndForwardedToOrigin.headersConfig.headers.items")) ||
		named(b.Strs("forwardedValues.headers"))
}

// door is a listener that answers for a name.
type door struct {
	balancer     string
	listening    bool // for TLS, on the port
	certificates []string
}

// deepest is how many records a name may lead over.
const deepest = 8

// doorsOf are the listeners of load balancers to which a name leads, over
// records, accelerators and the balancers' own names. Names that lead out of the
// account have none.
func doorsOf(o *sim.Op, name string, port, depth int) []door {
	if depth > deepest {
		return nil
	}
	var doors []door
	for _, next := range recordsOf(o, name) {
		doors = append(doors, doorsOf(o, next, port, depth+1)...)
	}
	for _, b := range o.Anywhere(token.LBLoadBalancer) {
		if dnsname.Same(b.Props.Str("dnsName"), name) {
			doors = append(doors, doorOf(o, b.ID, port))
		}
	}
	for _, arn := range acceleratedBalancers(o, name) {
		doors = append(doors, doorOf(o, arn, port))
	}
	return doors
}

// recordsOf are the names to which the records of a name lead; of an address it
// is the name itself, which leads no further.
func recordsOf(o *sim.Op, name string) []string {
	var next []string
	for _, r := range o.All(token.Route53Record) {
		if !dnsname.Same(r.Props.Str("fqdn"), name) {
			continue
		}
		for _, alias := range r.Props.Maps("aliases") {
			next = append(next, strings.TrimPrefix(dnsname.Bare(alias.Str("name")), "dualstack."))
		}
		switch r.Props.Str("type") {
		case "CNAME":
			next = append(next, r.Props.Strs("records")...)
		case "A", "AAAA":
			if r.Props.Has("records") {
				next = append(next, "address."+name)
			}
		}
	}
	return next
}

// acceleratedBalancers are the load balancers behind an accelerator's name.
func acceleratedBalancers(o *sim.Op, name string) []string {
	var arns []string
	for _, a := range o.All(token.GlobalAcceleratorAccelerator) {
		if !dnsname.Same(a.Props.Str("dnsName"), name) {
			continue
		}
		for _, g := range o.All(token.GlobalAcceleratorEndpointGroup) {
			if strings.HasPrefix(g.Props.Str("listenerArn"), a.ID+"/") {
				arns = append(arns, g.Props.Strs("endpointConfigurations.endpointId")...)
			}
		}
	}
	return arns
}

func doorOf(o *sim.Op, balancer string, port int) door {
	d := door{balancer: balancer}
	for _, l := range o.Anywhere(token.LBListener) {
		if l.Props.Str("loadBalancerArn") != balancer || l.Props.Int("port") != port || l.Props.Str("protocol") != "HTTPS" {
			continue
		}
		d.listening = true
		d.certificates = append(d.certificates, l.Props.Str("certificateArn"))
		for _, more := range o.Anywhere(token.LBListenerCertificate) {
			if more.Props.Str("listenerArn") == l.ID {
				d.certificates = append(d.certificates, more.Props.Str("certificateArn"))
			}
		}
	}
	return d
}

// shown is the certificate that a load balancer shows to who asks for a name: the
// best that covers it, else the listener's own.
func (d door) shown(o *sim.Op, asked string) string {
	best := d.certificates[0]
	for _, arn := range d.certificates {
		for _, c := range o.Anywhere(token.ACMCertificate) {
			if c.ID == arn && slices.Contains(acm.Hosts(c.Props), asked) {
				return arn
			}
		}
		if !acm.Covers(o, best, asked) && acm.Covers(o, arn, asked) {
			best = arn
		}
	}
	return best
}

func (d door) trusted(o *sim.Op, origin string, hosts []string) error {
	if !d.listening {
		return badGateway(origin, d.balancer+" does not listen there for TLS",
			"Make its listener first, and let the distribution depend on it.")
	}
	for _, host := range append([]string{origin}, hosts...) {
		for _, asked := range []string{origin, host} {
			arn := d.shown(o, asked)
			if !acm.Covers(o, arn, origin) && !acm.Covers(o, arn, host) {
				return badGateway(origin,
					fmt.Sprintf("asked for %s, %s shows the certificate %s, which is for neither %s nor %s", asked, d.balancer, arn,
						origin, host),
					fmt.Sprintf("Add %s to a certificate of the listener that also has %s, or forward no Host header.", host, origin))
			}
		}
	}
	return nil
}
