package aws

import (
	"slices"
	"strings"
)

// The two processor architectures.
const (
	arm = "arm64"
	x86 = "x86_64"
)

// Size ladders that families share.
const (
	burstSizes = "nano micro small medium large xlarge 2xlarge"
	fifthSizes = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal"
	sixthSizes = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal"
	sevenSizes = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"
	armSizes   = "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal"
	arm8Sizes  = "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl"
	flexSizes  = "large xlarge 2xlarge 4xlarge 8xlarge"
)

// families lists the sizes of each instance family that is known, after the EC2
// documentation of instance types (November 2026). Families for machine
// learning, graphics and high memory are left out.
var families = map[string]string{
	"t2": burstSizes, "t3": burstSizes, "t3a": burstSizes, "t4g": burstSizes,
	"m5": fifthSizes, "m5a": fifthSizes, "m5d": fifthSizes, "m5n": fifthSizes, "m6i": sixthSizes, "m6id": sixthSizes,
	"m6a": sixthSizes + " 48xlarge", "m6g": armSizes, "m6gd": armSizes, "m7g": armSizes, "m7gd": armSizes,
	"m7i": sevenSizes, "m7a": "medium " + sevenSizes, "m7i-flex": flexSizes, "m8g": arm8Sizes,
	"c5": "large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal", "c5a": fifthSizes,
	"c5n": "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge metal", "c5d": "large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal",
	"c6i": sixthSizes, "c6a": sixthSizes + " 48xlarge", "c6g": armSizes, "c6gd": armSizes, "c6gn": "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
	"c7g": armSizes, "c7gd": armSizes, "c7gn": armSizes, "c7i": sevenSizes, "c7a": "medium " + sevenSizes, "c7i-flex": flexSizes, "c8g": arm8Sizes,
	"r5": fifthSizes, "r5a": fifthSizes, "r6i": sixthSizes, "r6a": sixthSizes + " 48xlarge", "r6g": armSizes, "r6gd": armSizes,
	"r7g": armSizes, "r7gd": armSizes, "r7i": sevenSizes, "r7a": "medium " + sevenSizes, "r8g": arm8Sizes,
	"i3": "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge metal", "i4i": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal",
	"i4g": "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge", "x2gd": armSizes, "im4gn": "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge",
}

// architecture gives the processor of an instance type, "" when there is no
// such type.
func architecture(instanceType string) string {
	family, size, _ := strings.Cut(instanceType, ".")
	if !slices.Contains(strings.Fields(families[family]), size) {
		return ""
	}
	// Graviton families have a g right after the generation: t4g, m7gd, im4gn.
	if i := strings.IndexAny(family, "0123456789"); i >= 0 && strings.Contains(family[i:], "g") {
		return arm
	}
	return x86
}

// sameFamilyTypes lists the known types of a family, for hints.
func sameFamilyTypes(instanceType string) []string {
	family, _, _ := strings.Cut(instanceType, ".")
	var types []string
	for _, size := range strings.Fields(families[family]) {
		types = append(types, family+"."+size)
	}
	return types
}
