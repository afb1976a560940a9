package rds

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/datastore"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// aurora is the table of Aurora clusters.
func aurora() []sim.Kind {
	return []sim.Kind{
		dbCluster(), clusterMember(),
		parameterGroup(token.RDSClusterParameterGroup, "DBClusterParameterGroup", "RDS Cluster Parameter Group",
			"cluster-pg"),
		globalDatabase(),
	}
}

func dbCluster() sim.Kind {
	return sim.Kind{
		Token: token.RDSCluster, Service: "RDS", API: "DBCluster", Noun: "RDS Cluster",
		Name: &sim.Name{Property: "clusterIdentifier", Prefix: "clusterIdentifierPrefix", Auto: true, Max: 63, Lower: true, Pattern: dbIdentifier},
		AtMostOneOf: [][]string{
			{"clusterIdentifier", "clusterIdentifierPrefix"}, {"manageMasterUserPassword", "masterPassword"},
			{"restoreToPointInTime", "s3Import", "snapshotIdentifier"}, {"snapshotIdentifier", "globalClusterIdentifier"},
		},
		Defaults: sim.Props{
			"copyTagsToSnapshot": false, "deleteAutomatedBackups": true, "enableGlobalWriteForwarding": false, "enableHttpEndpoint": false,
			"engineMode": "provisioned", "skipFinalSnapshot": false, "backupRetentionPeriod": 1.0,
		},
		Enums: map[string][]string{
			"engineMode": {"provisioned", "serverless", "global", "multimaster", "parallelquery"}, "storageType": {"aurora", "aurora-iopt1", "io1", "io2", "gp3"},
			"engineLifecycleSupport": extendedSupport, "networkType": {"IPV4", "DUAL"},
		},
		Ranges: map[string]sim.Range{
			"backupRetentionPeriod": {Min: 1, Max: 35}, "backtrackWindow": {Max: 259200},
			"serverlessv2ScalingConfiguration.maxCapacity": {Min: 0.5, Max: 256}, "serverlessv2ScalingConfiguration.minCapacity": {Max: 256},
		},
		Checks: []sim.Check{datastore.DailyWindow("preferredBackupWindow"), datastore.WeeklyWindow("preferredMaintenanceWindow"), datastore.SnapshotName("finalSnapshotIdentifier")},
		ReplaceOn: []string{
			"availabilityZones", "clusterIdentifier", "clusterIdentifierPrefix", "clusterScalabilityType", "databaseName",
			"dbSubnetGroupName",
			"dbSystemId", "engine", "engineMode", "kmsKeyId", "masterUsername", "restoreToPointInTime", "snapshotIdentifier",
			"sourceRegion", "storageEncrypted",
		},
		Secrets: []string{"masterPassword"}, Outputs: dbClusterOutputs,
		Changing: func(o *sim.Op) []string {
			if o.Changed("engineVersion") {
				return []string{"engineVersionActual"}
			}
			return nil
		},
		Refs: []sim.Ref{
			{
				Path: "dbSubnetGroupName", To: []sim.Target{{Token: token.RDSSubnetGroup}}, Missing: "DBSubnetGroupNotFoundFault",
				InUse: "InvalidDBSubnetGroupStateFault",
			},
			{
				Path: "dbClusterParameterGroupName", To: []sim.Target{{Token: token.RDSClusterParameterGroup}}, Missing: "DBClusterParameterGroupNotFound",
				InUse: "InvalidDBParameterGroupState", Unless: datastore.DefaultGroup,
			},
			{
				Path: "globalClusterIdentifier", To: []sim.Target{{Token: token.RDSGlobalCluster}}, Missing: "GlobalClusterNotFoundFault",
				InUse: "InvalidGlobalClusterStateFault", AnyRegion: true,
			},
			refer.SecurityGroup("vpcSecurityGroupIds"), refer.Key("kmsKeyId", "KMSKeyNotAccessibleFault"),
		},
		Rules: slices.Concat(
			sim.Many(sim.Update, noDowngrade),
			sim.Many(sim.Create, refer.TakenID("DBClusterAlreadyExistsFault"), clusterNeeds, joinsGlobal, versionOfGlobal),
			sim.Many(sim.Create|sim.Update, auroraOnly, passwordFits, windowsApart, clusterFamily, capacityOrder,
				forwardsFromElsewhere),
			sim.Many(sim.Update, upgradedAsAWhole, majorUpgrade),
			sim.Many(sim.Delete, clusterEmpty, dbProtected, primaryLast, finalSnapshot),
		),
		Quota: &sim.Quota{Key: "rds.clusters", Default: 40, Code: "DBClusterQuotaExceededFault"},
	}
}

