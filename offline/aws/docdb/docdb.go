// Package docdb simulates DocumentDB: clusters, their instances and groups. There are no documents in them.
package docdb

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/datastore"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// service is what AWS's SDK calls it; ARNs are of RDS, which DocumentDB is a part of.
const service = "DocDB"

// Kinds is the table of DocumentDB.
func Kinds() []sim.Kind {
	return []sim.Kind{cluster(), member(), group(token.DocDBSubnetGroup, "DBSubnetGroup", "subgrp"), parameters()}
}

// versions are the engine's, the newest last (DocumentDB developer guide, release notes).
var versions = []string{"3.6.0", "4.0.0", "5.0.0", "8.0.0"}

var identifier = sim.Pattern{
	Match: regexp.MustCompile(`^[a-z](-?[a-z0-9])*$`),
	Want:  "lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen",
}

func cluster() sim.Kind {
	return sim.Kind{
		Token: token.DocDBCluster, Service: service, API: "DBCluster", Noun: "DocumentDB Cluster",
		Name:        &sim.Name{Property: "clusterIdentifier", Prefix: "clusterIdentifierPrefix", Auto: true, Max: 63, Lower: true, Pattern: identifier},
		AtMostOneOf: [][]string{{"clusterIdentifier", "clusterIdentifierPrefix"}, {"manageMasterUserPassword", "masterPassword"}, {"restoreToPointInTime", "snapshotIdentifier"}},
		Defaults:    sim.Props{"backupRetentionPeriod": 1.0, "engine": "docdb", "port": 27017.0, "skipFinalSnapshot": false},
		Enums: map[string][]string{
			"engine": {"docdb"}, "enabledCloudwatchLogsExports": {"audit", "profiler"}, "storageType": {"standard", "iopt1"},
		},
		Ranges: map[string]sim.Range{"backupRetentionPeriod": {Min: 1, Max: 35}, "port": {Min: 1150, Max: 65535}},
		Checks: []sim.Check{datastore.DailyWindow("preferredBackupWindow"), datastore.WeeklyWindow("preferredMaintenanceWindow"),
			datastore.SnapshotName("finalSnapshotIdentifier")},
		ReplaceOn: []string{
			"availabilityZones", "clusterIdentifier", "clusterIdentifierPrefix", "dbSubnetGroupName", "engine", "kmsKeyId",
			"masterUsername",
			"port", "restoreToPointInTime", "snapshotIdentifier", "storageEncrypted",
		},
		Secrets: []string{"masterPassword"}, Outputs: clusterOutputs,
		Refs: []sim.Ref{
			{Path: "dbSubnetGroupName", To: []sim.Target{{Token: token.DocDBSubnetGroup}, {Token: token.RDSSubnetGroup}}, Missing: "DBSubnetGroupNotFoundFault", InUse: "InvalidDBSubnetGroupStateFault"},
			{Path: "dbClusterParameterGroupName", To: []sim.Target{{Token: token.DocDBClusterParameterGroup}}, Missing: "DBClusterParameterGroupNotFound", InUse: "InvalidDBParameterGroupState", Unless: datastore.DefaultGroup},
			refer.SecurityGroup("vpcSecurityGroupIds"), refer.Key("kmsKeyId", "KMSKeyNotAccessibleFault"),
		},
		Rules: slices.Concat(sim.Many(sim.Create, refer.TakenID("DBClusterAlreadyExistsFault"), userNamed, networkGiven),
			sim.Many(sim.Create|sim.Update, versionOffered, passwordFits), sim.Many(sim.Update, noWayBack),
			sim.Many(sim.Delete, empty, protected, finalSnapshot)),
		Quota: &sim.Quota{Key: "docdb.clusters", Default: 40, Code: "DBClusterQuotaExceededFault"},
	}
}

func clusterOutputs(o *sim.Op) sim.Props {
	tail := o.Lower(12, "host") + "." + o.Region + ".docdb.amazonaws.com"
	zones := place.ZonesOf(o.Region)
	version := cmp.Or(o.In.Str("engineVersion"), made.KeptOr(o, "engineVersion", versions[2]))
	out := sim.Props{
		"arn": o.ARN("rds", "cluster:"+o.NameOf()), "clusterResourceId": "cluster-" + o.Upper(26, "resource"), "clusterIdentifierPrefix": "",
		"endpoint": o.NameOf() + ".cluster-" + tail, "readerEndpoint": o.NameOf() + ".cluster-ro-" + tail, "hostedZoneId": "Z" + o.Upper(13, "zone"),
		"engineVersion": version, "availabilityZones": sim.List(zones[:min(3, len(zones))]...), "clusterMembers": []any{},
		"dbClusterParameterGroupName": "default.docdb" + version[:min(3, len(version))], "dbSubnetGroupName": "default", "kmsKeyId": "",
		"masterUsername": "", "masterUserSecrets": []any{}, "preferredBackupWindow": "07:29-07:59",
		"preferredMaintenanceWindow": "sun:04:22-sun:04:52", "storageEncrypted": false, "storageType": "", "vpcSecurityGroupIds": []any{},
	}
	if o.In.Bool("storageEncrypted") {
		out["kmsKeyId"] = o.ARN("kms", "key/"+made.Key(o, "rds"))
	}
	if o.In.Bool("manageMasterUserPassword") {
		out["masterUserSecrets"] = []any{map[string]any{"kmsKeyId": o.ARN("kms", "key/"+made.Key(o, "secretsmanager")),
			"secretStatus": "active",
			"secretArn":    o.ARN("secretsmanager", "secret:rds!cluster-"+o.UUID("secret"))}}
	}
	return out
}

