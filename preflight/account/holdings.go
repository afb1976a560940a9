package account

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/preflight"
)

// limits are the questions for quotas, each once.
func (l *look) limits(n preflight.Need) []question {
	var all []question
	asked := map[preflight.Place]bool{}
	for _, a := range n.Amounts {
		place := preflight.Place{Key: a.Key, Region: a.Region}
		q, known := preflight.QuotaOf(a.Key)
		if asked[place] || !known {
			continue
		}
		asked[place] = true
		all = append(all, question{"the quota of " + q.Noun, a.Region, "servicequotas:GetServiceQuota",
			func(ctx context.Context) (func(*preflight.Account), error) {
				limit, err := l.limit(ctx, q, place.Region)
				return func(a *preflight.Account) { a.Limits[place] = limit }, err
			}})
	}
	return all
}

// limit is a quota's value, AWS's default where the account has none of its own.
func (l *look) limit(ctx context.Context, q preflight.Quota, region string) (int, error) {
	r := awswire.Request{Service: awswire.Quotas, Region: region, Action: "GetServiceQuota",
		Body: map[string]string{"ServiceCode": q.Service, "QuotaCode": q.Code}}
	answer, err := l.client.Ask(ctx, r)
	var refused awswire.Error
	if errors.As(err, &refused) && refused.Code == "NoSuchResourceException" {
		r.Action = "GetAWSDefaultServiceQuota"
		answer, err = l.client.Ask(ctx, r)
	}
	if err != nil {
		return 0, err
	}
	var found struct{ Quota struct{ Value float64 } }
	err = json.Unmarshal(answer, &found)
	return int(found.Quota.Value), err
}

// listing is how the account's things of a kind are listed.
type listing struct {
	key        string
	service    awswire.Service
	permission string
	// action and params of the Query protocol, path of the REST ones.
	action, path string
	params       url.Values
	// list is the element that holds the things, id that of a thing's name.
	list, id string
	// token is the element with the next page's, as the parameter takes it.
	token, parameter string
	// only keeps those with a value in an element; empty keeps all.
	only, value string
	// amount is the element that says for how many a thing counts; empty is one.
	amount string
}

// listings are the things that count against quotas, in XML.
var listings = []listing{
	{key: "ec2.elastic-ips", service: awswire.EC2, permission: "ec2:DescribeAddresses", action: "DescribeAddresses", list: "addressesSet", id: "allocationId"},
	{key: "vpc.vpcs", service: awswire.EC2, permission: "ec2:DescribeVpcs", action: "DescribeVpcs", list: "vpcSet", id: "vpcId"},
	{key: "vpc.internet-gateways", service: awswire.EC2, permission: "ec2:DescribeInternetGateways", action: "DescribeInternetGateways",
		list: "internetGatewaySet", id: "internetGatewayId"},
	{key: "vpc.security-groups", service: awswire.EC2, permission: "ec2:DescribeSecurityGroups", action: "DescribeSecurityGroups",
		list: "securityGroupInfo", id: "groupId"},
	{key: "vpc.gateway-endpoints", service: awswire.EC2, permission: "ec2:DescribeVpcEndpoints", action: "DescribeVpcEndpoints",
		list: "vpcEndpointSet", id: "vpcEndpointId", only: "vpcEndpointType", value: "Gateway"},
	{key: preflight.Balancers, service: awswire.Balancing, permission: "elasticloadbalancing:DescribeLoadBalancers", action: "DescribeLoadBalancers",
		list: "LoadBalancers", id: "LoadBalancerName", only: "Type", value: "application"},
	{key: preflight.NetBalancers, service: awswire.Balancing, permission: "elasticloadbalancing:DescribeLoadBalancers", action: "DescribeLoadBalancers",
		list: "LoadBalancers", id: "LoadBalancerName", only: "Type", value: "network"},
	{key: "elasticloadbalancing.target-groups", service: awswire.Balancing, permission: "elasticloadbalancing:DescribeTargetGroups",
		action: "DescribeTargetGroups", list: "TargetGroups", id: "TargetGroupArn"},
	{key: "autoscaling.groups", service: awswire.AutoScaling, permission: "autoscaling:DescribeAutoScalingGroups", action: "DescribeAutoScalingGroups",
		list: "AutoScalingGroups", id: "AutoScalingGroupName", token: "NextToken", parameter: "NextToken"},
	{key: preflight.Databases, service: awswire.RDS, permission: "rds:DescribeDBInstances", action: "DescribeDBInstances",
		list: "DBInstances", id: "DBInstanceIdentifier"},
	{key: preflight.Clusters, service: awswire.RDS, permission: "rds:DescribeDBClusters", action: "DescribeDBClusters",
		list: "DBClusters", id: "DBClusterIdentifier"},
	{key: "rds.proxies", service: awswire.RDS, permission: "rds:DescribeDBProxies", action: "DescribeDBProxies", list: "DBProxies", id: "DBProxyName"},
	{key: preflight.CacheNodes, service: awswire.ElastiCache, permission: "elasticache:DescribeCacheClusters", action: "DescribeCacheClusters",
		list: "CacheClusters", id: "ReplicationGroupId", amount: "NumCacheNodes"},
	{key: preflight.Roles, service: awswire.IAM, permission: "iam:ListRoles", action: "ListRoles", list: "Roles", id: "RoleName",
		params: url.Values{"MaxItems": {"1000"}}},
	{key: preflight.Distributions, service: awswire.CloudFront, permission: "cloudfront:ListDistributions", path: "/2020-05-31/distribution",
		list: "Items", id: "Id", token: "NextMarker"},
	{key: preflight.Buckets, service: awswire.S3, permission: "s3:ListAllMyBuckets", path: "/", list: "Buckets", id: "Name",
		token: "ContinuationToken", parameter: "continuation-token"},
	{key: "route53.zones", service: awswire.Route53, permission: "route53:ListHostedZones", path: "/2013-04-01/hostedzone",
		list: "HostedZones", id: "Id", token: "NextMarker", parameter: "marker"},
	{key: "route53.health-checks", service: awswire.Route53, permission: "route53:ListHealthChecks", path: "/2013-04-01/healthcheck",
		list: "HealthChecks", id: "Id", token: "NextMarker", parameter: "marker"},
}

