package aws

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// health is how a kind of part is asked how it is.
type health struct {
	// action is what the caller must be allowed.
	action string
	ask    func(ctx context.Context, d *Driver, p operate.Part) (func(*operate.Found), error)
}

// healths are the kinds that AWS can be asked about.
var healths = map[operate.Kind]health{
	operate.Server:   {"ec2:DescribeInstanceStatus", askServer},
	operate.Fleet:    {"autoscaling:DescribeAutoScalingGroups", askFleet},
	operate.Balancer: {"elasticloadbalancing:DescribeTargetHealth", askBalancer},
	operate.Database: {"rds:DescribeDBInstances", askDatabase},
	operate.Cluster:  {"rds:DescribeDBClusters", askCluster},
	operate.Cache:    {"elasticache:DescribeReplicationGroups", askCache},
	operate.Queue:    {"sqs:GetQueueAttributes", askQueue},
	operate.CDN:      {"cloudfront:GetDistribution", askCDN},
}

// is notes a health.
func is(p operate.Part, state operate.State, format string, args ...any) func(*operate.Found) {
	h := operate.Health{Part: p.Name, Kind: p.Kind, State: state, Says: fmt.Sprintf(format, args...)}
	return func(f *operate.Found) { f.Health = append(f.Health, h) }
}

// stateIf is Well when it holds.
func stateIf(well bool, otherwise operate.State) operate.State {
	if well {
		return operate.Well
	}
	return otherwise
}

func askServer(ctx context.Context, d *Driver, p operate.Part) (func(*operate.Found), error) {
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.EC2, Region: p.Region,
		Action: "DescribeInstanceStatus", Form: url.Values{"InstanceId.1": {p.IDs[0]}, "IncludeAllInstances": {"true"}}})
	if err != nil {
		return nil, err
	}
	items := tree.All("instanceStatusSet")
	if len(items) == 0 {
		return is(p, operate.Ill, "EC2 knows no machine %s", p.IDs[0]), nil
	}
	state := items[0].Find("instanceState").Child("name")
	system, own := items[0].Find("systemStatus").Child("status"), items[0].Find("instanceStatus").Child("status")
	switch {
	case state != "running":
		return is(p, operate.Ill, "the machine is %s", state), nil
	case system == "ok" && own == "ok":
		return is(p, operate.Well, "the machine runs, both of EC2's checks passed"), nil
	case system == "initializing" || own == "initializing":
		return is(p, operate.Busy, "the machine starts"), nil
	}
	return is(p, operate.Ill, "EC2's checks: system %s, machine %s", system, own), nil
}

// groups are Auto Scaling's groups by name.
func (d *Driver) groups(ctx context.Context, p operate.Part) ([]awswire.Node, error) {
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.AutoScaling, Region: p.Region,
		Action: "DescribeAutoScalingGroups", Form: members("AutoScalingGroupNames", p.IDs...)})
	return tree.All("AutoScalingGroups"), err
}

func askFleet(ctx context.Context, d *Driver, p operate.Part) (func(*operate.Found), error) {
	groups, err := d.groups(ctx, p)
	if err != nil {
		return nil, err
	}
	wanted, serving, ill := 0, 0, 0
	for _, g := range groups {
		wanted += number(g.Child("DesiredCapacity"))
		for _, m := range g.All("Instances") {
			switch {
			case m.Child("HealthStatus") != "Healthy":
				ill++
			case m.Child("LifecycleState") == "InService":
				serving++
			}
		}
	}
	says := fmt.Sprintf("%d of %d machines in service", serving, wanted)
	switch {
	case ill > 0:
		return is(p, operate.Ill, "%s, %d ill", says, ill), nil
	case wanted > 0 && serving == 0:
		return is(p, operate.Ill, "%s", says), nil
	}
	return is(p, stateIf(serving >= wanted, operate.Busy), "%s", says), nil
}

func askBalancer(ctx context.Context, d *Driver, p operate.Part) (func(*operate.Found), error) {
	well, all := 0, 0
	for _, arn := range p.IDs {
		tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.Balancing, Region: p.Region,
			Action: "DescribeTargetHealth", Form: url.Values{"TargetGroupArn": {arn}}})
		if err != nil {
			return nil, err
		}
		for _, t := range tree.All("TargetHealthDescriptions") {
			switch t.Find("TargetHealth").Child("State") {
			case "healthy":
				well, all = well+1, all+1
			case "draining": // which goes, as it should
			default:
				all++
			}
		}
	}
	return is(p, stateIf(well > 0 && well == all, operate.Ill), "%d of %d targets healthy", well, all), nil
}

