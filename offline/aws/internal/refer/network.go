package refer

import (
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// SecurityGroupOr is SecurityGroup with another service's code.
func SecurityGroupOr(path, missing string) sim.Ref {
	ref := SecurityGroup(path)
	ref.Missing = missing
	return ref
}

// Dependency is EC2's refusal to delete what something else stands on.
const Dependency = "DependencyViolation"

// VPC is a reference to a VPC.
func VPC(path string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: token.EC2Vpc}}, Missing: "InvalidVpcID.NotFound",
		InUse: Dependency}
}

// Subnet is a reference to a subnet.
func Subnet(path string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: token.EC2Subnet}}, Missing: "InvalidSubnetID.NotFound",
		InUse: Dependency}
}

// SecurityGroup is a reference to a security group, a VPC's own among them.
func SecurityGroup(path string) sim.Ref {
	return sim.Ref{
		Path: path, Missing: "InvalidGroup.NotFound", InUse: Dependency,
		To: []sim.Target{{Token: token.EC2SecurityGroup}, {Token: token.EC2DefaultSecurityGroup}, {Token: token.EC2Vpc, By: "defaultSecurityGroupId"}},
	}
}

// Key is a reference to a customer's KMS key by ARN or id. AWS's own keys
// and aliases are not looked up, be they named by the ARN that a function found.
func Key(path, missing string) sim.Ref {
	return sim.Ref{
		Path: path, Missing: missing,
		To:     []sim.Target{{Token: token.KMSKey, By: "arn"}, {Token: token.KMSKey}, {Token: token.KMSReplicaKey, By: "arn"}, {Token: token.KMSReplicaKey}},
		Unless: func(v string) bool { return strings.Contains(v, "alias/") || made.IsKey(v) },
	}
}
