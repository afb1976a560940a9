package ec2

import (
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// peering is the table of what joins two VPCs. A peering between regions is
// made in the one and accepted in the other, under one id.
func peering() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.EC2VpcPeeringConnection, Service: "EC2", API: "VpcPeeringConnection", Noun: "EC2 VPC Peering Connection", IDPrefix: "pcx",
			Verbs:     map[sim.Verb]string{sim.Update: "ModifyVpcPeeringConnectionOptions"},
			Checks:    []sim.Check{acceptedElsewhere},
			ReplaceOn: []string{"peerOwnerId", "peerRegion", "peerVpcId", "vpcId"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"acceptStatus": acceptStatus(o.In), "peerOwnerId": o.Account, "peerRegion": o.Region,
					"accepter": resolvesNothing(), "requester": resolvesNothing(),
				}
			},
			Refs: []sim.Ref{
				{Path: "vpcId", To: []sim.Target{{Token: token.EC2Vpc}}, Missing: "InvalidVpcID.NotFound"},
				{Path: "peerVpcId", To: []sim.Target{{Token: token.EC2Vpc}}, AnyRegion: true},
			},
			Rules: sim.Many(sim.Create, peeredOnce, peerFits),
		},
		{
			Token: token.EC2VpcPeeringConnectionAccepter, Service: "EC2", API: "VpcPeeringConnection", Noun: "EC2 VPC Peering Connection Accepter",
			Verbs:     map[sim.Verb]string{sim.Create: "AcceptVpcPeeringConnection", sim.Update: "ModifyVpcPeeringConnectionOptions"},
			ID:        func(o *sim.Op) string { return o.In.Str("vpcPeeringConnectionId") },
			ReplaceOn: []string{"vpcPeeringConnectionId"},
			Outputs:   accepterOutputs,
			Refs:      []sim.Ref{peeringRef("vpcPeeringConnectionId")},
			Rules:     sim.Many(sim.Create, acceptedWhereAsked, peersOfNetwork),
		},
		{
			Token: token.EC2PeeringConnectionOptions, Service: "EC2", API: "VpcPeeringConnectionOptions",
			Noun:  "EC2 VPC Peering Connection Options",
			Verbs: map[sim.Verb]string{sim.Create: "ModifyVpcPeeringConnectionOptions"},
			ID:    func(o *sim.Op) string { return o.In.Str("vpcPeeringConnectionId") },

			ReplaceOn: []string{"vpcPeeringConnectionId"},
			Outputs: func(*sim.Op) sim.Props {
				return sim.Props{"accepter": resolvesNothing(), "requester": resolvesNothing()}
			},
			Refs:  []sim.Ref{peeringRef("vpcPeeringConnectionId")},
			Rules: sim.Many(sim.Create|sim.Update, optionsOfActive, optionsOfOwnSide, resolvedNames),
		},
	}
}

func resolvesNothing() map[string]any { return map[string]any{"allowRemoteVpcDnsResolution": false} }

// peeringRef names a peering, which is known on both sides.
func peeringRef(path string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: token.EC2VpcPeeringConnection}},
		Missing:   "InvalidVpcPeeringConnectionID.NotFound",
		AnyRegion: true}
}

func acceptStatus(in sim.Props) string {
	if in.Bool("autoAccept") {
		return "active"
	}
	return "pending-acceptance"
}

// accepterOutputs repeat what the side that asked has said, as the provider does
// within one account.
func accepterOutputs(o *sim.Op) sim.Props {
	asked, _ := refer.Anywhere(o, token.EC2VpcPeeringConnection, o.In.Str("vpcPeeringConnectionId"))
	return sim.Props{
		"acceptStatus": acceptStatus(o.In), "peerOwnerId": o.Account, "peerRegion": asked.Props.Str("peerRegion"),
		"peerVpcId": asked.Props.Str("peerVpcId"), "vpcId": asked.Props.Str("vpcId"),
		"accepter": resolvesNothing(), "requester": resolvesNothing(),
	}
}
