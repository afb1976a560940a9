package cloudfront

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/acm"
	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// EachBehavior gives all cache behaviors of a distribution, the default first.
func EachBehavior(in sim.Props) []sim.Props {
	var all []sim.Props
	if b := in.Map("defaultCacheBehavior"); b != nil {
		all = append(all, b)
	}
	return append(all, in.Maps("orderedCacheBehaviors")...)
}

// behaviorName names a behavior in messages.
func behaviorName(b sim.Props) string { return cmp.Or(b.Str("pathPattern"), "Default (*)") }

var (
	readMethods = []string{"GET", "HEAD", "OPTIONS"}
	methodSets  = [][]string{{"GET", "HEAD"}, readMethods, {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}}
)

// behaviorMethods: the provider wants both lists, and CloudFront knows three sets
// of methods.
func behaviorMethods(in sim.Props) []sim.Failure {
	var failures []sim.Failure
	for _, b := range EachBehavior(in) {
		for _, list := range []string{"allowedMethods", "cachedMethods"} {
			methods := slices.Sorted(slices.Values(b.Strs(list)))
			known := slices.ContainsFunc(methodSets, func(s []string) bool { return slices.Equal(s, methods) })
			switch {
			case !b.Has(list):
				failures = append(failures, check.Wrong(list, "missing in cache behavior %s", behaviorName(b))...)
			case b.Known(list) && (!known || (list == "cachedMethods" && len(methods) > 3)):
				failures = append(failures,
					check.Wrong(list,
						"got %v in cache behavior %s, want GET and HEAD, these and OPTIONS, or (allowedMethods only) all "+
							"methods",
						methods, behaviorName(b))...)
			}
		}
	}
	return failures
}

func badCertificate(message, hint string) error {
	return sim.Refuse("InvalidViewerCertificate", message, hint)
}

// viewerCertificate: CloudFront takes certificates of us-east-1 that are issued.
func viewerCertificate(o *sim.Op) error {
	arn := o.In.Str("viewerCertificate.acmCertificateArn")
	const gone = "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't " +
		"include a valid certificate chain"
	exists := slices.ContainsFunc(o.Anywhere(token.ACMCertificate), func(c sim.Found) bool { return c.ID == arn })
	switch {
	case arn == "":
		return nil
	case !strings.HasPrefix(arn, "arn:"+o.Partition+":acm:us-east-1:"):
		return badCertificate(gone,
			"Request the certificate with a provider of us-east-1: CloudFront takes no other region's.")
	case !exists:
		return badCertificate(gone, "There is no certificate "+arn+".")
	case !acm.Issued(o, arn):
		return badCertificate(gone,
			"It is not issued yet: use the certificateArn of a CertificateValidation, which waits for it.")
	}
	if o.In.Str("viewerCertificate.sslSupportMethod") == "" {
		return sim.Refuse("InvalidArgument", "The parameter SSLSupportMethod is required with a certificate of one's own",
			"Set viewerCertificate.sslSupportMethod to sni-only.")
	}
	return nil
}

func aliasesCovered(o *sim.Op) error {
	arn := o.In.Str("viewerCertificate.acmCertificateArn")
	for _, alias := range o.In.Strs("aliases") {
		switch {
		case arn == "" && o.In.Str("viewerCertificate.iamCertificateId") == "":
			return badCertificate("To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a "+
				"trusted certificate that "+
				"validates your authorization to use the domain name",
				"Give viewerCertificate.acmCertificateArn for "+alias+", or take the alias away.")
		case arn != "" && !acm.Covers(o, arn, alias):
			return badCertificate("The certificate that is attached to your distribution doesn't cover the alternate domain "+
				"name (CNAME) that you're trying to add: "+alias,
				"Add "+alias+" to the certificate's names.")
		}
	}
	if limit := o.Quota("cloudfront.aliases", 100); len(o.In.Strs("aliases")) > limit {
		return sim.Refuse("TooManyDistributionCNAMEs",
			fmt.Sprintf("Your request contains more CNAMEs than are allowed per distribution (%d)",
				limit), "Use a second distribution.")
	}
	return nil
}

func aliasesFree(o *sim.Op) error {
	for _, other := range o.Others() {
		for _, alias := range o.In.Strs("aliases") {
			if slices.Contains(other.Props.Strs("aliases"), alias) {
				return sim.Refuse("CNAMEAlreadyExists",
					"One or more of the CNAMEs you provided are already associated with a different resource",
					fmt.Sprintf("%s belongs to distribution %s: take it off there first.", alias, other.ID))
			}
		}
	}
	return nil
}

