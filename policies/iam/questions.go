package iam

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/policies/rule"
)

const (
	no  = rule.No
	yes = rule.Yes
)

// hold says whether all conditions are true of a request.
func hold(all []Condition, request Context) rule.Tri {
	answers := make([]rule.Tri, len(all))
	for i, c := range all {
		answers[i] = c.Holds(request)
	}
	return rule.All(answers...)
}

// neighbours are the numbers or moments just before and after a value.
func neighbours(v string) []string {
	if n, err := strconv.ParseFloat(v, 64); err == nil {
		return []string{strconv.FormatFloat(n-1, 'f', -1, 64), strconv.FormatFloat(n+1, 'f', -1, 64)}
	}
	if t, ok := moment(v); ok {
		return []string{t.Add(-time.Hour).Format(time.RFC3339), t.Add(time.Hour).Format(time.RFC3339)}
	}
	switch strings.ToLower(v) {
	case "true":
		return []string{"false"}
	case "false":
		return []string{"true"}
	}
	return nil
}

// strangeResource is a resource that no policy names.
const strangeResource = "arn:aws:zzz:zz-zzzz-9:" + strangerAccount + ":zzz/zzz"

// AllowsAll reports whether the document allows every action on every resource,
// those of IAM among them: whoever has it may give himself the rest. Conditions
// make no difference, since they are about when and from where; a Deny of
// everything without any does.
func (d Document) AllowsAll() bool {
	for _, action := range []string{strangeAction, "iam:Zzz"} {
		allowed := func(s Statement) bool { return s.Allow && s.about(action, strangeResource) }
		denied := func(s Statement) bool { return !s.Allow && len(s.Conditions) == 0 && s.about(action, strangeResource) }
		if !slices.ContainsFunc(d, allowed) || slices.ContainsFunc(d, denied) {
			return false
		}
	}
	return true
}

func (s Statement) about(action, resource string) bool {
	return covers(s.Actions, s.NotActions, action) && covers(s.Resources, s.NotResources, resource)
}

// Denies says whether the document denies everybody every action of a service,
// "s3" say, on each of the resources, in every request of which the context is
// known. It is Yes only where no other part of such a request can matter.
func (d Document) Denies(service string, resources []string, request Context) bool {
	for _, action := range d.actionsOf(service) {
		for _, resource := range resources {
			denied := func(s Statement) bool {
				return !s.Allow && s.allPeople() && s.about(action, resource) && hold(s.Conditions, request) == yes
			}
			if !slices.ContainsFunc(d, denied) {
				return false
			}
		}
	}
	return true
}

// actionsOf are examples of a service's actions: one that nobody names, and
// those that a statement leaves out.
func (d Document) actionsOf(service string) []string {
	all := []string{service + ":Zzz"}
	for _, s := range d {
		for _, p := range s.Actions {
			if s.NotActions && strings.HasPrefix(strings.ToLower(p), service+":") {
				all = append(all, witnesses([]string{p}, false, all[0])...)
			}
		}
	}
	return all
}

// allPeople is true of a statement that leaves out nobody.
func (s Statement) allPeople() bool {
	return !s.NotPrincipals && slices.Contains(s.Principals, "*")
}
