package orphans

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// hidden is what an engine's events have in the place of a secret.
const hidden = "[secret]"

// plain leaves out of planned inputs what the plan does not tell: secrets and
// what is not known yet. The provider reads them from the cloud.
func plain(inputs map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range inputs {
		if !vague(v) {
			out[k] = v
		}
	}
	return out
}

func vague(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, hidden) || strings.Contains(v, plugin.UnknownStringValue)
	case []any:
		return slices.ContainsFunc(v, vague)
	case map[string]any:
		for k, x := range v {
			if k == resource.SigKey || vague(x) { // an asset, or another value with a form of its own
				return true
			}
		}
	}
	return false
}

// shortest is the length from which an id says something: shorter words stand in
// inputs for other reasons.
const shortest = 8

// depend notes in each entry which resources it names in its inputs, so that it
// is deleted before them. Only earlier resources count.
func depend(entries, state []apitype.ResourceV3) {
	owners := map[string]resource.URN{}
	own := func(r apitype.ResourceV3) {
		if !r.Custom || isProvider(r) || r.Delete {
			return
		}
		arn, _ := r.Outputs["arn"].(string)
		for _, id := range []string{string(r.ID), arn} {
			if _, taken := owners[id]; !taken && len(id) >= shortest {
				owners[id] = r.URN
			}
		}
	}
	for _, r := range state {
		own(r)
	}
	for i := range entries {
		each(entries[i].Inputs, func(text string) {
			urn, ok := owners[text]
			if ok && urn != entries[i].URN && !slices.Contains(entries[i].Dependencies, urn) {
				entries[i].Dependencies = append(entries[i].Dependencies, urn)
			}
		})
		slices.Sort(entries[i].Dependencies)
		own(entries[i])
	}
}

// each visits every text in a value.
func each(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, x := range v {
			each(x, visit)
		}
	case map[string]any:
		for _, x := range v {
			each(x, visit)
		}
	}
}
