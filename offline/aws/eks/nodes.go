package eks

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/machine"
	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/offer"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// nodeGroup is a group of machines that EKS keeps for a cluster.
func nodeGroup() sim.Kind {
	return sim.Kind{
		Token: token.EKSNodeGroup, Service: "EKS", API: "Nodegroup", Noun: "EKS Node Group",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateNodegroupConfig"},
		Name: &sim.Name{
			Property: "nodeGroupName", Prefix: "nodeGroupNamePrefix", Auto: true, Max: 63, Taken: "ResourceInUseException",
			Within: []string{"clusterName"},
		},
		Required:    []string{"subnetIds"},
		AtMostOneOf: [][]string{{"nodeGroupName", "nodeGroupNamePrefix"}},
		Enums: map[string][]string{
			"capacityType": {"ON_DEMAND", "SPOT", "CAPACITY_BLOCK"}, "taints.effect": {"NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"},
		},
		Ranges: map[string]sim.Range{
			"scalingConfig.desiredSize": {Min: 0, Max: 1000}, "scalingConfig.minSize": {Min: 0, Max: 1000}, "scalingConfig.maxSize": {Min: 1, Max: 1000},
			"updateConfig.maxUnavailable": {Min: 1, Max: 100}, "updateConfig.maxUnavailablePercentage": {Min: 1, Max: 100},
		},
		Checks: []sim.Check{sizesInOrder}, Patterns: map[string]sim.Pattern{"version": version},
		Sets: []string{"taints"}, Ordered: []string{"instanceTypes"},
		ReplaceOn: []string{
			"amiType", "capacityType", "clusterName", "diskSize", "instanceTypes", "launchTemplate.id", "launchTemplate.name",
			"nodeGroupName", "nodeGroupNamePrefix", "nodeRoleArn", "remoteAccess", "subnetIds",
		},
		ID:       func(o *sim.Op) string { return o.In.Str("clusterName") + ":" + o.NameOf() },
		Outputs:  nodeOutputs,
		Changing: func(o *sim.Op) []string { return whenVersion(o, "releaseVersion") },
		Refs: []sim.Ref{
			{
				Path: "clusterName", To: []sim.Target{{Token: token.EKSCluster}}, Missing: "ResourceNotFoundException",
				InUse: "ResourceInUseException",
			},
			refer.Role("nodeRoleArn", invalid), refer.Subnet("subnetIds"),
			{Path: "launchTemplate.id", To: []sim.Target{{Token: token.EC2LaunchTemplate}}, Missing: "InvalidRequestException"},
		},
		Rules: append(sim.Many(sim.Create, nodesTrusted, typesOffered, withinCluster), sim.Many(sim.Create|sim.Update, notNewer)...),
	}
}

func sizesInOrder(in sim.Props) []sim.Failure {
	sizes := in.Map("scalingConfig")
	least, wanted, most := sizes.Int("minSize"), sizes.Int("desiredSize"), sizes.Int("maxSize")
	for _, key := range []string{"minSize", "desiredSize", "maxSize"} {
		if !sizes.Known(key) {
			return nil
		}
	}
	if least <= wanted && wanted <= most {
		return nil
	}
	return check.Wrong("scalingConfig", "want minSize <= desiredSize <= maxSize, got %d, %d and %d", least, wanted, most)
}

func nodeOutputs(o *sim.Op) sim.Props {
	plane, _ := o.Find(token.EKSCluster, o.In.Str("clusterName"))
	id := o.UUID("nodegroup")
	of := cmp.Or(o.In.Str("version"), made.KeptOr(o, "version", plane.Str("version")))
	out := sim.Props{
		"arn":    o.ARN("eks", "nodegroup/"+o.In.Str("clusterName")+"/"+o.NameOf()+"/"+id),
		"status": "ACTIVE", "amiType": "AL2023_x86_64_STANDARD", "capacityType": "ON_DEMAND", "diskSize": 20,
		"instanceTypes": sim.List("t3.medium"), "version": of, "releaseVersion": of + ".0-20260101",
		"resources": []any{map[string]any{
			"autoscalingGroups":           []any{map[string]any{"name": "eks-" + o.NameOf() + "-" + id}},
			"remoteAccessSecurityGroupId": "",
		}},
		"updateConfig": map[string]any{"maxUnavailable": 1}, "nodeGroupNamePrefix": "",
	}
	if types := o.In.Strs("instanceTypes"); len(types) > 0 && offer.Architecture(types[0]) == offer.ARM {
		out["amiType"] = "AL2023_ARM_64_STANDARD"
	}
	if o.In.Has("launchTemplate") { // which says what machines and disks there are
		delete(out, "diskSize")
	}
	return out
}

// nodesTrusted: the machines act in the name of the group's role.
func nodesTrusted(o *sim.Op) error {
	return trusts(o, "nodeRoleArn", "ec2.amazonaws.com",
		"Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole %s")
}

func typesOffered(o *sim.Op) error {
	for _, name := range o.In.Strs("instanceTypes") {
		if !offer.Has(machine.EC2, name) {
			return sim.Refuse(invalid, "The following supplied instance types do not exist: ["+name+"]",
				offer.Hint(machine.EC2, name))
		}
	}
	return nil
}

// withinCluster: the machines are in the network of their cluster.
func withinCluster(o *sim.Op) error {
	plane, _ := o.Find(token.EKSCluster, o.In.Str("clusterName"))
	vpc := plane.Str("vpcConfig.vpcId")
	for _, id := range o.In.Strs("subnetIds") {
		subnet, ours := o.Find(token.EC2Subnet, id)
		if ours && vpc != "" && subnet.Str("vpcId") != vpc {
			return sim.Refuse(invalid, fmt.Sprintf("Subnet %s is not in the VPC %s of the cluster", id, vpc),
				"Give subnets of the cluster's network.")
		}
	}
	return nil
}

// notNewer: nodes follow their cluster's version.
func notNewer(o *sim.Op) error {
	plane, _ := o.Find(token.EKSCluster, o.In.Str("clusterName"))
	if minor(o.In.Str("version")) <= minor(plane.Str("version")) || !strings.HasPrefix(plane.Str("version"), "1.") {
		return nil
	}
	return sim.Refuse(invalid, fmt.Sprintf("Nodegroup Kubernetes version %s is newer than the cluster's, %s",
		o.In.Str("version"), plane.Str("version")), "Bring the cluster up to it first.")
}
