package account

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/machine"
	"github.com/rung-dev/rung/preflight"
)

// specials are holdings that are no list of things in XML.
var specials = map[string]func(*look, preflight.Place) question{
	preflight.OnDemand: machines, preflight.Spot: machines, preflight.OnDemandX: machines, preflight.SpotX: machines,
	preflight.NATGateways: natGateways, preflight.Concurrency: concurrency,
	"apigateway.vpc-links": itemsOf(awswire.Gateway, "apigateway:GET", "/v2/vpclinks", "items", "vpcLinkId"),
	preflight.Domains:      itemsOf(awswire.OpenSearch, "es:ListDomainNames", "/2021-01-01/domain", "DomainNames", "DomainName"),
	"acm.certificates":     certificates,
}

// machines are those that run, with their vCPUs, by the quota that they count for.
func machines(l *look, place preflight.Place) question {
	return question{"the machines of the account", place.Region, "ec2:DescribeInstances",
		func(ctx context.Context) (func(*preflight.Account), error) {
			things, err := l.pages(ctx, listing{service: awswire.EC2, action: "DescribeInstances", list: "reservationSet",
				params: url.Values{"Filter.1.Name": {"instance-state-name"}, "Filter.1.Value.1": {"pending"}, "Filter.1.Value.2": {"running"}}}, place.Region)
			held := []preflight.Held{}
			for _, reservation := range things {
				for _, m := range reservation.All("instancesSet") {
					if preflight.MachineQuota(m.Child("instanceType"), m.Child("instanceLifecycle") == "spot") == place.Key {
						held = append(held, preflight.Held{ID: m.Child("instanceId"), Stack: stackOf(m), Amount: vcpus(m)})
					}
				}
			}
			return func(a *preflight.Account) { a.Held[place] = held }, err
		}}
}

// vcpus of a machine, as AWS tells or by its type.
func vcpus(m awswire.Node) int {
	cores, _ := strconv.Atoi(m.Find("coreCount").Text())
	threads, _ := strconv.Atoi(m.Find("threadsPerCore").Text())
	if cores*threads > 0 {
		return cores * threads
	}
	return machine.EC2VCPUs(m.Child("instanceType"))
}

// natGateways are held by zone, which their subnets tell.
func natGateways(l *look, place preflight.Place) question {
	return question{"the NAT gateways of the account", place.Region, "ec2:DescribeNatGateways and ec2:DescribeSubnets",
		func(ctx context.Context) (func(*preflight.Account), error) {
			subnets, err := l.pages(ctx, listing{service: awswire.EC2, action: "DescribeSubnets", list: "subnetSet"},
				place.Region)
			if err != nil {
				return nil, err
			}
			zone := map[string]string{}
			for _, s := range subnets {
				zone[s.Child("subnetId")] = s.Child("availabilityZone")
			}
			gateways, err := l.pages(ctx,
				listing{service: awswire.EC2, action: "DescribeNatGateways", list: "natGatewaySet", params: url.Values{
					"Filter.1.Name": {"state"}, "Filter.1.Value.1": {"pending"}, "Filter.1.Value.2": {"available"}, "Filter.1.Value.3": {"deleting"},
				}}, place.Region)
			return func(a *preflight.Account) {
				a.Held[place] = nil // the region was asked
				for _, g := range gateways {
					in := preflight.Place{Key: place.Key, Region: place.Region, Scope: zone[g.Child("subnetId")]}
					a.Held[in] = append(a.Held[in], preflight.Held{ID: g.Child("natGatewayId"), Stack: stackOf(g), Amount: 1})
				}
			}, err
		}}
}

// concurrency is what functions of the account keep for themselves.
func concurrency(l *look, place preflight.Place) question {
	return question{"what functions keep for themselves", place.Region, "lambda:GetAccountSettings",
		func(ctx context.Context) (func(*preflight.Account), error) {
			answer, err := l.client.Ask(ctx, awswire.Request{Service: awswire.Lambda, Region: place.Region,
				Path: "/2016-08-19/account-settings/"})
			if err != nil {
				return nil, err
			}
			var found struct {
				AccountLimit struct{ ConcurrentExecutions, UnreservedConcurrentExecutions int }
			}
			err = json.Unmarshal(answer, &found)
			kept := found.AccountLimit.ConcurrentExecutions - found.AccountLimit.UnreservedConcurrentExecutions
			return func(a *preflight.Account) { a.Held[place] = []preflight.Held{{Amount: kept}} }, err
		}}
}
