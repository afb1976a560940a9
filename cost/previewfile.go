package cost

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/resource"
)

// step is one planned operation.
type step struct {
	Op       string
	OldState *state
	NewState *state
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
		Before: before.deployment.resources(region, resource.Standing),
		After:  after.deployment.resources(region, resource.Planned),
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
