package cdn

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// PrefixListName is AWS's list of the addresses from which CloudFront fetches.
// In a security group it weighs as much as 55 of the 60 rules that a group may
// have: open one port to it, not two.
const PrefixListName = "com.amazonaws.global.cloudfront.origin-facing"

// PrefixList looks up the id of PrefixListName in the provider's region: what
// an origin opens its port to when Kind is CloudFront.
func PrefixList(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (string, error) {
	name := PrefixListName
	list, err := ec2.LookupManagedPrefixList(ctx, &ec2.LookupManagedPrefixListArgs{Name: &name}, opts...)
	if err != nil {
		return "", fmt.Errorf("look up CloudFront's addresses (prefix list %s): %w", name, err)
	}
	return list.Id, nil
}

// cloudflareIPv4 and cloudflareIPv6 are the addresses from which Cloudflare
// fetches. Source: https://www.cloudflare.com/ips-v4 and ips-v6, which change
// every few years and are announced beforehand.
var (
	cloudflareIPv4 = []string{
		"173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18",
		"108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17",
		"162.158.0.0/15", "104.16.0.0/13", "104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22",
	}
	cloudflareIPv6 = []string{
		"2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32",
		"2a06:98c0::/29", "2c0f:f248::/32",
	}
)

// CloudflareRanges are the addresses that an origin opens its port to when
// Kind is Cloudflare.
func CloudflareRanges() (v4, v6 []string) {
	return slices.Clone(cloudflareIPv4), slices.Clone(cloudflareIPv6)
}
