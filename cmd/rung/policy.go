package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/policies/pack"
	policies "github.com/rung-dev/rung/policies/verdict"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
)

// policyKey holds the settings of the policy pack.
const policyKey = "policy"

// servePolicies is the executable under the pack's name. It does not return.
func servePolicies() {
	if err := pack.Main(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(codeFailed)
	}
	os.Exit(codeDone)
}

// policyFlag lets a command run without the pack.
func (a *app) policyFlag(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&a.flags.noPolicies, "no-policies", false, "do not hold the plan against the policies")
	c.Flags().StringVar(&a.flags.sarif, "sarif", "", "write what the policies say to this `file`, as SARIF 2.1.0, for "+
		"code scanning")
	return c
}

// checkPolicy reports every wrong setting of the policies before anything runs.
func (s *session) checkPolicy() error {
	if s.app.flags.noPolicies || s.app.unwatched {
		return nil
	}
	err := pack.Validate(s.app.secrets.open(s.wanted), time.Now())
	if err != nil {
		return usageError{fmt.Sprintf("read the settings of the policies (rung:%s):\n%v", policyKey, err)}
	}
	return nil
}

// writeSarif writes what the policies said, where it is wanted.
func (a *app) writeSarif(found []preview.Violation) error {
	if a.flags.sarif == "" {
		return nil
	}
	var b bytes.Buffer
	if err := view.Sarif(&b, found, "Pulumi.yaml"); err != nil {
		return err
	}
	if err := os.WriteFile(a.flags.sarif, b.Bytes(), 0o644); err != nil {
		return usageError{fmt.Sprintf("--sarif: %v", err)}
	}
	return nil
}

// watched is the stack with the policy pack beside it, this executable under
// another name.
func (s *session) watched(stack *engine.Stack) (*engine.Stack, error) {
	if s.app.flags.noPolicies || s.app.unwatched {
		return stack, nil
	}
	path, err := pack.Link(filepath.Join(s.stack.Dir(), "policies"), "")
	if err != nil {
		return nil, err
	}
	return stack.WithPolicies(path), nil
}

// violations are what the policies said of a plan, as the report shows it. The
// pack's own estimate is left out: the report has the same one, in full.
func violations(result engine.Result) []preview.Violation {
	out := []preview.Violation{}
	for _, v := range policies.From(result.Events) {
		if v.ID != pack.EstimateID {
			out = append(out, preview.Violation{ID: v.ID, Level: v.Level, URN: v.URN, Message: v.Message, Note: v.Note()})
		}
	}
	return out
}

// onlyPolicies reports whether a run failed because policies were violated, and
// for no other reason.
func onlyPolicies(err error, found []preview.Violation) bool {
	var run *engine.RunError
	if !errors.As(err, &run) || run.Canceled || run.Dead != nil || !preview.Stopping(found) {
		return false
	}
	for _, d := range run.Diagnostics {
		if !isProtection(d.Message) && !aboutPolicies(d.Message) {
			return false
		}
	}
	return true
}

// aboutPolicies reports whether the engine says no more than that the run
// failed: the violations are events of their own.
func aboutPolicies(message string) bool {
	return strings.TrimSpace(message) == "preview failed" || strings.Contains(strings.ToLower(message), "polic")
}
