// Package policy reads policy documents: whether AWS takes them, and whom they let do what.
package policy

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
)

// Use says where a policy document is used, which decides the elements
// that its statements must and must not have.
type Use int

// The uses.
const (
	Identity Use = iota // attached to a role: no principal, a resource
	Trust               // who may assume a role: a principal, no resource
	Resource            // attached to a queue, a topic, …: a principal and a resource
)

// Statement is one statement of a policy document.
type Statement struct {
	Effect                  string
	Principal, NotPrincipal any
	Action, NotAction       any
	Resource, NotResource   any
	Condition               map[string]map[string]any
	Sid                     string
}

// Accounts are the principals of a statement that are accounts, roles, users or "*".
func (s Statement) Accounts() []string {
	names, _ := s.Principal.(map[string]any)
	return append(TextList(names["AWS"]), TextList(s.Principal)...)
}

// Statements reads a policy document; the error is the sentence IAM answers.
func Statements(text string) ([]Statement, error) {
	var doc struct {
		Version   string
		Statement json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, fmt.Errorf("this policy contains invalid Json (%w)", err)
	}
	if doc.Version != "" && doc.Version != "2012-10-17" && doc.Version != "2008-10-17" {
		return nil, fmt.Errorf("the policy must contain a valid version string, got %q", doc.Version)
	}
	if len(doc.Statement) == 0 {
		return nil, fmt.Errorf("missing required field Statement")
	}
	var many []Statement
	if doc.Statement[0] != '[' {
		doc.Statement = append(append([]byte{'['}, doc.Statement...), ']')
	}
	if err := json.Unmarshal(doc.Statement, &many); err != nil {
		return nil, fmt.Errorf("syntax errors in policy (%w)", err)
	}
	return many, nil
}

var (
	actionForm   = regexp.MustCompile(`^(?:\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$`)
	resourceForm = regexp.MustCompile(`^(?:\*|arn:.*)$`)
	principalARN = regexp.MustCompile(`^(?:\*|\d{12}|arn:aws[a-z-]*:(?:iam|sts)::(?:\d{12}|cloudfront):.+)$`)
	serviceForm  = regexp.MustCompile(`^[a-z0-9.-]+\.(?:amazonaws\.com|amazon\.com)(?:\.cn)?$`)
)

// Problem says what is wrong with a policy document, "" for nothing.
func Problem(text string, use Use) string {
	statements, err := Statements(text)
	if err != nil {
		return err.Error()
	}
	for _, s := range statements {
		if problem := s.problem(use); problem != "" {
			return problem
		}
	}
	return ""
}

func (s Statement) problem(use Use) string {
	principal, resource := s.Principal != nil || s.NotPrincipal != nil, s.Resource != nil || s.NotResource != nil
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return fmt.Sprintf("invalid effect: %s", s.Effect)
	case s.Action == nil && s.NotAction == nil:
		return "missing required field Action"
	case use == Identity && principal:
		return "has prohibited field Principal"
	case use != Identity && !principal:
		return "missing required field Principal"
	case use == Trust && resource:
		return "has prohibited field Resource"
	case use == Identity && !resource:
		return "missing required field Resource"
	}
	for _, action := range TextList(s.Action) {
		if !actionForm.MatchString(action) {
			return fmt.Sprintf("actions must be prefaced by a vendor, e.g., iam, sdb, ec2, got %q", action)
		}
		if use == Trust && !strings.HasPrefix(action, "sts:") && action != "*" {
			return fmt.Sprintf("AssumeRole policy may only specify STS AssumeRole actions, got %q", action)
		}
	}
	for _, r := range TextList(s.Resource) {
		if !resourceForm.MatchString(r) {
			return fmt.Sprintf("resource %s must be in ARN format or \"*\"", r)
		}
	}
	return principalProblem(s.Principal)
}

func principalProblem(principal any) string {
	byKind, _ := principal.(map[string]any)
	for kind, value := range byKind {
		for _, text := range TextList(value) {
			if (kind == "AWS" && !principalARN.MatchString(text)) || (kind == "Service" && !serviceForm.MatchString(text)) {
				return fmt.Sprintf("invalid principal in policy: %q:%q", strings.ToUpper(kind), text)
			}
		}
	}
	return ""
}

// Size counts a document's characters as IAM does: without white space.
func Size(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// Good refuses a malformed document in a property.
func Good(property, code string, use Use) func(*sim.Op) error {
	return func(o *sim.Op) error {
		text := Text(o.In, property)
		if !o.In.Has(property) {
			return nil
		}
		if problem := Problem(text, use); problem != "" {
			return sim.Refuse(code, check.Sentence(problem), "Correct the document in "+property+".")
		}
		return nil
	}
}
