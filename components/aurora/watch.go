package aurora

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// namespace is RDS's in CloudWatch.
const namespace = "AWS/RDS"

const gibibyte = 1 << 30

func (b *builder) buildAlarms() error {
	list := clusterAlarms(b.made.dimensions(), memory(b.args.Class))
	if b.args.Global != nil {
		list = append(list, lagAlarm(b.made.dimensions()))
	}
	_, err := alarms.Create(b.ctx, b.made, b.name, b.args.Common, list...)
	return err
}

func clusterAlarms(dims pulumi.StringMap, memoryGiB float64) []alarms.Alarm {
	return []alarms.Alarm{
		{
			Name: "cpu-high", Namespace: namespace, Metric: "CPUUtilization", Dimensions: dims, Statistic: "Maximum", Threshold: 80, Periods: 10,
			Why: "An instance has been over 80 % CPU for 10 minutes. Look at the top statements in Performance Insights; add an instance for reads or take the next class for writes.",
		},
		{
			Name: "memory-low", Namespace: namespace, Metric: "FreeableMemory", Dimensions: dims, Statistic: "Minimum", Compare: alarms.Below,
			Threshold: memoryGiB * gibibyte / 10, Periods: 15,
			Why: "Less than a tenth of an instance's memory is free. Take the next class.",
		},
		{
			Name: "reader-lag-high", Namespace: namespace, Metric: "AuroraReplicaLagMaximum", Dimensions: dims, Statistic: "Maximum", Threshold: 1000, Missing: alarms.MissingIsGood,
			Why: "A reader of the region is over a second behind its writer: Aurora's usual is a tenth of that. Look for long statements on it.",
		},
	}
}

// lagAlarm watches how far a further region is behind.
func lagAlarm(dims pulumi.StringMap) alarms.Alarm {
	return alarms.Alarm{
		Name: "global-lag-high", Namespace: namespace, Metric: "AuroraGlobalDBReplicationLag", Dimensions: dims, Statistic: "Maximum", Threshold: 10_000,
		Missing: alarms.MissingIsGood,
		Why:     fmt.Sprintf("The region is over %d seconds behind the one with the writes: users here read old data, and a failover now would lose that much. Look at the writes and at AWS's health page.", 10),
	}
}

func (a *Aurora) dimensions() pulumi.StringMap {
	return pulumi.StringMap{"DBClusterIdentifier": a.Identifier}
}

// Widgets are the graphs of the region's cluster for a dashboard.
func (a *Aurora) Widgets() []part.Widget {
	graph := func(title, metric, statistic string) part.Widget {
		return part.Widget{Title: title,
			Metrics: []part.Metric{{Namespace: namespace, Name: metric, Dimensions: a.dimensions(), Statistic: statistic}}}
	}
	graphs := []part.Widget{
		graph("Aurora CPU (%)", "CPUUtilization", "Maximum"),
		graph("Aurora connections", "DatabaseConnections", "Maximum"),
		graph("Aurora commit latency (ms)", "CommitLatency", "Average"),
	}
	if a.args.Global != nil {
		graphs = append(graphs, graph("Aurora lag behind the writes (ms)", "AuroraGlobalDBReplicationLag", "Maximum"))
	}
	return graphs
}
