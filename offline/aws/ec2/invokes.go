package ec2

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/offer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are EC2's functions.
func Invokes() map[string]sim.Invoke {
	return map[string]sim.Invoke{
		token.EC2GetAmi:               ami,
		token.EC2GetManagedPrefixList: managedPrefixList,
		token.EC2GetPrefixList:        gatewayPrefixList,
		token.EC2GetVpc:               lookupVPC,
		token.EC2GetSubnet:            lookupSubnet,
		token.EC2GetSubnets:           subnetIDs,
		token.EC2GetSecurityGroups:    groupIDs,
		token.EC2GetSecurityGroup:     lookupGroup,
	}
}

// ami answers searches for Amazon Linux images, and lookups of an id that an
// earlier search gave.
func ami(o *sim.Op) (sim.Props, error) {
	arch, name := offer.X86, ""
	for _, filter := range o.In.Maps("filters") {
		switch value := strings.Join(filter.Strs("values"), " "); filter.Str("name") {
		case "architecture":
			arch = value
		case "name":
			name = value
			if strings.Contains(value, offer.ARM) || strings.Contains(value, "aarch64") {
				arch = offer.ARM
			}
		case "image-id":
			return image(o, value, imageArchitecture(o.Region, value), "")
		}
	}
	if !amazonLinux.MatchString(name) || !slices.Contains([]string{offer.ARM, offer.X86}, arch) {
		return image(o, name, "", name)
	}
	family := "al2023-ami-2023"
	if strings.HasPrefix(name, "amzn2") {
		family = "amzn2-ami-hvm"
	}
	return image(o, ImageID(o.Region, family, arch), arch, fmt.Sprintf("%s-offline-%s", family, arch))
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
		"imageType": "machine", "platformDetails": "Linux/UNIX", "creationDate": made.At, "blockDeviceMappings": []any{},
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
