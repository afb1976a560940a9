package cost

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rung-dev/rung/outside/figure"
)

// errNeither says what a file should have been.
var errNeither = errors.New(`it is neither the output of "pulumi stack export" nor of "pulumi preview --json"`)

// typeOmitted stands for the unchanged resources that a preview leaves out.
const typeOmitted = "pulumi:preview:omitted"

// ReadFile reads the resources of a stack from a file. It takes what
// `pulumi stack export` and `pulumi preview --json` print; a preview should be
// made with --show-sames, or it holds the changes only and the estimate says
// how many resources are missing. Errors name the file.
func ReadFile(path string) ([]Resource, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the resources of a stack: %w", err)
	}
	defer f.Close()
	resources, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("read the resources of a stack from %s: %w", path, err)
	}
	return resources, nil
}

// Read is ReadFile for an open stream.
func Read(r io.Reader) ([]Resource, error) {
	raw, err := utf8Of(r, maxFile)
	if err != nil {
		return nil, err
	}
	var f stackFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fmt.Errorf("%w: %w", errNeither, err)
	}
	switch {
	case f.Deployment != nil:
		return f.Deployment.resources(""), nil
	case f.Checkpoint != nil: // without a latest deployment the stack is empty
		return f.Checkpoint.Latest.resources(""), nil
	case f.failed() != "":
		return nil, fmt.Errorf("the preview in it failed, so that it holds only a part of the stack (%s); preview again once that is mended", f.failed())
	case f.Steps != nil || f.ChangeSummary != nil:
		return f.preview(), nil
	}
	return nil, errNeither
}

// stackFile is the union of what Pulumi prints.
type stackFile struct {
	Deployment *deployment
	Checkpoint *struct{ Latest deployment }

	Config        map[string]any
	Steps         []step
	ChangeSummary map[string]int
	Diagnostics   []struct{ Severity, Message string }
}

// failed is what a preview failed of: its first error, which is the cause;
// empty for one that went through.
func (f stackFile) failed() string {
	for _, d := range f.Diagnostics {
		if d.Severity == "error" {
			return strings.TrimSpace(d.Message)
		}
	}
	return ""
}

// deployment is the state of a stack.
type deployment struct{ Resources []state }

// state is one resource as Pulumi records it.
type state struct {
	URN, Type, Parent, Provider, ID string
	Custom, Delete, External        bool
	Inputs, Outputs                 map[string]any
	PropertyDependencies            map[string][]string
}

// step is one planned operation.
type step struct {
	Op       string
	NewState *state
}

// gone are the operations after which the resource is not there.
var gone = map[string]bool{
	"delete": true, "delete-replaced": true, "discard": true, "discard-replaced": true,
	"read-discard": true, "remove-pending-replace": true,
}

// preview is the stack as it will be after the previewed update.
func (f stackFile) preview() []Resource {
	at := map[string]int{}
	var d deployment
	sames := 0
	for _, s := range f.Steps {
		if s.NewState == nil || gone[s.Op] {
			continue
		}
		if s.Op == "same" {
			sames++
		}
		if i, twice := at[s.NewState.URN]; twice { // both steps of a replacement
			d.Resources[i] = *s.NewState
			continue
		}
		at[s.NewState.URN] = len(d.Resources)
		d.Resources = append(d.Resources, *s.NewState)
	}
	region, _ := f.Config["aws:region"].(string)
	out := d.resources(region)
	if missing := f.ChangeSummary["same"] - sames; missing > 0 {
		out = append(out, Resource{URN: "urn:" + typeOmitted, Type: typeOmitted, Name: fmt.Sprintf("%d unchanged resources", missing)})
	}
	return out
}

