package resource

import "strings"

// oldModules are module names that the AWS provider keeps for old programs,
// with the current one.
var oldModules = [][2]string{
	{"aws:alb/", "aws:lb/"},
	{"aws:applicationloadbalancing/", "aws:lb/"},
	{"aws:elasticloadbalancingv2/", "aws:lb/"},
	{"aws:elasticloadbalancing/", "aws:elb/"},
}

// Canonical is the one token for types that have several: load balancers under
// the names that they once had, and S3's second generation, whose tokens end in
// V2 in one version of the provider and not in another.
func Canonical(typ string) string {
	for _, m := range oldModules {
		if rest, ok := strings.CutPrefix(typ, m[0]); ok {
			return m[1] + rest
		}
	}
	if strings.HasPrefix(typ, "aws:s3/bucket") && strings.HasSuffix(typ, "V2") {
		return strings.ReplaceAll(typ, "V2", "")
	}
	return typ
}
