package sim

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// crashCode is the exit status of a provider that an injected fault ends.
const crashCode = 70

// removePause is the time between two tries of a delete that is refused because
// the resource is in use.
const removePause = 50 * time.Millisecond

// create runs a real create: refusals first, then the entry.
func (p *Provider) create(o *Op) (Props, error) {
	var props Props
	err := p.mutate(o, func(c *Cloud) error {
		o.Incarnation = c.Incarnations[o.URN]
		o.ID = o.makeID()
		if err := o.refusals(c); err != nil {
			return err
		}
		if old, err := c.get(o.key()); err != nil || old != nil {
			return o.exists(err)
		}
		props = o.properties()
		c.Incarnations[o.URN]++
		return c.put(o.entry(props))
	})
	return props, err
}

func (o *Op) exists(err error) error {
	if err != nil {
		return err
	}
	return Refuse("AlreadyExists", o.Kind.noun()+" "+o.ID+" already exists", "Give another name.")
}

// update runs a real update.
func (p *Provider) update(o *Op) (Props, error) {
	var props Props
	err := p.mutate(o, func(c *Cloud) error {
		e, err := c.get(o.key())
		if err != nil {
			return err
		}
		if e == nil {
			return Refuse("NotFound", o.Kind.noun()+" "+o.ID+" does not exist",
				"Run a refresh: it was deleted outside of Pulumi.")
		}
		o.Old, o.Incarnation = e.Properties, e.Number
		if err := o.refusals(c); err != nil {
			return err
		}
		props = o.properties()
		next := o.entry(props)
		next.URN, next.Name = o.URN, o.Name
		return c.put(next)
	})
	return props, err
}

// remove runs a delete. What is already gone counts as deleted. The real
// provider keeps trying while something still depends on the resource, because
// the dependant is often being deleted at that moment; so does this one, for as
// long as its patience lasts.
func (p *Provider) remove(o *Op) error {
	deadline := time.Now().Add(p.patience)
	for {
		err := p.tryRemove(o)
		if !dependent(err) || time.Now().After(deadline) {
			return err
		}
		time.Sleep(removePause)
	}
}

// dependent reports whether a delete failed because something still depends on
// the resource.
func dependent(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && (r.inUse || r.Code == "DependencyViolation")
}

func (p *Provider) tryRemove(o *Op) error {
	return p.mutate(o, func(c *Cloud) error {
		e, err := c.get(o.key())
		if err != nil || e == nil {
			return err
		}
		o.In, o.Old, o.Incarnation = e.Properties, e.Properties, e.Number
		if err := o.inUse(c); err != nil {
			return err
		}
		if err := o.rules(); err != nil {
			return err
		}
		c.remove(o.key())
		return nil
	})
}

// mutate runs one change of the state with the injected faults around it, and
// turns a refusal into the provider's error.
func (p *Provider) mutate(o *Op, change func(*Cloud) error) error {
	hit, err := p.faults.inject(p.store, o)
	if err != nil {
		return err
	}
	if hit != nil && hit.crash == "before" {
		p.exit(crashCode)
	}
	if hit != nil && hit.code != "" {
		return o.present(hit.refusal())
	}
	death, err := p.commit(o, change)
	if death != nil {
		p.die(death)
	}
	return o.present(err)
}

