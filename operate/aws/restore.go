package aws

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// Restore makes a new instance of RDS from the backups of a database. It has the subnets,
// security groups, parameters and class of the first, which AWS would not give it by
// itself (RDS API reference, RestoreDBInstanceToPointInTime), one zone, and protection
// against deletion. It costs what an instance of its class costs until it is deleted.
func (d *Driver) Restore(ctx context.Context, s operate.Stack, r operate.Restoring, tell func(string)) (
	operate.Restored, error) {
	switch {
	case r.Of.Host == operate.Beside:
		return operate.Restored{}, errBeside
	case r.Of.Kind == operate.Cluster:
		return d.restoreCluster(ctx, s, r, tell)
	}
	source, err := d.instanceAt(ctx, s, r.Of)
	if err != nil {
		return operate.Restored{}, err
	}
	latest, _ := time.Parse(time.RFC3339, source.Child("LatestRestorableTime"))
	earliest, err := d.earliest(ctx, r.Of, source.Child("DBInstanceIdentifier"))
	if err != nil {
		return operate.Restored{}, err
	}
	if err := r.Within(earliest, latest); err != nil {
		return operate.Restored{}, err
	}
	_, err = d.Client.Ask(ctx, awswire.Request{Service: awswire.RDS, Region: r.Of.Region,
		Action: "RestoreDBInstanceToPointInTime", Once: true, Form: restoreForm(source, r, s.Name)})
	if err != nil {
		return operate.Restored{}, refusedRestore(err, r, "rds:RestoreDBInstanceToPointInTime and rds:AddTagsToResource")
	}
	made := operate.Restored{Name: r.Name, At: momentOf(r, latest),
		GoesOn: "AWS goes on without this command: aws rds describe-db-instances --db-instance-identifier " + r.Name}
	return d.restored(ctx, r, r.Name, made, tell)
}

// momentOf is the moment of what is restored.
func momentOf(r operate.Restoring, latest time.Time) time.Time {
	if r.At.IsZero() {
		return latest
	}
	return r.At
}

// errBeside is a store that has no point in time.
var errBeside = operate.NotHere{What: "restore", Because: "PostgreSQL on the server keeps a dump of each night and " +
	"snapshots of its disk, and no log to any moment", Instead: "docs/restore.md says how a dump comes back"}

// nextSteps are what to do about what RDS answers, by its codes (RDS API reference,
// RestoreDBInstanceToPointInTime, RestoreDBClusterToPointInTime and CreateDBInstance).
var nextSteps = map[string]string{
	"DBInstanceAlreadyExists":        "there is a database of that name already: give another --name",
	"DBClusterAlreadyExistsFault":    "there is a database of that name already: give another --name",
	"InstanceQuotaExceeded":          "the account has as many instances as it may: delete one, or ask AWS for more",
	"DBClusterQuotaExceededFault":    "the account has as many clusters as it may: delete one, or ask AWS for more",
	"StorageQuotaExceeded":           "the account has as much storage as it may: delete a database, or ask AWS for more",
	"InsufficientDBInstanceCapacity": "AWS has no such machine there just now: try again later",
	"PointInTimeRestoreNotEnabled":   "it has no automated backups (rung:database.backupDays)",
	"InvalidDBInstanceState":         "it is being changed, or not up: try again when `rung status` says that it is well",
	"InvalidDBClusterStateFault":     "it is being changed, or not up: try again when `rung status` says that it is well",
	"KMSKeyNotAccessibleFault":       "its key cannot be used: `rung drift` says what has changed",
}

// refusedRestore is what AWS has refused, and what to do.
func refusedRestore(err error, r operate.Restoring, actions string) error {
	if next, known := nextSteps[awswire.CodeOf(err)]; known {
		return fmt.Errorf("restore %s to %s: %s: %w", r.Of.Name, r.Name, next, err)
	}
	return awswire.Explained(err, "restore "+r.Of.Name, actions)
}

// instanceAt is AWS's description of the instance that a store is.
func (d *Driver) instanceAt(ctx context.Context, s operate.Stack, of operate.Store) (awswire.Node, error) {
	i := slices.IndexFunc(s.Parts, func(p operate.Part) bool { return p.Name == of.Name && p.Kind == of.Kind })
	if i < 0 {
		return awswire.Node{}, fmt.Errorf("restore %s: the stack has no such part", of.Name)
	}
	for _, id := range s.Parts[i].IDs {
		one, err := d.instance(ctx, of.Region, id)
		if err != nil {
			return one, awswire.Explained(err, "look at "+of.Name, healths[operate.Database].action)
		}
		if one.Find("Endpoint").Child("Address") == of.Host {
			return one, nil
		}
	}
	return awswire.Node{}, fmt.Errorf("restore %s: AWS knows no instance of it at %s: `rung drift` says what has changed",
		of.Name, of.Host)
}

// instance is AWS's description of an instance.
func (d *Driver) instance(ctx context.Context, region, id string) (awswire.Node, error) {
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.RDS, Region: region, Action: "DescribeDBInstances",
		Form: url.Values{"DBInstanceIdentifier": {id}}})
	if err != nil {
		return awswire.Node{}, err
	}
	return tree.Find("DBInstance"), nil
}

// earliest is how far back an instance's backups go.
func (d *Driver) earliest(ctx context.Context, of operate.Store, id string) (time.Time, error) {
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.RDS, Region: of.Region,
		Action: "DescribeDBInstanceAutomatedBackups", Form: url.Values{"DBInstanceIdentifier": {id}}})
	if err != nil {
		return time.Time{}, awswire.Explained(err, "look how far the backups of "+of.Name+" go back",
			"rds:DescribeDBInstanceAutomatedBackups")
	}
	at, err := time.Parse(time.RFC3339, tree.Find("RestoreWindow").Child("EarliestTime"))
	if err != nil {
		return time.Time{}, fmt.Errorf("restore %s: it has no automated backups (rung:database.backupDays)", of.Name)
	}
	return at, nil
}

// restoreForm are the parameters of the new instance, those of the first where they count.
func restoreForm(source awswire.Node, r operate.Restoring, stack string) url.Values {
	form := url.Values{"SourceDBInstanceIdentifier": {source.Child("DBInstanceIdentifier")},
		"TargetDBInstanceIdentifier": {r.Name}, "DBInstanceClass": {source.Child("DBInstanceClass")},
		"DBSubnetGroupName":    {source.Find("DBSubnetGroup").Child("DBSubnetGroupName")},
		"DBParameterGroupName": {source.Find("DBParameterGroups").Find("DBParameterGroupName").Text()},
		"MultiAZ":              {"false"}, "PubliclyAccessible": {"false"}, "DeletionProtection": {"true"},
		"CopyTagsToSnapshot": {"true"}, "Tags.Tag.1.Key": {"rung:restored-of"}, "Tags.Tag.1.Value": {stack}}
	addGroups(form, source)
	if r.At.IsZero() {
		form.Set("UseLatestRestorableTime", "true")
	} else {
		form.Set("RestoreTime", r.At.UTC().Format(time.RFC3339))
	}
	return form
}

// addGroups lets those in who reach the first.
func addGroups(form url.Values, source awswire.Node) {
	for i, member := range source.All("VpcSecurityGroups") {
		form.Set("VpcSecurityGroupIds.VpcSecurityGroupId."+strconv.Itoa(i+1), member.Child("VpcSecurityGroupId"))
	}
}
