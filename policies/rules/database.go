package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

// addressed are the databases, and what stands in front of them, whose address
// may be public.
var addressed = []string{token.RDSInstance, token.RDSClusterInstance, token.RedshiftCluster, token.RDSShardGroup,
	token.NeptuneClusterInstance, token.RedshiftServerlessWorkgroup,
	token.TimestreamInfluxDBDbInstance, token.LightsailDatabase,
	token.DMSReplicationInstance, token.MQBroker, token.M2Environment}

// globals are databases over several regions, whose clusters are of one mind.
var globals = []string{token.RDSGlobalCluster, token.DocDBGlobalCluster,
	token.NeptuneGlobalCluster}

// minorVersions are the databases that take minor versions by themselves, or not.
var minorVersions = []string{token.RDSInstance, token.RDSClusterInstance, token.DocDBClusterInstance,
	token.NeptuneClusterInstance}

func database() []rule.Rule {
	db := []string{token.RDSInstance}
	dbs := []string{token.RDSInstance, token.RDSCluster, token.DocDBCluster, token.NeptuneCluster}
	return []rule.Rule{
		{
			ID: "rds-encrypted", Title: "Databases are encrypted at rest", Severity: rule.High, Kind: rule.OnResource,
			Why: "It costs nothing now and needs a copy of the whole database later; replicas inherit it.", Default: mandatory,
			Types: slices.Concat(dbs, globals, []string{token.RedshiftCluster}), Resource: databaseEncrypted,
			Equivalents: eq(ids("RDS.3", "RDS.27"), ids("CKV_AWS_16", "CKV_AWS_96"), ids("rds-storage-encrypted"), ids("AWS-0080", "AWS-0079")),
		},
		{
			ID: "rds-not-public", Title: "Databases have no public address", Severity: rule.Critical, Kind: rule.OnResource,
			Why: "Only the app needs to reach the database.", Default: mandatory,
			Types: addressed, Resource: func(c *rule.Check, r *rule.Resource) {
				// A warehouse is public where nobody says that it is not.
				c.Refuse(r.At("publiclyAccessible").FlagOr(r.Type == token.RedshiftCluster), r, "publiclyAccessible",
					"set it to false")
			},
			Equivalents: eq(ids("RDS.2"), ids("CKV_AWS_17"), ids("rds-instance-public-access"), ids("AWS-0180")),
		},
		{
			ID: "rds-multi-az", Title: "The primary has a standby in a second zone", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "Without one, a failed zone means a restore from backup.", Default: advisory,
			Types: db, Resource: func(c *rule.Check, r *rule.Resource) {
				if !replica(r) {
					c.Require(r.At("multiAz").Flag(), r, "multiAz", "set it to true")
				}
			},
			Equivalents: eq(ids("RDS.5", "RDS.15"), ids("CKV_AWS_157"), ids("rds-instance-multi-az-enabled"), nil),
		},
		{
			ID: "rds-backups", Title: "Databases keep automated backups", Severity: rule.High, Kind: rule.OnResource,
			Why: "A mistake is often noticed after the weekend.", Default: mandatory,
			Types: dbs, Params: []rule.Param{{Name: "days", Meaning: "least days that backups are kept", Default: 7.0, Low: 1, High: 35}},
			Resource: func(c *rule.Check, r *rule.Resource) {
				if !replica(r) {
					c.Require(r.At("backupRetentionPeriod").AtLeast(c.Number("days")), r, "backupRetentionPeriod",
						fmt.Sprintf("keep backups for at least %g days", c.Number("days")))
				}
			},
			Equivalents: eq(ids("RDS.11"), ids("CKV_AWS_133"), ids("rds-instance-backup-enabled"), ids("AWS-0077")),
		},
		{
			ID: "rds-deletion-protection", Title: "Databases are protected against deletion", Severity: rule.High, Kind: rule.OnResource,
			Why: "One wrong line must not delete the data.", Default: mandatory,
			Types: slices.Concat(dbs, globals), Resource: func(c *rule.Check, r *rule.Resource) {
				if !c.Settings.MayGo(r) {
					c.Require(r.At("deletionProtection").Flag(), r, "deletionProtection", "set it to true")
				}
			},
			Equivalents: eq(ids("RDS.8", "RDS.7"), ids("CKV_AWS_293", "CKV_AWS_139"), nil, ids("AWS-0177", "AWS-0343")),
		},
		{
			ID: "rds-minor-upgrades", Title: "Databases take minor versions by themselves", Severity: rule.Low, Kind: rule.OnResource,
			Why: "Minor versions are security fixes.", Default: advisory,
			Types: minorVersions, Resource: func(c *rule.Check, r *rule.Resource) {
				c.Require(r.At("autoMinorVersionUpgrade").FlagOr(true), r, "autoMinorVersionUpgrade", "set it to true")
			},
			Equivalents: eq(ids("RDS.13"), ids("CKV_AWS_226"), nil, nil),
		},
		{
			ID: "rds-observable", Title: "Databases export logs, system metrics and query statistics", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "A slow database cannot be explained afterwards.", Default: rule.Default{Level: rule.Advisory, Mandatory: 4},
			Types: append(db, token.RDSClusterInstance), Resource: observable,
			Equivalents: eq(ids("RDS.9", "RDS.36", "RDS.6"), ids("CKV_AWS_129", "CKV_AWS_118", "CKV_AWS_353"), nil, ids("AWS-0133")),
		},
		{
			ID: "rds-force-tls", Title: "Parameter groups refuse connections without TLS", Severity: rule.High, Kind: rule.OnResource,
			Why: "A client that forgets TLS should fail, not work.", Default: mandatory,
			Types: tlsTypes(), Resource: forceTLS,
			Equivalents: eq(ids("RDS.44"), ids("CKV2_AWS_69"), nil, nil),
		},
		{
			ID: "rds-proxy-tls", Title: "Database proxies require TLS", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "The proxy holds the database's credentials.", Default: mandatory,
			Types: []string{token.RDSProxy}, Resource: func(c *rule.Check, r *rule.Resource) {
				c.Require(r.At("requireTls").Flag(), r, "requireTls", "set it to true")
			},
			Equivalents: eq(ids("RDS.43"), nil, nil, nil),
		},
		{
			ID: "cache-encrypted", Title: "Caches are encrypted and ask for a password", Severity: rule.High, Kind: rule.OnResource,
			Why: "Sessions are as good as passwords.", Default: mandatory,
			Types: []string{token.ElastiCacheReplicationGroup, token.ElastiCacheCluster, token.MemoryDBCluster}, Resource: cacheEncrypted,
			Equivalents: eq(ids("ElastiCache.4", "ElastiCache.5", "ElastiCache.6"), ids("CKV_AWS_29", "CKV_AWS_30", "CKV_AWS_31"), nil, ids("AWS-0045", "AWS-0051")),
		},
		{
			ID: "cache-failover", Title: "Caches fail over to another zone", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "A cache that is gone sends all of its load to the database.", Default: rule.Default{Level: rule.Advisory, Mandatory: 3},
			Types: []string{token.ElastiCacheReplicationGroup}, Resource: func(c *rule.Check, r *rule.Resource) {
				for _, key := range []string{"automaticFailoverEnabled", "multiAzEnabled"} {
					c.Require(r.At(key).Flag(), r, key, "set it to true; it needs at least one replica")
				}
			},
			Equivalents: eq(ids("ElastiCache.3"), ids("CKV2_AWS_50"), nil, nil),
		},
		{
			ID: "cache-snapshots", Title: "Caches that hold state keep snapshots", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "Without one, everybody is logged out by a mistake.", Default: advisory,
			Types: []string{token.ElastiCacheReplicationGroup}, Resource: func(c *rule.Check, r *rule.Resource) {
				c.Require(r.At("snapshotRetentionLimit").AtLeast(1), r, "snapshotRetentionLimit", "keep at least one day")
			},
			Equivalents: eq(ids("ElastiCache.1"), ids("CKV_AWS_134"), nil, ids("AWS-0050")),
		},
	}
}

