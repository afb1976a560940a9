package preview

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/resource"
)

// Drift is a difference between a stack's state and its cloud: somebody changed
// a resource by other means.
type Drift struct {
	URN       string `json:"urn"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Component string `json:"component"`
	// HoldsData is true for a resource whose data could not be made again.
	HoldsData bool `json:"holdsData"`
	// Gone is true when the resource is no longer in the cloud; then Properties
	// is empty.
	Gone bool `json:"gone"`
	// Pending is true for a resource that a run began to make and that was killed
	// before it saw the end: it may be in the cloud, and the state does not know it.
	Pending bool `json:"pending,omitempty"`
	// Up is what `rung up` at the same stage would do with the resource; empty
	// where that was not asked.
	Up         Op            `json:"up,omitempty"`
	Properties []PropertyWas `json:"properties"`

	// old and is are all properties, as the state has them and the cloud.
	old, is map[string]any
}

// PropertyWas is one property that differs. Was and Is are JSON values; null
// means that the property is not there.
type PropertyWas struct {
	Path string `json:"path"`
	Was  any    `json:"was"`
	Is   any    `json:"is"`
	// Restored tells whether `rung up` at the same stage would bring the property
	// back; nil where that is not known.
	Restored *bool `json:"restored,omitempty"`
	// Why says why it would not, or what moved a property that is meant to move.
	Why string `json:"why,omitempty"`
}

// Drifts are all differences that a refresh found.
type Drifts struct {
	// Checked is how many resources were looked at.
	Checked   int     `json:"checked"`
	Resources []Drift `json:"resources"`
	// Moved are the differences that are no drift: the cloud itself is meant to
	// make them, as scaling does.
	Moved []Drift `json:"moved"`
	// Noted is true once the state says what the cloud says.
	Noted bool `json:"noted"`
}

// Any reports whether there is drift.
func (d Drifts) Any() bool { return len(d.Resources) > 0 }

// FindDrift reads the events of a refresh, or of a plan over a refresh. Only
// properties that the cloud reports are compared.
func FindDrift(all []events.EngineEvent) Drifts {
	out := Drifts{Resources: []Drift{}, Moved: []Drift{}}
	m := newModel(all)
	refresh, _ := splitRefresh(all)
	for _, e := range refresh {
		if e.ResOutputsEvent == nil {
			continue
		}
		md := e.ResOutputsEvent.Metadata
		if md.Old == nil || !md.Old.Custom || md.Old.External || resource.IsProvider(md.Type) {
			continue
		}
		out.Checked++
		if d := m.drift(md); d.Gone || len(d.Properties) > 0 {
			out.Resources = append(out.Resources, d)
		}
	}
	sortDrifts(out.Resources)
	return out
}

func sortDrifts(all []Drift) {
	slices.SortFunc(all, func(a, b Drift) int { return strings.Compare(a.URN, b.URN) })
}

// drift is what a refresh found of one resource.
func (m *model) drift(md apitype.StepEventMetadata) Drift {
	_, holds := guard.HoldsData(md.Old.Type)
	d := Drift{
		URN: md.URN, Type: md.Old.Type, Name: resource.NameOf(md.URN), Component: m.component(md.URN), HoldsData: holds,
		Properties: []PropertyWas{}, old: merge(md.Old),
	}
	if md.New == nil || md.New.ID == "" && md.Old.ID != "" {
		d.Gone = true
		return d
	}
	d.is = merge(md.New)
	d.Properties = append(d.Properties,
		differences("", resource.FromJSON(md.Old.Outputs), resource.FromJSON(md.New.Outputs))...)
	return d
}

// splitRefresh parts the events of a plan over a refresh. A refresh alone begins
// nothing else, and all of its events are its own.
func splitRefresh(all []events.EngineEvent) (refresh, plan []events.EngineEvent) {
	planned := slices.ContainsFunc(all, func(e events.EngineEvent) bool {
		return e.ResourcePreEvent != nil && e.ResourcePreEvent.Metadata.Op != apitype.OpRefresh
	})
	if !planned {
		return all, nil
	}
	for _, e := range all {
		switch md, ok := metadata(e); {
		case ok && md.Op == apitype.OpRefresh:
			refresh = append(refresh, e)
		case ok:
			plan = append(plan, e)
		}
	}
	return refresh, plan
}

// differences lists the leaves in which two values differ.
func differences(path string, was, is any) []PropertyWas {
	w, wasMap := was.(map[string]any)
	i, isMap := is.(map[string]any)
	if !wasMap || !isMap {
		if reflect.DeepEqual(was, is) || was == cost.Secret || is == cost.Secret {
			return nil
		}
		return []PropertyWas{{Path: path, Was: was, Is: is}}
	}
	var out []PropertyWas
	keys := maps.Clone(w)
	maps.Copy(keys, i)
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if k != "__defaults" && k != "__meta" {
			out = append(out, differences(join(path, k), w[k], i[k])...)
		}
	}
	return out
}

// join writes a property path as Pulumi does.
func join(path, key string) string {
	switch {
	case strings.ContainsAny(key, ".[]\" "):
		return path + `["` + strings.ReplaceAll(key, `"`, `\"`) + `"]`
	case path == "":
		return key
	}
	return path + "." + key
}

// Value writes a property for people; what is not there is said to be so.
func Value(v any) string {
	if v == nil {
		return "not there"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
