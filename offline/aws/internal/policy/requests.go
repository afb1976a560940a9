package policy

import (
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// Request is what a service does to something of somebody else's, as the policy
// of that thing sees it.
type Request struct {
	Principal, Action, resource string
	// keys are the condition keys that the service sends, in lower case. A key
	// that is not here is not sent: a policy that asks for it refuses.
	keys map[string]string
}

// From is a request of a service that acts for a resource of this account.
func From(o *sim.Op, service, action, resource, source string) Request {
	return Request{Principal: service, Action: action, resource: resource, keys: map[string]string{
		"aws:sourceaccount": o.Account, "aws:sourcearn": source, "aws:securetransport": "true", "aws:principalisawsservice": "true",
	}}
}

// With is the request with further keys; an empty value takes one away.
func (r Request) With(pairs ...string) Request {
	keys := map[string]string{}
	for k, v := range r.keys {
		keys[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		if keys[pairs[i]] = pairs[i+1]; pairs[i+1] == "" {
			delete(keys, pairs[i])
		}
	}
	r.keys = keys
	return r
}

// Allowed reports whether a resource's policy lets a request pass: something
// allows it, and nothing denies it. A policy that cannot be read allows nothing.
func (r Request) Allowed(o *sim.Op, policy string) bool {
	grants, err := Grants(policy)
	if err != nil {
		return false
	}
	allowed := false
	for _, g := range grants {
		if !r.meant(o, g) {
			continue
		}
		if g.Effect == "Deny" {
			return false
		}
		allowed = true
	}
	return allowed
}

// meant reports whether a statement is about the request.
func (r Request) meant(o *sim.Op, g Grant) bool {
	principal := g.Names(o, r.Principal) != g.notPrincipal
	action := Matches(g.Actions, r.Action) || len(g.Actions) == 0 && !Matches(g.notActions, r.Action)
	resource := Matches(g.Resources, r.resource) || len(g.Resources) == 0 && !Matches(g.notResources, r.resource)
	return principal && action && resource && r.satisfies(g.Conditions)
}

func (r Request) satisfies(conditions map[string]map[string][]string) bool {
	for operator, pairs := range conditions {
		for key, values := range pairs {
			if !r.holds(operator, strings.ToLower(key), values) {
				return false
			}
		}
	}
	return true
}

// holds evaluates one condition. Operators that compare numbers, dates or
// addresses are about nothing that a service sends here, and hold for nobody.
func (r Request) holds(operator, key string, values []string) bool {
	value, sent := r.keys[key]
	operator = strings.TrimPrefix(strings.TrimPrefix(operator, "ForAnyValue:"), "ForAllValues:")
	base, optional := strings.CutSuffix(operator, "IfExists")
	negated := strings.Contains(base, "Not")
	switch base = strings.Replace(base, "Not", "", 1); base {
	case "Null":
		return len(values) == 1 && (values[0] == "true") != sent
	case "StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnEquals", "ArnLike", "Bool":
	default:
		return false
	}
	if !sent {
		return optional || negated
	}
	match := Matches(values, value)
	if base == "StringEquals" || base == "StringEqualsIgnoreCase" || base == "Bool" {
		match = exactly(values, value)
	}
	return match != negated
}

func exactly(values []string, value string) bool {
	for _, v := range values {
		if strings.EqualFold(v, value) {
			return true
		}
	}
	return false
}
