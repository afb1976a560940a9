package apigateway

import (
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func vpcLink() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayV2VpcLink, Service: gatewayService, API: "VpcLink", Verbs: map[sim.Verb]string{sim.Update: "UpdateVpcLink"},
		Name: &sim.Name{Auto: true, Max: 128}, Required: []string{"securityGroupIds", "subnetIds"},
		ReplaceOn: []string{"securityGroupIds", "subnetIds"},
		ID:        func(o *sim.Op) string { return o.Lower(6, "link") },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": "arn:" + o.Partition + ":apigateway:" + o.Region + "::/vpclinks/" + o.ID}
		},
		Refs: []sim.Ref{
			{Path: "subnetIds", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: gatewayBad, InUse: refer.Dependency},
			refer.SecurityGroupOr("securityGroupIds", gatewayBad),
		},
		Quota: &sim.Quota{Key: "apigateway.vpc-links", Default: 10, Code: "TooManyRequestsException"},
	}
}
