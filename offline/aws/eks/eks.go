// Package eks simulates EKS's clusters, their node groups, add-ons and profiles, and who is let in. There is
// no Kubernetes in them:
// what a program makes inside a cluster needs another provider, and a cluster that runs.
package eks

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	invalid = "InvalidParameterException"
	// newest is the version of a cluster that names none. Which versions EKS still offers is
	// not looked at: that changes every few months.
	newest = 34
)

// Kinds is the table of EKS.
func Kinds() []sim.Kind {
	return []sim.Kind{cluster(), nodeGroup(), addon(), fargateProfile(), accessEntry(), accessPolicy(), podIdentity()}
}

var version = sim.Pattern{Match: regexp.MustCompile(`^1\.\d{2}$`), Want: "a version such as 1.33"}

func cluster() sim.Kind {
	return sim.Kind{
		Token: token.EKSCluster, Service: "EKS", API: "Cluster", Verbs: map[sim.Verb]string{sim.Update: "UpdateClusterConfig"},
		Name: &sim.Name{Auto: true, Max: 100, Taken: "ResourceInUseException", Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]*$`), Want: "letters, digits, hyphens and underscores",
		}},
		Defaults: sim.Props{
			"bootstrapSelfManagedAddons": true, "vpcConfig.endpointPrivateAccess": false, "vpcConfig.endpointPublicAccess": true,
		},
		Required: []string{"vpcConfig"},
		Enums: map[string][]string{
			"enabledClusterLogTypes":          {"api", "audit", "authenticator", "controllerManager", "scheduler"},
			"accessConfig.authenticationMode": {"API", "API_AND_CONFIG_MAP", "CONFIG_MAP"}, "upgradePolicy.supportType": {"EXTENDED", "STANDARD"},
			"kubernetesNetworkConfig.ipFamily": {"ipv4", "ipv6"},
		},
		Patterns: map[string]sim.Pattern{"version": version},
		ReplaceOn: []string{
			"accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons", "encryptionConfig.provider",
			"kubernetesNetworkConfig.ipFamily", "kubernetesNetworkConfig.serviceIpv4Cidr", "name", "outpostConfig", "roleArn",
		},
		Outputs:  clusterOutputs,
		Changing: func(o *sim.Op) []string { return whenVersion(o, "platformVersion") },
		Refs: []sim.Ref{
			refer.Role("roleArn", invalid), refer.Subnet("vpcConfig.subnetIds"),
			refer.SecurityGroupOr("vpcConfig.securityGroupIds", invalid), refer.Key("encryptionConfig.provider.keyArn", invalid),
		},
		Rules: append(sim.Many(sim.Create, planeTrusted), sim.Many(sim.Create|sim.Update, twoZones, versionGoesUp)...),
	}
}

func clusterOutputs(o *sim.Op) sim.Props {
	id := o.Upper(32, "cluster")
	vpc := ""
	if subnets := o.In.Strs("vpcConfig.subnetIds"); len(subnets) > 0 {
		vpc = place.VPCOfSubnet(o, subnets[0])
	}
	authority := base64.StdEncoding.EncodeToString([]byte("-----BEGIN CERTIFICATE-----\n" + o.Hex(64, "authority") +
		"\n-----END CERTIFICATE-----\n"))
	issuer := "https://oidc.eks." + o.Region + ".amazonaws.com/id/" + id
	return sim.Props{
		"arn": o.ARN("eks", "cluster/"+o.NameOf()), "clusterId": "", "createdAt": made.At, "status": "ACTIVE", "platformVersion": "eks.1",
		"endpoint":               "https://" + id + ".gr7." + o.Region + ".eks.amazonaws.com",
		"certificateAuthority":   map[string]any{"data": authority},
		"certificateAuthorities": []any{map[string]any{"data": authority}},
		"identities":             []any{map[string]any{"oidcs": []any{map[string]any{"issuer": issuer}}}},
		"version":                fmt.Sprint("1.", newest), "enabledClusterLogTypes": []any{},
		"vpcConfig.clusterSecurityGroupId": o.HexID("sg"), "vpcConfig.vpcId": vpc, "vpcConfig.publicAccessCidrs": sim.List("0.0.0.0/0"),
		"accessConfig": map[string]any{
			"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": true,
		},
		"kubernetesNetworkConfig": map[string]any{"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"},
		"upgradePolicy":           map[string]any{"supportType": "EXTENDED"},
	}
}

func whenVersion(o *sim.Op, outputs ...string) []string {
	if o.Changed("version") {
		return outputs
	}
	return nil
}

// planeTrusted: EKS acts in the name of the cluster's role.
func planeTrusted(o *sim.Op) error {
	return trusts(o, "roleArn", "eks.amazonaws.com",
		"Role with arn: %s, could not be assumed because it does not exist or the trusted entity is not correct")
}

func trusts(o *sim.Op, property, service, message string) error {
	arn := o.In.Str(property)
	role, ours := o.FindBy(token.IAMRole, "arn", arn)
	if !ours || strings.Contains(role.Str("assumeRolePolicy"), service) {
		return nil
	}
	return sim.Refuse(invalid, fmt.Sprintf(message, arn), "Let "+service+" assume it.")
}

// twoZones: a cluster stands in two zones or more, of one network.
func twoZones(o *sim.Op) error {
	subnets := o.In.Strs("vpcConfig.subnetIds")
	if _, err := place.OneVPC(o, subnets); err != nil {
		return sim.Refuse(invalid, "Subnets specified must belong to the same VPC", err.Error()+".")
	}
	if o.In.Has("outpostConfig") || len(place.ZonesOfSubnets(o, subnets)) > 1 {
		return nil
	}
	return sim.Refuse(invalid, "Subnets specified must be in at least two different AZs", "Give subnets of two zones.")
}

// versionGoesUp: a cluster goes up by one version at a time, and never down.
func versionGoesUp(o *sim.Op) error {
	from, to := minor(o.Old.Str("version")), minor(o.In.Str("version"))
	if from == 0 || to == 0 || to == from || to == from+1 {
		return nil
	}
	return sim.Refuse(invalid, fmt.Sprintf("Unsupported Kubernetes minor version update from 1.%d to 1.%d", from, to),
		"Go up by one version at a time.")
}

func minor(version string) (n int) {
	_, _ = fmt.Sscanf(version, "1.%d", &n) // none is zero
	return n
}
