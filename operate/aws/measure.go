package aws

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// number reads a whole number of AWS's; zero for none.
func number(text string) int {
	n, _ := strconv.Atoi(text) // empty where there is none
	return n
}

const (
	// measured is how far back is measured: a day has every hour's load once.
	measured = 24 * time.Hour
	// fiveMinutes is the period of what counts as a peak, in seconds.
	fiveMinutes = 300
)

// metric is one of CloudWatch's, and what it measures for us.
type metric struct {
	namespace, name, statistic string
	dimensions                 [][2]string
	region                     string
	measure                    operate.Measure
	// per divides the value, 0 by nothing.
	per float64
}

// metricsOf are the metrics of a part.
func metricsOf(p operate.Part) (all []metric) {
	cpu := func(namespace, dimension, id, key, what string) metric {
		return metric{namespace, "CPUUtilization", "Average", [][2]string{{dimension, id}}, p.Region,
			operate.Measure{Key: key, What: what, Unit: "%"}, 0}
	}
	requests := operate.Measure{Key: "peakRequestsPerSecond", What: "requests at " + p.Name, Unit: "requests/s"}
	switch p.Kind {
	case operate.Server:
		return []metric{cpu("AWS/EC2", "InstanceId", p.IDs[0], "serverCPUPercent", "CPU of "+p.Name)}
	case operate.Fleet:
		return []metric{cpu("AWS/EC2", "AutoScalingGroupName", p.IDs[0], "serverCPUPercent", "CPU of "+p.Name)}
	case operate.Database:
		for _, id := range p.IDs {
			all = append(all, cpu("AWS/RDS", "DBInstanceIdentifier", id, "databaseCPUPercent", "CPU of "+id))
		}
	case operate.Cluster:
		all = append(all, cpu("AWS/RDS", "DBClusterIdentifier", p.IDs[0], "databaseCPUPercent", "CPU of "+p.Name))
	case operate.Balancer:
		if p.Metric != "" {
			all = append(all, metric{"AWS/ApplicationELB", "RequestCount", "Sum", [][2]string{{"LoadBalancer", p.Metric}},
				p.Region, requests, fiveMinutes})
		}
	case operate.CDN:
		all = append(all, metric{"AWS/CloudFront", "Requests", "Sum", [][2]string{{"DistributionId", p.IDs[0]},
			{"Region", "Global"}}, awswire.Home, requests, fiveMinutes})
	}
	return all
}

// measures ask CloudWatch for the highest five minutes of the last day.
func (d *Driver) measures(p operate.Part) (all []question) {
	for _, m := range metricsOf(p) {
		all = append(all, question{"measure the " + m.measure.What, "cloudwatch:GetMetricStatistics",
			func(ctx context.Context) (func(*operate.Found), error) { return d.measure(ctx, m) }})
	}
	return all
}

func (d *Driver) measure(ctx context.Context, m metric) (func(*operate.Found), error) {
	now := d.now().UTC()
	form := url.Values{"Namespace": {m.namespace}, "MetricName": {m.name}, "Period": {strconv.Itoa(fiveMinutes)},
		"Statistics.member.1": {m.statistic}, "StartTime": {now.Add(-measured).Format(time.RFC3339)},
		"EndTime": {now.Format(time.RFC3339)}}
	for i, dimension := range m.dimensions {
		form.Set(fmt.Sprintf("Dimensions.member.%d.Name", i+1), dimension[0])
		form.Set(fmt.Sprintf("Dimensions.member.%d.Value", i+1), dimension[1])
	}
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.CloudWatch, Region: m.region,
		Action: "GetMetricStatistics", Form: form})
	if err != nil {
		return nil, err
	}
	points := tree.All("Datapoints")
	if len(points) == 0 { // nothing was measured, which is not zero
		return func(*operate.Found) {}, nil
	}
	for _, point := range points {
		if v, err := strconv.ParseFloat(point.Child(m.statistic), 64); err == nil {
			m.measure.Value = max(m.measure.Value, v)
		}
	}
	if m.per > 0 {
		m.measure.Value /= m.per
	}
	return func(f *operate.Found) { f.Load = append(f.Load, m.measure) }, nil
}

// mostAlarms is how many alarms are asked for at a time.
const mostAlarms = 100

// alarms ask for those of the stack, a hundred of a region at a time.
func (d *Driver) alarms(s operate.Stack) (all []question) {
	byRegion := map[string][]string{}
	for _, a := range s.Alarms {
		byRegion[a.Region] = append(byRegion[a.Region], a.Name)
	}
	for region, names := range byRegion {
		for begin := 0; begin < len(names); begin += mostAlarms {
			some := names[begin:min(begin+mostAlarms, len(names))]
			all = append(all, question{"ask for the alarms in " + region, "cloudwatch:DescribeAlarms",
				func(ctx context.Context) (func(*operate.Found), error) { return d.firing(ctx, region, some) }})
		}
	}
	return all
}

func (d *Driver) firing(ctx context.Context, region string, names []string) (func(*operate.Found), error) {
	form := members("AlarmNames", names...)
	form.Set("MaxRecords", strconv.Itoa(mostAlarms))
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.CloudWatch, Region: region,
		Action: "DescribeAlarms", Form: form})
	if err != nil {
		return nil, err
	}
	var list []operate.Alarm
	for _, a := range tree.All("MetricAlarms") {
		since, _ := time.Parse(time.RFC3339, a.Child("StateUpdatedTimestamp")) // or not known
		if state := a.Child("StateValue"); state == "ALARM" {
			list = append(list, operate.Alarm{Name: a.Child("AlarmName"), State: state, Since: since,
				Reason: a.Child("StateReason")})
		}
	}
	return func(f *operate.Found) {
		f.Alarms, f.AlarmsWatched = append(f.Alarms, list...), f.AlarmsWatched+len(names)
	}, nil
}

// snapshots ask for the newest one of a server's disk.
func (d *Driver) snapshots(p operate.Part) question {
	return question{"ask for the snapshots of " + p.Name, "ec2:DescribeSnapshots",
		func(ctx context.Context) (func(*operate.Found), error) {
			tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.EC2, Region: p.Region,
				Action: "DescribeSnapshots", Form: url.Values{"Filter.1.Name": {"volume-id"}, "Filter.1.Value.1": {p.Disk},
					"Filter.2.Name": {"status"}, "Filter.2.Value.1": {"completed"}}})
			if err != nil {
				return nil, err
			}
			newest := time.Time{}
			for _, s := range tree.All("snapshotSet") {
				if at, err := time.Parse(time.RFC3339, s.Child("startTime")); err == nil && at.After(newest) {
					newest = at
				}
			}
			return func(f *operate.Found) {
				f.Backups = append(f.Backups, operate.Backup{Of: p.Name, At: newest, Kind: "snapshot of the disk"})
			}, nil
		}}
}
