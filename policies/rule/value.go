package rule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Value is a property that may be absent, null, unknown, secret or of another
// type than a rule expects. Reading it never fails: absent, null and a wrong
// type all read as "not there", because a provider may or may not have filled
// in its defaults, and unknown stays unknown. The zero value is absent.
type Value struct{ v property.Value }

// Wrap makes a readable value of Pulumi's.
func Wrap(v property.Value) Value { return Value{v} }

// Object makes a readable value of a resource's properties.
func Object(m property.Map) Value { return Value{property.New(m)} }

// Pulumi is the value as Pulumi has it.
func (v Value) Pulumi() property.Value { return v.v }

// Map are the properties of an object; empty for anything else.
func (v Value) Map() property.Map {
	if !v.v.IsMap() {
		return property.Map{}
	}
	return v.v.AsMap()
}

// Unknown reports whether nothing can be said about the value yet.
func (v Value) Unknown() bool { return v.v.IsComputed() }

// Secret reports whether the value is marked as secret.
func (v Value) Secret() bool { return v.v.Secret() }

// At follows a path of object keys, "metadataOptions.httpTokens" say. Where
// the path meets a list it takes the first element: providers write a block
// that occurs once either way.
func (v Value) At(path string) Value {
	for path != "" {
		var key string
		key, path, _ = strings.Cut(path, ".")
		if v = v.block(); v.Unknown() {
			return v
		}
		if !v.v.IsMap() {
			return Value{}
		}
		v = Value{v.v.AsMap().Get(key)}
	}
	return v
}

// block is the value, or the first element of a list.
func (v Value) block() Value {
	if v.v.IsArray() {
		if a := v.v.AsArray(); a.Len() > 0 {
			return Value{a.Get(0)}
		}
		return Value{}
	}
	return v
}

// Given says whether the property is there and neither empty nor false. One that is not
// known yet counts as given: a key or an id that is being created.
func (v Value) Given() Tri {
	switch {
	case v.v.IsNull():
		return No
	case v.v.IsBool():
		return Of(v.v.AsBool())
	case v.v.IsString():
		return Of(v.v.AsString() != "")
	case v.v.IsArray():
		return Of(v.v.AsArray().Len() > 0)
	case v.v.IsMap():
		return Of(v.v.AsMap().Len() > 0)
	}
	return Yes
}

// Present is Given for what must not be there: unknown stays unknown.
func (v Value) Present() Tri {
	if v.Unknown() {
		return Unknown
	}
	return v.Given()
}

// FlagOr reads a truth value that AWS sets to def when nobody states it.
func (v Value) FlagOr(def bool) Tri {
	if v.v.IsNull() {
		return Of(def)
	}
	return v.Flag()
}

// Flag reads a truth value. Launch templates carry theirs as text, so the
// text "true" counts as well.
func (v Value) Flag() Tri {
	switch {
	case v.Unknown():
		return Unknown
	case v.v.IsBool():
		return Of(v.v.AsBool())
	case v.v.IsString():
		return Of(strings.EqualFold(v.v.AsString(), "true"))
	}
	return No
}

// Text reads text. The answer is Yes when it is there, Unknown when it is not known.
func (v Value) Text() (string, Tri) {
	switch {
	case v.Unknown():
		return "", Unknown
	case v.v.IsString():
		return v.v.AsString(), Of(v.v.AsString() != "")
	}
	return "", No
}

// Is says whether the text is one of these; upper and lower case are the same.
func (v Value) Is(texts ...string) Tri {
	got, there := v.Text()
	if there == Unknown {
		return Unknown
	}
	return Of(there == Yes && slices.ContainsFunc(texts, func(t string) bool { return strings.EqualFold(t, got) }))
}

// Matches says whether the text fulfils a condition; text that is not there does not.
func (v Value) Matches(ok func(string) bool) Tri {
	got, there := v.Text()
	if there != Yes {
		return there
	}
	return Of(ok(got))
}

// Number reads a number, also one written as text.
func (v Value) Number() (float64, Tri) {
	switch {
	case v.Unknown():
		return 0, Unknown
	case v.v.IsNumber():
		return v.v.AsNumber(), Yes
	case v.v.IsString():
		n, err := strconv.ParseFloat(v.v.AsString(), 64)
		return n, Of(err == nil)
	}
	return 0, No
}

// AtLeast says whether the number is low or more; none counts as too little.
func (v Value) AtLeast(low float64) Tri { return v.Between(low, 1e18) }

// Between says whether the number is there and within the bounds.
func (v Value) Between(low, high float64) Tri {
	n, there := v.Number()
	if there != Yes {
		return there
	}
	return Of(n >= low && n <= high)
}

// List reads a list; an object counts as a list of one. The answer is Yes
// when there is at least one element.
func (v Value) List() ([]Value, Tri) {
	switch {
	case v.Unknown():
		return nil, Unknown
	case v.v.IsMap():
		return []Value{v}, Yes
	case v.v.IsArray():
		a := v.v.AsArray()
		all := make([]Value, 0, a.Len())
		for _, e := range a.All {
			all = append(all, Value{e})
		}
		return all, Of(len(all) > 0)
	}
	return nil, No
}

// Items is List for rules that treat none and unknown alike.
func (v Value) Items() []Value {
	all, _ := v.List()
	return all
}

// Keys are the keys of an object, sorted; nil for anything else.
func (v Value) Keys() []string {
	if !v.v.IsMap() {
		return nil
	}
	var keys []string
	for k := range v.v.AsMap().AllStable {
		keys = append(keys, k)
	}
	return keys
}

// Contains says whether a list of texts has one that fulfils the condition.
// An unknown element leaves it open unless another one does.
func (v Value) Contains(ok func(string) bool) Tri {
	all, there := v.List()
	if there != Yes {
		return there
	}
	answers := make([]Tri, len(all))
	for i, e := range all {
		answers[i] = e.Matches(ok)
	}
	return Any(answers...)
}

// texts collects every known text within the value, however deep.
func (v Value) texts(into []string) []string {
	switch {
	case v.v.IsString():
		return append(into, v.v.AsString())
	case v.v.IsArray():
		for _, e := range v.v.AsArray().All {
			into = Value{e}.texts(into)
		}
	case v.v.IsMap():
		for _, e := range v.v.AsMap().AllStable {
			into = Value{e}.texts(into)
		}
	}
	return into
}

// holdsUnknown reports whether the value or a part of it is not known yet.
func (v Value) holdsUnknown() bool { return v.v.HasComputed() }
