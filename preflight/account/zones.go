package account

import (
	"cmp"
	"slices"

	"github.com/rung-dev/rung/preflight"
)

// withLinks are the regions whose zones with VPC links AWS documents, and the ids of
// their zones without. No API tells. Source: the API Gateway developer guide,
// "Set up VPC links V2".
var withLinks = map[string][]string{
	"us-east-1": {"use1-az3"}, "us-east-2": nil, "us-west-1": {"usw1-az2"}, "us-west-2": nil, "ap-east-1": {"ape1-az1"}, "ap-south-1": nil,
	"ap-northeast-2": {"apne2-az4"}, "ap-southeast-1": nil, "ap-southeast-2": nil,
}

// after notes what follows from the zones' ids, and what no API tells.
func (l *look) after(n preflight.Need) {
	for _, o := range n.Offers {
		switch o.Service {
		case preflight.VPCLink:
			l.links(o)
		case preflight.RDSProxy:
			l.found.Unasked = append(l.found.Unasked,
				preflight.Unasked{What: "which zones have database proxies", Region: o.Region, Why: "no API of AWS's tells"})
		}
	}
	slices.SortStableFunc(l.found.Unasked, func(a, b preflight.Unasked) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Region, b.Region))
	})
	l.found.Unasked = slices.Compact(l.found.Unasked)
}

// links notes the zones of a region that have VPC links.
func (l *look) links(o preflight.Offer) {
	without, documented := withLinks[o.Region]
	zones, known := l.found.Zones[o.Region]
	if !documented || !known {
		l.found.Unasked = append(l.found.Unasked,
			preflight.Unasked{What: "which zones have VPC links", Region: o.Region, Why: "no API of AWS's tells"})
		return
	}
	has := []string{}
	for _, z := range zones {
		if !slices.Contains(without, z.ID) {
			has = append(has, z.Name)
		}
	}
	for _, name := range o.AnyOf {
		l.found.Offered[preflight.Type{Service: o.Service, Region: o.Region, Name: name}] = has
	}
}
