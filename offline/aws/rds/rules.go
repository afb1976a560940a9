package rds

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/datastore"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func restored(in sim.Props) bool {
	return in.Has("snapshotIdentifier") || in.Has("restoreToPointInTime") || in.Has("s3Import")
}

// dbNeeds are the inputs that a new instance of its own must have; the provider
// itself refuses to go on without them.
func dbNeeds(o *sim.Op) error {
	if o.In.Has("replicateSourceDb") || restored(o.In) {
		return nil
	}
	for property, name := range map[string]string{"allocatedStorage": "allocated_storage", "engine": "engine",
		"username": "username"} {
		if !o.In.Has(property) {
			return fmt.Errorf("%q: required field is not set: give %s", name, property)
		}
	}
	if !o.In.Has("password") && !o.In.Bool("manageMasterUserPassword") {
		return fmt.Errorf("%q: required field is not set: give password, or set manageMasterUserPassword", "password")
	}
	return nil
}

func dbNeedsSubnets(o *sim.Op) error {
	replica, given := o.In.Has("replicateSourceDb") && !crossRegion(o), o.In.Has("dbSubnetGroupName")
	if replica && given {
		return sim.Refuse("DBSubnetGroupNotAllowedFault",
			"DbSubnetGroupName should not be specified for read replicas that are created in the same region as the source",
			"Take dbSubnetGroupName away: the replica uses its source's.")
	}
	if replica || given {
		return nil
	}
	return sim.Refuse("InvalidSubnet",
		"No default subnet detected in VPC. Please contact AWS Support to recreate the default Subnets",
		"Give dbSubnetGroupName: the offline account has no default VPC.")
}

var (
	dbNameForm   = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]{0,62}$`)
	reservedUser = []string{"admin", "rdsadmin", "rdsrepladmin", "rds_superuser", "user", "public", "all", "default"}
	reservedDB   = []string{"db", "postgres0", "template0", "template1", "rdsadmin"}
)

func dbNames(o *sim.Op) error {
	user, name := strings.ToLower(o.In.Str("username")), o.In.Str("dbName")
	postgres := strings.HasSuffix(o.In.Str("engine"), "postgres")
	switch {
	case user != "" && !dbNameForm.MatchString(user):
		return sim.Refuse("InvalidParameterValue", "The parameter MasterUsername is not a valid identifier",
			"Begin with a letter, then letters, digits and underscores, at most 63.")
	case user != "" && (slices.Contains(reservedUser[1:], user) || (postgres && user == "admin") || (postgres && strings.HasPrefix(user, "pg_"))):
		return sim.Refuse("InvalidParameterValue",
			fmt.Sprintf("MasterUsername %s cannot be used as it is a reserved word used by the engine", user),
			"Choose another username; note that a later change replaces the database.")
	case name != "" && !dbNameForm.MatchString(name):
		return sim.Refuse("InvalidParameterValue", "DBName must begin with a letter and contain only alphanumeric characters",
			"Choose another dbName.")
	case name != "" && postgres && slices.Contains(reservedDB, strings.ToLower(name)):
		return sim.Refuse("InvalidParameterValue",
			fmt.Sprintf("DBName %s cannot be used. It is a reserved word for this engine", name), "Choose another dbName.")
	}
	return nil
}

// passwordFits follows the API reference of CreateDBInstance.
func passwordFits(o *sim.Op) error {
	for _, property := range []string{"password", "masterPassword"} {
		password := o.In.Str(property)
		if password == "" {
			continue
		}
		if len(password) < 8 || len(password) > 128 {
			return sim.Refuse("InvalidParameterValue",
				"The parameter MasterUserPassword is not a valid password because it is shorter than 8 or longer than 128 "+
					"characters",
				"Give "+property+" 8 to 128 characters.")
		}
		for _, r := range password {
			if r <= ' ' || r > '~' || strings.ContainsRune(`/@"`, r) {
				return sim.Refuse("InvalidParameterValue",
					`The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '"', ' ' may be used`,
					"Generate "+property+" without these characters.")
			}
		}
	}
	return nil
}

func multiAZAnywhere(o *sim.Op) error {
	if !o.In.Bool("multiAz") || !o.In.Has("availabilityZone") || (o.Verb == sim.Update && !o.Changed("multiAz")) {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		"Requesting a specific availability zone is not valid for Multi-AZ instances",
		"Take availabilityZone away, or set multiAz to false.")
}

