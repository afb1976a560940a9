// Package redshift simulates Redshift: clusters and their groups. There are no tables in them.
package redshift

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/datastore"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const service = "Redshift"

// Kinds is the table of Redshift.
func Kinds() []sim.Kind { return []sim.Kind{cluster(), subnets(), parameters()} }

// least are the sizes of nodes with the fewest that a cluster has of them (Redshift management
// guide, RA3 and DC2 nodes).
var least = map[string]int{
	"dc2.large": 1, "dc2.8xlarge": 2, "ra3.large": 1, "ra3.xlplus": 1, "ra3.4xlarge": 2, "ra3.16xlarge": 2,
}

var identifier = sim.Pattern{
	Match: regexp.MustCompile(`^[a-z](-?[a-z0-9])*$`),
	Want:  "lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen",
}

func cluster() sim.Kind {
	return sim.Kind{
		Token: token.RedshiftCluster, Service: service, API: "Cluster", Noun: "Redshift Cluster",
		Name:        &sim.Name{Property: "clusterIdentifier", Max: 63, Pattern: identifier, Taken: "ClusterAlreadyExists"},
		AtMostOneOf: [][]string{{"manageMasterPassword", "masterPassword"}, {"snapshotArn", "snapshotIdentifier"}},
		Defaults: sim.Props{
			"allowVersionUpgrade": true, "applyImmediately": false, "automatedSnapshotRetentionPeriod": 1.0, "availabilityZoneRelocationEnabled": false,
			"clusterVersion": "1.0", "encrypted": false, "maintenanceTrackName": "current", "manualSnapshotRetentionPeriod": -1.0, "multiAz": false,
			"numberOfNodes": 1.0, "port": 5439.0, "publiclyAccessible": true, "skipFinalSnapshot": false,
		},
		Ranges: map[string]sim.Range{"automatedSnapshotRetentionPeriod": {Max: 35}, "manualSnapshotRetentionPeriod": {Min: -1, Max: 3653},
			"port": {Min: 1115, Max: 65535}, "numberOfNodes": {Min: 1, Max: 128}},
		Patterns: map[string]sim.Pattern{
			"databaseName":   {Match: regexp.MustCompile(`^[a-z_][a-z0-9_$]{0,63}$`), Want: "small letters, digits, underscores and dollar signs"},
			"masterUsername": {Match: regexp.MustCompile(`^[A-Za-z_]\w{0,127}$`), Want: "letters, digits and underscores"},
			"masterPassword": {Match: regexp.MustCompile(`^[^@/'" ]{8,64}$`), Want: `8 to 64 characters without @ / ' " and spaces`},
		},
		Checks: []sim.Check{passwordMixed, relocatesOrSpreads, datastore.WeeklyWindow("preferredMaintenanceWindow"),
			datastore.SnapshotName("finalSnapshotIdentifier")},
		ReplaceOn: []string{"clusterIdentifier", "clusterSubnetGroupName", "masterUsername", "snapshotArn", "snapshotClusterIdentifier", "snapshotIdentifier"},
		Secrets:   []string{"masterPassword"}, Outputs: outputs,
		Refs: []sim.Ref{
			{Path: "clusterSubnetGroupName", To: []sim.Target{{Token: token.RedshiftSubnetGroup}}, Missing: "ClusterSubnetGroupNotFoundFault", InUse: "InvalidClusterSubnetGroupStateFault"},
			{Path: "clusterParameterGroupName", To: []sim.Target{{Token: token.RedshiftParameterGroup}}, Missing: "ClusterParameterGroupNotFound", InUse: "InvalidClusterParameterGroupState", Unless: datastore.DefaultGroup},
			refer.SecurityGroup("vpcSecurityGroupIds"), refer.Key("kmsKeyId", "InvalidParameterValue"),
			refer.Role("iamRoles", "InvalidParameterValue"),
		},
		Rules: slices.Concat(sim.Many(sim.Create, userNamed, place.ZoneInRegion("availabilityZone")), sim.Many(sim.Create|sim.Update, nodesFit),
			sim.Many(sim.Delete, finalSnapshot)),
		Quota: &sim.Quota{Key: "redshift.clusters", Default: 20, Code: "ClusterQuotaExceeded"},
	}
}

