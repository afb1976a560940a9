package rules

import (
	"fmt"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

func search() []rule.Rule {
	types := []string{token.OpenSearchDomain, token.ElasticsearchDomain}
	return []rule.Rule{
		{
			ID: "search-encrypted", Title: "Search domains are encrypted everywhere", Severity: rule.High, Kind: rule.OnResource,
			Why: "The index holds a copy of the data.", Default: mandatory,
			Types: types, Resource: searchEncrypted,
			Equivalents: eq(ids("Opensearch.1", "Opensearch.3", "Opensearch.8"), ids("CKV_AWS_5", "CKV_AWS_6", "CKV_AWS_83", "CKV_AWS_228"), ids("elasticsearch-encrypted-at-rest"), ids("AWS-0048", "AWS-0043", "AWS-0046", "AWS-0126")),
		},
		{
			ID: "search-in-vpc", Title: "Search domains are in the VPC", Severity: rule.Critical, Kind: rule.OnResource,
			Why: "A public endpoint cannot be moved inside later.", Default: mandatory,
			Types: types, Resource: func(c *rule.Check, r *rule.Resource) {
				c.Require(rule.Any(r.At("vpcOptions.subnetIds").Given(), r.At("vpcOptions").Given()), r, "vpcOptions",
					"name subnets and security groups")
			},
			Equivalents: eq(ids("Opensearch.2"), ids("CKV_AWS_137"), ids("elasticsearch-in-vpc-only"), nil),
		},
		{
			ID: "search-quorum", Title: "Search domains survive the loss of a node", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "Two nodes cannot agree which of them is right.", Default: rule.Default{Level: rule.Advisory, Mandatory: 4},
			Types: types, Resource: searchQuorum,
			Equivalents: eq(ids("Opensearch.6"), ids("CKV_AWS_318", "CKV2_AWS_59"), nil, nil),
		},
	}
}

func searchEncrypted(c *rule.Check, r *rule.Resource) {
	for _, path := range []string{"encryptAtRest.enabled", "nodeToNodeEncryption.enabled",
		"domainEndpointOptions.enforceHttps"} {
		c.Require(r.At(path).Flag(), r, path, "set it to true")
	}
	const policy = "domainEndpointOptions.tlsSecurityPolicy"
	c.Require(modern(r.At(policy), searchPolicies), r, policy, `set it to "Policy-Min-TLS-1-2-PFS-2023-10"`)
}

// quorum is the least number of nodes that survives the loss of one.
const quorum = 3

func searchQuorum(c *rule.Check, r *rule.Resource) {
	paths := []string{"clusterConfig.instanceCount"}
	if c.Settings.Stage >= 4 {
		const masters = "clusterConfig.dedicatedMasterEnabled"
		c.Require(r.At(masters).FlagOr(true), r, masters, "set it to true: the count alone makes none")
		paths = append(paths, "clusterConfig.dedicatedMasterCount")
	}
	for _, path := range paths {
		c.Require(r.At(path).AtLeast(quorum), r, path, fmt.Sprintf("set it to %d, in three zones", quorum))
	}
}
