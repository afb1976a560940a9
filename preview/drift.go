package preview

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource"
)

// Drift is a difference between a stack's state and its cloud: somebody changed
// a resource by other means.
type Drift struct {
	URN       string `json:"urn"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Component string `json:"component"`
	// Gone is true when the resource is no longer in the cloud; then Properties
	// is empty.
	Gone       bool          `json:"gone"`
	Properties []PropertyWas `json:"properties"`
}

// PropertyWas is one property that differs. Was and Is are JSON values; null
// means that the property is not there.
type PropertyWas struct {
	Path string `json:"path"`
	Was  any    `json:"was"`
	Is   any    `json:"is"`
}

// Drifts are all differences that a refresh found.
type Drifts struct {
	// Checked is how many resources were looked at.
	Checked   int     `json:"checked"`
	Resources []Drift `json:"resources"`
}

// FindDrift reads the events of a refresh. Only properties that the cloud
// reports are compared.
func FindDrift(all []events.EngineEvent) Drifts {
	out := Drifts{Resources: []Drift{}}
	m := newModel(all)
	for _, e := range all {
		if e.ResOutputsEvent == nil {
			continue
		}
		md := e.ResOutputsEvent.Metadata
		if md.Old == nil || !md.Old.Custom || md.Old.External || resource.IsProvider(md.Type) {
			continue
		}
		out.Checked++
		d := Drift{URN: md.URN, Type: md.Old.Type, Name: resource.NameOf(md.URN), Component: m.component(md.URN), Properties: []PropertyWas{}}
		if md.New == nil || md.New.ID == "" && md.Old.ID != "" {
			d.Gone = true
		} else {
			d.Properties = append(d.Properties, differences("", resource.FromJSON(md.Old.Outputs), resource.FromJSON(md.New.Outputs))...)
		}
		if d.Gone || len(d.Properties) > 0 {
			out.Resources = append(out.Resources, d)
		}
	}
	slices.SortFunc(out.Resources, func(a, b Drift) int { return strings.Compare(a.URN, b.URN) })
	return out
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

// JSON writes the differences for programs, indented.
func (d Drifts) JSON(w io.Writer) error { return writeJSON(w, d) }

// Table writes the differences for a terminal.
func (d Drifts) Table(w io.Writer, style Style) error {
	p := newPage(style)
	if len(d.Resources) == 0 {
		p.line(nil, "no drift: %s as they should be", count(d.Checked))
		return p.flush(w)
	}
	p.line(warning, "drift: %d of %s differ from the state, which now says what the cloud says", len(d.Resources), count(d.Checked))
	for _, r := range d.Resources {
		p.line(bold, "%s (%s)", r.Name, shortType(r.Type))
		if r.Gone {
			p.line(alarm, "    is gone from the cloud")
		}
		for _, x := range r.Properties {
			p.wrapped(nil, "    ", fmt.Sprintf("%s: was %s, is %s", x.Path, value(x.Was), value(x.Is)))
		}
	}
	p.line(nil, "`rung up` at the same stage brings them back")
	return p.flush(w)
}

// Markdown writes the differences as a table.
func (d Drifts) Markdown(w io.Writer) error {
	var b strings.Builder
	if len(d.Resources) == 0 {
		fmt.Fprintf(&b, "**No drift:** %s as they should be.\n", count(d.Checked))
	} else {
		fmt.Fprintf(&b, "**Drift:** %d of %s differ.\n\n| resource | property | was | is |\n|---|---|---|---|\n", len(d.Resources), count(d.Checked))
	}
	for _, r := range d.Resources {
		if r.Gone {
			fmt.Fprintf(&b, "| %s | | there | gone |\n", cell(r.Name))
		}
		for _, x := range r.Properties {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell(r.Name), cell(x.Path), cell(value(x.Was)), cell(value(x.Is)))
		}
	}
	return markdown(w, b.String())
}

// value writes a property for people; what is not there is said to be so.
func value(v any) string {
	if v == nil {
		return "not there"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