// replica says whether the database copies another one.
func replica(r *rule.Resource) bool {
	return r.At("replicateSourceDb").Given() == rule.Yes || r.At("replicationSourceIdentifier").Given() == rule.Yes
}

// databaseEncrypted knows who decides: a replica and a cluster of a global
// database follow their source, and the first Aurora Serverless has no choice.
func databaseEncrypted(c *rule.Check, r *rule.Resource) {
	prop := "storageEncrypted"
	if r.Type == token.RedshiftCluster {
		prop = "encrypted"
	}
	follows := replica(r) || r.At("sourceDbClusterIdentifier").Given() == rule.Yes ||
		r.At("engineMode").Is("serverless") == rule.Yes
	if !follows {
		c.Require(r.At(prop).Flag(), r, prop, "set it to true")
	}
}

// observable asks an Aurora instance for what is set on instances: its cluster
// exports the logs.
func observable(c *rule.Check, r *rule.Resource) {
	if r.Type == token.RDSInstance {
		c.Require(r.At("enabledCloudwatchLogsExports").Given(), r, "enabledCloudwatchLogsExports", "export the engine's logs")
	}
	c.Require(r.At("monitoringInterval").AtLeast(1), r, "monitoringInterval", "set it to 60 seconds and name a role")
	c.Require(rule.Any(r.At("performanceInsightsEnabled").Flag(), r.At("databaseInsightsMode").Given()), r,
		"performanceInsightsEnabled", "set it to true: a week of statistics is free")
}