// passwordMixed is the provider's own check, made in previews too.
func passwordMixed(in sim.Props) []sim.Failure {
	text := in.Str("masterPassword")
	if !in.Known("masterPassword") || strings.ContainsAny(text, "0123456789") && strings.ToLower(text) != text &&
		strings.ToUpper(text) != text {
		return nil
	}
	return check.Wrong("masterPassword", "must contain a lower-case letter, an upper-case letter and a number")
}

func relocatesOrSpreads(in sim.Props) []sim.Failure {
	if !in.Bool("availabilityZoneRelocationEnabled") || !in.Bool("multiAz") {
		return nil
	}
	return check.Wrong("multiAz", "availabilityZoneRelocationEnabled and multiAz cannot both be true")
}

// userNamed is the provider's demand for a cluster that is not restored.
func userNamed(o *sim.Op) error {
	if o.In.Has("snapshotIdentifier") || o.In.Has("snapshotArn") {
		return nil
	}
	if !o.In.Has("masterUsername") || !o.In.Has("masterPassword") && !o.In.Bool("manageMasterPassword") {
		return fmt.Errorf("master_username and master_password are required: give masterUsername, and masterPassword or " +
			"manageMasterPassword")
	}
	return nil
}

func nodesFit(o *sim.Op) error {
	kind, n := o.In.Str("nodeType"), o.In.Int("numberOfNodes")
	fewest, offered := least[kind]
	switch {
	case !offered:
		return sim.Refuse("InvalidParameterValue", "Invalid node type: "+kind,
			"Take ra3.large, ra3.xlplus, ra3.4xlarge or ra3.16xlarge.")
	case n < fewest:
		return sim.Refuse("InvalidParameterCombination", fmt.Sprintf("Number of nodes for %s must be between %d and 128",
			kind, fewest),
			fmt.Sprintf("Set numberOfNodes to %d.", fewest))
	case n == 1 && o.In.Str("clusterType") == "multi-node":
		return sim.Refuse("InvalidParameterCombination",
			"Number of nodes for cluster type multi-node must be greater than or equal to 2",
			"Set numberOfNodes to 2, or take clusterType away.")
	}
	return nil
}

// finalSnapshot is the provider's demand, before it asks AWS.
func finalSnapshot(o *sim.Op) error {
	name := o.In.Str("finalSnapshotIdentifier")
	if o.In.Bool("skipFinalSnapshot") {
		return nil
	}
	if name == "" {
		return fmt.Errorf("Redshift Cluster Instance FinalSnapshotIdentifier is required when a final snapshot is required: " + //nolint:staticcheck // the provider's words
			"set finalSnapshotIdentifier (or skipFinalSnapshot, to lose the data) and deploy that before the delete")
	}
	if _, stands := o.Kept(sim.Snapshots, "redshift "+name); stands {
		return sim.Refuse("ClusterSnapshotAlreadyExists",
			fmt.Sprintf("Cannot create a snapshot with the identifier %s: it already exists", name),
			"Give another finalSnapshotIdentifier and deploy that before the delete.")
	}
	o.Keep(sim.Snapshots, "redshift "+name, sim.Props{"of": o.In.Str("arn"), "engine": "redshift"})
	return nil
}

