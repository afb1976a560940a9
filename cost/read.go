package cost

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
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
		return f.Deployment.resources("", resource.Standing), nil
	case f.Checkpoint != nil: // without a latest deployment the stack is empty
		return f.Checkpoint.Latest.resources("", resource.Standing), nil
	case f.failed() != "":
		return nil, fmt.Errorf("the preview in it failed, so that it holds only a part of the stack (%s); preview again "+
			"once that is mended", f.failed())
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
	out := d.resources(region, resource.Planned)
	if missing := f.ChangeSummary["same"] - sames; missing > 0 {
		out = append(out, Resource{URN: "urn:" + typeOmitted, Type: typeOmitted,
			Name: fmt.Sprintf("%d unchanged resources", missing)})
	}
	return out
}

// resources converts states, leaving out those that are only waiting to be
// deleted. The region is that of resources whose provider names none.
func (d deployment) resources(region string, by merging) []Resource {
	byURN := make(map[string]*state, len(d.Resources))
	for i := range d.Resources {
		if r := &d.Resources[i]; !r.Delete {
			byURN[r.URN] = r
		}
	}
	place := resource.Place(func(urn string) (parent string, component bool) {
		r := byURN[urn]
		if r == nil {
			return "", false
		}
		return r.Parent, !r.Custom && r.Type != token.Stack
	})
	out := make([]Resource, 0, len(d.Resources))
	for i := range d.Resources {
		r := &d.Resources[i]
		if r.Delete {
			continue
		}
		res := Resource{
			URN: r.URN, Type: r.Type, Name: resource.NameOf(r.URN), Component: place.Component(r.URN),
			Group: !r.Custom, External: r.External, Props: r.props(by),
			Dependencies: r.PropertyDependencies,
		}
		res.Region = r.region(res.Props, byURN, region)
		out = append(out, res)
	}
	return out
}

// merging says which of inputs and outputs count: those of a plan or of what stands.
type merging func(inputs, outputs map[string]any, id string) map[string]any

func (r *state) props(by merging) map[string]any {
	return by(resource.PropsFromJSON(r.Inputs), resource.PropsFromJSON(r.Outputs), r.ID)
}

// region is where a resource runs: as it says itself, as its provider says, else
// the default.
func (r *state) region(p props, byURN map[string]*state, def string) string {
	if provider := byURN[resource.ProviderURN(r.Provider)]; provider != nil {
		if region, ok := resource.FromJSON(provider.Inputs["region"]).(string); ok && region != Secret {
			def = region
		}
	}
	return resource.RegionOf(r.Type, p, def)
}
