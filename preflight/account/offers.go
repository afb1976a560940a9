package account

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/preflight"
)

// zones are those of a region that the account can use.
func (l *look) zones(region string) question {
	return question{"the zones", region, "ec2:DescribeAvailabilityZones",
		func(ctx context.Context) (func(*preflight.Account), error) {
			things, err := l.pages(ctx, listing{service: awswire.EC2, action: "DescribeAvailabilityZones",
				list: "availabilityZoneInfo"},
				region)
			var zones []preflight.Zone
			for _, z := range things {
				if z.Child("zoneState") == "available" {
					zones = append(zones, preflight.Zone{Name: z.Child("zoneName"), ID: z.Child("zoneId")})
				}
			}
			return func(a *preflight.Account) { a.Zones[region] = zones }, err
		}}
}

// offers are the questions for types, each once.
func (l *look) offers(n preflight.Need) []question {
	asks := map[string]func(preflight.Type, preflight.Offer) question{
		preflight.EC2: l.machineType, preflight.RDS: l.databaseClass, preflight.ElastiCache: l.cacheNode, preflight.OpenSearch: l.searchNode,
	}
	var all []question
	asked := map[preflight.Type]bool{}
	for _, o := range n.Offers {
		for _, name := range o.AnyOf {
			typ := preflight.Type{Service: o.Service, Region: o.Region, Engine: o.Engine, Name: name}
			if ask := asks[o.Service]; ask != nil && !asked[typ] {
				asked[typ] = true
				all = append(all, ask(typ, o))
			}
		}
	}
	return all
}

func (l *look) machineType(typ preflight.Type, _ preflight.Offer) question {
	return question{"where there is " + typ.Name, typ.Region, "ec2:DescribeInstanceTypeOfferings",
		func(ctx context.Context) (func(*preflight.Account), error) {
			things, err := l.pages(ctx,
				listing{service: awswire.EC2, action: "DescribeInstanceTypeOfferings",
					list: "instanceTypeOfferingSet", params: url.Values{
						"LocationType": {"availability-zone"}, "Filter.1.Name": {"instance-type"}, "Filter.1.Value.1": {typ.Name},
					}}, typ.Region)
			return found(typ, things, func(t awswire.Node) []string { return []string{t.Child("location")} }), err
		}}
}

func (l *look) databaseClass(typ preflight.Type, _ preflight.Offer) question {
	return question{"where there is " + typ.Name, typ.Region, "rds:DescribeOrderableDBInstanceOptions",
		func(ctx context.Context) (func(*preflight.Account), error) {
			things, err := l.pages(ctx,
				listing{service: awswire.RDS, action: "DescribeOrderableDBInstanceOptions", list: "OrderableDBInstanceOptions",
					params: url.Values{
						"Engine": {typ.Engine}, "DBInstanceClass": {typ.Name}, "Vpc": {"true"}, "MaxRecords": {"100"},
					}}, typ.Region)
			return found(typ, things, func(t awswire.Node) []string {
				var zones []string
				for _, z := range t.All("AvailabilityZones") {
					zones = append(zones, z.Child("Name"))
				}
				return zones
			}), err
		}}
}

// found notes the zones of a type, each once.
func found(typ preflight.Type, things []awswire.Node, zonesOf func(awswire.Node) []string) func(*preflight.Account) {
	zones := []string{}
	for _, t := range things {
		zones = append(zones, zonesOf(t)...)
	}
	slices.Sort(zones)
	return func(a *preflight.Account) { a.Offered[typ] = slices.Compact(zones) }
}

// errNotTold is a type of which no API says whether there is any.
var errNotTold = errors.New("AWS has no reservation of it on offer, and no API that tells more")

// cacheNode asks for reservations of a awswire.Node type: where there are some, there are
// nodes, in all zones. Where there are none, nothing is known.
func (l *look) cacheNode(typ preflight.Type, o preflight.Offer) question {
	return question{"whether there is " + typ.Name, typ.Region, "elasticache:DescribeReservedCacheNodesOfferings",
		func(ctx context.Context) (func(*preflight.Account), error) {
			things, err := l.pages(ctx,
				listing{service: awswire.ElastiCache, action: "DescribeReservedCacheNodesOfferings",
					list:   "ReservedCacheNodesOfferings",
					params: url.Values{"CacheNodeType": {typ.Name}}}, typ.Region)
			if err == nil && len(things) == 0 {
				err = errNotTold
			}
			return func(a *preflight.Account) { a.Offered[typ] = append(a.Offered[typ], o.Zones...) }, err
		}}
}

func (l *look) searchNode(typ preflight.Type, _ preflight.Offer) question {
	return question{"where there is " + typ.Name, typ.Region, "es:ListInstanceTypeDetails",
		func(ctx context.Context) (func(*preflight.Account), error) {
			r := awswire.Request{Service: awswire.OpenSearch, Region: typ.Region,
				Path: "/2021-01-01/opensearch/instanceTypeDetails/" + url.PathEscape(typ.Engine),
				Form: url.Values{"retrieveAZs": {"true"}, "instanceType": {typ.Name}}}
			zones := []string{}
			for {
				page, next, err := l.page(ctx, r, "InstanceTypeDetails")
				if err != nil {
					return nil, err
				}
				for _, item := range page {
					list, _ := item["AvailabilityZones"].([]any)
					for _, z := range list {
						if name, ok := z.(string); ok && item["InstanceType"] == typ.Name {
							zones = append(zones, name)
						}
					}
				}
				if next == "" {
					return func(a *preflight.Account) { a.Offered[typ] = zones }, nil
				}
				r.Form.Set("nextToken", next)
			}
		}}
}