func member() sim.Kind {
	return sim.Kind{
		Token: token.DocDBClusterInstance, Service: service, API: "DBInstance", Noun: "DocumentDB Cluster Instance",
		Name:        &sim.Name{Property: "identifier", Prefix: "identifierPrefix", Auto: true, Max: 63, Lower: true, Pattern: identifier},
		AtMostOneOf: [][]string{{"identifier", "identifierPrefix"}},
		Defaults:    sim.Props{"autoMinorVersionUpgrade": true, "copyTagsToSnapshot": false, "engine": "docdb", "promotionTier": 0.0},
		Enums:       map[string][]string{"engine": {"docdb"}},
		Ranges:      map[string]sim.Range{"promotionTier": {Max: 15}},
		Patterns: map[string]sim.Pattern{"instanceClass": {
			Match: regexp.MustCompile(`^db\.[a-z]\d[a-z]*\.(medium|large|\d*xlarge)$|^db\.serverless$`), Want: "a class such as db.r6g.large",
		}},
		Checks:    []sim.Check{datastore.WeeklyWindow("preferredMaintenanceWindow")},
		ReplaceOn: []string{"availabilityZone", "clusterIdentifier", "engine", "identifier", "identifierPrefix"},
		Outputs:   memberOutputs,
		Refs:      []sim.Ref{{Path: "clusterIdentifier", To: []sim.Target{{Token: token.DocDBCluster}}, Missing: "DBClusterNotFoundFault"}},
		Rules:     sim.Many(sim.Create, refer.TakenID("DBInstanceAlreadyExists"), place.ZoneInRegion("availabilityZone"), classOffered, full),
	}
}

func memberOutputs(o *sim.Op) sim.Props {
	c, _ := o.Find(token.DocDBCluster, o.In.Str("clusterIdentifier"))
	writer := true // the first of a cluster writes
	for _, m := range members(o, o.In.Str("clusterIdentifier")) {
		writer = writer && (m.ID == o.ID || !m.Props.Bool("writer"))
	}
	zones := place.ZonesOf(o.Region)
	return sim.Props{
		"arn": o.ARN("rds", "db:"+o.NameOf()), "dbiResourceId": "db-" + o.Upper(26, "resource"), "identifierPrefix": "", "writer": writer,
		"endpoint": o.NameOf() + "." + o.Lower(12, "host") + "." + o.Region + ".docdb.amazonaws.com", "port": c.Int("port"),
		"engineVersion": c.Str("engineVersion"), "kmsKeyId": c.Str("kmsKeyId"), "storageEncrypted": c.Bool("storageEncrypted"),
		"dbSubnetGroupName": c.Str("dbSubnetGroupName"), "preferredBackupWindow": c.Str("preferredBackupWindow"), "publiclyAccessible": false,
		"availabilityZone": zones[o.Pick(min(3, len(zones)), "zone")], "caCertIdentifier": "rds-ca-rsa2048-g1", "performanceInsightsKmsKeyId": "",
		"preferredMaintenanceWindow": "sun:04:22-sun:04:52",
	}
}

// group is a set of subnets.
func group(kind, api, arn string) sim.Kind {
	return sim.Kind{
		Token: kind, Service: service, API: api, Noun: "DocumentDB Subnet Group",
		Name:        &sim.Name{Prefix: "namePrefix", Auto: true, Max: 255, Lower: true},
		AtMostOneOf: [][]string{{"name", "namePrefix"}}, Required: []string{"subnetIds"},
		Defaults:  sim.Props{"description": made.ByPulumi},
		ReplaceOn: []string{"name", "namePrefix"},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("rds", arn+":"+o.NameOf()), "namePrefix": ""}
		},
		Refs: []sim.Ref{refer.Subnet("subnetIds")},
		Rules: append(sim.Many(sim.Create, refer.TakenID("DBSubnetGroupAlreadyExists")),
			sim.Many(sim.Create|sim.Update, twoZones)...),
	}
}

func parameters() sim.Kind {
	return sim.Kind{
		Token: token.DocDBClusterParameterGroup, Service: service, API: "DBClusterParameterGroup", Noun: "DocumentDB Cluster Parameter Group",
		Name:        &sim.Name{Prefix: "namePrefix", Auto: true, Max: 255, Lower: true, Pattern: identifier},
		AtMostOneOf: [][]string{{"name", "namePrefix"}}, Sets: []string{"parameters"},
		Defaults: sim.Props{"description": made.ByPulumi, "parameters.applyMethod": "pending-reboot"},
		Enums: map[string][]string{"parameters.applyMethod": {"immediate", "pending-reboot"},
			"family": {"docdb3.6", "docdb4.0", "docdb5.0", "docdb8.0"}},
		ReplaceOn: []string{"description", "family", "name", "namePrefix"},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("rds", "cluster-pg:"+o.NameOf()), "namePrefix": ""}
		},
		Rules: sim.Many(sim.Create, refer.TakenID("DBParameterGroupAlreadyExists")),
	}
}
