package rds

import (
	"cmp"
	"fmt"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// dbInstanceOutputs fills in what RDS chooses. A replica takes what it does not
// say from its source, and keeps it once it is promoted. The hosted zone id has AWS's form, not its value.
func dbInstanceOutputs(o *sim.Op) sim.Props {
	from := inherited(o)
	engine, version := engineOf(o)
	known := dbEngines[engine]
	port := o.In.Int("port")
	if port == 0 {
		port = max(from.Int("port"), known.port)
	}
	host := fmt.Sprintf("%s.%s.%s.rds.amazonaws.com", o.NameOf(), o.Lower(12, "host"), o.Region)
	out := sim.Props{
		"address": host, "endpoint": fmt.Sprintf("%s:%d", host, port), "port": port, "hostedZoneId": "Z" + o.Upper(13, "zone"),
		"arn": o.ARN("rds", "db:"+o.NameOf()), "resourceId": o.ID, "identifierPrefix": "", "status": "available",
		"engine": engine, "engineVersion": known.actual(version), "engineVersionActual": known.actual(version),
		"engineLifecycleSupport": cmp.Or(from.Str("engineLifecycleSupport"), extendedSupport[0]), "licenseModel": known.license,
		"parameterGroupName": "default." + engineFamilyOrNone(engine, version), "optionGroupName": "default:" + engineFamilyOrNone(engine, version),
		"username": from.Str("username"), "dbName": from.Str("dbName"), "dbSubnetGroupName": from.Str("dbSubnetGroupName"),
		"allocatedStorage": from.Int("allocatedStorage"), "storageType": cmp.Or(from.Str("storageType"), storageType(o.In)),
		"backupRetentionPeriod": 0, "backupTarget": "region", "backupWindow": "09:46-10:16", "maintenanceWindow": "mon:05:24-mon:05:54",
		"caCertIdentifier": certificates[0], "characterSetName": "", "ncharCharacterSetName": "", "timezone": "", "replicaMode": "",
		"databaseInsightsMode": "standard", "dedicatedLogVolume": false, "latestRestorableTime": "", "listenerEndpoints": []any{},
		"masterUserSecrets": []any{}, "replicas": []any{}, "multiAz": false, "networkType": "IPV4", "monitoringRoleArn": "",
		"kmsKeyId": "", "performanceInsightsKmsKeyId": "", "performanceInsightsRetentionPeriod": 0, "snapshotIdentifier": "",
		"availabilityZone": dbZone(o), "vpcSecurityGroupIds": defaultGroups(o), "iops": 0, "storageThroughput": 0,
	}
	if o.In.Bool("storageEncrypted") {
		out["kmsKeyId"] = rdsKey(o)
	}
	if o.In.Bool("performanceInsightsEnabled") {
		out["performanceInsightsKmsKeyId"], out["performanceInsightsRetentionPeriod"] = rdsKey(o), 7
	}
	if o.In.Str("storageType") == "gp3" || from.Str("storageType") == "gp3" {
		out["iops"], out["storageThroughput"] = gp3Included(o.In.Int("allocatedStorage"))
	}
	if o.In.Bool("manageMasterUserPassword") {
		out["masterUserSecrets"] = []any{map[string]any{
			"kmsKeyId": rdsKey(o), "secretStatus": "active", "secretArn": o.ARN("secretsmanager", "secret:rds!"+o.ID+"-"+o.Lower(6, "secret")),
		}}
	}
	return out
}

// gp3Included is what a gp3 disk has without extra charge: IOPS and MiB/s.
func gp3Included(size int) (iops, throughput int) {
	if size >= gp3Striped {
		return 12000, 500
	}
	return 3000, 125
}

func engineFamilyOrNone(engine, version string) string {
	if engine == "" {
		return ""
	}
	return engineFamily(engine, version)
}

// dbZone is the zone that an instance stands in where it does not say.
func dbZone(o *sim.Op) string {
	if old := o.Old.Str("availabilityZone"); old != "" {
		return old
	}
	zones := place.ZonesOfSubnets(o, dbSubnetGroupOf(o).Strs("subnetIds"))
	if len(zones) == 0 {
		return ""
	}
	return zones[o.Pick(len(zones), "zone")]
}

// defaultGroups is the VPC's default security group, which an instance without
// any of its own gets.
func defaultGroups(o *sim.Op) []any {
	vpc, ok := o.Find(token.EC2Vpc, dbSubnetGroupOf(o).Str("vpcId"))
	if !ok {
		return []any{}
	}
	return sim.List(vpc.Str("defaultSecurityGroupId"))
}

func dbInstanceChanging(o *sim.Op) []string {
	var keys []string
	if o.Changed("engineVersion") {
		keys = append(keys, "engineVersionActual")
	}
	if o.Changed("identifier") {
		keys = append(keys, "address", "endpoint", "arn")
	}
	return keys
}

func dbSnapshotOutputs(o *sim.Op) sim.Props {
	db, _ := o.FindBy(token.RDSInstance, "identifier", o.In.Str("dbInstanceIdentifier"))
	return sim.Props{
		"dbSnapshotArn": o.ARN("rds", "snapshot:"+o.ID), "allocatedStorage": db.Int("allocatedStorage"),
		"availabilityZone": db.Str("availabilityZone"), "encrypted": db.Bool("storageEncrypted"), "engine": db.Str("engine"),
		"engineVersion": db.Str("engineVersionActual"), "iops": db.Int("iops"), "kmsKeyId": db.Str("kmsKeyId"),
		"licenseModel": db.Str("licenseModel"), "optionGroupName": db.Str("optionGroupName"), "port": db.Int("port"),
		"snapshotType": "manual", "sourceDbSnapshotIdentifier": "", "sourceRegion": "", "status": "available",
		"storageType": db.Str("storageType"), "vpcId": "",
	}
}

// rdsKey is the ARN of AWS's own key of RDS.
func rdsKey(o *sim.Op) string { return o.ARN("kms", "key/"+made.Key(o, "rds")) }
