package aws

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// amiParameter matches the public SSM parameters that hold an AMI id: Amazon
// Linux 2023, latest or of one release, and Amazon Linux 2.
var amiParameter = regexp.MustCompile(`^/aws/service/ami-amazon-linux-latest/` +
	`(?:al2023-ami-(?:minimal-)?(?:2023\.\d+\.\d{8}\.\d+-)?kernel-(?:default|\d+\.\d+)-|amzn2-ami-(?:minimal-)?(?:kernel-\d+\.\d+-)?hvm-)(arm64|x86_64)(?:-gp2|-ebs)?$`)

// amiID makes the id of an image: 14 digits of the name, and two that tell its
// architecture and region to imageArchitecture.
func amiID(region, name, arch string) string {
	head := digits(region, name, arch)[:15]
	return "ami-" + head + amiCheck(region, head, arch)
}

// imageArchitecture gives the architecture of an image that exists in a region,
// "" for an id that no lookup of this region has given.
func imageArchitecture(region, id string) string {
	rest, ok := strings.CutPrefix(id, "ami-")
	if !ok || len(rest) != 17 {
		return ""
	}
	for _, arch := range []string{arm, x86} {
		if rest[15:] == amiCheck(region, rest[:15], arch) {
			return arch
		}
	}
	return ""
}

func amiCheck(region, head, arch string) string { return digits("check", region, head, arch)[1:3] }

func digits(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "0" + hex.EncodeToString(sum[:])
}
