package aws_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// twoZones is a VPC with subnets in zones a and b.
func twoZones(c *simtest.Cloud) (v, a, b *simtest.Resource) {
	v, a = publicNetwork(c)
	b = c.Must(token.EC2Subnet, "b",
		sim.Props{"vpcId": v.ID, "cidrBlock": "10.0.2.0/24", "availabilityZone": "us-east-1b"})
	return v, a, b
}

// database is what a database needs, and its inputs.
func database(c *simtest.Cloud) sim.Props {
	_, a, b := twoZones(c)
	group := c.Settled(token.RDSSubnetGroup, "database-subnets", sim.Props{"subnetIds": sim.List(a.ID, b.ID)})
	params := c.Settled(token.RDSParameterGroup, "database-parameters",
		sim.Props{"namePrefix": "database-", "family": "postgres17", "parameters": list{
			obj{"name": "rds.force_ssl", "value": "1", "applyMethod": "pending-reboot"}, obj{"name": "random_page_cost", "value": "1.1"},
		}})
	return sim.Props{
		"identifier": "main", "engine": "postgres", "engineVersion": "17", "instanceClass": "db.m7g.large", "allocatedStorage": 50.0,
		"maxAllocatedStorage": 150.0, "storageType": "gp3", "storageEncrypted": true, "username": "app", "password": "correct-horse",
		"dbName": "app", "dbSubnetGroupName": group.Str("name"), "parameterGroupName": params.Str("name"), "backupRetentionPeriod": 7.0,
		"backupWindow": "03:00-04:00", "maintenanceWindow": "sun:04:30-sun:05:30", "finalSnapshotIdentifier": "main-final",
		"enabledCloudwatchLogsExports": sim.List("postgresql", "upgrade"), "performanceInsightsEnabled": true,
		"performanceInsightsRetentionPeriod": 7.0, "caCertIdentifier": "rds-ca-rsa2048-g1", "copyTagsToSnapshot": true,
	}
}

func but(in sim.Props, changes sim.Props) sim.Props {
	out := in.Copy()
	for key, value := range changes {
		if value == nil {
			delete(out, key)
			continue
		}
		out[key] = value
	}
	return out
}

func TestDatabaseSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := database(c)
	db := c.Settled(token.RDSInstance, "database-primary", in)
	assert.Regexp(t, `^db-[A-Z0-9]{26}$`, db.ID)
	assert.Regexp(t, `^main\.[a-z0-9]{12}\.us-east-1\.rds\.amazonaws\.com$`, db.Str("address"))
	assert.Equal(t, db.Str("address")+":5432", db.Str("endpoint"))
	assert.Equal(t, "17.5", db.Str("engineVersionActual"))
	assert.True(t, db.Outputs["password"].IsSecret())
	replica := c.Settled(token.RDSInstance, "database-replica-1", sim.Props{
		"replicateSourceDb": "main", "instanceClass": "db.m7g.large", "availabilityZone": "us-east-1b", "storageEncrypted": true,
		"parameterGroupName": in["parameterGroupName"], "skipFinalSnapshot": true, "storageType": "gp3", "maxAllocatedStorage": 150.0,
	})
	assert.Equal(t, "postgres", replica.Str("engine"))
	assert.Equal(t, 50.0, replica.Get("allocatedStorage"))
	c.Settled(token.RDSSnapshot, "s", sim.Props{"dbInstanceIdentifier": "main", "dbSnapshotIdentifier": "by-hand"})
}

func TestDatabaseReplaceOrUpdate(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := database(c)
	db := c.Must(token.RDSInstance, "database-primary", in)
	decides(t, c, db, in, map[string]change{
		"engine":       {sim.Props{"engine": "mysql"}, true},
		"encryption":   {sim.Props{"storageEncrypted": false}, true},
		"user":         {sim.Props{"username": "other"}, true},
		"name":         {sim.Props{"dbName": "other"}, true},
		"zone":         {sim.Props{"availabilityZone": "us-east-1a"}, true},
		"snapshot":     {sim.Props{"snapshotIdentifier": "old"}, true},
		"downgrade":    {sim.Props{"engineVersion": "16"}, false},
		"upgrade":      {sim.Props{"engineVersion": "18"}, false},
		"minor":        {sim.Props{"engineVersion": "17.6"}, false},
		"identifier":   {sim.Props{"identifier": "other"}, false},
		"class":        {sim.Props{"instanceClass": "db.r8g.xlarge"}, false},
		"zones":        {sim.Props{"multiAz": true}, false},
		"more disk":    {sim.Props{"allocatedStorage": 60.0}, false},
		"subnet group": {sim.Props{"dbSubnetGroupName": "other"}, false},
		"protection":   {sim.Props{"deletionProtection": true}, false},
	})
	diff, _, err := c.Diff(db, but(in, sim.Props{"allocatedStorage": 40.0}))
	require.NoError(t, err)
	assert.Empty(t, diff.DetailedDiff, "with autoscaling a smaller disk is no change")
}

func TestDatabaseRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := database(c)
	c.Must(token.RDSInstance, "taken", but(in, sim.Props{"identifier": "taken"}))
	c.Must(token.RDSParameterGroup, "old", sim.Props{"name": "old", "family": "postgres16"})
	other := c.Must(token.EC2Vpc, "other", sim.Props{"cidrBlock": "10.9.0.0/16"})
	stranger := c.Must(token.EC2SecurityGroup, "s", sim.Props{"vpcId": other.ID})
	row := func(code, hint string, changes sim.Props) refusal {
		return refusal{token.RDSInstance, but(in, changes), code, hint}
	}
	const value, combination = "InvalidParameterValue", "InvalidParameterCombination"
	refuses(t, c, map[string]refusal{
		"taken":             row("DBInstanceAlreadyExists", "another identifier", sim.Props{"identifier": "taken"}),
		"engine":            row(value, "postgres", sim.Props{"engine": "oracle"}),
		"version":           row(combination, "Cannot find version 9.6", sim.Props{"engineVersion": "9.6"}),
		"minor":             row(combination, "Cannot find version 17.99", sim.Props{"engineVersion": "17.99"}),
		"class":             row(value, "db.m7g.huge", sim.Props{"instanceClass": "db.m7g.huge"}),
		"EC2 class":         row(value, "Invalid DB Instance class", sim.Props{"instanceClass": "m7g.large"}),
		"small disk":        row(value, "20 to 65536", sim.Props{"allocatedStorage": 10.0}),
		"iops of small gp3": row(combination, "less than 400", sim.Props{"iops": 12000.0}),
		"few iops":          row(combination, "12000 to 64000", sim.Props{"allocatedStorage": 400.0, "maxAllocatedStorage": nil, "iops": 3000.0}),
		"throughput":        row(combination, "500 to 4000", sim.Props{"allocatedStorage": 400.0, "maxAllocatedStorage": nil, "storageThroughput": 100.0}),
		"io1 without":       row(combination, "Give iops", sim.Props{"storageType": "io1", "allocatedStorage": 100.0}),
		"gp2 throughput":    row(combination, "use gp3", sim.Props{"storageType": "gp2", "storageThroughput": 500.0}),
		"autoscaling":       row(combination, "a tenth over", sim.Props{"maxAllocatedStorage": 52.0}),
		"short password":    row(value, "8 to 128", sim.Props{"password": "short"}),
		"odd password":      row(value, "without these", sim.Props{"password": "pass/word@1"}),
		"reserved user":     row(value, "reserved word", sim.Props{"username": "rdsadmin"}),
		"admin":             row(value, "reserved word", sim.Props{"username": "admin"}),
		"user name":         row(value, "MasterUsername", sim.Props{"username": "1st"}),
		"database name":     row(value, "DBName", sim.Props{"dbName": "my-app"}),
		"zones and zone":    row(combination, "Multi-AZ", sim.Props{"multiAz": true, "availabilityZone": "us-east-1a"}),
		"zone elsewhere":    row("InvalidVPCNetworkStateFault", "us-east-1a, us-east-1b", sim.Props{"availabilityZone": "us-east-1f"}),
		"monitoring":        row(combination, "monitoringRoleArn", sim.Props{"monitoringInterval": 60.0}),
		"insights":          row(combination, "performanceInsightsEnabled", sim.Props{"performanceInsightsEnabled": false}),
		"windows":           row(value, "must not overlap", sim.Props{"backupWindow": "04:45-05:15"}),
		"family":            row(combination, "postgres17", sim.Props{"parameterGroupName": "old"}),
		"no family":         row("DBParameterGroupNotFound", "exists", sim.Props{"parameterGroupName": "none"}),
		"logs":              row(combination, "postgresql, upgrade", sim.Props{"enabledCloudwatchLogsExports": sim.List("slowquery")}),
		"certificate":       row("CertificateNotFound", "rds-ca-rsa2048-g1", sim.Props{"caCertIdentifier": "rds-ca-2019"}),
		"no subnets":        row("InvalidSubnet", "dbSubnetGroupName", sim.Props{"dbSubnetGroupName": nil}),
		"other VPC":         row(combination, other.ID, sim.Props{"vpcSecurityGroupIds": sim.List(stranger.ID)}),
	})
	for name, key := range map[string]string{"engine": "engine", "user": "username", "disk": "allocatedStorage",
		"password": "password"} {
		t.Run("without "+name, func(t *testing.T) {
			_, err := c.Create(token.RDSInstance, "x", but(in, sim.Props{key: nil}))
			assert.ErrorContains(t, err, "required field is not set")
		})
	}
}

