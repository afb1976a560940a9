// Package opensearch simulates OpenSearch Service: domains, their policies and upgrades.
package opensearch

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/machine"
	"github.com/rung-dev/rung/offline/aws/internal/offer"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/aws/logs"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	// searchInvalid is the code of OpenSearch for a configuration it refuses.
	searchInvalid = "ValidationException"
)

var searchName = sim.Pattern{Match: regexp.MustCompile(`^[a-z][0-9a-z-]{2,27}$`),
	Want: "3 to 28 small letters, digits and hyphens, a letter first"}

// Kinds is the table of OpenSearch domains.
func Kinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.OpenSearchDomain, Service: "OpenSearch", API: "Domain", Verbs: map[sim.Verb]string{sim.Update: "UpdateDomainConfig"},
			Name: &sim.Name{Property: "domainName", Auto: true, Lower: true, Pattern: searchName, Taken: "ResourceAlreadyExistsException"},
			Defaults: sim.Props{
				"clusterConfig.instanceCount": 1.0, "clusterConfig.instanceType": "m4.large.search", "clusterConfig.dedicatedMasterEnabled": false,
				"clusterConfig.zoneAwarenessConfig.availabilityZoneCount": 2.0, "domainEndpointOptions.enforceHttps": true,
				"domainEndpointOptions.customEndpointEnabled": false, "logPublishingOptions.enabled": true,
				"advancedSecurityOptions.internalUserDatabaseEnabled": false,
			},
			Enums: map[string][]string{
				"ebsOptions.volumeType":                   {"standard", "gp2", "gp3", "io1"},
				"logPublishingOptions.logType":            {"INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS", "ES_APPLICATION_LOGS", "AUDIT_LOGS"},
				"domainEndpointOptions.tlsSecurityPolicy": {"Policy-Min-TLS-1-0-2019-07", "Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-2-PFS-2023-10"},
				"ipAddressType":                           {"ipv4", "dualstack"},
			},
			Patterns: map[string]sim.Pattern{
				"engineVersion":              {Match: regexp.MustCompile(`^(?:OpenSearch|Elasticsearch)_\d+\.\d+$`), Want: "OpenSearch_2.17, for example"},
				"clusterConfig.instanceType": {Match: searchType, Want: "an instance type such as r7g.large.search"},
			},
			Sets: []string{"logPublishingOptions"}, JSON: []string{"accessPolicies"},
			ReplaceOn: []string{"domainName", "encryptAtRest.kmsKeyId", "vpcOptions"},
			ReplaceWhen: func(old, new sim.Props) []string {
				return append(securityStays(old, new), offUpgradePath(old, new)...)
			},
			ID:      searchARN,
			Outputs: searchOutputs,
			Refs: []sim.Ref{
				{Path: "vpcOptions.subnetIds", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: searchInvalid, InUse: refer.Dependency},
				refer.SecurityGroupOr("vpcOptions.securityGroupIds", searchInvalid),
				refer.Key("encryptAtRest.kmsKeyId", searchInvalid),
			},
			Rules: sim.Many(sim.Create|sim.Update, serviceRoleExists, searchPlace, searchTypesKnown, searchNodes, searchDisk, searchSecurity, masterPassword, searchLogs),
		},
		{
			Token: token.OpenSearchDomainPolicy, Service: "OpenSearch", API: "DomainConfig", Noun: "OpenSearch Domain Policy",
			Verbs: map[sim.Verb]string{sim.Create: "UpdateDomainConfig", sim.Update: "UpdateDomainConfig", sim.Delete: "UpdateDomainConfig"},
			JSON:  []string{"accessPolicies"},
			ID:    func(o *sim.Op) string { return "esd-policy-" + o.In.Str("domainName") },
			Refs:  []sim.Ref{{Path: "domainName", To: []sim.Target{{Token: token.OpenSearchDomain, By: "domainName"}}, Missing: "ResourceNotFoundException"}},
			Rules: sim.Many(sim.Create|sim.Update, policy.Good("accessPolicies", searchInvalid, policy.Resource)),
		},
	}
}

