package ec2

import (
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// prefixList is one of AWS's own prefix lists. weight is how many rules it
// counts for in a security group.
type prefixList struct {
	name, id string
	weight   int
}

// originFacing are the ids of CloudFront's origin-facing list in the regions
// whose id AWS has published; elsewhere an id of the same form is made up.
var originFacing = map[string]string{
	"us-east-1": "pl-3b927c52", "us-east-2": "pl-b6a144df", "us-west-1": "pl-4ea04527", "us-west-2": "pl-82a045eb",
	"eu-central-1": "pl-a3a144ca", "eu-west-1": "pl-4fa04526",
}

// gatewayLists are the ids of the lists of the two gateway endpoint services.
var gatewayLists = map[string]string{"us-east-1 s3": "pl-63a5400a", "us-east-1 dynamodb": "pl-02cd2c6b"}

func prefixLists(region string) []prefixList {
	cloudfront := originFacing[region]
	if cloudfront == "" {
		cloudfront = madeUpList(region, "cloudfront")
	}
	return []prefixList{
		{"com.amazonaws.global.cloudfront.origin-facing", cloudfront, 55},
		{"com.amazonaws." + region + ".route53-healthchecks", madeUpList(region, "route53-healthchecks"), 25},
		{"com.amazonaws." + region + ".s3", prefixListID(region, "s3"), 1},
		{"com.amazonaws." + region + ".dynamodb", prefixListID(region, "dynamodb"), 1},
	}
}

// prefixListID is the id of a gateway endpoint service's list.
func prefixListID(region, service string) string {
	short := service[strings.LastIndex(service, ".")+1:]
	if id := gatewayLists[region+" "+short]; id != "" {
		return id
	}
	return madeUpList(region, short)
}

func madeUpList(region, name string) string {
	return fmt.Sprintf("pl-%08x", crc32.ChecksumIEEE([]byte(region+name)))
}

func prefixListByID(o *sim.Op, id string) *prefixList {
	for _, l := range prefixLists(o.Region) {
		if l.id == id {
			return &l
		}
	}
	return nil
}