// settled are RDS's states in which nothing is being done.
func settled(status string) operate.State {
	switch status {
	case "available", "storage-optimization":
		return operate.Well
	case "failed", "stopped", "inaccessible-encryption-credentials", "incompatible-network", "storage-full",
		"incompatible-parameters", "restore-error":
		return operate.Ill
	}
	return operate.Busy
}

// worse is the state that weighs more.
func worse(a, b operate.State) operate.State {
	weight := map[operate.State]int{operate.Well: 0, operate.Unknown: 1, operate.Busy: 2, operate.Ill: 3}
	if weight[b] > weight[a] {
		return b
	}
	return a
}

func askDatabase(ctx context.Context, d *Driver, p operate.Part) (func(*operate.Found), error) {
	return d.askRDS(ctx, p, "DescribeDBInstances", "DBInstances", "DBInstance")
}

func askCluster(ctx context.Context, d *Driver, p operate.Part) (func(*operate.Found), error) {
	return d.askRDS(ctx, p, "DescribeDBClusters", "DBClusters", "DBCluster")
}

// askRDS asks for instances or clusters, and to which moment they can be restored.
func (d *Driver) askRDS(ctx context.Context, p operate.Part, action, list, prefix string) (func(*operate.Found),
	error) {
	state, says, restorable := operate.Well, []string{}, time.Time{}
	for _, id := range p.IDs {
		tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.RDS, Region: p.Region, Action: action,
			Form: url.Values{prefix + "Identifier": {id}}})
		if err != nil {
			return nil, err
		}
		for _, one := range tree.All(list) {
			status := one.Child("Status") // a cluster's
			if instance := one.Child("DBInstanceStatus"); instance != "" {
				status = instance
			}
			state = worse(state, settled(status))
			says = append(says, id+" "+status)
			if at, err := time.Parse(time.RFC3339, one.Child("LatestRestorableTime")); err == nil && at.After(restorable) {
				restorable = at
			}
		}
	}
	note := is(p, state, "%s", strings.Join(says, ", "))
	return func(f *operate.Found) {
		note(f)
		f.Backups = append(f.Backups, operate.Backup{Of: p.Name, At: restorable, Kind: "point in time"})
	}, nil
}

func askCache(ctx context.Context, d *Driver, p operate.Part) (func(*operate.Found), error) {
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.ElastiCache, Region: p.Region,
		Action: "DescribeReplicationGroups", Form: url.Values{"ReplicationGroupId": {p.IDs[0]}}})
	if err != nil {
		return nil, err
	}
	status := ""
	for _, g := range tree.All("ReplicationGroups") {
		status = g.Child("Status")
	}
	state := map[string]operate.State{"available": operate.Well, "create-failed": operate.Ill, "": operate.Ill}
	known, ok := state[status]
	if !ok {
		known = operate.Busy
	}
	return is(p, known, "%s", status), nil
}

func askQueue(ctx context.Context, d *Driver, p operate.Part) (func(*operate.Found), error) {
	var answer struct{ Attributes map[string]string }
	err := d.Client.AskJSON(ctx, awswire.Request{Service: awswire.SQS, Region: p.Region, Action: "GetQueueAttributes",
		Body: map[string]any{"QueueUrl": p.IDs[0], "AttributeNames": []string{"ApproximateNumberOfMessages",
			"ApproximateNumberOfMessagesNotVisible"}}}, &answer)
	if err != nil {
		return nil, err
	}
	waiting, worked := number(answer.Attributes["ApproximateNumberOfMessages"]),
		number(answer.Attributes["ApproximateNumberOfMessagesNotVisible"])
	if p.GivenUp() {
		return is(p, stateIf(waiting == 0, operate.Ill), "%d jobs were given up", waiting), nil
	}
	return is(p, operate.Well, "%d jobs wait, %d are worked on", waiting, worked), nil
}

func askCDN(ctx context.Context, d *Driver, p operate.Part) (func(*operate.Found), error) {
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.CloudFront,
		Path: "/2020-05-31/distribution/" + url.PathEscape(p.IDs[0])})
	if err != nil {
		return nil, err
	}
	status := tree.Child("Status")
	return is(p, stateIf(status == "Deployed", operate.Busy), "%s", strings.ToLower(status)), nil
}
