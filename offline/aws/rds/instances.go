package rds

import (
	"regexp"
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/datastore"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// dbIdentifier is the form of instance and cluster identifiers.
var dbIdentifier = sim.Pattern{
	Match: regexp.MustCompile(`^[a-z](-?[a-z0-9])*$`),
	Want:  "lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen",
}

// monitoringIntervals are the granularities of enhanced monitoring in seconds.
var monitoringIntervals = []int{0, 1, 5, 10, 15, 30, 60}

// certificates are the authorities that RDS offers (RDS user guide).
var certificates = []string{"rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"}

var extendedSupport = []string{"open-source-rds-extended-support", "open-source-rds-extended-support-disabled"}

// rds is the table of databases on single instances.
func rds() []sim.Kind {
	return slices.Concat([]sim.Kind{dbInstance(), dbSubnetGroup()}, dbGroups(), dbMinor())
}

func dbInstance() sim.Kind {
	return sim.Kind{
		Token: token.RDSInstance, Service: "RDS", API: "DBInstance", Noun: "RDS DB Instance",
		ID: func(o *sim.Op) string { return "db-" + o.Upper(26, "resource") },
		Name: &sim.Name{
			Property: "identifier", Prefix: "identifierPrefix", Auto: true, Max: 63, Lower: true,
			Pattern: dbIdentifier, Taken: "DBInstanceAlreadyExists",
		},
		AtMostOneOf: [][]string{
			{"identifier", "identifierPrefix"}, {"manageMasterUserPassword", "password"}, {"dbName", "replicateSourceDb"},
			{"username", "replicateSourceDb"}, {"restoreToPointInTime", "s3Import", "snapshotIdentifier", "replicateSourceDb"},
		},
		Defaults: sim.Props{
			"applyImmediately": false, "autoMinorVersionUpgrade": true, "copyTagsToSnapshot": false, "deleteAutomatedBackups": true,
			"monitoringInterval": 0.0, "performanceInsightsEnabled": false, "publiclyAccessible": false, "skipFinalSnapshot": false,
		},
		Enums: map[string][]string{
			"storageType": {"standard", "gp2", "gp3", "io1", "io2"}, "networkType": {"IPV4", "DUAL"},
			"engineLifecycleSupport": extendedSupport, "databaseInsightsMode": {"standard", "advanced"},
			"replicaMode": {"open-read-only", "mounted"}, "backupTarget": {"region", "outposts"},
		},
		Ranges: map[string]sim.Range{"backupRetentionPeriod": {Max: 35}, "port": {Min: 1150, Max: 65535}},
		Checks: []sim.Check{
			check.OneOf("monitoringInterval", monitoringIntervals...), insightsRetention, datastore.DailyWindow("backupWindow"),
			datastore.WeeklyWindow("maintenanceWindow"), datastore.SnapshotName("finalSnapshotIdentifier"),
		},
		ReplaceOn: []string{
			"availabilityZone", "backupTarget", "characterSetName", "customIamInstanceProfile", "dbName", "engine", "kmsKeyId",
			"ncharCharacterSetName", "restoreToPointInTime", "snapshotIdentifier", "storageEncrypted", "timezone", "username",
		},
		Ignore:   storageGrewByItself,
		Secrets:  []string{"password"},
		Outputs:  dbInstanceOutputs,
		Changing: dbInstanceChanging,
		Refs: []sim.Ref{
			{
				Path: "dbSubnetGroupName", To: []sim.Target{{Token: token.RDSSubnetGroup}}, Missing: "DBSubnetGroupNotFoundFault",
				InUse: "InvalidDBSubnetGroupStateFault",
			},
			{
				Path: "parameterGroupName", To: []sim.Target{{Token: token.RDSParameterGroup}}, Missing: "DBParameterGroupNotFound",
				InUse: "InvalidDBParameterGroupState", Unless: datastore.DefaultGroup,
			},
			{
				Path: "optionGroupName", To: []sim.Target{{Token: token.RDSOptionGroup}}, Missing: "OptionGroupNotFoundFault",
				InUse: "InvalidOptionGroupStateFault", Unless: datastore.DefaultGroup,
			},
			{
				Path: "replicateSourceDb", Missing: "DBInstanceNotFound", To: []sim.Target{{Token: token.RDSInstance, By: "identifier"}},
				Unless: isARN,
			},
			{
				Path: "replicateSourceDb", Missing: "DBInstanceNotFound", AnyRegion: true,
				To:     []sim.Target{{Token: token.RDSInstance, By: "arn"}, {Token: token.RDSCluster, By: "arn"}},
				Unless: func(v string) bool { return !isARN(v) },
			},
			refer.SecurityGroup("vpcSecurityGroupIds"), refer.Key("kmsKeyId", "KMSKeyNotAccessibleFault"),
			refer.Role("monitoringRoleArn", "InvalidParameterValue"),
		},
		Rules: slices.Concat(
			sim.Many(sim.Update, noDowngrade),
			sim.Many(sim.Create, dbNeeds, dbNeedsSubnets, dbNames, replicaRefused, chainFits, snapshotStands),
			sim.Many(sim.Create|sim.Update, engineKnown, classKnown, storageFits, maxStorageFits, passwordFits, multiAZAnywhere,
				zoneCovered,
				groupsInVPC, monitoringRole, insightsOn, windowsApart, parameterFamily, logTypes, certificateKnown,
				backupsForReplicas, passwordForReplicas),
			sim.Many(sim.Update, sourceStays, promotedAlready, storageGrows, majorUpgrade),
			sim.Many(sim.Delete, dbProtected, finalSnapshot),
		),
		Quota: &sim.Quota{Key: "rds.instances", Default: 40, Code: "InstanceQuotaExceeded"},
	}
}

func dbSubnetGroup() sim.Kind {
	return sim.Kind{
		Token: token.RDSSubnetGroup, Service: "RDS", API: "DBSubnetGroup", Noun: "RDS DB Subnet Group",
		Name: &sim.Name{Prefix: "namePrefix", Auto: true, Max: 255, Lower: true, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[a-z0-9._ -]+$`), Want: "lower-case letters, digits, hyphens, underscores, dots and spaces",
		}},
		Required:    []string{"subnetIds"},
		AtMostOneOf: [][]string{{"name", "namePrefix"}},
		Defaults:    sim.Props{"description": made.ByPulumi},
		ReplaceOn:   []string{"name", "namePrefix"},
		Outputs: func(o *sim.Op) sim.Props {
			vpc := ""
			if ids := o.In.Strs("subnetIds"); len(ids) > 0 {
				vpc = place.VPCOfSubnet(o, ids[0])
			}
			return sim.Props{
				"arn": o.ARN("rds", "subgrp:"+o.NameOf()), "namePrefix": "", "supportedNetworkTypes": sim.List("IPV4"), "vpcId": vpc,
			}
		},
		Refs:  []sim.Ref{{Path: "subnetIds", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: "InvalidSubnet"}},
		Rules: append(sim.Many(sim.Create, refer.TakenID("DBSubnetGroupAlreadyExists")), sim.Many(sim.Create|sim.Update, subnetsCoverZones)...),
		Quota: &sim.Quota{Key: "rds.subnet-groups", Default: 50, Code: "DBSubnetGroupQuotaExceeded"},
	}
}

// parameterGroup is the table of a group of parameters, of instances or clusters.
func parameterGroup(token, api, noun, arn string) sim.Kind {
	return sim.Kind{
		Token: token, Service: "RDS", API: api, Noun: noun,
		Name: &sim.Name{Prefix: "namePrefix", Auto: true, Max: 255, Lower: true, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[a-z](-?[a-z0-9.])*-?$`), Want: "lower-case letters, digits, dots and single hyphens, beginning with a letter",
		}},
		AtMostOneOf: [][]string{{"name", "namePrefix"}},
		Defaults:    sim.Props{"description": made.ByPulumi, "parameters.applyMethod": "immediate"},
		Enums:       map[string][]string{"parameters.applyMethod": {"immediate", "pending-reboot"}},
		Sets:        []string{"parameters"},
		ReplaceOn:   []string{"description", "family", "name", "namePrefix"},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("rds", arn+":"+o.NameOf()), "namePrefix": ""}
		},
		Rules: append(sim.Many(sim.Create, refer.TakenID("DBParameterGroupAlreadyExists"), familyKnown),
			sim.Many(sim.Create|sim.Update, staticAfterReboot)...),
		Quota: &sim.Quota{Key: "rds.parameter-groups", Default: 50, Code: "DBParameterGroupQuotaExceeded"},
	}
}

