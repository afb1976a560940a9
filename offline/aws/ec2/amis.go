package ec2

import (
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/offer"
)

// ImageParameter matches the public SSM parameters that hold an AMI id: Amazon
// Linux 2023, latest or of one release, and Amazon Linux 2.
var ImageParameter = regexp.MustCompile(`^/aws/service/ami-amazon-linux-latest/` +
	`(?:al2023-ami-(?:minimal-)?(?:2023\.\d+\.\d{8}\.\d+-)?kernel-(?:default|\d+\.\d+)-|amzn2-ami-(?:minimal-)?(?:kernel-\d+\.\d+-)?hvm-)(arm64|x86_64)(?:-gp2|-ebs)?$`)

// ImageID makes the id of an image: 14 digits of the name, and two that tell its
// architecture and region to imageArchitecture.
func ImageID(region, name, arch string) string {
	head := made.Digits(region, name, arch)[:15]
	return "ami-" + head + amiCheck(region, head, arch)
}

// imageArchitecture gives the architecture of an image that exists in a region,
// "" for an id that no lookup of this region has given.
func imageArchitecture(region, id string) string {
	rest, ok := strings.CutPrefix(id, "ami-")
	if !ok || len(rest) != 17 {
		return ""
	}
	for _, arch := range []string{offer.ARM, offer.X86} {
		if rest[15:] == amiCheck(region, rest[:15], arch) {
			return arch
		}
	}
	return ""
}

func amiCheck(region, head, arch string) string { return made.Digits("check", region, head, arch)[1:3] }
