// Package iam judges policy documents as AWS does: who may do what, on what,
// under which conditions.
//
// The rules ask it three questions: whether a stranger may use what a policy
// guards ([Document.OpenTo]), whether a policy allows everything
// ([Document.AllowsAll]), and whether it denies a request whatever else it says
// ([Document.Denies]). All of them go through one evaluation of conditions: an
// operator's meaning, what it does with a key that a request lacks, and which
// keys a stranger cannot choose. A document is read as far as it goes and never
// fails: what is no policy has no statements.
package iam

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/rung-dev/rung/policies/rule"
)

// Document is a policy: its statements in their order.
type Document []Statement

// Statement is one statement of a policy.
type Statement struct {
	// Allow is true for Effect "Allow"; anything else denies.
	Allow bool
	// Principals are those of every kind; "*" is anybody. Empty in a policy that
	// hangs on a user, group or role.
	Principals []string
	// Actions and Resources are patterns.
	Actions, Resources []string
	// NotPrincipals, NotActions and NotResources turn the lists round: the
	// statement is about everything but them.
	NotPrincipals, NotActions, NotResources bool
	// Conditions hold all at once, or the statement is not about a request.
	Conditions []Condition
}

// Read is the policy in a property, given as JSON text or as an object. The
// answer is Unknown while any of it is not known, and No when there is none.
func Read(v rule.Value) (Document, rule.Tri) {
	text, there := v.Text()
	if keys := v.Keys(); keys != nil {
		text, there = objectText(v.Pulumi())
	}
	if there != rule.Yes {
		return nil, there
	}
	return Parse(text), rule.Yes
}

// Parse reads a document from its JSON. What is no policy has no statements.
func Parse(text string) Document {
	var doc struct{ Statement oneOrMany[statement] }
	if json.Unmarshal([]byte(text), &doc) != nil {
		return nil
	}
	all := make(Document, len(doc.Statement))
	for i, s := range doc.Statement {
		all[i] = s.plain()
	}
	return all
}

// objectText is the JSON of a document that was given as an object.
func objectText(v property.Value) (string, rule.Tri) {
	if v.HasComputed() {
		return "", rule.Unknown
	}
	text, err := json.Marshal(plain(v))
	return string(text), rule.Of(err == nil)
}

// plain is a property as JSON has it.
func plain(v property.Value) any {
	switch {
	case v.IsBool():
		return v.AsBool()
	case v.IsNumber():
		return v.AsNumber()
	case v.IsString():
		return v.AsString()
	case v.IsArray():
		var l []any
		for _, e := range v.AsArray().All {
			l = append(l, plain(e))
		}
		return l
	case v.IsMap():
		m := map[string]any{}
		for k, e := range v.AsMap().All {
			m[k] = plain(e)
		}
		return m
	}
	return nil
}

type statement struct {
	Effect                  string
	Principal, NotPrincipal json.RawMessage
	Action, NotAction       oneOrMany[string]
	Resource, NotResource   oneOrMany[string]
	Condition               map[string]map[string]oneOrMany[json.RawMessage]
}

func (s statement) plain() Statement {
	p := Statement{
		Allow:      strings.EqualFold(s.Effect, "allow"),
		Principals: principals(s.Principal), Actions: s.Action, Resources: s.Resource,
	}
	if except := principals(s.NotPrincipal); len(except) > 0 {
		p.Principals, p.NotPrincipals = except, true
	}
	if len(s.NotAction) > 0 {
		p.Actions, p.NotActions = s.NotAction, true
	}
	if len(s.NotResource) > 0 {
		p.Resources, p.NotResources = s.NotResource, true
	}
	for op, keys := range s.Condition {
		for key, values := range keys {
			p.Conditions = append(p.Conditions, condition(op, key, values))
		}
	}
	slices.SortFunc(p.Conditions, Condition.compare)
	return p
}

func principals(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var kinds map[string]oneOrMany[string]
	if json.Unmarshal(raw, &kinds) != nil {
		return nil
	}
	var all []string
	for _, p := range kinds {
		all = append(all, p...)
	}
	slices.Sort(all)
	return all
}

// oneOrMany reads what IAM lets people write as one value or a list. What is
// neither reads as empty: a rule must survive any text.
type oneOrMany[T any] []T

func (l *oneOrMany[T]) UnmarshalJSON(b []byte) error {
	var many []T
	if json.Unmarshal(b, &many) == nil {
		*l = many
		return nil
	}
	var one T
	if json.Unmarshal(b, &one) == nil {
		*l = []T{one}
	}
	return nil
}
