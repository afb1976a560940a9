package aws

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/cdnpolicy"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/region"
)

// invokes are the functions that programs call, by token.
func invokes() map[string]sim.Invoke {
	all := map[string]sim.Invoke{
		"aws:index/getAvailabilityZones:getAvailabilityZones":              availabilityZones,
		"aws:index/getCallerIdentity:getCallerIdentity":                    callerIdentity,
		"aws:index/getRegion:getRegion":                                    getRegion,
		"aws:index/getPartition:getPartition":                              partition,
		"aws:ec2/getAmi:getAmi":                                            ami,
		"aws:ec2/getManagedPrefixList:getManagedPrefixList":                managedPrefixList,
		"aws:ec2/getPrefixList:getPrefixList":                              gatewayPrefixList,
		"aws:ssm/getParameter:getParameter":                                ssmParameter,
		"aws:iam/getPolicyDocument:getPolicyDocument":                      policyDocument,
		"aws:iam/getRoles:getRoles":                                        iamRoles,
		"aws:elb/getServiceAccount:getServiceAccount":                      elbAccount,
		"aws:cloudfront/getCachePolicy:getCachePolicy":                     managedPolicy("cache policy", cdnpolicy.CachePolicies),
		"aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy":     managedPolicy("origin request policy", cdnpolicy.OriginRequestPolicies),
		"aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy": managedPolicy("response headers policy", cdnpolicy.ResponseHeadersPolicies),
	}
	maps.Copy(all, dataInvokes())
	maps.Copy(all, deliveryInvokes())
	return all
}

func availabilityZones(o *sim.Op) (sim.Props, error) {
	var names, ids []string
	for _, zone := range zonesOf(o.Region) {
		excluded := slices.Contains(o.In.Strs("excludeNames"), zone) ||
			slices.Contains(o.In.Strs("excludeZoneIds"), zoneID(zone))
		if !excluded && o.In.Str("state") != "unavailable" {
			names, ids = append(names, zone), append(ids, zoneID(zone))
		}
	}
	out := o.In.Copy()
	out["id"], out["names"], out["zoneIds"] = o.Region, sim.List(names...), sim.List(ids...)
	out["groupNames"] = sim.List(o.Region)
	return out, nil
}

func callerIdentity(o *sim.Op) (sim.Props, error) {
	return sim.Props{
		"accountId": o.Account, "id": o.Account, "userId": "AIDAIOSFODNN7EXAMPLE",
		"arn": o.GlobalARN("iam", "user/offline"),
	}, nil
}

func getRegion(o *sim.Op) (sim.Props, error) {
	name := firstOf(o.In.Str("name"), o.Region)
	if endpoint := o.In.Str("endpoint"); endpoint != "" {
		name = strings.TrimSuffix(strings.TrimPrefix(endpoint, "ec2."), ".amazonaws.com")
	}
	if zonesOf(name) == nil {
		return nil, fmt.Errorf("no matching regions found for %q, want one of %s", name, strings.Join(Regions(), ", "))
	}
	return sim.Props{"id": name, "name": name, "endpoint": "ec2." + name + ".amazonaws.com", "description": name}, nil
}

func partition(o *sim.Op) (sim.Props, error) {
	return sim.Props{"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com",
		"reverseDnsPrefix": "com.amazonaws"}, nil
}

// ssmParameter answers AWS's public parameters for Amazon Linux, and parameters
// that the simulated account holds.
func ssmParameter(o *sim.Op) (sim.Props, error) {
	name := o.In.Str("name")
	if match := amiParameter.FindStringSubmatch(name); match != nil {
		id := amiID(o.Region, name, match[1])
		return parameter(o, name, id, "String", "arn:aws:ssm:"+o.Region+"::parameter"+name), nil
	}
	if p, ok := o.FindBy("aws:ssm/parameter:Parameter", "name", name); ok {
		return parameter(o, name, p.Str("value"), p.Str("type"), p.Str("arn")), nil
	}
	return nil, sim.Refuse("ParameterNotFound",
		fmt.Sprintf("reading SSM Parameter (%s): the parameter does not exist", name),
		"Offline, the public parameters of Amazon Linux 2023 and 2 images are known, and those that the stack has created.")
}

func parameter(o *sim.Op, name, value, kind, arn string) sim.Props {
	out := sim.Props{
		"id": name, "name": name, "value": value, "type": kind, "arn": arn, "version": 1.0, "insecureValue": value,
		"withDecryption": true,
	}
	if kind == "SecureString" {
		out["insecureValue"] = ""
	}
	return out
}

