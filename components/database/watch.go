package database

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// namespace is RDS's in CloudWatch.
const namespace = "AWS/RDS"

// limits are the thresholds of an instance, derived from its class and disk.
type limits struct {
	connections      float64 // count
	logBytes         float64
	memoryBytes      float64
	freeStorageBytes float64
}

// logParts is the part of the disk, one of so many, that the log of changes takes up
// before somebody is told.
const logParts = 5

// limitsFor takes four fifths of the connections, a tenth of the memory and a
// tenth of the disk. RDS grows the disk when less than a tenth is free, so a
// disk below it for a quarter of an hour has come to its maximum. A fifth of
// the disk for the log of changes is more than stays there by itself.
func (k kind) limitsFor(memoryGiB float64, allocatedGiB int) limits {
	return limits{
		connections:      float64(k.connections.Of(memoryGiB) * 8 / 10),
		memoryBytes:      memoryGiB * gibibyte / 10,
		freeStorageBytes: float64(allocatedGiB) * gibibyte / 10,
		logBytes:         float64(allocatedGiB) * gibibyte / logParts,
	}
}

func (b *builder) buildAlarms() error {
	memory, err := MemoryGiB(b.args.Class)
	if err != nil {
		return err
	}
	list := b.args.kind().primaryAlarms(b.args.kind().limitsFor(memory, b.args.AllocatedGiB), dimensions(b.db.primary))
	if b.args.follows() {
		list = append(list, copyAlarm(dimensions(b.db.primary)))
	}
	for i, replica := range b.db.replicas {
		list = append(list, replicaAlarms(i+1, dimensions(replica))...)
	}
	made, err := alarms.Create(b.ctx, b.db, b.name, b.args.Common, list...)
	if err != nil {
		return err
	}
	b.db.Alarms = alarms.Named(list, made)
	return nil
}

func (k kind) primaryAlarms(l limits, dims pulumi.StringMap) []alarms.Alarm {
	return []alarms.Alarm{
		{
			Name: "cpu-high", Namespace: namespace, Metric: "CPUUtilization", Dimensions: dims, Threshold: 80, Periods: 10,
			Why: "The primary has been over 80 % CPU for 10 minutes. Look at the top statements in Performance Insights; move reads to replicas or take the next class.",
		},
		{
			Name: "connections-high", Namespace: namespace, Metric: "DatabaseConnections", Dimensions: dims, Threshold: l.connections,
			Why: fmt.Sprintf("Over %.0f connections, four fifths of what the class takes. Shrink the app's pools or put a proxy between.", l.connections),
		},
		{
			Name: "memory-low", Namespace: namespace, Metric: "FreeableMemory", Dimensions: dims, Compare: alarms.Below, Threshold: l.memoryBytes, Periods: 15,
			Why: "Less than a tenth of the memory is free: " + k.name + " begins to lose its page cache. Take the next class.",
		},
		{
			Name: "storage-low", Namespace: namespace, Metric: "FreeStorageSpace", Dimensions: dims, Compare: alarms.Below, Threshold: l.freeStorageBytes, PeriodSeconds: 300, Periods: 3,
			Why: "Less than a tenth of the disk is free and it has not grown: it has come to MaxAllocatedGiB, or grew within the last six hours. Raise the maximum.",
		},
		{
			Name: "log-kept", Namespace: namespace, Metric: k.logMetric, Dimensions: dims, Threshold: l.logBytes, PeriodSeconds: 300, Periods: 3, Missing: alarms.MissingIsGood,
			Why: k.logHelp,
		},
	}
}

// copyAlarm watches how far a copy is behind its source in another region.
func copyAlarm(dims pulumi.StringMap) alarms.Alarm {
	return alarms.Alarm{
		Name: "copy-lag-high", Namespace: namespace, Metric: "ReplicaLag", Dimensions: dims, Threshold: 60,
		Why: "The copy is over a minute behind its source in the other region: users here read old data, and promoting it now would lose that minute. Look for long statements on it, and at the source's writes.",
	}
}

func replicaAlarms(number int, dims pulumi.StringMap) []alarms.Alarm {
	name := fmt.Sprintf("replica-%d", number)
	return []alarms.Alarm{
		{
			Name: name + "-lag-high", Namespace: namespace, Metric: "ReplicaLag", Dimensions: dims, Threshold: 60,
			Why: fmt.Sprintf("Replica %d is over a minute behind: users read old data. Look for long statements on it, or give it the primary's class.", number),
		},
		{
			Name: name + "-cpu-high", Namespace: namespace, Metric: "CPUUtilization", Dimensions: dims, Threshold: 80, Periods: 10,
			Why: fmt.Sprintf("Replica %d has been over 80 %% CPU for 10 minutes. Add a replica or take the next class.", number),
		},
	}
}

func dimensions(i *rds.Instance) pulumi.StringMap {
	return pulumi.StringMap{"DBInstanceIdentifier": i.Identifier}
}

// Writes is the metric of what the primary writes to its disk, in operations a
// second.
func (d *Database) Writes() part.Metric {
	return part.Metric{Namespace: namespace, Name: "WriteIOPS", Dimensions: dimensions(d.primary), Statistic: "Average"}
}

// Widgets are the graphs of the database for a dashboard.
func (d *Database) Widgets() []part.Widget {
	all := append([]*rds.Instance{d.primary}, d.replicas...)
	graphs := []part.Widget{
		{Title: "Database CPU (%)", Metrics: metrics(all, "CPUUtilization", "Average")},
		{Title: "Database connections", Metrics: metrics(all, "DatabaseConnections", "Maximum")},
		{Title: "Database free storage (bytes)", Metrics: metrics(all[:1], "FreeStorageSpace", "Minimum")},
		{Title: "Database write and read latency (s)", Metrics: append(metrics(all[:1], "WriteLatency", "Average"), metrics(all, "ReadLatency", "Average")...)},
	}
	behind := d.replicas
	if d.args.follows() {
		behind = all
	}
	if len(behind) > 0 {
		graphs = append(graphs, part.Widget{Title: "Replica lag (s)", Metrics: metrics(behind, "ReplicaLag", "Maximum")})
	}
	return graphs
}

func metrics(instances []*rds.Instance, metric, statistic string) []part.Metric {
	lines := make([]part.Metric, len(instances))
	for i, instance := range instances {
		lines[i] = part.Metric{Namespace: namespace, Name: metric, Dimensions: dimensions(instance), Statistic: statistic}
	}
	return lines
}
