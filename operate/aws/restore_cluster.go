package aws

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// restoreCluster makes a new cluster of Aurora as one was at a moment, and one instance in
// it, of the writer's class: AWS restores clusters without any, and with the security group
// of nobody in particular (RDS API reference, RestoreDBClusterToPointInTime). It belongs to
// no global database.
func (d *Driver) restoreCluster(ctx context.Context, s operate.Stack, r operate.Restoring, tell func(string)) (
	operate.Restored, error) {
	source, err := d.clusterAt(ctx, s, r.Of)
	if err != nil {
		return operate.Restored{}, err
	}
	writer, err := d.writerOf(ctx, r.Of, source)
	if err != nil {
		return operate.Restored{}, err
	}
	earliest, err := time.Parse(time.RFC3339, source.Child("EarliestRestorableTime"))
	if err != nil {
		return operate.Restored{}, fmt.Errorf("restore %s: it has no automated backups (rung:database.backupDays)", r.Of.Name)
	}
	latest, _ := time.Parse(time.RFC3339, source.Child("LatestRestorableTime")) // none yet: nothing lies within
	if err := r.Within(earliest, latest); err != nil {
		return operate.Restored{}, err
	}
	_, err = d.Client.Ask(ctx, awswire.Request{Service: awswire.RDS, Region: r.Of.Region,
		Action: "RestoreDBClusterToPointInTime", Once: true, Form: restoreClusterForm(source, r, s.Name)})
	if err != nil {
		return operate.Restored{}, refusedRestore(err, r, "rds:RestoreDBClusterToPointInTime and rds:AddTagsToResource")
	}
	return d.fillCluster(ctx, r, operate.Restored{Name: r.Name, At: momentOf(r, latest)}, source, writer, tell)
}

// instanceOf is the name of the one instance of a restored cluster.
func instanceOf(cluster string) string { return cluster + operate.InstanceSuffix }

// fillCluster waits for the new cluster and makes its instance: before, nobody can log in.
func (d *Driver) fillCluster(ctx context.Context, r operate.Restoring, made operate.Restored,
	source, writer awswire.Node, tell func(string)) (operate.Restored, error) {
	id := instanceOf(r.Name)
	made.GoesOn = fmt.Sprintf("AWS goes on with the cluster without this command, and it has no instance yet; when "+
		"aws rds describe-db-clusters --db-cluster-identifier %s says available: aws rds create-db-instance "+
		"--db-cluster-identifier %s --db-instance-identifier %s --engine %s --db-instance-class %s",
		r.Name, r.Name, id, source.Child("Engine"), writer.Child("DBInstanceClass"))
	cluster, err := d.comesUp(ctx, r, r.Name, "db-cluster", tell, func(ctx context.Context) (awswire.Node, string, error) {
		one, err := d.cluster(ctx, r.Of.Region, r.Name)
		if awswire.CodeOf(err) == "DBClusterNotFoundFault" { // not yet
			err = nil
		}
		return one, one.Child("Status"), awswire.Explained(err, "look how far "+r.Name+" is", healths[operate.Cluster].action)
	})
	if err != nil {
		return made, err
	}
	_, err = d.Client.Ask(ctx, awswire.Request{Service: awswire.RDS, Region: r.Of.Region, Action: "CreateDBInstance",
		Once: true, Form: clusterInstanceForm(source, writer, r, id)})
	if err != nil {
		err = refusedRestore(err, r, "rds:CreateDBInstance and rds:AddTagsToResource")
		return made, fmt.Errorf("%w; the cluster %s stands without an instance: %s", err, r.Name, made.GoesOn)
	}
	made.GoesOn = "AWS goes on without this command: aws rds describe-db-instances --db-instance-identifier " + id
	made, err = d.restored(ctx, r, id, made, tell)
	if err == nil { // the cluster's own name follows its writer
		made.Host, made.Port = cluster.Child("Endpoint"), number(cluster.Child("Port"))
	}
	return made, err
}

