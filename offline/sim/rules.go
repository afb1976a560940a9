package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// dependent reports whether a delete failed because something still depends on
// the resource.
func dependent(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && (r.inUse || r.Code == "DependencyViolation")
}

// refusals are everything that can be wrong with a create or an update.
func (o *Op) refusals(c *Cloud) error {
	if err := o.references(c); err != nil {
		return err
	}
	if err := o.quota(); err != nil {
		return err
	}
	if err := o.checkTaken(); err != nil {
		return err
	}
	return o.rules()
}

func (o *Op) rules() error {
	for _, rule := range o.Kind.Rules {
		if rule.On&o.Verb == 0 || rule.Late {
			continue
		}
		if err := rule.Is(o); err != nil {
			return err
		}
	}
	return nil
}

// references checks that what the inputs name exists.
func (o *Op) references(c *Cloud) error {
	for _, ref := range o.Kind.Refs {
		if ref.Missing == "" || !o.simulated(ref) {
			continue
		}
		for _, value := range o.In.Strs(ref.Path) {
			if (ref.Unless != nil && ref.Unless(value)) || o.resolves(c, ref, value) {
				continue
			}
			return Refuse(ref.Missing, fmt.Sprintf("The %s '%s' does not exist", ref.what(), value),
				fmt.Sprintf("Give %s of something that exists in %s.", ref.Path, o.place()))
		}
	}
	return nil
}

func (o *Op) place() string {
	if o.Kind.Global || o.Region == "" {
		return "account " + o.Account
	}
	return o.Region + " of account " + o.Account
}

// what names the kind of thing a reference points at.
func (r Ref) what() string {
	token := r.To[0].Token
	return token[strings.LastIndex(token, ":")+1:]
}

func (o *Op) simulated(ref Ref) bool {
	return slices.ContainsFunc(ref.To, func(t Target) bool { return o.pkg.kinds[t.Token] != nil })
}

func (o *Op) resolves(c *Cloud, ref Ref, value string) bool {
	for _, to := range ref.To {
		list := o.list(to.Token, ref.AnyRegion)
		if slices.ContainsFunc(list, func(f Found) bool { return f.value(to.By) == value }) {
			return true
		}
	}
	return false
}

// inUse refuses a delete while another resource refers to this one.
func (o *Op) inUse(c *Cloud) error {
	me := Found{ID: o.ID, Props: o.Old}
	for _, u := range o.pkg.users[o.Kind.Token] {
		if u.ref.InUse == "" {
			continue
		}
		value := me.value(u.by)
		for _, other := range o.list(u.kind.Token, u.ref.AnyRegion || o.Kind.Global) {
			if (other.ID == o.ID && other.Token == o.Kind.Token) || !slices.Contains(other.Props.Strs(u.ref.Path), value) {
				continue
			}
			return &Refusal{
				Code:    u.ref.InUse,
				Message: fmt.Sprintf("%s '%s' is in use by %s '%s'", o.Kind.noun(), o.ID, u.kind.noun(), other.ID),
				Hint:    fmt.Sprintf("Delete or change the %s first.", u.kind.noun()),
				inUse:   true,
			}
		}
	}
	return nil
}

func (o *Op) quota() error {
	q := o.Kind.Quota
	if q == nil || o.Verb != Create {
		return nil
	}
	limit, used, scope := o.Quota(q.Key, q.Default), 0, ""
	if q.Within != nil {
		scope = q.Within(o)
	}
	for _, other := range o.Others() {
		if other.URN == "" { // nobody made it
			continue
		}
		if q.Within == nil || q.Within(o.as(other)) == scope {
			used++
		}
	}
	if used < limit {
		return nil
	}
	return Refuse(q.Code, fmt.Sprintf("The maximum number of %s (%d) has been reached", o.Kind.noun(), limit),
		fmt.Sprintf("Ask AWS for a higher quota, or set %q under quotas in the offline state file.", q.Key))
}

// as is the same operation seen from another resource of the kind.
func (o *Op) as(f Found) *Op {
	other := *o
	other.ID, other.URN, other.In = f.ID, f.URN, f.Props
	return &other
}
