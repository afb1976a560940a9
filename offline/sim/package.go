package sim

import (
	"errors"
	"fmt"
)

// Package is a simulated provider: its kinds, its invokes and its settings.
type Package struct {
	// Name is the Pulumi package ("aws"), Version the provider version that the
	// tables follow.
	Name, Version string
	Schema        Schema
	Invokes       map[string]Invoke
	// Account is the account that a new state file is of; empty for a provider
	// that has none.
	Account string
	// Configure reads the provider's own inputs, given the state file's account. It
	// reports every problem.
	Configure func(account string, in Props) (Settings, []Failure)
	// Quotas go before those of the state file and the defaults, by their keys.
	Quotas map[string]int
	// Environment has the provider inputs that variables give where the program does not:
	// the first that is set counts.
	Environment map[string][]string
	// Standing gives what every account has in a region without anybody having made it, such as a
	// default network: it can be found and named, and is in no file. Nil stands for nothing.
	Standing func(token, account, partition, region string) []Found
	// ReplaceOn lists provider inputs whose change makes every resource of the
	// provider another one (the region).
	ReplaceOn []string

	kinds map[string]*Kind
	users map[string][]user // by the token that is referred to
}

// Settings is where a configured provider works.
type Settings struct {
	Account, Partition, Region string
	// DefaultTags go onto everything that takes tags.
	DefaultTags map[string]any
}

// Invoke answers a function call of a program. The Op has no resource; In holds
// the arguments.
type Invoke func(o *Op) (Props, error)

// user is a reference seen from the resource that is referred to.
type user struct {
	kind *Kind
	ref  Ref
	by   string
}

// Defaults are the quotas of the package's kinds, by their keys.
func (p *Package) Defaults() map[string]int {
	quotas := map[string]int{}
	for _, k := range p.kinds {
		if k.Quota != nil {
			quotas[k.Quota.Key] = k.Quota.Default
		}
	}
	return quotas
}

// Register adds tables of kinds. It reports tokens given twice, tokens without
// a property table, and properties that the table does not have: mistakes in a
// table, found by the first test or start.
func (p *Package) Register(tables ...[]Kind) error {
	p.kinds, p.users = map[string]*Kind{}, map[string][]user{}
	var errs []error
	for _, table := range tables {
		for i := range table {
			errs = append(errs, p.add(&table[i]))
		}
	}
	return errors.Join(errs...)
}

func (p *Package) add(k *Kind) error {
	if p.kinds[k.Token] != nil {
		return fmt.Errorf("%s: two kinds", k.Token)
	}
	p.kinds[k.Token] = k
	for _, ref := range k.Refs {
		for _, to := range ref.To {
			p.users[to.Token] = append(p.users[to.Token], user{kind: k, ref: ref, by: to.By})
		}
	}
	return p.validate(k)
}

func (p *Package) validate(k *Kind) error {
	schema, ok := p.Schema.Resources[k.Token]
	if !ok {
		return fmt.Errorf("%s: no property table; add it to types.txt and run go generate ./offline/...", k.Token)
	}
	var errs []error
	check := func(field string, fields Fields, paths ...string) {
		for _, path := range paths {
			if !p.Schema.has(fields, path) {
				errs = append(errs, fmt.Errorf("%s: %s: no property %s", k.Token, field, path))
			}
		}
	}
	in := schema.Inputs
	check("Required", in, k.Required...)
	check("ReplaceOn", in, k.ReplaceOn...)
	check("Sets", in, k.Sets...)
	check("Ordered", in, k.Ordered...)
	check("JSON", in, k.JSON...)
	check("Defaults", in, keys(k.Defaults)...)
	check("Enums", in, keys(k.Enums)...)
	check("Ranges", in, keys(k.Ranges)...)
	check("Lengths", in, keys(k.Lengths)...)
	check("Patterns", in, keys(k.Patterns)...)
	check("Secrets", schema.Outputs, k.Secrets...)
	for _, group := range append(append([][]string{}, k.ExactlyOneOf...), k.AtMostOneOf...) {
		check("groups", in, group...)
	}
	for _, ref := range k.Refs {
		check("Refs", in, ref.Path)
	}
	return errors.Join(errs...)
}

// Kind gives the behaviour of a type, or an error that says it is not simulated.
func (p *Package) Kind(token string) (*Kind, error) {
	if k := p.kinds[token]; k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("the offline cloud does not simulate %s (`rung offline types` lists what it does): let it "+
		"pass, stored and checked by nothing, with `rung offline --unknown=accept -- COMMAND`, use a real account for it, or "+
		"add it (offline/README.md, %q)", token, "How to add a type")
}

// Tokens lists the simulated types, sorted.
func (p *Package) Tokens() []string { return keys(p.kinds) }

// Functions lists the functions that are answered, sorted.
func (p *Package) Functions() []string { return keys(p.Invokes) }

// Replaces lists the inputs whose change from one side to the other makes the
// provider begin a resource anew; empty where it updates in place, and for a
// type that it does not have. Keys of ignore are not compared.
func (p *Package) Replaces(token string, was, is Props, ignore ...string) []string {
	kind := p.kinds[token]
	if kind == nil {
		return nil
	}
	var keys []string
	for _, key := range kind.diff(was, is, nil, ignore).ReplaceKeys {
		keys = append(keys, string(key))
	}
	return keys
}