func dbGroups() []sim.Kind {
	return []sim.Kind{
		parameterGroup(token.RDSParameterGroup, "DBParameterGroup", "RDS DB Parameter Group", "pg"),
		{
			Token: token.RDSOptionGroup, Service: "RDS", API: "OptionGroup", Noun: "RDS DB Option Group",
			Name:        &sim.Name{Prefix: "namePrefix", Auto: true, Max: 255, Lower: true},
			AtMostOneOf: [][]string{{"name", "namePrefix"}},
			Defaults:    sim.Props{"optionGroupDescription": made.ByPulumi}, Sets: []string{"options"},
			ReplaceOn: []string{"engineName", "majorEngineVersion", "name", "namePrefix", "optionGroupDescription"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("rds", "og:"+o.NameOf()), "namePrefix": ""}
			},
			Rules: sim.Many(sim.Create, refer.TakenID("OptionGroupAlreadyExistsFault")),
		},
	}
}

// dbMinor are the types around an instance.
func dbMinor() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.RDSSnapshot, Service: "RDS", API: "DBSnapshot", Noun: "RDS DB Snapshot",
			ID:        func(o *sim.Op) string { return o.In.Str("dbSnapshotIdentifier") },
			ReplaceOn: []string{"dbInstanceIdentifier", "dbSnapshotIdentifier"},
			Outputs:   dbSnapshotOutputs,
			Refs:      []sim.Ref{{Path: "dbInstanceIdentifier", To: []sim.Target{{Token: token.RDSInstance, By: "identifier"}}, Missing: "DBInstanceNotFound"}},
			Rules:     sim.Many(sim.Create, refer.TakenID("DBSnapshotAlreadyExists")),
		},
		{
			Token: token.RDSEventSubscription, Service: "RDS", API: "EventSubscription", Noun: "RDS Event Subscription",
			Name:        &sim.Name{Prefix: "namePrefix", Auto: true, Max: 255, Lower: true},
			AtMostOneOf: [][]string{{"name", "namePrefix"}}, Defaults: sim.Props{"enabled": true},
			Enums: map[string][]string{"sourceType": {
				"db-instance", "db-cluster", "db-parameter-group", "db-security-group", "db-snapshot", "db-cluster-snapshot",
				"db-proxy",
				"custom-engine-version", "blue-green-deployment",
			}},
			ReplaceOn: []string{"name", "namePrefix"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("rds", "es:"+o.NameOf()), "customerAwsId": o.Account, "namePrefix": ""}
			},
			Refs:  []sim.Ref{refer.Topic("snsTopic", "SNSTopicArnNotFound")},
			Rules: sim.Many(sim.Create, refer.TakenID("SubscriptionAlreadyExist")),
		},
		{
			Token: token.RDSRoleAssociation, Service: "RDS", API: "RoleAssociation", Noun: "RDS DB Instance IAM Role Association",
			ID:        func(o *sim.Op) string { return o.In.Str("dbInstanceIdentifier") + "," + o.In.Str("roleArn") },
			Verbs:     map[sim.Verb]string{sim.Create: "AddRoleToDBInstance", sim.Delete: "RemoveRoleFromDBInstance"},
			ReplaceOn: []string{"dbInstanceIdentifier", "featureName", "roleArn"},
			Refs: []sim.Ref{
				{Path: "dbInstanceIdentifier", To: []sim.Target{{Token: token.RDSInstance, By: "identifier"}}, Missing: "DBInstanceNotFound"},
				refer.Role("roleArn", "InvalidParameterValue"),
			},
			Rules: sim.Many(sim.Create, refer.TakenID("DBInstanceRoleAlreadyExists")),
		},
		{
			Token: token.RDSInstanceAutomatedBackupsReplication, Service: "RDS",
			API: "DBInstanceAutomatedBackupsReplication", Noun: "RDS instance automated backups replication",
			Verbs: map[sim.Verb]string{
				sim.Create: "StartDBInstanceAutomatedBackupsReplication", sim.Delete: "StopDBInstanceAutomatedBackupsReplication",
			},
			ID:        func(o *sim.Op) string { return o.ARN("rds", "auto-backup:ab-"+o.Lower(39, "backup")) },
			Defaults:  sim.Props{"retentionPeriod": 7.0},
			Ranges:    map[string]sim.Range{"retentionPeriod": {Min: 1, Max: 35}},
			ReplaceOn: []string{"kmsKeyId", "preSignedUrl", "retentionPeriod", "sourceDbInstanceArn"},
			Refs: []sim.Ref{
				{Path: "sourceDbInstanceArn", To: []sim.Target{{Token: token.RDSInstance, By: "arn"}}, Missing: "DBInstanceNotFound", AnyRegion: true},
				refer.Key("kmsKeyId", "KMSKeyNotAccessibleFault"),
			},
			Rules: sim.Many(sim.Create, backupsElsewhere, backupsToCopy),
			Quota: &sim.Quota{Key: "rds.replicated-backups", Default: 20, Code: "DBInstanceAutomatedBackupQuotaExceeded"},
		},
	}
}