func TestDatabaseInputs(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"instanceClass": "db.t4g.micro"}
	with := func(key string, v any) sim.Props { return but(in, sim.Props{key: v}) }
	invalid(t, c, token.RDSInstance, map[string]badInput{
		"no class":        {sim.Props{}, "instanceClass"},
		"identifier":      {with("identifier", "My_DB"), "lower-case"},
		"two hyphens":     {with("identifier", "a--b"), "single hyphens"},
		"retention":       {with("backupRetentionPeriod", 36.0), "0 to 35"},
		"interval":        {with("monitoringInterval", 20.0), "[0 1 5 10 15 30 60]"},
		"insights":        {with("performanceInsightsRetentionPeriod", 30.0), "multiple of 31"},
		"window":          {with("backupWindow", "3am"), "hh24:mi"},
		"week":            {with("maintenanceWindow", "04:30-05:30"), "ddd:hh24:mi"},
		"snapshot":        {with("finalSnapshotIdentifier", "a--b"), "single hyphens"},
		"storage":         {with("storageType", "gp4"), "gp3"},
		"two passwords":   {but(in, sim.Props{"password": "x", "manageMasterUserPassword": true}), "conflicts"},
		"replica's user":  {but(in, sim.Props{"replicateSourceDb": "a", "username": "x"}), "conflicts"},
		"replica's name":  {but(in, sim.Props{"replicateSourceDb": "a", "dbName": "x"}), "conflicts"},
		"replica's start": {but(in, sim.Props{"replicateSourceDb": "a", "snapshotIdentifier": "x"}), "conflicts"},
	})
}

func TestReplicaRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := database(c)
	c.Must(token.RDSInstance, "main", in)
	c.Must(token.RDSInstance, "bare", but(in, sim.Props{"identifier": "bare", "backupRetentionPeriod": 0.0}))
	c.Must(token.RDSInstance, "managed",
		but(in, sim.Props{"identifier": "managed", "password": nil, "manageMasterUserPassword": true}))
	c.Must(token.RDSInstance, "plain", but(in, sim.Props{"identifier": "plain", "storageEncrypted": false}))
	row := func(code, hint, from string, changes sim.Props) refusal {
		return refusal{token.RDSInstance, but(sim.Props{
			"replicateSourceDb": from, "instanceClass": "db.m7g.large", "skipFinalSnapshot": true,
		}, changes), code, hint}
	}
	refuses(t, c, map[string]refusal{
		"no backups":   row("InvalidDBInstanceState", "Automated backups are not enabled", "bare", nil),
		"no source":    row("DBInstanceNotFound", "exists", "nothing", nil),
		"managed":      row("InvalidParameterCombination", "password of your own", "managed", nil),
		"password":     row("InvalidParameterCombination", "source's users", "main", sim.Props{"password": "correct-horse"}),
		"encryption":   row("InvalidParameterCombination", "unencrypted", "plain", sim.Props{"storageEncrypted": true}),
		"engine":       row("InvalidParameterCombination", "Take engine away", "main", sim.Props{"engine": "mysql"}),
		"subnet group": row("DBSubnetGroupNotAllowedFault", "source's", "main", sim.Props{"dbSubnetGroupName": in["dbSubnetGroupName"]}),
	})
	for i := range 15 {
		c.Must(token.RDSInstance, fmt.Sprint("replica", i), row("", "", "main", nil).in)
	}
	_, err := c.Create(token.RDSInstance, "one-more", row("", "", "main", nil).in)
	mustRefuse(t, err, "InstanceQuotaExceeded", "15")
}

func TestDatabaseUpdateRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := database(c)
	db := c.Must(token.RDSInstance, "main", but(in, sim.Props{"maxAllocatedStorage": nil}))
	c.Must(token.RDSInstance, "replica",
		sim.Props{"replicateSourceDb": "main", "instanceClass": "db.m7g.large", "skipFinalSnapshot": true})
	eighteen := c.Must(token.RDSParameterGroup, "next", sim.Props{"family": "postgres18"})
	for name, tt := range map[string]struct {
		code, hint string
		in         sim.Props
	}{
		"shrink":  {"InvalidParameterValue", "smaller disk", sim.Props{"allocatedStorage": 40.0, "maxAllocatedStorage": nil}},
		"backups": {"InvalidDBInstanceState", "replicas", sim.Props{"backupRetentionPeriod": 0.0}},
		"managed": {"InvalidParameterCombination", "your own", sim.Props{"password": nil, "manageMasterUserPassword": true}},
		"family":  {"InvalidParameterCombination", "postgres18", sim.Props{"engineVersion": "18", "allowMajorVersionUpgrade": true}},
		"major":   {"InvalidParameterCombination", "allowMajorVersionUpgrade", sim.Props{"engineVersion": "18", "parameterGroupName": eighteen.ID}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Update(db, but(in, tt.in))
			mustRefuse(t, err, tt.code, tt.hint)
		})
	}
	up, err := c.Update(db, but(in, sim.Props{
		"engineVersion": "18", "allowMajorVersionUpgrade": true, "parameterGroupName": eighteen.ID,
	}))
	require.NoError(t, err)
	assert.Equal(t, "18.1", up.Str("engineVersionActual"))
}

