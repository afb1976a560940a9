// Package signals brings what the app measures of itself to CloudWatch: the
// configuration by which the CloudWatch agent on a machine reads the app's
// Prometheus metrics, and the alarms and graphs of what arrives.
//
// CloudWatch takes $0.30 a month for a metric, so only those are sent that are
// named. The agent drops histograms; who wants percentiles has a program that
// derives them itself. Equal machines add up in one metric: its dimensions are
// the stack and the component, never the machine.
package signals

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/internal/boot"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
)

const (
	// Namespace is the CloudWatch namespace of the app's metrics.
	Namespace = "rung/app"
	// ScrapePath is where a machine keeps what Scrape returns.
	ScrapePath = "/etc/rung/prometheus.yaml"
	// The labels that the agent adds to what it reads become the dimensions.
	stackLabel, componentLabel = "Stack", "Component"
	// job is what the agent calls the app, and the log stream of its events.
	job = "app"
)

// App is one component's app: on one machine, or on all of a fleet.
type App struct {
	// Metrics are what the program tells of itself; nil is nothing.
	Metrics *program.Metrics
	// Stack and Component are the metrics' dimensions. Both are known at
	// preview and stay, as no machine's id does.
	Stack, Component string
}

// Of is the app of a component of ctx's stack.
func Of(ctx *pulumi.Context, component string, metrics *program.Metrics) App {
	return App{Metrics: metrics, Stack: ctx.Project() + "-" + ctx.Stack(), Component: component}
}

// Names are the metrics that the program sends.
func (a App) Names() []string {
	if a.Metrics == nil {
		return nil
	}
	return slices.Clone(a.Metrics.Names)
}

// Scrape is the agent's configuration in Prometheus' own format. It drops
// whatever is not sent, because the agent would log it at a price.
// A program without metrics has none.
func (a App) Scrape() string {
	if a.Metrics == nil {
		return ""
	}
	return fmt.Sprintf(`global: {scrape_interval: 1m, scrape_timeout: 10s}
scrape_configs:
- job_name: %s
  metrics_path: %s
  static_configs:
  - targets: ['127.0.0.1:%d']
    labels: {%s: '%s', %s: '%s'}
  metric_relabel_configs:
  - {source_labels: [__name__], regex: '%s', action: keep}
`, job, a.Metrics.Path, a.Metrics.Port, stackLabel, a.Stack, componentLabel, a.Component, strings.Join(a.Names(), "|"))
}

// Logs is the agent's "logs" section: it makes metrics of what it reads by
// writing events into logGroup. Files, if any, are what else it collects.
// The schema is documented as "CloudWatch agent configuration for Prometheus".
func (a App) Logs(logGroup string, files ...map[string]any) map[string]any {
	out := map[string]any{}
	if len(a.Names()) > 0 {
		out["metrics_collected"] = map[string]any{"prometheus": map[string]any{
			"log_group_name":         logGroup,
			"prometheus_config_path": ScrapePath,
			"emf_processor": map[string]any{
				"metric_declaration_dedup": true,
				"metric_namespace":         Namespace,
				"metric_declaration": []any{map[string]any{
					"source_labels": []string{"job"}, "label_matcher": "^" + job + "$",
					"dimensions":       [][]string{{stackLabel, componentLabel}},
					"metric_selectors": a.selectors(),
				}},
			},
		}}
	}
	if len(files) > 0 {
		out["logs_collected"] = map[string]any{"files": map[string]any{"collect_list": files}}
	}
	return out
}

// selectors are the names as the regular expressions that the agent takes.
func (a App) selectors() []string {
	out := a.Names()
	for i, name := range out {
		out[i] = "^" + name + "$"
	}
	return out
}

// Requests is the metric of all requests that the program answers; the zero value
// where it counts none.
func (a App) Requests() part.Metric {
	if a.Metrics == nil || a.Metrics.Requests == "" {
		return part.Metric{}
	}
	return part.Metric{Namespace: Namespace, Name: a.Metrics.Requests, Dimensions: a.Dimensions(), Statistic: "Sum"}
}

// Alarms are those of the program's metrics.
func (a App) Alarms() []alarms.Alarm {
	if a.Metrics == nil {
		return nil
	}
	list := slices.Clone(a.Metrics.Alarms)
	for i := range list {
		list[i].Namespace, list[i].Dimensions = Namespace, a.Dimensions()
	}
	return list
}

// Widgets are the graphs of the program's metrics.
func (a App) Widgets() []part.Widget {
	if a.Metrics == nil {
		return nil
	}
	list := slices.Clone(a.Metrics.Widgets)
	for i, w := range list {
		list[i].Metrics = slices.Clone(w.Metrics)
		for j := range w.Metrics {
			list[i].Metrics[j].Namespace, list[i].Metrics[j].Dimensions = Namespace, a.Dimensions()
		}
	}
	return list
}

// Internal is the assignment by which the program is told to serve its metrics to
// its own machine alone; empty where it is told nothing.
func (a App) Internal() string {
	if a.Metrics == nil || a.Metrics.ListenVariable == "" {
		return ""
	}
	return fmt.Sprintf("%s=127.0.0.1:%d", a.Metrics.ListenVariable, a.Metrics.Port)
}

// File is what brings Scrape to the machine; none without metrics.
func (a App) File() []boot.File {
	if a.Metrics == nil {
		return nil
	}
	return []boot.File{{Path: ScrapePath, Mode: "0644", Content: a.Scrape()}}
}

// Dimensions pick the app's metrics in CloudWatch.
func (a App) Dimensions() pulumi.StringMap {
	return pulumi.StringMap{stackLabel: pulumi.String(a.Stack), componentLabel: pulumi.String(a.Component)}
}
