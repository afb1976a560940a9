package cost

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// gbZeros are the zeros of a gigabyte in bytes; decimal, as the traffic
// profile counts.
const gbZeros = 9

// inGB turns bytes into GB.
func inGB(bytes float64) decimal.Decimal { return dec(bytes).Shift(-gbZeros) }

// cdn is what stands between the users and the stack.
type cdn int

const (
	noCDN cdn = iota
	viaCloudFront
	viaCloudflare
)

// load is the traffic of a month as one stack routes it. Only the resource
// that causes a charge gets it: behind a CDN the CDN pays for what users
// download, without one the load balancer or the server does.
type load struct {
	// known is false when no traffic was given; nothing else is set then.
	known bool
	cdn   cdn
	// requests and gb are what users send and download.
	requests, gb span
	// appRequests and appGB reach the servers.
	appRequests, appGB span
	// apiRequests are those of them that do not ask for files.
	apiRequests span
	// apiPart is their part of all that reach the servers, 0 to 1.
	apiPart decimal.Decimal
	// fileRequests reach the bucket that the CDN reads static files from.
	fileRequests span
	// logGB are what the application logs for the requests that reach it.
	logGB span
	// egressGB leave AWS straight to the internet or to another CDN.
	egressGB span
	// appAverage and appPeak are requests per second at the servers.
	appAverage, appPeak decimal.Decimal
	// built is the rate that the fleets carry at their largest.
	built decimal.Decimal
	// days are a calm, a usual and a busy one.
	days [3]day
}

// Usage beyond the profile: the month may bring half of it, or twice as much,
// whatever the stage is meant for.
var usageLow, usageHigh = decimal.New(5, -1), two

// guessed spreads what no profile tells: half of it to twice as much.
func guessed(expected decimal.Decimal) span { return span{usageLow, one, usageHigh}.times(expected) }

// usageRange is what the month's usage may be, of that of the profile.
func usageRange() span { return span{usageLow, one, usageHigh} }

// ranged spreads a derived figure over the range of usage.
func (st *stack) ranged(expected decimal.Decimal) span { return st.spread.times(expected) }

// deriveLoad routes the traffic profile through the stack.
func (st *stack) deriveLoad() load {
	t := st.opts.Traffic
	l := load{cdn: st.findCDN()}
	requests, gb := dec(t.RequestsPerMonth()), inGB(t.BytesPerMonth())
	if requests.IsZero() {
		return l
	}
	l.known = true
	l.requests, l.gb = st.ranged(requests), st.ranged(gb)
	appShare, appByteShare, fileShare := 1.0, 1.0, 0.0
	apiShare := 1 - t.StaticShare
	if l.cdn != noCDN {
		apiShare *= 1 - t.APIHitRatio
		appShare, appByteShare = t.MissRatio(), t.MissByteRatio()
		if st.filesFromBucket() {
			appShare = apiShare
			appByteShare = (1 - t.StaticByteShare) * (1 - t.APIHitRatio)
			fileShare = t.StaticShare * (1 - t.StaticHitRatio)
		}
	}
	l.appRequests, l.appGB = l.requests.times(dec(appShare)), l.gb.times(dec(appByteShare))
	l.apiRequests, l.fileRequests = l.requests.times(dec(apiShare)), l.requests.times(dec(fileShare))
	l.logGB = l.appRequests.times(dec(t.LogBytesPerRequest)).shift(gbZeros)
	switch l.cdn {
	case noCDN:
		l.egressGB = l.gb
	case viaCloudflare: // the CDN fetches misses over the internet
		l.egressGB = l.gb.times(dec(t.MissByteRatio()))
	}
	if appShare > 0 {
		l.apiPart = dec(apiShare / appShare)
	}
	l.appAverage = dec(t.AverageRequestsPerSecond() * appShare)
	l.appPeak = decimal.Max(dec(t.PeakRequestsPerSecond*appShare), l.appAverage)
	l.days = l.daysOf(st.spread)
	l.built = l.appPeak
	if t.BuiltForRequestsPerSecond > 0 {
		l.built = dec(t.BuiltForRequestsPerSecond * appShare)
	}
	return l
}

// findCDN tells which CDN fronts the stack.
func (st *stack) findCDN() cdn {
	if len(st.byType[token.CloudFrontDistribution]) > 0 {
		return viaCloudFront
	}
	for _, r := range st.byType[token.CloudflareRecord] {
		if props(r.Props).flag("proxied") {
			return viaCloudflare
		}
	}
	return noCDN
}

// filesFromBucket reports whether a distribution reads from an S3 bucket. Where
// its origins are secret, because one of them is sent a secret header, a bucket
// for files tells.
func (st *stack) filesFromBucket() bool {
	for _, r := range st.byType[token.CloudFrontDistribution] {
		if props(r.Props).pending("origins") {
			return slices.ContainsFunc(st.byType[token.S3Bucket], func(b *Resource) bool { return bucketRole(b) == fileRole })
		}
		for _, o := range props(r.Props).objects("origins") {
			if o.mentions("originAccessControlId") || o.mentions("s3OriginConfig") ||
				strings.Contains(o.str("domainName"), ".s3.") {
				return true
			}
		}
	}
	return false
}

// frontShare is the part of the traffic that a resource answers; zero when it
// is not a front.
func (st *stack) frontShare(r *Resource) decimal.Decimal {
	return st.share(st.facts.fronts, r)
}

// split is the equal share of each of n receivers.
func split(s span, n int) span {
	if n <= 1 {
		return s
	}
	return s.per(num(n))
}

// egressTiers are the steps of EC2's price for data to the internet, in GB.
var egressTiers = []tier{
	{num(10 * 1024), "first 10 TB", "internet egress, first 10 TB/month (after free 100 GB/month)"},
	{num(50 * 1024), "next 40 TB", "internet egress, next 40 TB"},
	{num(150 * 1024), "next 100 TB", "internet egress, next 100 TB"},
	{num(-1), "over 150 TB", "internet egress, over 150 TB"},
}

// egress bills what this resource sends to the internet, if it is a front.
func (s *sheet) egress() {
	share := s.frontShare(s.r)
	switch {
	case share.IsZero() || s.load.cdn == viaCloudFront:
		return
	case !s.load.known:
		s.usageItem("data to the internet", noTraffic)
		return
	}
	gb, note := s.allowed(DataTransfer, "internet egress", s.load.egressGB.times(share))
	s.tiered(charge{item: "data to the internet", service: DataTransfer, count: gb, basis: Derived, note: note},
		egressTiers)
}