// dbSubnetGroupOf is the subnet group that an instance lies in, its source's for
// a replica.
func dbSubnetGroupOf(o *sim.Op) sim.Props {
	name := o.In.Str("dbSubnetGroupName")
	if name == "" {
		name = inherited(o).Str("dbSubnetGroupName")
	}
	group, _ := o.Find(token.RDSSubnetGroup, name)
	return group
}

// zoneCovered: the zone must be one of the subnet group. The code is not verified.
func zoneCovered(o *sim.Op) error {
	zone, group := o.In.Str("availabilityZone"), dbSubnetGroupOf(o)
	zones := place.ZonesOfSubnets(o, group.Strs("subnetIds"))
	if zone == "" || len(zones) == 0 || slices.Contains(zones, zone) {
		return nil
	}
	return sim.Refuse("InvalidVPCNetworkStateFault",
		fmt.Sprintf("The availability zone %s is not covered by the DB subnet group", zone),
		"Choose one of "+strings.Join(zones, ", ")+", or add a subnet.")
}

// groupsInVPC: security groups must be in the VPC of the subnet group.
func groupsInVPC(o *sim.Op) error {
	vpc := dbSubnetGroupOf(o).Str("vpcId")
	for _, id := range o.In.Strs("vpcSecurityGroupIds") {
		group, ok := o.Find(token.EC2SecurityGroup, id)
		if ok && vpc != "" && group.Str("vpcId") != "" && group.Str("vpcId") != vpc {
			return sim.Refuse("InvalidParameterCombination",
				fmt.Sprintf("The DB instance and EC2 security group are in different VPCs. "+
					"The DB instance is in %s and the EC2 security group is in %s", vpc, group.Str("vpcId")),
				"Use a security group of the subnet group's VPC.")
		}
	}
	return nil
}

func subnetsCoverZones(o *sim.Op) error {
	ids := o.In.Strs("subnetIds")
	if _, err := place.OneVPC(o, ids); err != nil {
		return sim.Refuse("InvalidSubnet", "Subnets of a DB subnet group must be in one VPC: "+err.Error(),
			"Use the subnets of one VPC.")
	}
	zones := place.ZonesOfSubnets(o, ids)
	if len(zones) >= 2 {
		return nil
	}
	return sim.Refuse("DBSubnetGroupDoesNotCoverEnoughAZs",
		fmt.Sprintf("The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "+
			"Current AZ coverage: %s. Add subnets to cover at least 2 AZs", strings.Join(zones, ", ")),
		"One instance in one zone needs the second subnet, too.")
}

func monitoringRole(o *sim.Op) error {
	if o.In.Int("monitoringInterval") == 0 {
		return nil
	}
	arn := o.In.Str("monitoringRoleArn")
	if arn == "" {
		return sim.Refuse("InvalidParameterCombination",
			"A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0",
			"Give monitoringRoleArn, or set monitoringInterval to 0.")
	}
	role, ok := o.FindBy(token.IAMRole, "arn", arn)
	if !ok || strings.Contains(role.Str("assumeRolePolicy"), "monitoring.rds.amazonaws.com") {
		return nil
	}
	return sim.Refuse("InvalidParameterValue",
		"IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
		"Let monitoring.rds.amazonaws.com assume the role.")
}

func insightsOn(o *sim.Op) error {
	if o.In.Bool("performanceInsightsEnabled") ||
		(!o.In.Has("performanceInsightsRetentionPeriod") && !o.In.Has("performanceInsightsKmsKeyId")) {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		"To set the Performance Insights retention period or key, Performance Insights must be enabled",
		"Set performanceInsightsEnabled.")
}

func windowsApart(o *sim.Op) error {
	backup := cmp.Or(o.In.Str("backupWindow"), o.In.Str("preferredBackupWindow"))
	maintenance := cmp.Or(o.In.Str("maintenanceWindow"), o.In.Str("preferredMaintenanceWindow"))
	if backup == "" || maintenance == "" || !datastore.Overlap(backup, maintenance) {
		return nil
	}
	return sim.Refuse("InvalidParameterValue", "The backup window and maintenance window must not overlap",
		fmt.Sprintf("Move %s or %s.", backup, maintenance))
}

func certificateKnown(o *sim.Op) error {
	id := o.In.Str("caCertIdentifier")
	if id == "" || slices.Contains(certificates, id) {
		return nil
	}
	return sim.Refuse("CertificateNotFound", "CertificateIdentifier doesn't refer to an existing certificate: "+id,
		"Choose one of "+strings.Join(certificates, ", ")+".")
}
