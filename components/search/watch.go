package search

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const namespace = "AWS/ES"

// dimensions name the domain and, as this service alone wants, the account.
func (s *Search) dimensions() pulumi.StringMap {
	account := s.ARN.ApplyT(func(arn string) string {
		if parts := strings.Split(arn, ":"); len(parts) > 4 {
			return parts[4]
		}
		return ""
	}).(pulumi.StringOutput)
	return pulumi.StringMap{"DomainName": s.Name, "ClientId": account}
}

// freeMiB is a quarter of a node's disk in the metric's unit: below a fifth,
// OpenSearch begins to move shards away.
func (a Args) freeMiB() float64 { return float64(a.GiB) * 1024 / 4 }

func (b *builder) buildAlarms() error {
	_, err := alarms.Create(b.ctx, b.search, b.name, b.args.Common, b.alarms()...)
	return err
}

// alarms watch what AWS recommends to watch, with thresholds from the domain's
// size, and yellow and memory late enough to be worth a message.
// See https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cloudwatch-alarms.html.
func (b *builder) alarms() []alarms.Alarm {
	dims := b.search.dimensions()
	list := []alarms.Alarm{
		{Name: "red", Metric: "ClusterStatus.red", Statistic: "Maximum", Compare: alarms.AtLeast, Threshold: 1, Periods: 1,
			Why: "At least one primary shard is on no node: a part of the index is gone until it is back. Look at _cluster/allocation/explain; restore the index from a snapshot or build it again."},
		{Name: "yellow", Metric: "ClusterStatus.yellow", Statistic: "Maximum", Compare: alarms.AtLeast, Threshold: 1, Periods: 15,
			Why: "A shard has been without its copy for 15 minutes. Look whether a node is missing, or whether an index asks for more copies than there are nodes."},
		{Name: "disk", Metric: "FreeStorageSpace", Statistic: "Minimum", Compare: alarms.Below, Threshold: b.args.freeMiB(), Periods: 5,
			Why: fmt.Sprintf("A node has less than a quarter of its %d GiB free. Delete old indices, or make the disks larger (in place).", b.args.GiB)},
		{Name: "blocked", Metric: "ClusterIndexWritesBlocked", Statistic: "Maximum", Compare: alarms.AtLeast, Threshold: 1, PeriodSeconds: 300, Periods: 1,
			Why: "The domain takes no more writes: too little disk or too little memory. Events wait in their queue meanwhile."},
		{Name: "cpu", Metric: "CPUUtilization", Statistic: "Maximum", Threshold: 80, PeriodSeconds: 900, Periods: 3,
			Why: "A node has been over 80 % CPU for 45 minutes. Look at the slow log of searches; then add data nodes."},
		{Name: "memory", Metric: "JVMMemoryPressure", Statistic: "Maximum", Compare: alarms.AtLeast, Threshold: 85, PeriodSeconds: 60, Periods: 15,
			Why: "A node's heap has been over 85 % full for 15 minutes; at 95 % writes are blocked. Look for large aggregations; then take the next type."},
		{Name: "snapshot", Metric: "AutomatedSnapshotFailure", Statistic: "Maximum", Compare: alarms.AtLeast, Threshold: 1, Periods: 1,
			Why: "An automatic snapshot failed, mostly because the cluster is red: the way back is missing."},
		{Name: "nodes", Metric: "Nodes", Statistic: "Minimum", Compare: alarms.Below, Threshold: float64(b.args.nodes()), PeriodSeconds: 3600, Periods: 3,
			Why: fmt.Sprintf("Fewer than the %d nodes of the domain have been there for 3 hours. Ask AWS when none of your own changes is running.", b.args.nodes())},
	}
	if b.args.Masters > 0 {
		list = append(list, alarms.Alarm{Name: "master-memory", Metric: "MasterJVMMemoryPressure", Statistic: "Maximum",
			Compare: alarms.AtLeast, Threshold: 85, PeriodSeconds: 60, Periods: 15,
			Why: "A master's heap has been over 85 % full for 15 minutes: too many shards, or too small a type. The whole cluster stands still without masters."})
	}
	for i := range list {
		list[i].Namespace, list[i].Dimensions, list[i].Missing = namespace, dims, alarms.MissingIsGood
	}
	return list
}

// nodes are all nodes of the domain.
func (a Args) nodes() int { return a.Instances + max(a.Masters, 0) }

// Widgets are the domain's graphs.
func (s *Search) Widgets() []part.Widget {
	metric := func(name, statistic, label string) part.Metric {
		return part.Metric{Namespace: namespace, Name: name, Dimensions: s.dimensions(), Statistic: statistic, Label: label}
	}
	return []part.Widget{
		{Title: "Searches", Metrics: []part.Metric{metric("SearchRate", "Sum", "searches"), metric("IndexingRate", "Sum", "documents indexed")}},
		{Title: "Search latency (ms)", Metrics: []part.Metric{metric("SearchLatency", "Average", "searching"), metric("IndexingLatency", "Average", "indexing")}},
		{Title: "Nodes: CPU and heap (%)", Metrics: []part.Metric{metric("CPUUtilization", "Maximum", "CPU"), metric("JVMMemoryPressure", "Maximum", "heap")}},
		{Title: "Free disk of the fullest node (MiB)", Metrics: []part.Metric{metric("FreeStorageSpace", "Minimum", "free")}},
	}
}
