package aws

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// lagOver is how far back a copy's lag is looked for: its source may be gone for a while.
var lagOver = span{time.Hour, time.Minute}

// sourceWithin is how long a region may take to answer of which it is not known whether it
// does.
const sourceWithin = 10 * time.Second

// Copies are the copies of the stack's databases in a region: RDS' read replicas of
// instances elsewhere, and those that were promoted.
func (d *Driver) Copies(ctx context.Context, s operate.Stack, region string) (all []operate.Copy, err error) {
	for _, p := range s.Parts {
		if p.Kind == operate.Cluster && p.Region == region {
			return nil, operate.NotHere{What: "failover", Because: p.Name + " is Aurora's, whose global database has calls of " +
				"its own", Instead: "`aws rds switchover-global-cluster` or `failover-global-cluster` does"}
		}
		if p.Kind != operate.Database || p.Region != region {
			continue
		}
		for _, id := range p.IDs {
			c, is, err := d.copyOf(ctx, p, id)
			if err != nil {
				return nil, awswire.Explained(err, "look at "+id, "rds:DescribeDBInstances and cloudwatch:GetMetricStatistics")
			}
			if is {
				all = append(all, c)
			}
		}
	}
	return all, nil
}

// copyOf describes an instance that copies one of another region, or that was promoted. A
// replica of an instance of its own region is none.
func (d *Driver) copyOf(ctx context.Context, p operate.Part, id string) (c operate.Copy, is bool, err error) {
	one, err := d.instance(ctx, p.Region, id)
	if err != nil {
		return c, false, err
	}
	c = operate.Copy{Name: p.Name, ID: id, Region: p.Region, State: one.Child("DBInstanceStatus")}
	source := one.Child("ReadReplicaSourceDBInstanceIdentifier")
	if source == "" {
		return c, true, nil
	}
	parts := strings.Split(source, ":") // arn:aws:rds:REGION:ACCOUNT:db:ID
	if len(parts) != 7 {
		return c, false, nil
	}
	c.Source, c.SourceRegion = parts[6], parts[3]
	quick, cancel := context.WithTimeout(ctx, sourceWithin)
	defer cancel()
	if from, err := d.instance(quick, c.SourceRegion, c.Source); err == nil {
		c.SourceState = from.Child("DBInstanceStatus")
	}
	c.Lag, c.At, err = d.lag(ctx, p.Region, id)
	return c, true, err
}

// lag is the newest that CloudWatch has.
func (d *Driver) lag(ctx context.Context, region, id string) (*float64, time.Time, error) {
	s := series{namespace: "AWS/RDS", name: "ReplicaLag", statistic: "Maximum", region: region, over: lagOver,
		dimensions: [][2]string{{"DBInstanceIdentifier", id}}}
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.CloudWatch, Region: region,
		Action: "GetMetricStatistics", Form: s.form(d.now().UTC())})
	if err != nil {
		return nil, time.Time{}, err
	}
	var newest *float64
	var at time.Time
	for _, p := range tree.All("Datapoints") {
		when, errAt := time.Parse(time.RFC3339, p.Child("Timestamp"))
		value, errValue := strconv.ParseFloat(p.Child(s.statistic), 64)
		if errAt == nil && errValue == nil && when.After(at) {
			newest, at = &value, when
		}
	}
	return newest, at, nil
}

// Promote lets a copy take writes, and waits until it does. It may be called again.
func (d *Driver) Promote(ctx context.Context, c operate.Copy, tell func(string)) error {
	if !c.Promoted() {
		_, err := d.Client.Ask(ctx, awswire.Request{Service: awswire.RDS, Region: c.Region, Action: "PromoteReadReplica",
			Form: url.Values{"DBInstanceIdentifier": {c.ID}}})
		if err != nil {
			return awswire.Explained(err, "promote "+c.ID, "rds:PromoteReadReplica")
		}
	}
	for before := ""; ; {
		one, err := d.instance(ctx, c.Region, c.ID)
		if err != nil {
			return awswire.Explained(err, "look how far "+c.ID+" is", "rds:DescribeDBInstances")
		}
		state := one.Child("DBInstanceStatus")
		if state != before {
			tell(c.ID + " is " + state)
			before = state
		}
		switch {
		case slices.Contains(lost, state):
			return fmt.Errorf("promote %s: AWS says that it is %s", c.ID, state)
		case state == "available" && one.Child("ReadReplicaSourceDBInstanceIdentifier") == "":
			return nil
		}
		for range patientRests {
			if !d.rest(ctx) {
				return fmt.Errorf("wait for %s: %w; AWS goes on: run it again", c.ID, ctx.Err())
			}
		}
	}
}
