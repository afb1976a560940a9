package eks

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// onCluster is a reference to the cluster that something belongs to.
func onCluster() sim.Ref {
	return sim.Ref{
		Path: "clusterName", To: []sim.Target{{Token: token.EKSCluster}}, Missing: "ResourceNotFoundException",
		InUse: "ResourceInUseException",
	}
}

// within gives ids of parts of a cluster: its name, then what tells them apart.
func within(separator, property string) func(*sim.Op) string {
	return func(o *sim.Op) string { return o.In.Str("clusterName") + separator + o.In.Str(property) }
}

// addon is software that EKS runs in a cluster. Which add-ons and versions there are is not
// looked at: both change every few weeks.
func addon() sim.Kind {
	resolve := []string{"NONE", "OVERWRITE", "PRESERVE"}
	return sim.Kind{
		Token: token.EKSAddon, Service: "EKS", API: "Addon", Noun: "EKS Add-On",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateAddon"},
		Patterns: map[string]sim.Pattern{"addonVersion": {
			Match: regexp.MustCompile(`^v\d+\.\d+\.\d+-eksbuild\.\d+$`), Want: "a version such as v1.19.0-eksbuild.1",
		}},
		Enums: map[string][]string{
			"resolveConflicts": {"NONE", "OVERWRITE"}, "resolveConflictsOnCreate": resolve[:2], "resolveConflictsOnUpdate": resolve,
		},
		ReplaceOn: []string{"addonName", "clusterName"}, JSON: []string{"configurationValues"},
		ID: within(":", "addonName"),
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"arn":       o.ARN("eks", "addon/"+o.In.Str("clusterName")+"/"+o.In.Str("addonName")+"/"+o.UUID("addon")),
				"createdAt": made.At, "modifiedAt": made.At, "addonVersion": "v1.0.0-eksbuild.1", "configurationValues": "",
			}
		},
		Refs: []sim.Ref{onCluster(), refer.Role("serviceAccountRoleArn", invalid)},
		Rules: append(sim.Many(sim.Create, refer.TakenID("ResourceInUseException")),
			sim.Many(sim.Create|sim.Update, valuesAreJSON)...),
	}
}

// valuesAreJSON: the configuration of an add-on is a document. YAML, which EKS takes too, is let by.
func valuesAreJSON(o *sim.Op) error {
	text := strings.TrimSpace(o.In.Str("configurationValues"))
	if !strings.HasPrefix(text, "{") || json.Valid([]byte(text)) {
		return nil
	}
	return sim.Refuse(invalid, "ConfigurationValue is not in valid JSON or YAML format", "Mend configurationValues.")
}

// fargateProfile says which pods run without machines.
func fargateProfile() sim.Kind {
	return sim.Kind{
		Token: token.EKSFargateProfile, Service: "EKS", API: "FargateProfile", Noun: "EKS Fargate Profile",
		Verbs: map[sim.Verb]string{sim.Update: "TagResource"},
		Name: &sim.Name{Property: "fargateProfileName", Auto: true, Max: 100, Taken: "ResourceInUseException",
			Within: []string{"clusterName"}},
		Required: []string{"selectors"}, Sets: []string{"selectors"},
		ReplaceOn: []string{"clusterName", "fargateProfileName", "podExecutionRoleArn", "selectors", "subnetIds"},
		ID:        func(o *sim.Op) string { return o.In.Str("clusterName") + ":" + o.NameOf() },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"arn":    o.ARN("eks", "fargateprofile/"+o.In.Str("clusterName")+"/"+o.NameOf()+"/"+o.UUID("profile")),
				"status": "ACTIVE", "subnetIds": []any{},
			}
		},
		Refs:  []sim.Ref{onCluster(), refer.Role("podExecutionRoleArn", invalid), refer.Subnet("subnetIds")},
		Rules: sim.Many(sim.Create, podsTrusted, withinCluster, subnetsPrivate, atMostFive),
	}
}

func podsTrusted(o *sim.Op) error {
	return trusts(o, "podExecutionRoleArn", "eks-fargate-pods.amazonaws.com",
		"Misconfigured PodExecutionRole Trust Policy; Please add the eks-fargate-pods.amazonaws.com Service Principal: %s")
}

// subnetsPrivate: pods on Fargate have no public address, so that EKS takes no subnet whose
// table of routes leads to an internet gateway.
func subnetsPrivate(o *sim.Op) error {
	for _, id := range o.In.Strs("subnetIds") {
		if leadsOut(o, id) {
			return sim.Refuse(invalid, fmt.Sprintf("Subnet %s provided in Fargate Profile is not a private subnet", id),
				"Give subnets that reach the internet by a NAT gateway, or not at all.")
		}
	}
	return nil
}

func leadsOut(o *sim.Op, subnet string) bool {
	for _, a := range o.All(token.EC2RouteTableAssociation) {
		if a.Props.Str("subnetId") == subnet && tableLeadsOut(o, a.Props.Str("routeTableId")) {
			return true
		}
	}
	return false
}

func tableLeadsOut(o *sim.Op, id string) bool {
	table, _ := o.Find(token.EC2RouteTable, id)
	gateways := table.Strs("routes.gatewayId")
	for _, r := range o.All(token.EC2Route) {
		if r.Props.Str("routeTableId") == id {
			gateways = append(gateways, r.Props.Str("gatewayId"))
		}
	}
	return slices.ContainsFunc(gateways, func(g string) bool { return strings.HasPrefix(g, "igw-") })
}

// atMostFive is the number of selectors that a profile may have (EKS API, CreateFargateProfile).
func atMostFive(o *sim.Op) error {
	if n := len(o.In.Maps("selectors")); n > 5 {
		return sim.Refuse(invalid, fmt.Sprintf("Too many selectors: %d", n),
			"Give five at most, and another profile for the rest.")
	}
	return nil
}

