package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// autoname fills in the name of a resource that was given none. It keeps the
// name that an earlier check generated; a replacement, for which the engine
// checks again without old inputs, gets a new one. It reports whether the name
// was generated.
func (k *Kind) autoname(in, olds Props, urn, logical string, incarnation int, proposed string) bool {
	n := k.Name
	if n == nil || in.Has(n.property()) || (n.Prefix != "" && in.Has(n.Prefix)) {
		return false
	}
	if old := olds[n.property()]; old != nil && wasDefault(olds, n.property()) {
		in[n.property()] = old
		return true
	}
	if !n.Auto {
		return false
	}
	sum := sha256.Sum256([]byte(fmt.Sprint(urn, "\x00", incarnation)))
	name := logical + "-" + hex.EncodeToString(sum[:])[:7]
	if proposed != "" {
		name = proposed
	}
	if n.Lower {
		name = strings.ToLower(name)
	}
	if n.Underscored {
		name = strings.ReplaceAll(name, "-", "_")
	}
	if n.Suffix != nil {
		name += n.Suffix(in)
	}
	in[n.property()] = name
	return true
}

func wasDefault(in Props, key string) bool {
	list, _ := in[defaultsKey].([]any)
	return slices.Contains(list, any(key))
}

func (k *Kind) checkName(in Props) []Failure {
	n := k.Name
	if n == nil || !in.Known(n.property()) {
		return nil
	}
	name, property := in.Str(n.property()), n.property()
	if n.Max > 0 && utf8.RuneCountInString(name) > n.Max {
		return []Failure{{property, fmt.Sprintf("%s: %q has %d characters, at most %d are allowed",
			property, name, utf8.RuneCountInString(name), n.Max)}}
	}
	if n.Pattern.Match != nil && !n.Pattern.Match.MatchString(name) {
		return []Failure{{property, fmt.Sprintf("%s: %q is no valid name, want %s", property, name, n.Pattern.Want)}}
	}
	return nil
}

// prefixedName gives the name that the provider makes from a prefix: 26 digits
// after it, as Terraform's PrefixedUniqueId, but the same for the same resource.
func (o *Op) prefixedName(prefix string) string {
	return prefix + o.Digits(18, "name") + o.Hex(8, "name")
}

// physicalName is the name given, or the one made from the prefix; empty when
// the kind has none.
func (o *Op) physicalName() string {
	n := o.Kind.Name
	switch {
	case n == nil:
		return ""
	case o.In.Has(n.property()):
		return o.In.Str(n.property())
	case n.Prefix != "" && o.In.Has(n.Prefix):
		return o.prefixedName(o.In.Str(n.Prefix))
	}
	return ""
}

// NameOf is the resource's physical name, for output functions: the one given,
// or the one generated from a prefix.
func (o *Op) NameOf() string { return o.physicalName() }

func (o *Op) checkTaken() error {
	n, name := o.Kind.Name, o.physicalName()
	if n == nil || n.Taken == "" || name == "" || !o.Changed(n.property()) {
		return nil
	}
	rivals := o.Others()
	if o.Verb == Create { // whose id may be its name, and so the rival's
		rivals = o.All(o.Kind.Token)
	}
	for _, other := range rivals {
		if other.Props.Str(n.property()) != name || !sameScope(n.Within, other.Props, o.In) {
			continue
		}
		return Refuse(n.Taken, fmt.Sprintf("%s '%s' already exists", o.Kind.noun(), name),
			"Give another "+n.property()+", or leave it out to have one generated.")
	}
	return nil
}

func sameScope(keys []string, a, b Props) bool {
	for _, key := range keys {
		if a.Str(key) != b.Str(key) {
			return false
		}
	}
	return true
}
