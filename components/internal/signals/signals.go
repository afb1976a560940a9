// Package signals brings what the app measures of itself to CloudWatch: the
// configuration by which the CloudWatch agent on a machine reads the app's
// Prometheus metrics, and the alarms and graphs of what arrives.
//
// CloudWatch takes $0.30 a month for a metric, so each role sends the few that
// nothing of AWS measures for it: a server without a load balancer in front its
// latency and failures, too. The agent drops histograms; the app therefore
// derives percentiles itself (contract.MetricP95). Equal machines add up in one
// metric: its dimensions are the stack and the component, never the machine.
package signals

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/part"
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
	// Role is what the app runs as. It decides which metrics are sent.
	Role contract.Role
	// Stack and Component are the metrics' dimensions. Both are known at
	// preview and stay, as no machine's id does.
	Stack, Component string
}

// Of is the app of a component of ctx's stack.
func Of(ctx *pulumi.Context, component string, role contract.Role) App {
	return App{Role: role, Stack: ctx.Project() + "-" + ctx.Stack(), Component: component}
}

// Names are the metrics that the role sends, as contract names them.
func (a App) Names() []string {
	return slices.Clone(sent[a.Role])
}

// sent are the metrics of each role. Behind a load balancer that measures
// requests the web tier sends what only the app knows.
var sent = map[contract.Role][]string{
	contract.RoleAll: {contract.MetricAllRequests, contract.MetricFailed, contract.MetricP95, contract.MetricP99,
		contract.MetricHitRatio, contract.MetricPoolWaits, contract.MetricAway, contract.MetricQueue},
	contract.RoleWeb:    {contract.MetricHitRatio, contract.MetricPoolWaits, contract.MetricAway, contract.MetricLag},
	contract.RoleWorker: {contract.MetricPoolWaits},
	contract.RoleUsers:  {contract.MetricPoolWaits, contract.MetricAway},
	contract.RolePosts:  {contract.MetricPoolWaits, contract.MetricAway},
	contract.RoleSearch: {contract.MetricPoolWaits, contract.MetricAway},
}

// Scrape is the agent's configuration in Prometheus' own format. It drops
// whatever is not sent, because the agent would log it at a price.
func (a App) Scrape() string {
	return fmt.Sprintf(`global: {scrape_interval: 1m, scrape_timeout: 10s}
scrape_configs:
- job_name: %s
  metrics_path: %s
  static_configs:
  - targets: ['127.0.0.1:%d']
    labels: {%s: '%s', %s: '%s'}
  metric_relabel_configs:
  - {source_labels: [__name__], regex: '%s', action: keep}
`, job, contract.MetricsPath, contract.InternalPort, stackLabel, a.Stack, componentLabel, a.Component, strings.Join(a.Names(), "|"))
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

// Requests is the metric of all requests that the app answers.
func (a App) Requests() part.Metric {
	return part.Metric{Namespace: Namespace, Name: contract.MetricAllRequests, Dimensions: a.Dimensions(),
		Statistic: "Sum"}
}

// Dimensions pick the app's metrics in CloudWatch.
func (a App) Dimensions() pulumi.StringMap {
	return pulumi.StringMap{stackLabel: pulumi.String(a.Stack), componentLabel: pulumi.String(a.Component)}
}
