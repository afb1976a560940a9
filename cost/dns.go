package cost

import (
	"fmt"
	"slices"

	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// daysPerMonth agrees with hoursPerMonth.
const daysPerMonth = ladder.HoursPerMonth / 24.0

// priceZone prices a hosted zone and, when it is public, its queries: one a
// day per active user, whose resolver then remembers the answer.
func priceZone(s *sheet) {
	s.bill(charge{item: "hosted zone", service: Route53, sku: "hosted zone (first 25)", region: Global,
		count: exactly(one), basis: Declared})
	if !s.load.known || isPrivate(s.r) {
		return
	}
	public := s.sharersWhere(token.Route53Zone, "public", func(r *Resource) bool { return !isPrivate(r) })
	queries := s.ranged(dec(s.opts.Traffic.ActiveUsers() * daysPerMonth))
	s.tiered(charge{
		item: "DNS queries", service: Route53, region: Global, count: split(queries, len(public.in)), basis: Assumed,
		note: "one a day per active user; queries of aliases are free",
	}, []tier{{num(1_000_000_000), "first billion", "standard queries, first 1B"}, {num(-1), "over a billion",
		"standard queries, over 1B"}})
}

// isPrivate reports whether a zone is for networks only.
func isPrivate(zone *Resource) bool {
	return len(props(zone.Props).objects("vpcs")) > 0 || props(zone.Props).pending("vpcs")
}

// priceHealthCheck prices a health check and its extras: HTTPS, looking for a
// text, a short interval, and measuring latency.
func priceHealthCheck(s *sheet) {
	s.bill(charge{item: "health check", service: Route53, sku: "health check, AWS endpoint", region: Global,
		count: exactly(one), basis: Assumed, note: "of an endpoint within AWS"})
	extras := zero
	typ := s.props.str("type")
	for _, on := range []bool{
		slices.Contains([]string{"HTTPS", "HTTPS_STR_MATCH"}, typ),
		slices.Contains([]string{"HTTP_STR_MATCH", "HTTPS_STR_MATCH"}, typ),
		s.props.numOr("requestInterval", 30).Equal(num(10)),
		s.props.flag("measureLatency"),
	} {
		if on {
			extras = extras.Add(one)
		}
	}
	if extras.IsPositive() {
		s.bill(charge{item: "health check extras", service: Route53, sku: "health check optional feature, AWS endpoint",
			region: Global, count: exactly(extras), basis: Declared})
	}
}

// priceDomainList prices the names of a list that DNS Firewall looks for.
func priceDomainList(s *sheet) {
	if n := len(s.props.list("domains")); n > 0 {
		s.monthly("domain names", Route53, "DNS Firewall domain name", num(n))
		s.besides("queries looked at")
		return
	}
	s.usage("paid per domain name in its lists and per query")
}

// priceNamespace prices a private DNS namespace of Cloud Map, which is billed
// as the private hosted zone behind it.
func priceNamespace(s *sheet) {
	s.bill(charge{item: "hosted zone of the namespace", service: Route53, sku: "hosted zone (first 25)", region: Global,
		count: exactly(one), basis: Declared})
}

// priceRegistration prices a resource that Cloud Map knows. Look-ups by DNS are
// queries of the namespace's zone, look-ups by API are not in the traffic profile.
func priceRegistration(s *sheet) {
	s.bill(charge{item: "registered resource", service: CloudMap, sku: "registered resource", count: exactly(one),
		basis: Declared})
}

// cloudflarePlans maps a zone's plan to its price, billed monthly.
var cloudflarePlans = map[string]string{
	"": "Free plan", "free": "Free plan", "pro": "Pro plan, billed monthly", "business": "Business plan, billed monthly",
}

// priceCloudflareZone prices the plan of a Cloudflare zone.
func priceCloudflareZone(s *sheet) {
	plan := s.props.str("plan")
	sku, ok := cloudflarePlans[plan]
	switch {
	case !ok:
		s.unpriced("", "no public price for the plan "+plan)
	case sku == "Free plan":
		s.free("the Free plan costs nothing, traffic included")
	default:
		s.bill(charge{item: "zone, " + plan + " plan", service: Cloudflare, sku: sku, region: Global, count: exactly(one),
			basis: Declared})
	}
}

// baseOrigins is how many origins the base price of load balancing holds.
const baseOrigins = 2

// priceCloudflareLB prices Cloudflare's load balancing: the base, the add-on
// that goes by latency, and queries, of which a proxied name has few: the
// resolver of each active user asks once a day.
func priceCloudflareLB(s *sheet) {
	s.bill(charge{item: "load balancing", service: Cloudflare, sku: "Load Balancing base (2 origins)", region: Global,
		count: exactly(one), basis: Declared})
	if s.props.str("steeringPolicy") == "dynamic_latency" {
		s.bill(charge{item: "steering by latency", service: Cloudflare,
			sku: "Load Balancing latency (dynamic) steering add-on", region: Global, count: exactly(one), basis: Declared})
	}
	if n := len(s.props.list("defaultPoolIds")); n > baseOrigins {
		s.unpriced("further origins",
			fmt.Sprintf("%d pools; the base holds %d origins, and no trusted price of another is known", n, baseOrigins))
	}
	if !s.load.known {
		s.usageItem("queries", noTraffic)
		return
	}
	queries := s.ranged(dec(s.opts.Traffic.ActiveUsers()*daysPerMonth)).between(num(cloudflareFreeQueries), num(-1))
	s.bill(charge{
		item: "queries", service: Cloudflare, sku: "Load Balancing DNS queries over first 500,000", region: Global, count: queries, basis: Assumed,
		note: "one a day per active user",
	})
}

// cloudflareFreeQueries come with the base price.
const cloudflareFreeQueries = 500_000
