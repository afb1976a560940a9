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
	if err := restorable(r.Of); err != nil {
		return operate.Restored{}, err
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
		Action: "RestoreDBInstanceToPointInTime", Form: restoreForm(source, r, s.Name)})
	if awswire.CodeOf(err) == "DBInstanceAlreadyExists" {
		return operate.Restored{}, fmt.Errorf("restore %s: there is an instance %s already: give another --name: %w",
			r.Of.Name,
			r.Name, err)
	}
	if err != nil {
		return operate.Restored{}, awswire.Explained(err, "restore "+r.Of.Name, "rds:RestoreDBInstanceToPointInTime and "+
			"rds:AddTagsToResource")
	}
	made := operate.Restored{Name: r.Name, At: r.At}
	if made.At.IsZero() {
		made.At = latest
	}
	return d.restored(ctx, r, made, tell)
}

// restorable reports why a store has no point in time.
func restorable(s operate.Store) error {
	switch {
	case s.Host == operate.Beside:
		return operate.NotHere{What: "restore", Because: "PostgreSQL on the server keeps a dump of each night and " +
			"snapshots of its disk, and no log to any moment", Instead: "docs/restore.md says how a dump comes back"}
	case s.Kind == operate.Cluster:
		return operate.NotHere{What: "restore", Because: "Aurora restores whole clusters, by calls that rung does not make",
			Instead: "`aws rds restore-db-cluster-to-point-in-time` does (docs/restore.md)"}
	}
	return nil
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
	for i, member := range source.All("VpcSecurityGroups") {
		form.Set("VpcSecurityGroupIds.VpcSecurityGroupId."+strconv.Itoa(i+1), member.Child("VpcSecurityGroupId"))
	}
	if r.At.IsZero() {
		form.Set("UseLatestRestorableTime", "true")
	} else {
		form.Set("RestoreTime", r.At.UTC().Format(time.RFC3339))
	}
	return form
}

// lost are the states from which an instance does not come up.
var lost = []string{"failed", "restore-error", "incompatible-network", "incompatible-parameters",
	"incompatible-restore",
	"storage-full", "inaccessible-encryption-credentials"}

// restored waits until a new instance is available. Who does not wait any more finds it
// at AWS, which goes on.
func (d *Driver) restored(ctx context.Context, r operate.Restoring, made operate.Restored, tell func(string)) (
	operate.Restored, error) {
	for before := ""; ; {
		one, err := d.instance(ctx, r.Of.Region, r.Name)
		if err != nil && awswire.CodeOf(err) != "DBInstanceNotFound" { // not yet
			return made, awswire.Explained(err, "look how far "+r.Name+" is", healths[operate.Database].action)
		}
		state := one.Child("DBInstanceStatus")
		if state != before && state != "" {
			tell(r.Name + " is " + state)
		}
		before = state
		switch {
		case state == "available":
			made.Host = one.Find("Endpoint").Child("Address")
			made.Port = number(one.Find("Endpoint").Child("Port"))
			return made, nil
		case slices.Contains(lost, state):
			return made, fmt.Errorf("restore %s: the new instance %s is %s; RDS's events say why: aws rds describe-events "+
				"--source-type db-instance --source-identifier %s", r.Of.Name, r.Name, state, r.Name)
		}
		for range patientRests {
			if !d.rest(ctx) {
				return made, ctx.Err()
			}
		}
	}
}

// patientRests are the pauses between two looks at something that takes a quarter of an hour.
const patientRests = 8