// accessEntry lets somebody of IAM into a cluster.
func accessEntry() sim.Kind {
	return sim.Kind{
		Token: token.EKSAccessEntry, Service: "EKS", API: "AccessEntry", Noun: "EKS Access Entry",
		Verbs:    map[sim.Verb]string{sim.Update: "UpdateAccessEntry"},
		Defaults: sim.Props{"type": "STANDARD"},
		Enums: map[string][]string{"type": {"STANDARD", "FARGATE_LINUX", "EC2_LINUX", "EC2_WINDOWS", "EC2", "HYBRID_LINUX",
			"HYPERPOD_LINUX"}},
		ReplaceOn: []string{"clusterName", "principalArn", "type"},
		ID:        within(":", "principalArn"),
		Outputs: func(o *sim.Op) sim.Props {
			who := o.In.Str("principalArn")
			return sim.Props{
				"accessEntryArn": o.ARN("eks", "access-entry/"+o.In.Str("clusterName")+"/role/"+o.Account+"/"+o.UUID("entry")),
				"createdAt":      made.At, "modifiedAt": made.At, "kubernetesGroups": []any{}, "userName": who,
			}
		},
		Refs: []sim.Ref{onCluster(), refer.Role("principalArn", invalid)},
		Rules: append(sim.Many(sim.Create, refer.TakenID("ResourceInUseException"), entriesCount),
			sim.Many(sim.Delete, refer.TakesAlong(token.EKSAccessPolicyAssociation, "principalArn"))...),
	}
}

// entriesCount: a cluster that goes by its ConfigMap alone looks at no entries.
func entriesCount(o *sim.Op) error {
	plane, _ := o.Find(token.EKSCluster, o.In.Str("clusterName"))
	if cmp.Or(plane.Str("accessConfig.authenticationMode"), "CONFIG_MAP") != "CONFIG_MAP" {
		return nil
	}
	return sim.Refuse("InvalidRequestException",
		"The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
		"Set accessConfig.authenticationMode of the cluster.")
}

// accessPolicy says what an entry may do.
func accessPolicy() sim.Kind {
	return sim.Kind{
		Token: token.EKSAccessPolicyAssociation, Service: "EKS", API: "AccessPolicy", Noun: "EKS Access Policy Association",
		Verbs:     map[sim.Verb]string{sim.Create: "AssociateAccessPolicy", sim.Delete: "DisassociateAccessPolicy"},
		Enums:     map[string][]string{"accessScope.type": {"cluster", "namespace"}},
		ReplaceOn: []string{"accessScope", "clusterName", "policyArn", "principalArn"},
		Patterns: map[string]sim.Pattern{"policyArn": {
			Match: regexp.MustCompile(`^arn:aws[a-z-]*:eks::aws:cluster-access-policy/\w+$`),
			Want:  "one of EKS's own, such as arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
		}},
		ID: func(o *sim.Op) string {
			return o.In.Str("clusterName") + "#" + o.In.Str("principalArn") + "#" + o.In.Str("policyArn")
		},
		Outputs: func(*sim.Op) sim.Props { return sim.Props{"associatedAt": made.At, "modifiedAt": made.At} },
		Refs:    []sim.Ref{onCluster()},
		Rules:   sim.Many(sim.Create, entryStands, scopeHasNames),
	}
}

// entryStands: no property of an association names its entry.
func entryStands(o *sim.Op) error {
	if _, ok := o.Find(token.EKSAccessEntry, within(":", "principalArn")(o)); ok {
		return nil
	}
	return sim.Refuse("ResourceNotFoundException", fmt.Sprintf("The specified principalArn could not be found: %s",
		o.In.Str("principalArn")), "Make an eks.AccessEntry for it, and let this depend on it.")
}

func scopeHasNames(o *sim.Op) error {
	names, kind := o.In.Strs("accessScope.namespaces"), o.In.Str("accessScope.type")
	if (kind == "namespace") == (len(names) > 0) {
		return nil
	}
	return sim.Refuse(invalid, "The accessScope is not valid", "Give namespaces with the type namespace, and only then.")
}

// podIdentity lets a service account of Kubernetes act in the name of a role.
func podIdentity() sim.Kind {
	return sim.Kind{
		Token: token.EKSPodIdentityAssociation, Service: "EKS", API: "PodIdentityAssociation",
		Noun:      "EKS Pod Identity Association",
		Verbs:     map[sim.Verb]string{sim.Update: "UpdatePodIdentityAssociation"},
		ReplaceOn: []string{"clusterName", "namespace", "serviceAccount"},
		ID:        func(o *sim.Op) string { return "a-" + o.Lower(17, "association") },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"associationArn": o.ARN("eks", "podidentityassociation/"+o.In.Str("clusterName")+"/"+o.ID),
				"associationId": o.ID}
		},
		Refs:  []sim.Ref{onCluster(), refer.Role("roleArn", invalid)},
		Rules: sim.Many(sim.Create|sim.Update, identityTrusted, oneOfAccount),
	}
}

func identityTrusted(o *sim.Op) error {
	return trusts(o, "roleArn", "pods.eks.amazonaws.com",
		"Trust policy of the role %s does not allow pods.eks.amazonaws.com to assume it")
}

func oneOfAccount(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("clusterName") == o.In.Str("clusterName") &&
			other.Props.Str("namespace") == o.In.Str("namespace") &&
			other.Props.Str("serviceAccount") == o.In.Str("serviceAccount") {
			return sim.Refuse("ResourceInUseException", "Association already exists: "+other.ID,
				"Keep one association for a service account.")
		}
	}
	return nil
}