func clusterMember() sim.Kind {
	return sim.Kind{
		Token: token.RDSClusterInstance, Service: "RDS", API: "DBInstance", Noun: "RDS Cluster Instance",
		Name:        &sim.Name{Property: "identifier", Prefix: "identifierPrefix", Auto: true, Max: 63, Lower: true, Pattern: dbIdentifier},
		AtMostOneOf: [][]string{{"identifier", "identifierPrefix"}},
		Defaults: sim.Props{
			"autoMinorVersionUpgrade": true, "copyTagsToSnapshot": false, "monitoringInterval": 0.0, "promotionTier": 0.0, "forceDestroy": false,
		},
		Ranges: map[string]sim.Range{"promotionTier": {Max: 15}},
		Checks: []sim.Check{check.OneOf("monitoringInterval", monitoringIntervals...), insightsRetention, datastore.WeeklyWindow("preferredMaintenanceWindow")},
		ReplaceOn: []string{
			"availabilityZone", "clusterIdentifier", "customIamInstanceProfile", "dbSubnetGroupName", "engine", "identifier",
			"identifierPrefix",
		},
		Outputs: clusterMemberOutputs,
		Refs: []sim.Ref{
			{Path: "clusterIdentifier", To: []sim.Target{{Token: token.RDSCluster}}, Missing: "DBClusterNotFoundFault"},
			{
				Path: "dbParameterGroupName", To: []sim.Target{{Token: token.RDSParameterGroup}}, Missing: "DBParameterGroupNotFound",
				InUse: "InvalidDBParameterGroupState", Unless: datastore.DefaultGroup,
			},
			refer.Role("monitoringRoleArn", "InvalidParameterValue"),
		},
		Rules: slices.Concat(
			sim.Many(sim.Create, refer.TakenID("DBInstanceAlreadyExists"), clusterFull),
			sim.Many(sim.Create|sim.Update, classKnown, memberEngine, monitoringRole, place.ZoneInRegion("availabilityZone"),
				certificateKnown),
			sim.Many(sim.Create|sim.Update, classForGlobal),
		),
	}
}

func globalDatabase() sim.Kind {
	return sim.Kind{
		Token: token.RDSGlobalCluster, Service: "RDS", API: "GlobalCluster", Noun: "RDS Global Cluster", Global: true,
		ID:          func(o *sim.Op) string { return o.In.Str("globalClusterIdentifier") },
		AtMostOneOf: [][]string{{"engine", "sourceDbClusterIdentifier"}},
		Defaults:    sim.Props{"deletionProtection": false},
		Patterns: map[string]sim.Pattern{"globalClusterIdentifier": {
			Match: regexp.MustCompile(`^[A-Za-z](-?[0-9A-Za-z])*$`), Want: "letters, digits and single hyphens, beginning with a letter",
		}},
		ReplaceOn: []string{"databaseName", "engine", "globalClusterIdentifier", "sourceDbClusterIdentifier", "storageEncrypted"},
		Outputs: func(o *sim.Op) sim.Props {
			engine := dbEngines[o.In.Str("engine")]
			return sim.Props{
				"arn": o.GlobalARN("rds", "global-cluster:"+o.ID), "endpoint": o.ID + ".global-" + o.Lower(12, "host") + ".global.rds.amazonaws.com",
				"engine": "aurora", "engineVersion": engine.actual(o.In.Str("engineVersion")), "engineVersionActual": engine.actual(o.In.Str("engineVersion")),
				"globalClusterMembers": []any{}, "globalClusterResourceId": "cluster-" + o.Hex(16, "global"), "storageEncrypted": false,
				"databaseName": "", "engineLifecycleSupport": extendedSupport[0],
			}
		},
		Changing: func(o *sim.Op) []string {
			if o.Changed("engineVersion") {
				return []string{"engineVersionActual"}
			}
			return nil
		},
		Rules: slices.Concat(
			sim.Many(sim.Create, refer.TakenID("GlobalClusterAlreadyExistsFault")), sim.Many(sim.Create|sim.Update, auroraOnly),
			sim.Many(sim.Update, noDowngrade), sim.Many(sim.Delete, dbProtected),
		),
	}
}