// originsNamed: ids are unique, every behavior and group names one that is there,
// and an origin has a host name.
func originsNamed(o *sim.Op) error {
	ids := append(o.In.Strs("origins.originId"), o.In.Strs("originGroups.originId")...)
	for i, id := range ids {
		if slices.Index(ids, id) != i {
			return sim.Refuse("InvalidArgument", "Origins and origin groups must have unique ids",
				"Rename one of the origins "+id+".")
		}
	}
	for _, host := range o.In.Strs("origins.domainName") {
		if _, err := netip.ParseAddr(host); err == nil {
			return sim.Refuse("InvalidArgument", "The parameter origin name cannot be an IP address",
				"Give "+host+" a DNS name.")
		}
	}
	for _, b := range EachBehavior(o.In) {
		if target := b.Str("targetOriginId"); target != "" && !slices.Contains(ids, target) {
			return sim.Refuse("NoSuchOrigin", "One or more of your origins or origin groups do not exist",
				fmt.Sprintf("Behavior %s targets %q; origins are %s.", behaviorName(b), target, strings.Join(ids, ", ")))
		}
	}
	for _, member := range o.In.Strs("originGroups.members.originId") {
		if !slices.Contains(o.In.Strs("origins.originId"), member) {
			return sim.Refuse("NoSuchOrigin", "One or more of your origins do not exist",
				fmt.Sprintf("An origin group names %q.", member))
		}
	}
	return nil
}

// behaviorsAgree: a behavior caches by a policy or by legacy settings, not both,
// and one path has one behavior.
func behaviorsAgree(o *sim.Op) error {
	var paths []string
	for _, b := range EachBehavior(o.In) {
		name, policy, legacy := behaviorName(b), b.Has("cachePolicyId"), b.Has("forwardedValues")
		switch {
		case policy && legacy:
			return sim.Refuse("InvalidArgument",
				"The parameter ForwardedValues cannot be used when a cache policy is associated to the cache behavior",
				"Take forwardedValues away from "+name+".")
		case !policy && !legacy:
			return sim.Refuse("InvalidArgument", "The parameter ForwardedValues is required", "Give "+name+" a cachePolicyId.")
		case legacy && b.Has("originRequestPolicyId"):
			return sim.Refuse("InvalidArgument", "The parameter OriginRequestPolicyId cannot be used without a cache policy",
				"Give "+name+" a cachePolicyId.")
		case slices.Contains(paths, name):
			return sim.Refuse("InvalidArgument", "The parameter PathPattern contains a value that is used twice",
				"Keep one behavior for "+name+".")
		}
		paths = append(paths, name)
	}
	if limit := o.Quota("cloudfront.behaviors", 75); len(paths) > limit {
		return sim.Refuse("TooManyCacheBehaviors",
			fmt.Sprintf("Your request contains more cache behaviors than are allowed per distribution (%d)",
				limit), "Join path patterns.")
	}
	if limit := o.Quota("cloudfront.origins", 100); len(o.In.Maps("origins")) > limit {
		return sim.Refuse("TooManyOrigins",
			fmt.Sprintf("Your request contains more origins than are allowed per distribution (%d)",
				limit), "Use a second distribution.")
	}
	return nil
}

// groupsReadOnly: only reads fail over to another origin.
func groupsReadOnly(o *sim.Op) error {
	groups := o.In.Strs("originGroups.originId")
	for _, g := range o.In.Maps("originGroups") {
		if len(g.Maps("members")) != 2 {
			return sim.Refuse("InvalidArgument", "The parameter Members must have exactly two origins",
				"Give origin group "+g.Str("originId")+" a primary and a secondary.")
		}
	}
	for _, b := range EachBehavior(o.In) {
		if slices.Contains(groups, b.Str("targetOriginId")) && len(b.Strs("allowedMethods")) > len(readMethods) {
			return sim.Refuse("InvalidArgument",
				"The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with "+
					"an origin group",
				"Send writes of "+behaviorName(b)+" to one origin.")
		}
	}
	return nil
}

func rootObject(o *sim.Op) error {
	if !strings.HasPrefix(o.In.Str("defaultRootObject"), "/") {
		return nil
	}
	return sim.Refuse("InvalidDefaultRootObject", "The default root object file name is not valid",
		"Leave the slash at its beginning away.")
}

func ttlOrder(o *sim.Op) error {
	least, usual, most := o.In.Int("minTtl"), o.In.Int("defaultTtl"), o.In.Int("maxTtl")
	if least <= usual && usual <= most {
		return nil
	}
	return sim.Refuse("InvalidArgument", "The parameter MinTTL must be at most DefaultTTL, and DefaultTTL at most MaxTTL",
		fmt.Sprintf("Got %d, %d and %d seconds.", least, usual, most))
}

// functionBytes bounds a function's code (CloudFront quotas).
const functionBytes = 10 * 1024

func functionSize(o *sim.Op) error {
	if len(o.In.Str("code")) <= functionBytes {
		return nil
	}
	return sim.Refuse("FunctionSizeLimitExceeded",
		fmt.Sprintf("The function is too large: %d bytes, at most %d are allowed", len(o.In.Str("code")), functionBytes),
		"Shorten it, or keep its data in a key value store.")
}
