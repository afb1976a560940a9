package database

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// keepsName leaves a proxy that stands, and its log, what they are called: the
// proxies of earlier versions had names of Pulumi's.
var keepsName = pulumi.IgnoreChanges([]string{"name"})

// buildLog keeps the proxy's log for a while: RDS itself would make the group with
// the proxy and keep it for ever.
func (b *proxyBuilder) buildLog() (err error) {
	b.log, err = cloudwatch.NewLogGroup(b.ctx, b.name+"-log", &cloudwatch.LogGroupArgs{
		Name:            pulumi.Sprintf("/aws/rds/proxy/%s", b.called),
		RetentionInDays: pulumi.Int(b.args.LogDays),
		Tags:            b.args.TagsFor(b.ctx, b.name),
	}, b.child(), keepsName)
	if err != nil {
		return fmt.Errorf("create the proxy's log group: %w", err)
	}
	return nil
}

func (p *Proxy) dimensions() pulumi.StringMap { return pulumi.StringMap{"ProxyName": p.Name} }

func (b *proxyBuilder) buildAlarms() error {
	_, err := alarms.Create(b.ctx, b.proxy, b.name, b.args.Common,
		alarms.Alarm{
			Name: "pinned", Namespace: namespace, Metric: "DatabaseConnectionsCurrentlySessionPinned", Dimensions: b.proxy.dimensions(),
			Statistic: "Maximum", Threshold: 10, Missing: alarms.MissingIsGood,
			Why: "Over 10 connections are pinned to one client each: the proxy saves nothing on them. Find the session state in the app (SET, temporary tables, advisory locks).",
		},
		alarms.Alarm{
			Name: "borrow-slow", Namespace: namespace, Metric: "DatabaseConnectionsBorrowLatency", Dimensions: b.proxy.dimensions(),
			Threshold: borrowMicroseconds, Missing: alarms.MissingIsGood,
			Why: "Clients wait over 100 ms for a connection: the pool is used up. Look for long transactions; then take the database's next class.",
		},
		alarms.Alarm{
			Name: "unreachable", Namespace: namespace, Metric: "DatabaseConnectionsSetupFailed", Dimensions: b.proxy.dimensions(),
			Statistic: "Sum", Threshold: 10, Periods: 3, Missing: alarms.MissingIsGood,
			Why: "The proxy cannot connect to the database: it is down, failing over, or the secret no longer opens it.",
		},
	)
	return err
}

// borrowMicroseconds is 100 ms in the metric's unit.
const borrowMicroseconds = 100_000

// Widgets are the graphs of the proxy for a dashboard.
func (p *Proxy) Widgets() []part.Widget {
	metric := func(name, statistic, label string) part.Metric {
		return part.Metric{Namespace: namespace, Name: name, Dimensions: p.dimensions(), Statistic: statistic, Label: label}
	}
	return []part.Widget{
		{Title: "Proxy connections", Metrics: []part.Metric{
			metric("ClientConnections", "Maximum", "of clients"), metric("DatabaseConnections", "Maximum", "to the database"),
			metric("DatabaseConnectionsCurrentlySessionPinned", "Maximum", "pinned"),
		}},
		{Title: "Proxy: wait for a connection (µs)", Metrics: []part.Metric{
			metric("DatabaseConnectionsBorrowLatency", "Average", "average"),
		}},
	}
}