func TestDatabaseDelete(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := database(c)
	protected := c.Must(token.RDSInstance, "p", but(in, sim.Props{"identifier": "p", "deletionProtection": true}))
	mustRefuse(t, c.Delete(protected), "InvalidParameterCombination", "Cannot delete protected DB Instance")
	nameless := c.Must(token.RDSInstance, "n", but(in, sim.Props{"identifier": "n", "finalSnapshotIdentifier": nil}))
	assert.ErrorContains(t, c.Delete(nameless), "final_snapshot_identifier is required")
	db := c.Must(token.RDSInstance, "m", in)
	replica := c.Must(token.RDSInstance, "r", sim.Props{
		"replicateSourceDb": "main", "instanceClass": "db.m7g.large", "finalSnapshotIdentifier": "r-final",
	})
	mustRefuse(t, c.Delete(replica), "InvalidParameterCombination", "skipFinalSnapshot on the replica")
	snapshot := c.Must(token.RDSSnapshot, "s",
		sim.Props{"dbInstanceIdentifier": "main", "dbSnapshotIdentifier": "main-final"})
	mustRefuse(t, c.Delete(db), "DBSnapshotAlreadyExists", "another finalSnapshotIdentifier")
	require.NoError(t, c.Delete(snapshot))
	require.NoError(t, c.Delete(db))
	state, err := os.ReadFile(c.Path)
	require.NoError(t, err)
	assert.Contains(t, string(state), `"123456789012 us-east-1 rds main-final"`, "the final snapshot stays")
	again := c.Must(token.RDSInstance, "again", in)
	mustRefuse(t, c.Delete(again), "DBSnapshotAlreadyExists", "another finalSnapshotIdentifier")
	c.Must(token.RDSInstance, "restored", but(in, sim.Props{"identifier": "restored", "snapshotIdentifier": "main-final"}))
	_, err = c.Create(token.RDSInstance, "lost", but(in, sim.Props{"identifier": "lost", "snapshotIdentifier": "none"}))
	mustRefuse(t, err, "DBSnapshotNotFound", "exists")
}

func TestDatabaseGroupsInUse(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, a, b := twoZones(c)
	group := c.Must(token.RDSSubnetGroup, "g", sim.Props{"subnetIds": sim.List(a.ID, b.ID)})
	params := c.Must(token.RDSParameterGroup, "p", sim.Props{"family": "postgres17"})
	db := c.Must(token.RDSInstance, "m", sim.Props{
		"engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 20.0, "username": "app", "password": "correct-horse",
		"dbSubnetGroupName": group.ID, "parameterGroupName": params.ID, "skipFinalSnapshot": true,
	})
	mustRefuse(t, c.Delete(group), "InvalidDBSubnetGroupStateFault", "first")
	mustRefuse(t, c.Delete(params), "InvalidDBParameterGroupState", "first")
	require.NoError(t, c.Delete(db))
	require.NoError(t, c.Delete(group))
	require.NoError(t, c.Delete(params))
	refuses(t, c, map[string]refusal{
		"one zone":     {token.RDSSubnetGroup, sim.Props{"subnetIds": sim.List(a.ID)}, "DBSubnetGroupDoesNotCoverEnoughAZs", "us-east-1a"},
		"no subnet":    {token.RDSSubnetGroup, sim.Props{"subnetIds": sim.List("subnet-1")}, "InvalidSubnet", "exists"},
		"family":       {token.RDSParameterGroup, sim.Props{"family": "postgres9"}, "InvalidParameterValue", "postgres17"},
		"static":       {token.RDSParameterGroup, sim.Props{"family": "postgres17", "parameters": list{obj{"name": "max_connections", "value": "100"}}}, "InvalidParameterCombination", "pending-reboot"},
		"subnet taken": {token.RDSSubnetGroup, sim.Props{"name": c.Must(token.RDSSubnetGroup, "t", sim.Props{"subnetIds": sim.List(a.ID, b.ID)}).ID, "subnetIds": sim.List(a.ID, b.ID)}, "DBSubnetGroupAlreadyExists", "another name"},
	})
	in := sim.Props{"family": "postgres17"}
	decides(t, c, c.Must(token.RDSParameterGroup, "q", in), in, map[string]change{
		"family":     {sim.Props{"family": "postgres18"}, true},
		"parameters": {sim.Props{"parameters": list{obj{"name": "random_page_cost", "value": "1"}}}, false},
	})
}