func clusterNeeds(o *sim.Op) error {
	later := o.In.Has("snapshotIdentifier") || o.In.Has("restoreToPointInTime") || o.In.Has("s3Import") ||
		o.In.Has("replicationSourceIdentifier")
	secondary := o.In.Has("globalClusterIdentifier") && globalHasPrimary(o)
	switch {
	case secondary && (o.In.Has("masterUsername") || o.In.Has("masterPassword")):
		return sim.Refuse("InvalidParameterCombination", "Cannot specify user name for cross region replication cluster",
			"Take masterUsername and masterPassword away.")
	case later || secondary:
	case !o.In.Has("masterUsername"):
		return fmt.Errorf("%q: required field is not set: give masterUsername", "master_username")
	case !o.In.Has("masterPassword") && !o.In.Bool("manageMasterUserPassword"):
		return fmt.Errorf("%q: required field is not set: give masterPassword, or set manageMasterUserPassword",
			"master_password")
	}
	if o.In.Has("dbSubnetGroupName") {
		return nil
	}
	return sim.Refuse("InvalidSubnet",
		"No default subnet detected in VPC. Please contact AWS Support to recreate the default Subnets",
		"Give dbSubnetGroupName: the offline account has no default VPC.")
}

func clusterFamily(o *sim.Op) error {
	return familyFits(o, token.RDSClusterParameterGroup, o.In.Str("dbClusterParameterGroupName"), o.In.Str("engine"),
		cmp.Or(o.In.Str("engineVersion"), o.Old.Str("engineVersionActual")))
}

func capacityOrder(o *sim.Op) error {
	s := o.In.Map("serverlessv2ScalingConfiguration")
	if s == nil || s.Num("minCapacity") <= s.Num("maxCapacity") {
		return nil
	}
	return sim.Refuse("InvalidParameterValue", "Serverless v2 minimum capacity must not exceed the maximum capacity",
		"Lower minCapacity.")
}

// clusterMembers are the instances of a cluster.
func clusterMembers(o *sim.Op, cluster string) []sim.Found {
	return slices.DeleteFunc(o.All(token.RDSClusterInstance),
		func(m sim.Found) bool { return m.Props.Str("clusterIdentifier") != cluster })
}

func clusterEmpty(o *sim.Op) error {
	if left := clusterMembers(o, o.ID); len(left) > 0 {
		return sim.Refuse("InvalidDBClusterStateFault",
			"Cluster cannot be deleted, it still contains DB instances in non-deleting state", "Delete "+left[0].ID+" first.")
	}
	return nil
}

// maxMembers is one writer and 15 readers (Aurora user guide, quotas).
const maxMembers = 16

func clusterFull(o *sim.Op) error {
	if len(clusterMembers(o, o.In.Str("clusterIdentifier"))) < maxMembers {
		return nil
	}
	return sim.Refuse("InstanceQuotaExceeded", fmt.Sprintf("A cluster has at most %d instances", maxMembers),
		"Use larger instances.")
}

func memberEngine(o *sim.Op) error {
	cluster, _ := o.Find(token.RDSCluster, o.In.Str("clusterIdentifier"))
	if strings.EqualFold(cluster.Str("engine"), o.In.Str("engine")) {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		fmt.Sprintf("The engine name requested for your DB instance (%s) doesn't match the engine name of your DB cluster "+
			"(%s)",
			o.In.Str("engine"), cluster.Str("engine")), "Use the cluster's engine.")
}