// tlsParameters say where each engine forces TLS: the resource that has the
// parameter, the families for which it is there, and its values. Aurora has it
// in the cluster's group only; AWS refuses it in an instance's.
var tlsParameters = []struct {
	typ       string
	families  []string // prefixes
	parameter string
	on        []string // one of them has to be set; nil where the default is on
	off       []string // what must not be set where the default is on
}{
	{typ: token.RDSParameterGroup, families: []string{"postgres", "sqlserver"}, parameter: "rds.force_ssl", on: []string{"1"}},
	{typ: token.RDSParameterGroup, families: []string{"mysql", "mariadb"}, parameter: "require_secure_transport", on: []string{"1", "ON"}},
	{typ: token.RDSClusterParameterGroup, families: []string{"aurora-postgresql", "postgres"}, parameter: "rds.force_ssl", on: []string{"1"}},
	{typ: token.RDSClusterParameterGroup, families: []string{"aurora-mysql", "mysql"}, parameter: "require_secure_transport", on: []string{"1", "ON"}},
	{typ: token.DocDBClusterParameterGroup, families: []string{"docdb"}, parameter: "tls", off: []string{"disabled"}},
	{typ: token.NeptuneClusterParameterGroup, families: []string{"neptune"}, parameter: "neptune_enforce_ssl", off: []string{"0"}},
	{typ: token.RedshiftParameterGroup, families: []string{"redshift-1."}, parameter: "require_ssl", on: []string{"true"}},
	{typ: token.RedshiftParameterGroup, families: []string{"redshift-"}, parameter: "require_ssl", off: []string{"false"}},
}

func tlsTypes() []string {
	var types []string
	for _, p := range tlsParameters {
		types = append(types, p.typ)
	}
	return slices.Compact(types)
}

func forceTLS(c *rule.Check, r *rule.Resource) {
	family, there := r.At("family").Text()
	if there == rule.Unknown {
		c.Undecided(r, "family")
	}
	for _, p := range tlsParameters {
		if p.typ != r.Type || !slices.ContainsFunc(p.families, func(f string) bool { return strings.HasPrefix(family, f) }) {
			continue
		}
		if len(p.on) > 0 {
			c.Require(parameter(r, p.parameter, p.on), r, "parameters", "set "+p.parameter+" to "+p.on[len(p.on)-1])
			return
		}
		c.Refuse(parameter(r, p.parameter, p.off), r, "parameters", "leave "+p.parameter+" at its default, which is on")
		return
	}
}

// parameter says whether the group sets a parameter to one of these values.
func parameter(r *rule.Resource, name string, values []string) rule.Tri {
	all, there := r.At("parameters").List()
	if there != rule.Yes {
		return there
	}
	got := rule.No
	for _, p := range all {
		if p.Unknown() {
			got = rule.Any(got, rule.Unknown)
			continue
		}
		got = rule.Any(got, rule.All(p.At("name").Is(name), p.At("value").Is(values...)))
	}
	return got
}

// cacheEncrypted asks each kind of cache for what it can do: a single cluster
// has no password and no encryption at rest, and MemoryDB always has the latter.
func cacheEncrypted(c *rule.Check, r *rule.Resource) {
	const fix = "set it to true"
	switch {
	case r.Type == token.MemoryDBCluster:
		c.Require(r.At("tlsEnabled").FlagOr(true), r, "tlsEnabled", fix)
		c.Refuse(r.At("aclName").Is("open-access"), r, "aclName", "name an ACL that asks for a password")
	case r.At("replicationGroupId").Given() == rule.Yes && r.Type == token.ElastiCacheCluster:
		return // a node of a group, which is judged itself
	case r.Type == token.ElastiCacheCluster:
		c.Require(r.At("transitEncryptionEnabled").Flag(), r, "transitEncryptionEnabled", fix)
	case r.At("globalReplicationGroupId").Given() == rule.Yes:
		return // it follows the primary of its global group
	default:
		for _, key := range []string{"atRestEncryptionEnabled", "transitEncryptionEnabled"} {
			c.Require(r.At(key).Flag(), r, key, fix)
		}
		c.Require(rule.Any(r.At("authToken").Given(), r.At("userGroupIds").Given()), r, "authToken",
			"set a token or a user group")
	}
}