// clusterAt is AWS's description of the cluster that a store is.
func (d *Driver) clusterAt(ctx context.Context, s operate.Stack, of operate.Store) (awswire.Node, error) {
	i := slices.IndexFunc(s.Parts, func(p operate.Part) bool { return p.Name == of.Name && p.Kind == operate.Cluster })
	if i < 0 {
		return awswire.Node{}, fmt.Errorf("restore %s: the stack has no such part", of.Name)
	}
	for _, id := range s.Parts[i].IDs {
		one, err := d.cluster(ctx, of.Region, id)
		if err != nil {
			return one, awswire.Explained(err, "look at "+of.Name, healths[operate.Cluster].action)
		}
		if one.Child("Endpoint") == of.Host {
			return one, nil
		}
	}
	return awswire.Node{}, fmt.Errorf("restore %s: AWS knows no cluster of it at %s: `rung drift` says what has changed",
		of.Name, of.Host)
}

// cluster is AWS's description of a cluster.
func (d *Driver) cluster(ctx context.Context, region, id string) (awswire.Node, error) {
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.RDS, Region: region, Action: "DescribeDBClusters",
		Form: url.Values{"DBClusterIdentifier": {id}}})
	if err != nil {
		return awswire.Node{}, err
	}
	return tree.Find("DBCluster"), nil
}

// writerOf is the instance of a cluster that takes the writes.
func (d *Driver) writerOf(ctx context.Context, of operate.Store, cluster awswire.Node) (awswire.Node, error) {
	for _, m := range cluster.All("DBClusterMembers") {
		if m.Child("IsClusterWriter") != "true" {
			continue
		}
		one, err := d.instance(ctx, of.Region, m.Child("DBInstanceIdentifier"))
		return one, awswire.Explained(err, "look at the writer of "+of.Name, healths[operate.Database].action)
	}
	return awswire.Node{}, fmt.Errorf("restore %s: the cluster has no writer there: `rung status` says how it is", of.Name)
}

// restoreClusterForm are the parameters of the new cluster, those of the first where they count.
func restoreClusterForm(source awswire.Node, r operate.Restoring, stack string) url.Values {
	form := url.Values{"SourceDBClusterIdentifier": {source.Child("DBClusterIdentifier")}, "DBClusterIdentifier": {r.Name},
		"DBSubnetGroupName":           {source.Child("DBSubnetGroup")},
		"DBClusterParameterGroupName": {source.Child("DBClusterParameterGroup")},
		"DeletionProtection":          {"true"}, "CopyTagsToSnapshot": {"true"},
		"Tags.Tag.1.Key": {"rung:restored-of"}, "Tags.Tag.1.Value": {stack}}
	addGroups(form, source)
	if source.Child("IAMDatabaseAuthenticationEnabled") == "true" {
		form.Set("EnableIAMDatabaseAuthentication", "true")
	}
	if scaling := source.Find("ServerlessV2ScalingConfiguration"); scaling.Child("MaxCapacity") != "" {
		for _, end := range []string{"MinCapacity", "MaxCapacity"} {
			form.Set("ServerlessV2ScalingConfiguration."+end, scaling.Child(end))
		}
	}
	if r.At.IsZero() {
		form.Set("UseLatestRestorableTime", "true")
	} else {
		form.Set("RestoreToTime", r.At.UTC().Format(time.RFC3339))
	}
	return form
}

// clusterInstanceForm are the parameters of the new cluster's instance.
func clusterInstanceForm(source, writer awswire.Node, r operate.Restoring, id string) url.Values {
	return url.Values{"DBInstanceIdentifier": {id}, "DBClusterIdentifier": {r.Name}, "Engine": {source.Child("Engine")},
		"DBInstanceClass":      {writer.Child("DBInstanceClass")},
		"DBParameterGroupName": {writer.Find("DBParameterGroups").Find("DBParameterGroupName").Text()},
		"PubliclyAccessible":   {"false"}, "Tags.Tag.1.Key": {"rung:restored-of"}, "Tags.Tag.1.Value": {r.Of.Name}}
}