// resources converts states, leaving out those that are only waiting to be
// deleted. The region is that of resources whose provider names none.
func (d deployment) resources(region string) []Resource {
	byURN := make(map[string]*state, len(d.Resources))
	for i := range d.Resources {
		if r := &d.Resources[i]; !r.Delete {
			byURN[r.URN] = r
		}
	}
	names := components{byURN, make(map[*state]string, len(d.Resources))}
	out := make([]Resource, 0, len(d.Resources))
	for i := range d.Resources {
		r := &d.Resources[i]
		if r.Delete {
			continue
		}
		res := Resource{
			URN: r.URN, Type: r.Type, Name: nameOf(r.URN), Component: names.of(r),
			Group: !r.Custom, External: r.External, Props: r.props(),
			Dependencies: r.PropertyDependencies,
		}
		res.Region = r.region(res.Props, byURN, region)
		out = append(out, res)
	}
	return out
}

// nameOf is the logical name at the end of a URN.
func nameOf(urn string) string {
	if i := strings.LastIndex(urn, "::"); i >= 0 {
		return urn[i+2:]
	}
	return urn
}

// components finds the component of each resource; known are those found, so
// that a long chain of parents is walked once, and a circle ends.
type components struct {
	byURN map[string]*state
	known map[*state]string
}

// of is the name of the outermost component around a resource: the part of the
// system that people speak of. A component counts to itself.
func (c components) of(r *state) string {
	var chain []*state
	name := ""
	for r != nil {
		if found, done := c.known[r]; done {
			name = found
			break
		}
		c.known[r] = "" // a circle of parents has no outermost
		chain = append(chain, r)
		r = c.byURN[r.Parent]
	}
	for i := len(chain) - 1; i >= 0; i-- { // from the outermost in
		if r := chain[i]; name == "" && !r.Custom && r.Type != "pulumi:pulumi:Stack" {
			name = nameOf(r.URN)
		}
		c.known[chain[i]] = name
	}
	return name
}

// props merges inputs and outputs. Outputs win, except that an output which is
// not known yet never hides an input that is.
func (r *state) props() map[string]any {
	out := make(map[string]any, len(r.Inputs)+len(r.Outputs)+1)
	for k, v := range r.Inputs {
		out[k] = plain(v)
	}
	for k, v := range r.Outputs {
		v = plain(v)
		if was, ok := out[k]; ok && was != nil && (v == nil || isUnknown(v)) {
			continue
		}
		out[k] = v
	}
	if _, ok := out["id"]; !ok && r.ID != "" && !isUnknown(r.ID) {
		out["id"] = r.ID
	}
	return out
}

// secretKey and secretMark are how Pulumi marks a secret value.
const (
	secretKey  = "4dabf18193072939515e22adb298388d"
	secretMark = "1b47061264138c4ac30d75fd1eb44270"
)

// plain turns Pulumi's marks for unknowns and secrets into ours.
func plain(v any) any {
	switch v := v.(type) {
	case string:
		if v != Secret && isUnknown(v) && !figure.Absurd(v) { // what is absurd stays, to be named
			return Unknown{}
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		if v[secretKey] == secretMark {
			return revealed(v)
		}
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}

// revealed is the value of a secret where --show-secrets printed it.
func revealed(v map[string]any) any {
	text, _ := v["plaintext"].(string)
	var value any
	if text == "" || json.Unmarshal([]byte(text), &value) != nil {
		return Secret
	}
	return plain(value)
}

// region is where a resource runs: by its ARN or zone, else as its provider
// says, else the default.
func (r *state) region(p props, byURN map[string]*state, def string) string {
	if region := regionOfARN(p.str("arn")); region != "" {
		return region
	}
	if region := p.str("region"); region != "" && strings.HasPrefix(r.Type, "aws:") {
		return region
	}
	urn := r.Provider
	if i := strings.LastIndex(urn, "::"); i >= 0 { // a provider reference ends in its id
		urn = urn[:i]
	}
	if provider := byURN[urn]; provider != nil {
		if region, ok := plain(provider.Inputs["region"]).(string); ok && region != Secret {
			return region
		}
	}
	return def
}