func dbClusterOutputs(o *sim.Op) sim.Props {
	engine := dbEngines[o.In.Str("engine")]
	port := o.In.Int("port")
	if port == 0 {
		port = engine.port
	}
	tail := o.Lower(12, "host") + "." + o.Region + ".rds.amazonaws.com"
	out := sim.Props{
		"arn": o.ARN("rds", "cluster:"+o.NameOf()), "clusterResourceId": "cluster-" + o.Upper(26, "resource"), "clusterIdentifierPrefix": "",
		"endpoint": o.NameOf() + ".cluster-" + tail, "readerEndpoint": o.NameOf() + ".cluster-ro-" + tail, "hostedZoneId": "Z" + o.Upper(13, "zone"),
		"engineVersion": engine.actual(o.In.Str("engineVersion")), "engineVersionActual": engine.actual(o.In.Str("engineVersion")), "port": port,
		"allocatedStorage": 1, "availabilityZones": sim.List(firstZones(o.Region)...), "clusterMembers": []any{}, "databaseName": "",
		"dbClusterParameterGroupName": "default." + engineFamilyOrNone(o.In.Str("engine"), o.In.Str("engineVersion")),
		"masterUsername":              "", "masterUserSecrets": []any{}, "kmsKeyId": "", "networkType": "IPV4", "storageEncrypted": false, "storageType": "",
		"preferredBackupWindow": "07:29-07:59", "preferredMaintenanceWindow": "sun:04:22-sun:04:52", "vpcSecurityGroupIds": []any{},
		"caCertificateIdentifier": certificates[0], "caCertificateValidTill": "", "engineLifecycleSupport": extendedSupport[0], "iamRoles": []any{},
		"performanceInsightsKmsKeyId": "", "dbSubnetGroupName": "", "globalClusterIdentifier": "", "dbSystemId": "", "databaseInsightsMode": "standard",
	}
	if o.In.Bool("storageEncrypted") {
		out["kmsKeyId"] = rdsKey(o)
	}
	if o.In.Bool("manageMasterUserPassword") {
		out["masterUserSecrets"] = []any{map[string]any{
			"kmsKeyId": rdsKey(o), "secretStatus": "active", "secretArn": o.ARN("secretsmanager", "secret:rds!cluster-"+o.UUID("secret")),
		}}
	}
	return out
}

// firstZones are the three zones that Aurora spreads its storage over.
func firstZones(region string) []string {
	zones := place.ZonesOf(region)
	return zones[:min(3, len(zones))]
}

func clusterMemberOutputs(o *sim.Op) sim.Props {
	cluster, _ := o.Find(token.RDSCluster, o.In.Str("clusterIdentifier"))
	writer := true // the first of a cluster writes
	for _, m := range clusterMembers(o, o.In.Str("clusterIdentifier")) {
		writer = writer && (m.ID == o.ID || !m.Props.Bool("writer"))
	}
	zones := firstZones(o.Region)
	zone := ""
	if len(zones) > 0 {
		zone = zones[o.Pick(len(zones), "zone")]
	}
	return sim.Props{
		"arn": o.ARN("rds", "db:"+o.NameOf()), "dbiResourceId": "db-" + o.Upper(26, "resource"), "identifierPrefix": "",
		"endpoint":      o.NameOf() + "." + o.Lower(12, "host") + "." + o.Region + ".rds.amazonaws.com",
		"engineVersion": cluster.Str("engineVersion"), "engineVersionActual": cluster.Str("engineVersionActual"), "port": cluster.Int("port"),
		"kmsKeyId": cluster.Str("kmsKeyId"), "storageEncrypted": cluster.Bool("storageEncrypted"), "networkType": "IPV4", "writer": writer,
		"availabilityZone": zone, "caCertIdentifier": certificates[0], "dbSubnetGroupName": cluster.Str("dbSubnetGroupName"),
		"dbParameterGroupName": "default." + engineFamilyOrNone(o.In.Str("engine"), cluster.Str("engineVersion")), "monitoringRoleArn": "",
		"performanceInsightsEnabled": false, "performanceInsightsKmsKeyId": "", "performanceInsightsRetentionPeriod": 0,
		"preferredBackupWindow": cluster.Str("preferredBackupWindow"), "preferredMaintenanceWindow": "sun:04:22-sun:04:52", "publiclyAccessible": false,
	}
}