func outputs(o *sim.Op) sim.Props {
	host := o.NameOf() + "." + o.Lower(12, "host") + "." + o.Region + ".redshift.amazonaws.com"
	n, kind := o.In.Int("numberOfNodes"), "single-node"
	nodes := []any{map[string]any{"nodeRole": "SHARED", "privateIpAddress": "10.0.0.10", "publicIpAddress": ""}}
	if n > 1 {
		kind, nodes = "multi-node", []any{map[string]any{"nodeRole": "LEADER", "privateIpAddress": "10.0.0.10",
			"publicIpAddress": ""}}
		for i := range n {
			nodes = append(nodes, map[string]any{"nodeRole": fmt.Sprintf("COMPUTE-%d", i),
				"privateIpAddress": fmt.Sprintf("10.0.0.%d", 11+i), "publicIpAddress": ""})
		}
	}
	zones := place.ZonesOf(o.Region)
	out := sim.Props{
		"arn": o.ARN("redshift", "cluster:"+o.NameOf()), "clusterNamespaceArn": o.ARN("redshift", "namespace:"+o.UUID("namespace")),
		"dnsName": host, "endpoint": fmt.Sprintf("%s:%d", host, o.In.Int("port")), "clusterType": kind, "clusterNodes": nodes,
		"availabilityZone": zones[o.Pick(len(zones), "zone")], "clusterParameterGroupName": "default.redshift-1.0",
		"clusterPublicKey": "ssh-rsa " + o.Lower(64, "key") + " Amazon-Redshift", "clusterRevisionNumber": "100000", "clusterSubnetGroupName": "default",
		"databaseName": "dev", "defaultIamRoleArn": "", "enhancedVpcRouting": false, "iamRoles": []any{}, "kmsKeyId": "",
		"logging": map[string]any{"enable": false}, "masterPasswordSecretArn": "", "masterPasswordSecretKmsKeyId": "",
		"preferredMaintenanceWindow": "sun:04:22-sun:04:52", "vpcSecurityGroupIds": []any{}, "aquaConfigurationStatus": "auto",
	}
	if o.In.Bool("encrypted") {
		out["kmsKeyId"] = o.ARN("kms", "key/"+made.Key(o, "redshift"))
	}
	if o.In.Bool("manageMasterPassword") {
		out["masterPasswordSecretArn"] = o.ARN("secretsmanager", "secret:redshift!"+o.NameOf()+"-"+o.Lower(6, "secret"))
		out["masterPasswordSecretKmsKeyId"] = o.ARN("kms", "key/"+made.Key(o, "secretsmanager"))
	}
	return out
}

func subnets() sim.Kind {
	return sim.Kind{
		Token: token.RedshiftSubnetGroup, Service: service, API: "ClusterSubnetGroup", Noun: "Redshift Subnet Group",
		Verbs:    map[sim.Verb]string{sim.Update: "ModifyClusterSubnetGroup"},
		Name:     &sim.Name{Auto: true, Max: 255, Lower: true, Taken: "ClusterSubnetGroupAlreadyExists"},
		Required: []string{"subnetIds"}, Defaults: sim.Props{"description": made.ByPulumi}, ReplaceOn: []string{"description", "name"},
		Outputs: func(o *sim.Op) sim.Props { return sim.Props{"arn": o.ARN("redshift", "subnetgroup:"+o.NameOf())} },
		Refs:    []sim.Ref{refer.Subnet("subnetIds")},
		Rules: sim.Many(sim.Create|sim.Update, func(o *sim.Op) error {
			if _, err := place.OneVPC(o, o.In.Strs("subnetIds")); err != nil {
				return sim.Refuse("InvalidSubnet", "The subnets must be in the same VPC", err.Error()+".")
			}
			return nil
		}),
	}
}

func parameters() sim.Kind {
	return sim.Kind{
		Token: token.RedshiftParameterGroup, Service: service, API: "ClusterParameterGroup", Noun: "Redshift Parameter Group",
		Verbs: map[sim.Verb]string{sim.Update: "ModifyClusterParameterGroup"},
		Name:  &sim.Name{Auto: true, Max: 255, Lower: true, Pattern: identifier, Taken: "ClusterParameterGroupAlreadyExists"},
		Enums: map[string][]string{"family": {"redshift-1.0", "redshift-2.0"}}, Sets: []string{"parameters"},
		Defaults: sim.Props{"description": made.ByPulumi}, ReplaceOn: []string{"description", "family", "name"},
		Outputs: func(o *sim.Op) sim.Props { return sim.Props{"arn": o.ARN("redshift", "parametergroup:"+o.NameOf())} },
	}
}
