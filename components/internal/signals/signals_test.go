package signals

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/ownapp"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record/recordtest"
)

// roles are all that a machine can run.
func roles() []contract.Role {
	return append([]contract.Role{contract.RoleAll, contract.RoleWeb, contract.RoleWorker}, contract.Services()...)
}

func appAs(role contract.Role) App {
	return App{Metrics: ownapp.Program(role, part.Artifact{}).Metrics, Stack: "rung-dev", Component: "web"}
}

// scrape is what we use of Prometheus' configuration.
type scrape struct {
	Global struct {
		Interval string `yaml:"scrape_interval"`
		Timeout  string `yaml:"scrape_timeout"`
	}
	Jobs []struct {
		Name   string `yaml:"job_name"`
		Path   string `yaml:"metrics_path"`
		Static []struct {
			Targets []string
			Labels  map[string]string
		} `yaml:"static_configs"`
		Relabel []struct {
			From   []string `yaml:"source_labels"`
			Regex  string
			Action string
		} `yaml:"metric_relabel_configs"`
	} `yaml:"scrape_configs"`
}

func TestScrapeReadsTheAppWhereItServes(t *testing.T) {
	var got scrape
	d := yaml.NewDecoder(strings.NewReader(appAs(contract.RoleAll).Scrape()))
	d.KnownFields(true)
	require.NoError(t, d.Decode(&got))
	assert.Equal(t, "1m", got.Global.Interval)
	require.Len(t, got.Jobs, 1)
	j := got.Jobs[0]
	assert.Equal(t, contract.MetricsPath, j.Path)
	require.Len(t, j.Static, 1)
	assert.Equal(t, []string{"127.0.0.1:9090"}, j.Static[0].Targets, "contract.InternalPort, on this machine only")
	assert.Equal(t, map[string]string{"Stack": "rung-dev", "Component": "web"}, j.Static[0].Labels)
	require.Len(t, j.Relabel, 1)
	assert.Equal(t, []string{"__name__"}, j.Relabel[0].From)
	assert.Equal(t, "keep", j.Relabel[0].Action)
	keep := regexp.MustCompile("^(?:" + j.Relabel[0].Regex + ")$") // Prometheus anchors it
	for _, name := range appAs(contract.RoleAll).Names() {
		assert.True(t, keep.MatchString(name), name)
	}
	assert.False(t, keep.MatchString(contract.MetricRequests), "a series for each label would be logged, and paid for")
}

// declared is what we use of the agent's configuration.
type declared struct {
	Collected struct {
		Prometheus struct {
			LogGroup string `json:"log_group_name"`
			Path     string `json:"prometheus_config_path"`
			EMF      struct {
				Dedup        bool   `json:"metric_declaration_dedup"`
				Namespace    string `json:"metric_namespace"`
				Declarations []struct {
					From       []string   `json:"source_labels"`
					Matcher    string     `json:"label_matcher"`
					Dimensions [][]string `json:"dimensions"`
					Selectors  []string   `json:"metric_selectors"`
				} `json:"metric_declaration"`
			} `json:"emf_processor"`
		} `json:"prometheus"`
	} `json:"metrics_collected"`
	Files *struct {
		Files struct {
			List []map[string]string `json:"collect_list"`
		} `json:"files"`
	} `json:"logs_collected"`
}

func decode(t *testing.T, v any) (d declared) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &d))
	return d
}