// ami answers searches for Amazon Linux images, and lookups of an id that an
// earlier search gave.
func ami(o *sim.Op) (sim.Props, error) {
	arch, name := x86, ""
	for _, filter := range o.In.Maps("filters") {
		switch value := strings.Join(filter.Strs("values"), " "); filter.Str("name") {
		case "architecture":
			arch = value
		case "name":
			name = value
			if strings.Contains(value, arm) || strings.Contains(value, "aarch64") {
				arch = arm
			}
		case "image-id":
			return image(o, value, imageArchitecture(o.Region, value), "")
		}
	}
	if !amazonLinux.MatchString(name) || !slices.Contains([]string{arm, x86}, arch) {
		return image(o, name, "", name)
	}
	family := "al2023-ami-2023"
	if strings.HasPrefix(name, "amzn2") {
		family = "amzn2-ami-hvm"
	}
	return image(o, amiID(o.Region, family, arch), arch, fmt.Sprintf("%s-offline-%s", family, arch))
}

// amazonLinux are the name patterns that find an image offline.
var amazonLinux = regexp.MustCompile(`^(al2023-ami|amzn2-ami)`)

func image(o *sim.Op, id, arch, name string) (sim.Props, error) {
	if arch == "" {
		return nil, fmt.Errorf("your query returned no results for %q: offline, images of Amazon Linux 2023 (al2023-ami-*) "+
			"and 2 "+
			"(amzn2-ami-*) are known", id)
	}
	out := o.In.Copy()
	maps.Copy(out, sim.Props{
		"id": id, "imageId": id, "architecture": arch, "name": name, "arn": "arn:aws:ec2:" + o.Region + "::image/" + id,
		"ownerId": "137112412989", "imageOwnerAlias": "amazon", "rootDeviceName": "/dev/xvda", "rootDeviceType": "ebs",
		"state": "available", "virtualizationType": "hvm", "hypervisor": "xen", "enaSupport": true, "public": true,
		"imageType": "machine", "platformDetails": "Linux/UNIX", "creationDate": madeAt, "blockDeviceMappings": []any{},
		"productCodes": []any{}, "tags": map[string]any{}, "description": "Amazon Linux (offline)", "bootMode": "uefi",
		"imdsSupport": "v2.0", "imageLocation": "amazon/" + name, "usageOperation": "RunInstances",
	})
	return out, nil
}

func managedPrefixList(o *sim.Op) (sim.Props, error) {
	id, name := o.In.Str("id"), o.In.Str("name")
	for _, filter := range o.In.Maps("filters") {
		if filter.Str("name") == "prefix-list-name" {
			name = strings.Join(filter.Strs("values"), "")
		}
	}
	for _, l := range prefixLists(o.Region) {
		if l.id == id || l.name == name {
			return sim.Props{
				"id": l.id, "name": l.name, "arn": "arn:aws:ec2:" + o.Region + ":aws:prefix-list/" + l.id, "ownerId": "AWS",
				"addressFamily": "IPv4", "maxEntries": float64(l.weight), "version": 1.0, "entries": []any{}, "tags": map[string]any{},
			}, nil
		}
	}
	return nil, fmt.Errorf("reading EC2 Managed Prefix List: no list %q in %s; AWS's own lists for CloudFront, S3 and "+
		"DynamoDB are known offline",
		id+name, o.Region)
}

func gatewayPrefixList(o *sim.Op) (sim.Props, error) {
	for _, l := range prefixLists(o.Region) {
		if l.id == o.In.Str("prefixListId") || l.name == o.In.Str("name") {
			return sim.Props{"id": l.id, "prefixListId": l.id, "name": l.name, "cidrBlocks": []any{}}, nil
		}
	}
	return nil, fmt.Errorf("reading EC2 Prefix List: no list %q in %s", o.In.Str("name")+o.In.Str("prefixListId"),
		o.Region)
}

func elbAccount(o *sim.Op) (sim.Props, error) {
	name := firstOf(o.In.Str("region"), o.Region)
	r, _ := region.Get(name)
	id := r.BalancerAccount
	if id == "" {
		return nil, fmt.Errorf("unknown region (%q): there, grant the service principal "+
			"logdelivery.elasticloadbalancing.amazonaws.com instead", name)
	}
	return sim.Props{"id": id, "arn": "arn:aws:iam::" + id + ":root", "region": name}, nil
}