// tokens are how the Query protocols of the services page.
var tokens = map[string][2]string{
	awswire.EC2.Name: {"nextToken", "NextToken"}, awswire.RDS.Name: {"Marker", "Marker"}, awswire.ElastiCache.Name: {"Marker", "Marker"},
	awswire.IAM.Name:       {"Marker", "Marker"},
	awswire.Balancing.Name: {"NextMarker", "Marker"}, awswire.CloudFront.Name: {"NextMarker", "Marker"},
}

// holdings are the questions for what the account holds of what the plan needs.
func (l *look) holdings(n preflight.Need) []question {
	var all []question
	asked := map[preflight.Place]bool{}
	for _, a := range n.Amounts {
		place := preflight.Place{Key: a.Key, Region: a.Region}
		if asked[place] {
			continue
		}
		asked[place] = true
		for _, list := range listings {
			if list.key == a.Key {
				all = append(all, l.listed(list, place))
			}
		}
		if ask, special := specials[a.Key]; special {
			all = append(all, ask(l, place))
		}
	}
	return all
}

// listed is the question for the things of a listing.
func (l *look) listed(list listing, place preflight.Place) question {
	q, _ := preflight.QuotaOf(place.Key)
	return question{"the " + q.Noun + " of the account", place.Region, list.permission,
		func(ctx context.Context) (func(*preflight.Account), error) {
			things, err := l.pages(ctx, list, place.Region)
			held := []preflight.Held{}
			for _, t := range things {
				if list.only == "" || t.Child(list.only) == list.value {
					held = append(held, heldOf(t, list))
				}
			}
			return func(a *preflight.Account) { a.Held[place] = held }, err
		}}
}

func heldOf(t awswire.Node, list listing) preflight.Held {
	id := cmp.Or(t.Child(list.id), t.Child("CacheClusterId")) // a awswire.Node that is in no group
	h := preflight.Held{ID: strings.TrimPrefix(id, "/hostedzone/"), Stack: stackOf(t), Amount: 1}
	if n, err := strconv.Atoi(t.Child(list.amount)); err == nil {
		h.Amount = n
	}
	return h
}

// stackOf is the stack whose tag a thing of EC2's carries.
func stackOf(t awswire.Node) string {
	for _, c := range t.Children {
		if c.XMLName.Local != "tagSet" {
			continue
		}
		for _, tag := range c.Children {
			if tag.Child("key") == "rung:stack" {
				return tag.Child("value")
			}
		}
	}
	return ""
}

func certificates(l *look, place preflight.Place) question {
	return question{"the certificates of the account", place.Region, "acm:ListCertificates",
		func(ctx context.Context) (func(*preflight.Account), error) {
			held, in := []preflight.Held{}, map[string]any{"MaxItems": 1000}
			for {
				page, next, err := l.page(ctx, awswire.Request{Service: awswire.ACM, Region: place.Region,
					Action: "ListCertificates", Body: in},
					"CertificateSummaryList")
				if err != nil {
					return nil, err
				}
				for _, item := range page {
					arn, _ := item["CertificateArn"].(string)
					held = append(held, preflight.Held{ID: arn, Amount: 1})
				}
				if next == "" {
					return func(a *preflight.Account) { a.Held[place] = held }, nil
				}
				in["NextToken"] = next
			}
		}}
}
