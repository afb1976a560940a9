package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	pulumi "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/policies/rule/ruletest"
	"github.com/rung-dev/rung/policies/rules"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// priceable are the stages with the options that change what is paid for.
func priceable() map[string]settings {
	all := map[string]settings{}
	for n := ladder.First; n <= config.Built; n++ {
		all[fmt.Sprintf("stage %d", n)] = settings{"stage": fmt.Sprint(n)}
	}
	zone := strings.Repeat("0a", 16)
	for name, more := range map[string]settings{
		"2 with a domain":         {"stage": "2", "domain": "example.com"},
		"3 at Cloudflare":         {"stage": "3", "domain": "example.com", "cdn": "cloudflare", "cloudflareZone": zone},
		"3 with a handover":       {"stage": "3", "handover": "pending"},
		"3 reserved":              {"stage": "3", "reservedInstances": "c7g.medium=2"},
		"3 with a machine as NAT": {"stage": "3", "nat": "instance", "flowLogs": "true"},
		"4 with a proxy":          {"stage": "4", "database.proxy": "always", "services.api": "balancer"},
		"4 without a CDN":         {"stage": "4", "domain": "example.com", "cdn": "none", "budget": "100000"},
		"4 in shards":             {"stage": "4", "cache.clusterMode": "enabled", "cache.shards": "2"},
		"5 committed":             {"stage": "5", "commitment": "three-years"},
		"5 with Aurora":           {"stage": "5", "domain": "example.com", "database.global": "aurora"},
		"5 by an accelerator":     {"stage": "5", "domain": "example.com", "traffic.routing": "accelerator", "network.link": "transit-gateway"},
		"5 with a handover":       {"stage": "5", "handover": "pending"},
		"5 in two regions":        {"stage": "5", "domain": "example.com", "regions": "eu-west-1,us-east-1"},
		"6 in three regions":      {"stage": "6", "domain": "example.com", "regions": "us-east-1,eu-west-1,ap-northeast-1", "users": "20000000"},
	} {
		all[name] = more
	}
	return all
}

// TestOneStackHasOneEstimate drives every source of resources, before an up and
// after it: `rung cost`, `rung preview`, the policies, a state in a file. All
// have the same lines to the cent.
func TestOneStackHasOneEstimate(t *testing.T) {
	for name, set := range priceable() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, err := config.Parse(set)
			require.NoError(t, err)
			catalogue, err := cost.LoadUser()
			require.NoError(t, err)
			policies, err := pack.Settings(set, time.Now())
			require.NoError(t, err)
			planned, standing := recordOf(t, set, true), recordOf(t, set, false)
			e := estimator(catalogue, cfg)
			judged := func(r *record.Recording) cost.Estimate {
				month, err := rules.Estimate(ruletest.Stack(r), policies)
				require.NoError(t, err)
				return month
			}
			want := linesOf(e.Estimate(standing.Model()))
			require.NotEmpty(t, want)
			for source, got := range map[string][]string{
				"a recording of a preview":  linesOf(e.Estimate(planned.Model())),
				"the policies in a preview": linesOf(judged(planned)),
				"the policies in an up":     linesOf(judged(standing)),
				"a state in a file":         linesOf(e.Estimate(exportOf(t, standing))),
				"a preview of nothing":      reported(planned, apitype.OpCreate, e),
				"a preview after an up":     reported(standing, apitype.OpSame, e),
			} {
				assert.Equal(t, want, got, source)
			}
		})
	}
}

func recordOf(t *testing.T, set settings, dry bool) *record.Recording {
	t.Helper()
	r, err := record.Run(stacks.Program(artifact.Artifact{Path: os.Args[0], SHA256: strings.Repeat("0", 64)}),
		record.Config(set.engine()), record.Preview(dry))
	require.NoError(t, err)
	return r
}

// linesOf are an estimate's lines: the resource, the item and the month.
func linesOf(e cost.Estimate) []string {
	var lines []string
	for _, l := range e.Lines {
		lines = append(lines,
			fmt.Sprintf("%s: %s %s", l.URN[strings.LastIndex(l.URN, "::")+2:], l.Item, l.Monthly.StringFixed(2)))
	}
	return append(lines, "expected "+e.Expected.StringFixed(2))
}

// reported is the other side of a report on the engine's events.
func reported(r *record.Recording, op apitype.OpType, e *cost.Estimator) []string {
	var all []events.EngineEvent
	for _, x := range r.Resources {
		state := &apitype.StepEventStateMetadata{
			Type: x.Type, URN: x.URN, Custom: x.Custom, ID: x.ID, Parent: x.Parent, Provider: x.Provider, External: x.Read,
			Inputs: marked(x.InputMap), Outputs: marked(x.OutputMap),
		}
		md := apitype.StepEventMetadata{Op: op, URN: x.URN, Type: x.Type, New: state}
		if op == apitype.OpSame {
			md.Old = state
		}
		pre := &apitype.ResourcePreEvent{Metadata: md}
		all = append(all, events.EngineEvent{EngineEvent: apitype.EngineEvent{ResourcePreEvent: pre}})
	}
	after := &kept{of: e}
	preview.NewReport(preview.Input{Steps: preview.Steps(all), Origins: r.Origins(), Before: e, After: after})
	return linesOf(after.last)
}

// kept is an estimator that keeps what it said last.
type kept struct {
	of   *cost.Estimator
	last cost.Estimate
}

func (k *kept) Estimate(all []cost.Resource) cost.Estimate {
	k.last = k.of.Estimate(all)
	return k.last
}

// exportOf reads the recording back from what `pulumi stack export` would print.
func exportOf(t *testing.T, r *record.Recording) []cost.Resource {
	t.Helper()
	var states []map[string]any
	for _, x := range r.Resources {
		states = append(states, map[string]any{
			"urn": x.URN, "type": x.Type, "custom": x.Custom, "id": x.ID, "parent": x.Parent, "provider": x.Provider, "external": x.Read,
			"inputs": marked(x.InputMap), "outputs": marked(x.OutputMap), "propertyDependencies": x.MadeFrom,
		})
	}
	text, err := json.Marshal(map[string]any{"version": 3, "deployment": map[string]any{"resources": states}})
	require.NoError(t, err)
	all, err := cost.Read(strings.NewReader(string(text)))
	require.NoError(t, err)
	return all
}

// marked are properties as the engine writes them, with its marks for what is
// not known and what is secret.
func marked(m pulumi.PropertyMap) map[string]any {
	out := map[string]any{}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out[string(k)] = mark(m[k])
	}
	return out
}

func mark(v pulumi.PropertyValue) any {
	switch {
	case v.IsSecret() || v.IsOutput() && v.OutputValue().Secret:
		return map[string]any{pulumi.SigKey: pulumi.SecretSig, "ciphertext": "v1:hidden"}
	case v.IsComputed() || v.IsOutput() && !v.OutputValue().Known:
		return "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
	case v.IsOutput():
		return mark(v.OutputValue().Element)
	case v.IsArray():
		out := []any{}
		for _, e := range v.ArrayValue() {
			out = append(out, mark(e))
		}
		return out
	case v.IsObject():
		return marked(v.ObjectValue())
	case v.IsNull(), v.IsBool(), v.IsNumber(), v.IsString():
		return v.V
	}
	return nil // assets and references cost nothing
}
