package cost

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rung-dev/rung/resource"
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

// stack makes a stack of whatever the file is.
func (f stackFile) stack() (Stack, error) {
	switch {
	case f.Deployment != nil:
		return Stack{After: f.Deployment.resources("", resource.Standing)}, nil
	case f.Checkpoint != nil: // without a latest deployment the stack is empty
		return Stack{After: f.Checkpoint.Latest.resources("", resource.Standing)}, nil
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
