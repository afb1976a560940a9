package cache

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// namespace is ElastiCache's in CloudWatch.
const namespace = "AWS/ElastiCache"

// maxClients is what one node takes (the maxclients parameter, fixed by AWS).
const maxClients = 65_000

func (b *builder) buildAlarms() error {
	n, err := vcpus(b.args.NodeType)
	if err != nil {
		return err
	}
	metric, threshold := cpuAlarm(n)
	b.cache.cpu = metric
	var list []alarms.Alarm
	for i := range b.cache.nodes {
		list = append(list, nodeAlarms(i+1, b.cache.node(i), metric, threshold)...)
	}
	made, err := alarms.Create(b.ctx, b.cache, b.name, b.args.Common, list...)
	if err != nil {
		return err
	}
	b.cache.Alarms = alarms.Named(list, made)
	return nil
}

// node are the dimensions of the i-th node, from 0. Nodes keep their names
// when roles change, so that every node has every alarm.
func (c *Cache) node(i int) pulumi.StringMap {
	return pulumi.StringMap{"CacheClusterId": c.group.MemberClusters.Index(pulumi.Int(i))}
}

func nodeAlarms(number int, dims pulumi.StringMap, cpuMetric string, cpu float64) []alarms.Alarm {
	name := fmt.Sprintf("node-%d-", number)
	return []alarms.Alarm{
		{
			Name: name + "cpu-high", Namespace: namespace, Metric: cpuMetric, Dimensions: dims, Threshold: cpu,
			Why: fmt.Sprintf("Cache node %d is out of CPU. Look at the slow log; move reads to the reader endpoint or take the next node type.", number),
		},
		{
			Name: name + "memory-high", Namespace: namespace, Metric: "DatabaseMemoryUsagePercentage", Dimensions: dims, Threshold: 80,
			Why: fmt.Sprintf("Cache node %d is over 80 %% full and will soon evict. Shorten expiries or take the next node type.", number),
		},
		{
			Name: name + "evictions-high", Namespace: namespace, Metric: "Evictions", Statistic: "Sum", Dimensions: dims,
			PeriodSeconds: 300, Periods: 3, Threshold: 1000, Missing: alarms.MissingIsGood,
			Why: fmt.Sprintf("Cache node %d evicts over 1,000 keys in 5 minutes: hits are lost and the database pays. Take the next node type.", number),
		},
		{
			Name: name + "connections-high", Namespace: namespace, Metric: "CurrConnections", Dimensions: dims, Threshold: maxClients * 8 / 10,
			Why: fmt.Sprintf("Cache node %d has over four fifths of the %d connections it takes. Look for clients that do not reuse theirs.", number, maxClients),
		},
		{
			Name: name + "lag-high", Namespace: namespace, Metric: "ReplicationLag", Dimensions: dims, Threshold: 10, Missing: alarms.MissingIsGood,
			Why: fmt.Sprintf("Cache node %d is over 10 s behind its primary: a failover now would lose as much. Look at its CPU and at large keys.", number),
		},
	}
}

// Widgets are the graphs of the cache for a dashboard.
func (c *Cache) Widgets() []part.Widget {
	return []part.Widget{
		{Title: "Cache CPU (%)", Metrics: c.metrics(c.cpu, "Average")},
		{Title: "Cache memory (%)", Metrics: c.metrics("DatabaseMemoryUsagePercentage", "Average")},
		{Title: "Cache hits and misses", Metrics: append(c.metrics("CacheHits", "Sum"), c.metrics("CacheMisses", "Sum")...)},
		{Title: "Cache evictions", Metrics: c.metrics("Evictions", "Sum")},
	}
}

func (c *Cache) metrics(metric, statistic string) []part.Metric {
	lines := make([]part.Metric, c.nodes)
	for i := range lines {
		lines[i] = part.Metric{Namespace: namespace, Name: metric, Dimensions: c.node(i), Statistic: statistic}
	}
	return lines
}