var searchType = regexp.MustCompile(`^[a-z0-9]+\.[a-z0-9]+\.search$`)

// securityStays: what cannot be turned off again needs another domain.
func securityStays(old, new sim.Props) []string {
	var paths []string
	for _, path := range []string{"advancedSecurityOptions.enabled", "encryptAtRest.enabled",
		"nodeToNodeEncryption.enabled"} {
		if old.Bool(path) && !new.Bool(path) {
			paths = append(paths, path)
		}
	}
	return paths
}

func searchARN(o *sim.Op) string { return o.ARN("es", "domain/"+o.NameOf()) }

func searchOutputs(o *sim.Op) sim.Props {
	host := "search-" + o.NameOf() + "-" + o.Lower(26, "endpoint") + "." + o.Region + ".es.amazonaws.com"
	if o.In.Has("vpcOptions") {
		host = "vpc-" + strings.TrimPrefix(host, "search-")
	}
	return sim.Props{
		"arn": searchARN(o), "domainId": o.Account + "/" + o.NameOf(), "endpoint": host, "dashboardEndpoint": host + "/_dashboards",
		"kibanaEndpoint": host + "/_plugin/kibana/", "endpointV2": "", "dashboardEndpointV2": "", "domainEndpointV2HostedZoneId": "",
		"engineVersion": "OpenSearch_2.19", "accessPolicies": "", "ipAddressType": "ipv4", "advancedOptions": map[string]any{},
		"vpcOptions.availabilityZones": sim.List(place.ZonesOfSubnets(o, o.In.Strs("vpcOptions.subnetIds"))...),
		"vpcOptions.vpcId":             vpcOfSubnets(o, "vpcOptions.subnetIds"),
	}
}

func vpcOfSubnets(o *sim.Op, path string) string {
	vpc, _ := place.OneVPC(o, o.In.Strs(path))
	return cmp.Or(vpc, o.Old.Str("vpcOptions.vpcId"))
}

func searchRefuse(message, hint string) error { return sim.Refuse(searchInvalid, message, hint) }

func serviceRoleExists(o *sim.Op) error {
	if !o.In.Has("vpcOptions") {
		return nil
	}
	for _, role := range o.All(token.IAMServiceLinkedRole) {
		if name := role.Props.Str("awsServiceName"); name == "opensearchservice.amazonaws.com" || name == "es.amazonaws.com" {
			return nil
		}
	}
	return searchRefuse("Before you can proceed, you must enable a service-linked role to give Amazon OpenSearch "+
		"Service permissions to access your VPC",
		"Create an iam.ServiceLinkedRole for opensearchservice.amazonaws.com first, and depend on it.")
}

// zonesWanted is how many zones the nodes are spread over.
func zonesWanted(in sim.Props) int {
	if !in.Bool("clusterConfig.zoneAwarenessEnabled") {
		return 1
	}
	return max(2, in.Int("clusterConfig.zoneAwarenessConfig.availabilityZoneCount"))
}

func searchPlace(o *sim.Op) error {
	subnets, want := o.In.Strs("vpcOptions.subnetIds"), zonesWanted(o.In)
	switch {
	case len(subnets) == 0:
		return nil
	case len(subnets) != want:
		return searchRefuse(fmt.Sprintf("You must specify exactly %d subnet(s) because the domain is in %d zone(s)", want,
			want),
			fmt.Sprintf("vpcOptions.subnetIds has %d.", len(subnets)))
	case len(place.ZonesOfSubnets(o, subnets)) != want:
		return searchRefuse("The subnets must be in different Availability Zones", "Give one subnet for each zone.")
	}
	return nil
}

