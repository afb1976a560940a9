package cost

import (
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/region"
	"github.com/rung-dev/rung/resource/token"
)

// edgeTiers are the steps of CloudFront's price for data to the internet, in
// GB, and how the catalogue words them after the edge area.
var edgeTiers = []struct {
	upTo int
	name string
}{
	{10 * 1024, "first 10 TB"}, {50 * 1024, "next 40 TB"}, {150 * 1024, "next 100 TB"},
	{500 * 1024, "next 350 TB"}, {1024 * 1024, "next 524 TB"}, {5 * 1024 * 1024, "next 4 PB"}, {-1, "over 5 PB"},
}

// nearestEdge is the CloudFront edge area of an AWS region; that of us-east-1 for
// one that nobody knows.
func nearestEdge(name string) string {
	r, known := region.Get(name)
	if !known {
		r, _ = region.Get(HomeRegion)
	}
	return r.EdgeArea
}

// viewers are the parts of the traffic by edge area: as the options say, else
// near the regions that answer them.
func (st *stack) viewers() map[string]decimal.Decimal {
	out := map[string]decimal.Decimal{}
	for area, share := range st.opts.EdgeShares {
		out[area] = dec(share)
	}
	if len(out) > 0 {
		return out
	}
	for region, part := range st.cells {
		if area := nearestEdge(region); part.IsPositive() {
			out[area] = out[area].Add(part)
		}
	}
	if len(out) == 0 {
		out[nearestEdge(st.opts.Region)] = one
	}
	return out
}

// priceDistribution prices a CloudFront distribution: what users download and
// how often they ask, per edge area, less what every account has for free.
// What CloudFront fetches from AWS origins costs nothing.
func priceDistribution(s *sheet) {
	if s.props.object("viewerCertificate").has("iamCertificateId") &&
		s.props.object("viewerCertificate").str("sslSupportMethod") == "vip" {
		s.bill(charge{item: "dedicated IP for the certificate", service: CloudFront, sku: "dedicated-IP custom SSL",
			region: Global, count: exactly(one), basis: Declared})
	}
	if encryptsFields(s.props) {
		s.usageItem("requests whose fields are encrypted", "paid by the 10,000; which requests have such fields is not known")
	}
	if !s.load.known {
		s.usageItem("", "CloudFront is paid per request and GB; "+noTraffic)
		return
	}
	n := len(s.byType[token.CloudFrontDistribution])
	s.originShield(n)
	gb, gbNote := s.allowed(CloudFront, "data out to internet", split(s.load.gb, n))
	requests, requestNote := s.allowed(CloudFront, "requests", split(s.load.requests, n))
	viewers := s.viewers()
	for _, area := range slices.Sorted(maps.Keys(viewers)) {
		share := viewers[area]
		tiers := make([]tier, len(edgeTiers))
		for i, t := range edgeTiers {
			tiers[i] = tier{num(t.upTo), t.name, "data out to internet, " + area + ", " + t.name}
		}
		s.tiered(charge{item: "data to viewers, " + area, service: CloudFront, region: edgePrefix + area,
			count: gb.times(share), basis: Derived, note: gbNote}, tiers)
		s.bill(charge{item: "HTTPS requests, " + area, service: CloudFront, sku: "HTTPS requests, " + area,
			region: edgePrefix + area, count: requests.times(share), basis: Derived, note: requestNote})
	}
}

// encryptsFields tells whether a distribution encrypts fields of what users send.
func encryptsFields(p props) bool {
	return slices.ContainsFunc(append(p.objects("orderedCacheBehaviors"), p.object("defaultCacheBehavior")),
		func(b props) bool { return b.mentions("fieldLevelEncryptionId") })
}

// priceEdgeFunction prices a CloudFront function as running once for every
// request, which is the most it can.
func priceEdgeFunction(s *sheet) {
	if !s.load.known {
		s.usage("paid per invocation; " + noTraffic)
		return
	}
	calls, note := s.allowed(CloudFront, "function invocations", s.load.requests)
	s.bill(charge{
		item: "function invocations", service: CloudFront, sku: "CloudFront Functions invocations", region: Global,
		count: calls, basis: Assumed, note: join("runs once for every request", note),
	})
}