// commit does the change, and gives the fault that strikes because it is done.
func (p *Provider) commit(o *Op, change func(*Cloud) error) (death *fault, err error) {
	err = p.store.Change(func(c *Cloud) error {
		o.cloud = c
		defer func() { o.cloud = nil }()
		c.Account = cmp.Or(c.Account, p.pkg.Account)
		if err := change(c); err != nil {
			return err
		}
		death = p.faults.death(c, o)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return death, nil
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
		if rule.On&o.Verb == 0 {
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

func (o *Op) makeID() string {
	switch {
	case o.Kind.ID != nil:
		return o.Kind.ID(o)
	case o.Kind.IDPrefix != "":
		return o.HexID(o.Kind.IDPrefix)
	}
	return o.physicalName()
}

// home is the region that an entry is filed under.
func (o *Op) home() string {
	if o.Kind.Global || o.Region == "" {
		return "global"
	}
	return o.Region
}

func (o *Op) key() string {
	return entryKey(o.pkg.Name, o.Account, o.home(), o.Kind.Token, o.ID)
}

func (o *Op) entry(props Props) *Entry {
	return &Entry{
		Provider: o.pkg.Name, Account: o.Account, Region: o.home(), Type: o.Kind.Token,
		ID: o.ID, Name: o.Name, URN: o.URN, Number: o.Incarnation, Properties: props,
	}
}

// properties are the inputs, what the provider derives from them, and what the
// cloud fills in.
func (o *Op) properties() Props {
	props := o.known()
	computed := o.computed()
	for _, path := range keys(computed) { // sorted: an object comes before what is inside it
		v := computed[path]
		if head, rest, nested := strings.Cut(path, "."); nested && props.Has(head) {
			props[head] = fillNested(props[head], rest, normalNumber(v))
		} else if !nested && !props.Has(path) {
			props[path] = normalNumber(v)
		}
	}
	props["id"] = o.ID
	return props
}

// known are the properties that a preview knows: inputs and tags.
func (o *Op) known() Props {
	props := o.In.Copy()
	delete(props, defaultsKey)
	maps.DeleteFunc(props, func(_ string, v any) bool { return v == nil })
	if _, ok := o.pkg.Schema.Resources[o.Kind.Token].Outputs["tagsAll"]; ok {
		props["tagsAll"] = o.allTags()
	}
	return props
}

func (o *Op) allTags() any {
	if o.In.Has("tags") && !o.In.Known("tags") {
		return Unknown{}
	}
	all := map[string]any{}
	maps.Copy(all, o.Tags)
	maps.Copy(all, o.In.Map("tags"))
	return all
}

// computed is what the cloud fills in, given or not.
func (o *Op) computed() Props {
	out := Props{}
	if n := o.Kind.Name; n != nil && n.Prefix != "" && o.In.Has(n.Prefix) {
		out[n.property()] = o.physicalName()
	}
	if o.Kind.Outputs != nil {
		maps.Copy(out, o.Kind.Outputs(o))
	}
	return out
}

func normalNumber(v any) any {
	if n, ok := v.(int); ok {
		return float64(n)
	}
	return v
}

// preview gives the properties that a preview shows: computed ones are unknown
// at create, and keep their value at update unless it may change them.
func (o *Op) preview() Props {
	props := o.known()
	for _, path := range keys(o.computed()) {
		var v any = Unknown{}
		if old := o.Old.Get(path); old != nil {
			v = old
		}
		if head, rest, nested := strings.Cut(path, "."); nested && props.Has(head) {
			props[head] = fillNested(props[head], rest, v)
		} else if !nested && !props.Has(path) {
			props[path] = v
		}
	}
	if o.Old == nil {
		props["id"] = Unknown{}
		return props
	}
	props["id"] = o.ID
	if o.Kind.Changing != nil {
		for _, key := range o.Kind.Changing(o) {
			props[key] = Unknown{}
		}
	}
	return props
}

// together is how long a fault waits that strikes after each change: what else is
// under way is written meanwhile and, as nobody is told of it, dies of the same death.
const together = 300 * time.Millisecond

// die is what a fault does after the state is written.
func (p *Provider) die(of *fault) {
	if of.nth == nthEach {
		time.Sleep(together)
	}
	if of.crash == "engine" {
		killParent()
		return
	}
	p.exit(crashCode)
}

// exitProcess ends the provider where a fault says so.
func exitProcess(code int) { os.Exit(code) }

// killParent kills whoever started this process, as kill -9 does; the first process
// of a machine has not.
func killParent() {
	if parent, err := os.FindProcess(os.Getppid()); err == nil && parent.Pid > 1 {
		_ = parent.Kill() // it may be gone
	}
}
