package cost

import (
	"cmp"
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

// Stack is what a file holds of a stack.
type Stack struct {
	// After are the resources as they are, or as they will be after the change that
	// was previewed.
	After []Resource
	// Before are the resources as they are before that change; nil where the file is
	// of a state.
	Before []Resource
	// Change reports whether the file is of a change.
	Change bool
	// Ops are what happens to each resource of a change that changes, by URN: "create",
	// "update", "replace" or "delete".
	Ops map[string]string
	// Failed is the first error of a preview that failed, so that the file holds
	// only a part of the stack; empty for a whole one.
	Failed string
}

// Regionless is how many resources on AWS neither say where they are nor belong to
// a provider or a stack that does.
func (s Stack) Regionless() int {
	n := 0
	for _, r := range s.After {
		if r.Region == "" && !r.Group && !r.External && strings.HasPrefix(r.Type, "aws") {
			n++
		}
	}
	return n
}

// ReadStackFile reads a stack from a file; "-" is the standard input. It takes
// what `pulumi stack export` and `pulumi preview --json` print, the files of a
// backend of one's own, and the engine's events; a preview should be made with
// --show-sames, or it holds the changes only and the estimate says how many
// resources are missing. Errors name the file.
func ReadStackFile(path string) (Stack, error) {
	in := os.Stdin
	name := "the standard input"
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return Stack{}, fmt.Errorf("read the resources of a stack: %w", err)
		}
		defer f.Close()
		in, name = f, path
	}
	s, err := ReadStack(in)
	if err != nil {
		return Stack{}, fmt.Errorf("read the resources of a stack from %s: %w", name, err)
	}
	return s, nil
}

// ReadFile is ReadStackFile for those who want the resources of a whole stack as
// it is or will be; it refuses a preview that failed.
func ReadFile(path string) ([]Resource, error) {
	s, err := ReadStackFile(path)
	if err == nil && s.Failed != "" {
		err = fmt.Errorf("read the resources of a stack from %s: %w", path, s.partial())
	}
	return s.After, err
}

// Read is ReadFile for an open stream.
func Read(r io.Reader) ([]Resource, error) {
	s, err := ReadStack(r)
	if err == nil && s.Failed != "" {
		err = s.partial()
	}
	return s.After, err
}

func (s Stack) partial() error {
	return fmt.Errorf("the preview in it failed, so that it holds only a part of the stack (%s); preview again "+
		"once that is mended", s.Failed)
}

// ReadStack is ReadStackFile for an open stream.
func ReadStack(r io.Reader) (Stack, error) {
	raw, err := utf8Of(r, maxFile)
	if err != nil {
		return Stack{}, err
	}
	f, err := parseStack(raw)
	if err != nil {
		return Stack{}, err
	}
	return f.stack()
}

// stackFile is the union of what Pulumi prints.
type stackFile struct {
	Deployment *deployment
	Checkpoint *struct{ Latest deployment }

	Config        map[string]any
	Steps         []step
	ChangeSummary map[string]int
	Diagnostics   []diagnostic

	// What other outputs of Pulumi have, to name them in the refusal.
	ResourcePlans map[string]any
	Result        string
}

type diagnostic struct{ Severity, Message string }

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
	OldState *state
	NewState *state
}

// stack makes a stack of whatever the file is.
func (f stackFile) stack() (Stack, error) {
	switch {
	case f.Deployment != nil:
		return Stack{After: inRegions(f.Deployment.resources("", resource.Standing))}, nil
	case f.Checkpoint != nil: // without a latest deployment the stack is empty
		return Stack{After: inRegions(f.Checkpoint.Latest.resources("", resource.Standing))}, nil
	case f.ResourcePlans != nil:
		return Stack{}, fmt.Errorf("it is an update plan (pulumi preview --save-plan), which holds no states; %w", errNeither)
	case f.Steps != nil || f.ChangeSummary != nil || f.failed() != "":
		return f.preview(), nil
	case f.Result != "":
		return Stack{}, fmt.Errorf("it is what an update printed in the end (pulumi up --json); %w", errNeither)
	}
	return Stack{}, errNeither
}

// failed is what a preview failed of: its first error, which is the cause;
// empty for one that went through.
func (f stackFile) failed() string {
	for _, d := range f.Diagnostics {
		if d.Severity == "error" {
			return cmp.Or(strings.TrimSpace(d.Message), "without a reason")
		}
	}
	return ""
}

// gone are the operations after which the resource is not there.
var gone = map[string]bool{
	"delete": true, "delete-replaced": true, "discard": true, "discard-replaced": true,
	"read-discard": true, "remove-pending-replace": true,
}

// preview is the stack before and after the previewed update.
func (f stackFile) preview() Stack {
	var before, after folding
	sames := 0
	for _, s := range f.Steps {
		if s.Op == "same" {
			sames++
		}
		if s.OldState != nil {
			before.first(*s.OldState)
		}
		if s.NewState != nil && !gone[s.Op] {
			after.last(*s.NewState)
		}
	}
	region, _ := f.Config["aws:region"].(string)
	out := Stack{
		Change: true, Failed: f.failed(), Ops: ops(f.Steps),
		Before: inRegions(before.deployment.resources(region, resource.Standing)),
		After:  inRegions(after.deployment.resources(region, resource.Planned)),
	}
	if missing := f.ChangeSummary["same"] - sames; missing > 0 && out.Failed == "" {
		rest := Resource{URN: "urn:" + typeOmitted, Type: typeOmitted, Name: fmt.Sprintf("%d unchanged resources", missing)}
		out.Before, out.After = append(out.Before, rest), append(out.After, rest)
	}
	return out
}

// ops folds the steps of each resource into what people call the change.
func ops(steps []step) map[string]string {
	out := map[string]string{}
	for _, s := range steps {
		for _, r := range []*state{s.NewState, s.OldState} {
			if r == nil || !r.Custom {
				continue
			}
			switch {
			case strings.Contains(s.Op, "replace"):
				out[r.URN] = "replace"
			case s.Op == "create" || s.Op == "update" || s.Op == "delete":
				if out[r.URN] == "" {
					out[r.URN] = s.Op
				}
			}
		}
	}
	return out
}

// folding is one state per resource, though a replacement has several steps.
type folding struct {
	deployment
	at map[string]int
}

// first keeps what the first step says of a resource, last what the last does.
func (f *folding) first(s state) {
	if _, twice := f.at[s.URN]; !twice {
		f.last(s)
	}
}

func (f *folding) last(s state) {
	if i, twice := f.at[s.URN]; twice {
		f.Resources[i] = s
		return
	}
	if f.at == nil {
		f.at = map[string]int{}
	}
	f.at[s.URN] = len(f.Resources)
	f.Resources = append(f.Resources, s)
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
		if region, ok := resource.FromJSON(provider.Inputs["region"]).(string); ok && region != Secret && region != "" {
			def = region
		}
	}
	return resource.RegionOf(r.Type, p, def)
}

// inRegions puts resources that say nothing of where they are there where the rest
// of the stack is, if all of it is in one place.
func inRegions(all []Resource) []Resource {
	where := ""
	for _, r := range all {
		switch {
		case r.Region == "" || r.Group:
		case where == "":
			where = r.Region
		case where != r.Region:
			return all
		}
	}
	for i := range all {
		if all[i].Region == "" {
			all[i].Region = where
		}
	}
	return all
}