// searchTypesKnown: the code is that of any wrong configuration, not verified.
func searchTypesKnown(o *sim.Op) error {
	cluster := o.In.Map("clusterConfig")
	for _, key := range []string{"instanceType", "dedicatedMasterType"} {
		if typ := cluster.Str(key); typ != "" && !offer.Has(machine.OpenSearch, typ) {
			return searchRefuse("Invalid instance type: "+typ, offer.Hint(machine.OpenSearch, typ))
		}
	}
	return nil
}

func searchNodes(o *sim.Op) error {
	cluster, zones := o.In.Map("clusterConfig"), zonesWanted(o.In)
	masters := cluster.Int("dedicatedMasterCount")
	switch {
	case cluster.Int("instanceCount") < zones:
		return searchRefuse(fmt.Sprintf("You must choose a minimum of %d data nodes for a %d Availability Zone deployment",
			zones, zones), "Raise clusterConfig.instanceCount.")
	case cluster.Bool("dedicatedMasterEnabled") && masters != 3 && masters != 5:
		return searchRefuse(fmt.Sprintf("You must choose three or five dedicated master nodes, got %d", masters),
			"Change clusterConfig.dedicatedMasterCount.")
	}
	return nil
}

// searchDisk checks the volumes of the nodes; the numbers are the least that
// OpenSearch takes.
func searchDisk(o *sim.Op) error {
	disk := o.In.Map("ebsOptions")
	switch {
	case !disk.Bool("ebsEnabled"):
		return nil
	case disk.Int("volumeSize") < 10:
		return searchRefuse(fmt.Sprintf("Volume size must be at least 10 GiB, got %d", disk.Int("volumeSize")),
			"Raise ebsOptions.volumeSize.")
	case disk.Str("volumeType") == "gp3" && disk.Has("iops") && disk.Int("iops") < 3000:
		return searchRefuse("IOPS of a gp3 volume must be at least 3000", "Raise ebsOptions.iops.")
	case disk.Str("volumeType") == "gp3" && disk.Has("throughput") && disk.Int("throughput") < 125:
		return searchRefuse("Throughput of a gp3 volume must be at least 125 MiB/s", "Raise ebsOptions.throughput.")
	}
	return nil
}

func searchSecurity(o *sim.Op) error {
	if !o.In.Bool("advancedSecurityOptions.enabled") {
		return nil
	}
	for path, what := range map[string]string{
		"nodeToNodeEncryption.enabled": "node-to-node encryption", "encryptAtRest.enabled": "encryption at rest", "domainEndpointOptions.enforceHttps": "HTTPS",
	} {
		if !o.In.Bool(path) {
			return searchRefuse(fmt.Sprintf("You must enable %s to use advanced security options", what),
				"Set "+path+" to true.")
		}
	}
	return nil
}

var passwordClasses = []*regexp.Regexp{
	regexp.MustCompile(`[a-z]`), regexp.MustCompile(`[A-Z]`), regexp.MustCompile(`[0-9]`),
	regexp.MustCompile(`[^A-Za-z0-9]`),
}

func masterPassword(o *sim.Op) error {
	password := o.In.Str("advancedSecurityOptions.masterUserOptions.masterUserPassword")
	good := len(password) >= 8 &&
		!slices.ContainsFunc(passwordClasses, func(c *regexp.Regexp) bool { return !c.MatchString(password) })
	if password == "" || good {
		return nil
	}
	return searchRefuse("The master user password must contain at least one uppercase letter, one lowercase letter, one "+
		"number, and one special character",
		"Make it at least 8 characters long and of all four kinds.")
}

func searchLogs(o *sim.Op) error {
	for _, option := range o.In.Maps("logPublishingOptions") {
		group := option.Str("cloudwatchLogGroupArn")
		if option.Bool("enabled") && !logs.Allow(o, group, "es.amazonaws.com") {
			return searchRefuse(fmt.Sprintf("The Resource Access Policy specified for the CloudWatch Logs log group %s does "+
				"not grant sufficient permissions "+
				"for Amazon OpenSearch Service to create a log stream", group),
				"Let es.amazonaws.com write in a cloudwatch.LogResourcePolicy first, and depend on it.")
		}
	}
	return nil
}
