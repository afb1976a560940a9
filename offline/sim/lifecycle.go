package sim

import (
	"cmp"
	"fmt"
	"os"
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
	fmt.Fprintf(os.Stderr, "the fault %q of RUNG_OFFLINE_FAULTS ends this provider\n", of.text)
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
