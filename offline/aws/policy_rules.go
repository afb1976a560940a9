package aws

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/rung-dev/rung/offline/sim"
)

// policyUse says where a policy document is used, which decides the elements
// that its statements must and must not have.
type policyUse int

const (
	identityPolicy policyUse = iota // attached to a role: no principal, a resource
	trustPolicy                     // who may assume a role: a principal, no resource
	resourcePolicy                  // attached to a queue, a topic, …: a principal and a resource
)

// iamStatement is one statement of a policy document.
type iamStatement struct {
	Effect                  string
	Principal, NotPrincipal any
	Action, NotAction       any
	Resource, NotResource   any
	Condition               map[string]map[string]any
	Sid                     string
}

// readStatements reads a policy document; the error is the sentence IAM answers.
func readStatements(text string) ([]iamStatement, error) {
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
	var many []iamStatement
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

// policyProblem says what is wrong with a policy document, "" for nothing.
func policyProblem(text string, use policyUse) string {
	statements, err := readStatements(text)
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

func (s iamStatement) problem(use policyUse) string {
	principal, resource := s.Principal != nil || s.NotPrincipal != nil, s.Resource != nil || s.NotResource != nil
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return fmt.Sprintf("invalid effect: %s", s.Effect)
	case s.Action == nil && s.NotAction == nil:
		return "missing required field Action"
	case use == identityPolicy && principal:
		return "has prohibited field Principal"
	case use != identityPolicy && !principal:
		return "missing required field Principal"
	case use == trustPolicy && resource:
		return "has prohibited field Resource"
	case use == identityPolicy && !resource:
		return "missing required field Resource"
	}
	for _, action := range textList(s.Action) {
		if !actionForm.MatchString(action) {
			return fmt.Sprintf("actions must be prefaced by a vendor, e.g., iam, sdb, ec2, got %q", action)
		}
		if use == trustPolicy && !strings.HasPrefix(action, "sts:") && action != "*" {
			return fmt.Sprintf("AssumeRole policy may only specify STS AssumeRole actions, got %q", action)
		}
	}
	for _, r := range textList(s.Resource) {
		if !resourceForm.MatchString(r) {
			return fmt.Sprintf("resource %s must be in ARN format or \"*\"", r)
		}
	}
	return principalProblem(s.Principal)
}

func principalProblem(principal any) string {
	byKind, _ := principal.(map[string]any)
	for kind, value := range byKind {
		for _, text := range textList(value) {
			if (kind == "AWS" && !principalARN.MatchString(text)) || (kind == "Service" && !serviceForm.MatchString(text)) {
				return fmt.Sprintf("invalid principal in policy: %q:%q", strings.ToUpper(kind), text)
			}
		}
	}
	return ""
}

// policySize counts a document's characters as IAM does: without white space.
func policySize(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// goodPolicy refuses a malformed document in a property.
func goodPolicy(property, code string, use policyUse) func(*sim.Op) error {
	return func(o *sim.Op) error {
		text := policyText(o.In, property)
		if !o.In.Has(property) {
			return nil
		}
		if problem := policyProblem(text, use); problem != "" {
			return sim.Refuse(code, upperFirst(problem), "Correct the document in "+property+".")
		}
		return nil
	}
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