func TestAgentMakesMetricsOfExactlyWhatIsScraped(t *testing.T) {
	for _, role := range roles() {
		a := appAs(role)
		if len(a.Names()) == 0 {
			continue
		}
		t.Run(string(role), func(t *testing.T) {
			got := decode(t, a.Logs("a-group")).Collected.Prometheus
			assert.Equal(t, "a-group", got.LogGroup)
			assert.Equal(t, ScrapePath, got.Path)
			assert.Equal(t, Namespace, got.EMF.Namespace)
			require.Len(t, got.EMF.Declarations, 1)
			d := got.EMF.Declarations[0]
			assert.Equal(t, []string{"job"}, d.From)
			assert.Regexp(t, d.Matcher, "app", "the job's name in the scrape configuration")
			assert.Equal(t, [][]string{{"Stack", "Component"}}, d.Dimensions, "one metric for each name")
			require.Len(t, d.Selectors, len(a.Names()))
			for i, name := range a.Names() {
				assert.Regexp(t, d.Selectors[i], name)
			}
		})
	}
}

func TestLogFilesAreCollectedBesides(t *testing.T) {
	file := map[string]any{"file_path": "/var/log/rung/app.log"}
	got := decode(t, appAs(contract.RoleWeb).Logs("g", file))
	require.NotNil(t, got.Files)
	assert.Equal(t, []map[string]string{{"file_path": "/var/log/rung/app.log"}}, got.Files.Files.List)
	assert.Nil(t, decode(t, appAs(contract.RoleWeb).Logs("g")).Files)
	gateway := appAs(contract.RoleGateway).Logs("g", file)
	assert.NotContains(t, gateway, "metrics_collected", "a role without metrics is not scraped")
}

// What is paid for is watched, and nothing is watched or drawn that no agent sends.
func TestEveryMetricIsSentWatchedAndDrawn(t *testing.T) {
	for _, role := range roles() {
		t.Run(string(role), func(t *testing.T) {
			a := appAs(role)
			var watched, drawn []string
			for _, alarm := range a.Alarms() {
				watched = append(watched, alarm.Metric)
				assert.Equal(t, Namespace, alarm.Namespace)
				assert.Len(t, alarm.Dimensions, 2)
			}
			assert.ElementsMatch(t, a.Names(), watched)
			for _, w := range a.Widgets() {
				for _, m := range w.Metrics {
					drawn = append(drawn, m.Name)
					assert.Len(t, m.Dimensions, 2)
					assert.Contains(t, a.Names(), m.Name)
				}
			}
			for _, name := range a.Names() {
				assert.Contains(t, drawn, name)
			}
		})
	}
}

func TestThresholdsAreTheContracts(t *testing.T) {
	limits := map[string]float64{}
	for _, alarm := range appAs(contract.RoleAll).Alarms() {
		limits[alarm.Metric] = alarm.Threshold
	}
	assert.Equal(t, 0.2, limits[contract.MetricP95])
	assert.Equal(t, 0.5, limits[contract.MetricP99])
	assert.Equal(t, 1000.0, limits[contract.MetricQueue])
}

func TestOneRolesGraphsLeaveTheOthersAlone(t *testing.T) {
	web := appAs(contract.RoleWeb)
	elsewhere := web
	elsewhere.Component = "web-euw1"
	one, other := web.Widgets(), elsewhere.Widgets()
	assert.Equal(t, pulumi.String("web"), one[0].Metrics[0].Dimensions["Component"])
	assert.Equal(t, pulumi.String("web-euw1"), other[0].Metrics[0].Dimensions["Component"])
}

func TestDimensionsNameTheStack(t *testing.T) {
	recordtest.Run(t, func(ctx *pulumi.Context) error {
		assert.Equal(t, part.Metric{Dimensions: pulumi.StringMap{"Stack": pulumi.String("rung-dev"),
			"Component": pulumi.String("web")}},
			part.Metric{Dimensions: Of(ctx, "web", nil).Dimensions()})
		return nil
	})
}

func TestAProgramWithoutMetricsTellsNothing(t *testing.T) {
	silent := App{Stack: "rung-dev", Component: "web"}
	assert.Empty(t, silent.Logs("g"))
	assert.Empty(t, silent.File())
	assert.Empty(t, silent.Alarms())
	assert.Empty(t, silent.Widgets())
	assert.Equal(t, part.Metric{}, silent.Requests())
}
