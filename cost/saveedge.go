package cost

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// natMachine is a machine that is enough for the traffic of a small network.
const natMachine = "t4g.nano"

// machineNAT puts a machine in the place of each NAT gateway.
func (s *saver) machineNAT() {
	saved, names := zero, []string{}
	for _, l := range s.lines {
		if l.key.Service != NATGateway {
			continue
		}
		saved = saved.Add(l.Monthly)
		if l.key.SKU == "NAT gateway hour" {
			p, ok := s.catalogue.At(Key{EC2, onDemand(natMachine), l.Region})
			if !ok {
				return
			}
			saved, names = saved.Sub(p.USD.Mul(hoursPerMonth)), append(names, l.Name)
		}
	}
	if len(names) > 0 {
		s.add(Saving{What: "A " + natMachine + " as NAT in the place of each NAT gateway", Names: names, Monthly: saved,
			Risk: "a machine to patch, without AWS's redundancy, up to 5 Gb/s for minutes", Change: "--set nat=instance on a stage; elsewhere a machine with sourceDestCheck off",
			Group: "nat"})
	}
}

// idleAddresses are elastic IPs that nothing of the stack holds.
func (s *saver) idleAddresses() {
	held := set{}
	for _, typ := range []string{token.EC2NatGateway, token.EC2EipAssociation, token.LBLoadBalancer} {
		for _, r := range s.byType[typ] {
			for _, m := range append(props(r.Props).objects("subnetMappings"), r.Props) {
				if ip := s.find(token.EC2Eip, m.str("allocationId")); ip != nil {
					held[ip] = true
				}
			}
		}
	}
	for _, l := range s.lines {
		r := s.byURN[l.URN]
		if l.Type != token.EC2Eip || r == nil || held[r] {
			continue
		}
		p := props(r.Props)
		if p.has("id") && !p.mentions("instance") && !p.mentions("networkInterface") && !p.mentions("associationId") {
			s.add(Saving{What: "Give up an elastic IP that nothing holds", Names: []string{l.Name}, Monthly: l.Monthly,
				Risk: "the address is gone for good; whoever knows it must not need it", Change: "remove the resource", Group: "idle " + l.URN})
		}
	}
}

// plan is a flat-rate plan of CloudFront: a price without overage for one
// distribution with its web ACL and its zone.
type plan struct {
	name         string
	usd          int
	millions, gb int
}

// plans are those of AWS's page of 2026-09, the cheapest first.
var plans = []plan{
	{"Free", 0, 1, 100}, {"Pro", 15, 10, 50_000}, {"Business", 200, 125, 50_000}, {"Premium", 1_000, 500, 50_000},
	{"Premium, 750 million", 1_450, 750, 75_000}, {"Premium, 1.25 billion", 2_250, 1_250, 125_000}, {"Premium, 2 billion", 3_500, 2_000, 200_000},
	{"Premium, 3.5 billion", 6_000, 3_500, 350_000}, {"Premium, 6 billion", 10_000, 6_000, 600_000},
}

// flatRates looks for the plan that holds what each distribution carries.
func (s *saver) flatRates() {
	edge := where(s.byType[token.WAFv2WebAcl], atEdge)
	for _, d := range s.byType[token.CloudFrontDistribution] {
		now, requests, gb := zero, zero, zero
		names := []string{d.Name}
		for _, l := range s.lines {
			mine := l.URN == d.URN
			if !mine && !(len(s.byType[token.CloudFrontDistribution]) == 1 && edge[s.byURN[l.URN]]) &&
				!(l.Type == token.CloudFrontFunction) {
				continue
			}
			now, names = now.Add(l.Monthly), append(names, l.Name)
			switch {
			case mine && strings.HasPrefix(l.Item, "HTTPS requests"):
				requests = requests.Add(l.Quantity.Shift(-2)) // of ten thousands, in millions
			case mine && strings.HasPrefix(l.Item, "data to viewers"):
				gb = gb.Add(l.Quantity)
			}
		}
		if now.IsZero() || requests.IsZero() {
			continue
		}
		s.flatRate(d, now, requests, gb, names)
	}
}

// freeMillions and freeGB are what pay-as-you-go has for nothing each month, which
// the lines of a distribution leave out.
const freeMillions, freeGB = 10, 1_024

func (s *saver) flatRate(d *Resource, now, requests, gb decimal.Decimal, names []string) {
	requests, gb = requests.Add(num(freeMillions)), gb.Add(num(freeGB))
	for _, p := range plans {
		if requests.GreaterThan(num(p.millions)) || gb.GreaterThan(num(p.gb)) {
			continue
		}
		risk := "no overage: AWS may slow a month that is over it; one plan for one distribution and domain"
		if not := refusedByPlans(d.Props); len(not) > 0 {
			risk = "first remove what the plan refuses: " + strings.Join(not, ", ") + "; " + risk
		}
		s.add(Saving{What: fmt.Sprintf("CloudFront's flat-rate plan %s ($%d a month)", p.name, p.usd), Names: names,
			Monthly: now.Sub(num(p.usd)), Commitment: "by the month", Risk: risk,
			Change: "in the CloudFront console, or by AWS::PricingPlanManager::Subscription; needs one web ACL", Group: "plan " + d.URN})
		return
	}
}

// refusedByPlans are the features of a distribution that no flat-rate plan takes.
func refusedByPlans(p props) []string {
	var out []string
	say := func(refused bool, what string) {
		if refused {
			out = append(out, what)
		}
	}
	behaviours := append(p.objects("orderedCacheBehaviors"), p.object("defaultCacheBehavior"))
	lambda, forwarded, realtime, fields := false, false, false, false
	for _, b := range behaviours {
		lambda = lambda || b.mentions("lambdaFunctionAssociations")
		forwarded = forwarded || b.mentions("forwardedValues")
		realtime = realtime || b.mentions("realtimeLogConfigArn")
		fields = fields || b.mentions("fieldLevelEncryptionId")
	}
	oai := false
	for _, o := range p.objects("origins") {
		oai = oai || o.object("s3OriginConfig").mentions("originAccessIdentity")
	}
	say(lambda, "Lambda@Edge")
	say(forwarded, "ForwardedValues (use a cache policy)")
	say(realtime, "real-time logs")
	say(fields, "field-level encryption")
	say(oai, "an origin access identity (use origin access control)")
	say(p.object("viewerCertificate").mentions("iamCertificateId"), "an IAM certificate")
	say(p.mentions("continuousDeploymentPolicyId"), "continuous deployment")
	return out
}