// versions are the questions for engines, each once.
func (l *look) versions(n preflight.Need) []question {
	var all []question
	asked := map[preflight.Engine]bool{}
	for _, v := range n.Versions {
		engine := preflight.Engine{Service: v.Service, Region: v.Region, Name: v.Engine}
		if asked[engine] {
			continue
		}
		asked[engine] = true
		switch v.Service {
		case preflight.RDS:
			all = append(all, l.listedVersions(engine, awswire.RDS, "rds:DescribeDBEngineVersions", "DescribeDBEngineVersions",
				"DBEngineVersions"))
		case preflight.ElastiCache:
			all = append(all, l.listedVersions(engine, awswire.ElastiCache, "elasticache:DescribeCacheEngineVersions",
				"DescribeCacheEngineVersions", "CacheEngineVersions"))
		case preflight.OpenSearch:
			all = append(all, l.searchVersions(engine))
		}
	}
	return all
}

func (l *look) listedVersions(e preflight.Engine, s awswire.Service, permission, action, list string) question {
	return question{"the versions of " + e.Name, e.Region, permission,
		func(ctx context.Context) (func(*preflight.Account), error) {
			things, err := l.pages(ctx, listing{service: s, action: action, list: list, params: url.Values{"Engine": {e.Name}}},
				e.Region)
			versions := []string{}
			for _, t := range things {
				versions = append(versions, t.Child("EngineVersion"))
			}
			return func(a *preflight.Account) { a.Versions[e] = versions }, err
		}}
}

func (l *look) searchVersions(e preflight.Engine) question {
	return question{"the versions of " + e.Name, e.Region, "es:ListVersions",
		func(ctx context.Context) (func(*preflight.Account), error) {
			r := awswire.Request{Service: awswire.OpenSearch, Region: e.Region,
				Path: "/2021-01-01/opensearch/versions", Form: url.Values{}}
			all := []string{}
			for {
				answer, err := l.client.Ask(ctx, r)
				if err != nil {
					return nil, err
				}
				var page struct {
					Versions  []string
					NextToken string
				}
				if err := json.Unmarshal(answer, &page); err != nil {
					return nil, err
				}
				if all = append(all, page.Versions...); page.NextToken == "" {
					return func(a *preflight.Account) { a.Versions[e] = all }, nil
				}
				r.Form.Set("nextToken", page.NextToken)
			}
		}}
}

// names are the questions for names that are one in the world. All others show
// among what the account holds.
func (l *look) names(n preflight.Need) []question {
	var all []question
	for _, name := range n.Names {
		if name.Key == preflight.Buckets {
			all = append(all, l.bucket(name))
		}
	}
	return all
}

// errForbidden is a bucket of somebody else's, or a caller who may not ask.
var errForbidden = errors.New("it is somebody else's, or the caller lacks the action s3:ListBucket")

// bucket asks for a bucket, whosever it is: what is not found is free.
func (l *look) bucket(name preflight.Name) question {
	return question{"whether there is a bucket " + name.Name, name.Region, "s3:ListBucket",
		func(ctx context.Context) (func(*preflight.Account), error) {
			_, err := l.client.Ask(ctx, awswire.Request{Service: awswire.S3, Region: name.Region, Method: http.MethodHead,
				Path: "/" + url.PathEscape(name.Name)})
			var refused awswire.Error
			taken := err == nil
			if errors.As(err, &refused) {
				switch refused.Status {
				case http.StatusNotFound:
					err = nil
				case http.StatusMovedPermanently: // it is in another region
					taken, err = true, nil
				case http.StatusForbidden:
					err = errForbidden
				}
			}
			return func(a *preflight.Account) { a.Taken[name] = taken }, err
		}}
}

// domain are the questions for who answers for the stack's domain.
func (l *look) domain(n preflight.Need, c *Caller) []question {
	if n.Domain == "" || n.Zone == "" && len(n.Servers) == 0 {
		return nil
	}
	all := []question{{"who answers for " + n.Domain, "", "", func(ctx context.Context) (func(*preflight.Account), error) {
		servers, err := c.NameServers(ctx, n.Domain)
		return func(a *preflight.Account) { a.Answers = servers }, err
	}}}
	if len(n.Servers) > 0 {
		return all
	}
	return append(all, question{"the name servers of the zone " + n.Zone, "", "route53:GetHostedZone",
		func(ctx context.Context) (func(*preflight.Account), error) {
			answer, err := l.client.Ask(ctx,
				awswire.Request{Service: awswire.Route53, Region: home, Path: "/2013-04-01/hostedzone/" + url.PathEscape(n.Zone)})
			if err != nil {
				return nil, err
			}
			tree, err := awswire.Parse(answer)
			return func(a *preflight.Account) {
				for _, s := range tree.All("NameServers") {
					a.Servers = append(a.Servers, s.Text())
				}
			}, err
		}})
}
