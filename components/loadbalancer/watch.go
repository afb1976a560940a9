package loadbalancer

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const namespace = "AWS/ApplicationELB"

// gates are the alarms that should stop a rollout: what a bad release causes.
func gates() []string { return []string{"errors", "slow"} }

func (l *LoadBalancer) dimensions() (balancer, targets pulumi.StringMap) {
	return pulumi.StringMap{"LoadBalancer": l.ARNSuffix},
		pulumi.StringMap{"LoadBalancer": l.ARNSuffix, "TargetGroup": l.TargetGroupARNSuffix}
}

func (l *LoadBalancer) watch(ctx *pulumi.Context, name string, args Args) error {
	list := l.alarms(args)
	made, err := alarms.Create(ctx, l, name, args.Common, list...)
	if err != nil {
		return err
	}
	l.Alarms = alarms.Named(list, made)
	for _, gate := range gates() {
		l.GateAlarms = append(l.GateAlarms, l.Alarms[gate])
	}
	return nil
}

func (l *LoadBalancer) alarms(args Args) []alarms.Alarm {
	balancer, targets := l.dimensions()
	return []alarms.Alarm{
		{
			Name: "errors", Why: "The app answers with errors (5xx). Look at its log; if a rollout is running, roll it back.",
			Namespace: namespace, Metric: "HTTPCode_Target_5XX_Count", Dimensions: targets, Statistic: "Sum",
			Threshold: float64(args.AlarmErrors), Periods: 3, Missing: alarms.MissingIsGood,
		},
		{
			Name: "balancer-errors", Why: "The load balancer itself answers with errors (5xx): no target is healthy, or targets close connections too early.",
			Namespace: namespace, Metric: "HTTPCode_ELB_5XX_Count", Dimensions: balancer, Statistic: "Sum",
			Threshold: float64(args.AlarmErrors), Periods: 3, Missing: alarms.MissingIsGood,
		},
		{
			Name: "slow", Why: "One answer in twenty is too slow. Look at the database and the cache first, then at the fleet's CPU.",
			Namespace: namespace, Metric: "TargetResponseTime", Dimensions: targets, Statistic: "p95",
			Threshold: args.AlarmP95Seconds, Missing: alarms.MissingIsGood,
		},
		{
			Name: "unhealthy", Why: "A target fails its health check. The fleet replaces it; if it happens again, read the log of the one that went.",
			Namespace: namespace, Metric: "UnHealthyHostCount", Dimensions: targets, Statistic: "Maximum",
			Missing: alarms.MissingIsGood,
		},
		{
			Name: "rejected", Why: "The load balancer rejected connections because it was at its limit. Ask AWS to scale it up ahead, or reserve capacity.",
			Namespace: namespace, Metric: "RejectedConnectionCount", Dimensions: balancer, Statistic: "Sum",
			Periods: 1, Missing: alarms.MissingIsGood,
		},
	}
}

// Widgets are the load balancer's graphs.
func (l *LoadBalancer) Widgets() []part.Widget {
	balancer, targets := l.dimensions()
	metric := func(name, statistic, label string, of pulumi.StringMap) part.Metric {
		return part.Metric{Namespace: namespace, Name: name, Dimensions: of, Statistic: statistic, Label: label}
	}
	return []part.Widget{
		{Title: "Requests", Metrics: []part.Metric{
			metric("RequestCount", "Sum", "requests", balancer),
			metric("HTTPCode_Target_5XX_Count", "Sum", "app errors", targets),
			metric("HTTPCode_ELB_5XX_Count", "Sum", "balancer errors", balancer),
		}},
		{Title: "Response time (s)", Metrics: []part.Metric{
			metric("TargetResponseTime", "p50", "median", targets),
			metric("TargetResponseTime", "p95", "p95", targets),
			metric("TargetResponseTime", "p99", "p99", targets),
		}},
		{Title: "Targets", Metrics: []part.Metric{
			metric("HealthyHostCount", "Minimum", "healthy", targets),
			metric("UnHealthyHostCount", "Maximum", "unhealthy", targets),
			metric("ConsumedLCUs", "Average", "capacity units", balancer),
		}},
	}
}
