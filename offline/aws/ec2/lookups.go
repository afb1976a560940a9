package ec2

import (
	"fmt"
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// filters are what EC2's searches call the properties of networks and subnets, as far as they are known.
var filters = map[string]string{
	"vpc-id": "vpcId", "subnet-id": "id", "availability-zone": "availabilityZone", "availabilityZone": "availabilityZone",
	"availability-zone-id": "availabilityZoneId", "cidr": "cidrBlock", "cidr-block": "cidrBlock", "cidrBlock": "cidrBlock",
	"map-public-ip-on-launch": "mapPublicIpOnLaunch", "group-name": "name", "group-id": "id", "owner-id": "ownerId",
}

// isDefault are the searches for what nobody made.
var isDefault = []string{"isDefault", "is-default", "default-for-az", "defaultForAz"}

// search gives what of a kind fits what a function was asked for.
func search(o *sim.Op, kind string) (all []sim.Found, err error) {
	for _, f := range o.All(kind) {
		fits, err := fitsAll(f, o.In)
		if err != nil {
			return nil, err
		}
		if fits {
			all = append(all, f)
		}
	}
	return all, nil
}

func fitsAll(f sim.Found, in sim.Props) (bool, error) {
	for _, key := range []string{"id", "vpcId", "availabilityZone", "availabilityZoneId", "cidrBlock", "dhcpOptionsId",
		"name"} {
		if want := in.Str(key); want != "" && f.Props.Str(key) != want {
			return false, nil
		}
	}
	if (in.Bool("default") || in.Bool("defaultForAz")) && f.URN != "" {
		return false, nil
	}
	for key, want := range in.Map("tags") {
		if f.Props.Map("tags")[key] != want && f.Props.Map("tagsAll")[key] != want {
			return false, nil
		}
	}
	for _, filter := range in.Maps("filters") {
		if fits, err := fitsOne(f, filter.Str("name"), filter.Strs("values")); err != nil || !fits {
			return false, err
		}
	}
	return true, nil
}

func fitsOne(f sim.Found, name string, values []string) (bool, error) {
	var have string
	switch property, known := filters[name]; {
	case known:
		have = fmt.Sprint(f.Props.Get(property))
	case slices.Contains(isDefault, name):
		have = fmt.Sprint(f.URN == "")
	case name == "state":
		have = "available"
	case len(name) > 4 && name[:4] == "tag:":
		have = f.Props.Map("tags").Str(name[4:])
	default:
		return false, fmt.Errorf("the offline cloud does not know the filter %q", name)
	}
	return policy.Matches(values, have), nil
}

// single gives the one that fits, with the provider's words where there is none or more.
func single(o *sim.Op, kind, noun string) (sim.Found, error) {
	all, err := search(o, kind)
	switch {
	case err != nil:
		return sim.Found{}, err
	case len(all) == 0:
		return sim.Found{}, fmt.Errorf("no matching %s found", noun)
	case len(all) > 1:
		return sim.Found{}, fmt.Errorf("multiple %ss matched; use additional constraints to reduce matches to a single %s",
			noun, noun)
	}
	return all[0], nil
}

// answer is what a function says: what it was asked, and the named properties of what fits.
func answer(o *sim.Op, f sim.Found, keys ...string) sim.Props {
	out := o.In.Copy()
	for _, key := range append(keys, "id", "arn", "ownerId") {
		if v := f.Props.Get(key); v != nil {
			out[key] = v
		}
	}
	out["state"], out["tags"] = "available", map[string]any(f.Props.Map("tags"))
	return out
}

func lookupVPC(o *sim.Op) (sim.Props, error) {
	f, err := single(o, token.EC2Vpc, "EC2 VPC")
	if err != nil {
		return nil, err
	}
	out := answer(o, f, "cidrBlock", "dhcpOptionsId", "enableDnsHostnames", "enableDnsSupport", "instanceTenancy",
		"mainRouteTableId")
	out["default"], out["ipv6AssociationId"], out["ipv6CidrBlock"] = f.URN == "", f.Props.Str("ipv6AssociationId"),
		f.Props.Str("ipv6CidrBlock")
	out["enableNetworkAddressUsageMetrics"], out["cidrBlockAssociations"] = false, []any{map[string]any{
		"associationId": "vpc-cidr-assoc-" + f.ID[len("vpc-"):], "cidrBlock": f.Props.Str("cidrBlock"), "state": "associated",
	}}
	return out, nil
}

func lookupSubnet(o *sim.Op) (sim.Props, error) {
	f, err := single(o, token.EC2Subnet, "EC2 Subnet")
	if err != nil {
		return nil, err
	}
	out := answer(o, f, "vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "mapPublicIpOnLaunch")
	out["defaultForAz"] = f.URN == ""
	return out, nil
}

func subnetIDs(o *sim.Op) (sim.Props, error) {
	all, err := search(o, token.EC2Subnet)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, f := range all {
		ids = append(ids, f.ID)
	}
	out := o.In.Copy()
	out["id"], out["ids"], out["tags"] = o.Region, sim.List(ids...), map[string]any(o.In.Map("tags"))
	return out, nil
}

func groupIDs(o *sim.Op) (sim.Props, error) {
	all, err := search(o, token.EC2SecurityGroup)
	if err != nil {
		return nil, err
	}
	var ids, arns, networks []string
	for _, f := range all {
		ids, arns, networks = append(ids, f.ID), append(arns, f.Props.Str("arn")), append(networks, f.Props.Str("vpcId"))
	}
	out := o.In.Copy()
	out["id"], out["ids"], out["arns"], out["vpcIds"] = o.Region, sim.List(ids...), sim.List(arns...),
		sim.List(networks...)
	out["tags"] = map[string]any(o.In.Map("tags"))
	return out, nil
}

// lookupGroup finds a group that somebody made, and the one that a network has by itself.
func lookupGroup(o *sim.Op) (sim.Props, error) {
	for _, v := range o.All(token.EC2Vpc) {
		own, id := v.Props.Str("defaultSecurityGroupId"), o.In.Str("id")
		if own != "" && (id == own || id == "" && o.In.Str("name") == "default" && o.In.Str("vpcId") == v.ID) {
			out := o.In.Copy()
			out["id"], out["name"], out["vpcId"], out["description"] = own, "default", v.ID, "default VPC security group"
			out["arn"], out["tags"] = o.ARN("ec2", "security-group/"+own), map[string]any{}
			return out, nil
		}
	}
	f, err := single(o, token.EC2SecurityGroup, "EC2 Security Group")
	if err != nil {
		return nil, err
	}
	out := answer(o, f, "name", "vpcId", "description")
	delete(out, "ownerId")
	delete(out, "state")
	return out, nil
}
