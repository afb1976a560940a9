package iam

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// mostRequests bounds how many requests of a stranger are tried for one
// statement. One with so many keys that they do not suffice counts as open.
const mostRequests = 20_000

// OpenTo reports whether a stranger, somebody of another account and another
// organization at another address, may do something that the document guards:
// the statement that lets him, and whether there is one.
func (d Document) OpenTo() (Statement, bool) {
	i := slices.IndexFunc(d, func(s Statement) bool { return s.Allow && s.anybody() && d.admits(s) })
	if i < 0 {
		return Statement{}, false
	}
	return d[i], true
}

// anybody reports whether the statement is about people who are not named.
func (s Statement) anybody() bool {
	return s.NotPrincipals || slices.ContainsFunc(s.Principals, everybody)
}

// everybody is true of "*", and of an ARN of any account.
func everybody(principal string) bool {
	return principal == "*" || strings.HasPrefix(principal, "arn:") && strings.ContainsAny(arnOwner(principal), "*?")
}

// admits looks for a request of a stranger that the statement allows and no
// other denies.
func (d Document) admits(s Statement) bool {
	for _, action := range witnesses(s.Actions, s.NotActions, strangeAction) {
		if d.admitsAction(s, action) {
			return true
		}
	}
	return false
}

func (d Document) admitsAction(s Statement, action string) bool {
	allow := strangely(s.Conditions, true)
	var denies [][]Condition
	for _, other := range d {
		if !other.Allow && other.anybody() && covers(other.Actions, other.NotActions, action) && other.coversResources(s) {
			denies = append(denies, strangely(other.Conditions, false))
		}
	}
	search := newSearch(allow, denies)
	return search.run(0, Context{})
}

// strangeAction is an action that no policy names.
const strangeAction = "zzz:Zzz"

// witnesses are examples of what a list of patterns is about: one for each
// pattern, and for a list turned round one that it leaves out.
func witnesses(patterns []string, not bool, other string) []string {
	if not {
		return []string{other}
	}
	all := make([]string, len(patterns))
	for i, p := range patterns {
		all[i] = strings.NewReplacer("*", "Zzz", "?", "z").Replace(p)
		if like(p, other) {
			all[i] = other
		}
	}
	return all
}

func covers(patterns []string, not bool, text string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return likeFold(p, text) }) != not
}

// coversResources reports whether a Deny is about all that an Allow is about.
// In a policy that hangs on a resource "*" is that resource, so that a Deny on
// its name counts against an Allow on "*".
func (s Statement) coversResources(allow Statement) bool {
	if s.NotResources || allow.NotResources {
		return s.NotResources == allow.NotResources && slices.Equal(s.Resources, allow.Resources)
	}
	for _, want := range allow.Resources {
		covered := slices.ContainsFunc(s.Resources, func(p string) bool {
			return like(p, want) || want == "*" && !strings.HasSuffix(p, "/*")
		})
		if !covered {
			return false
		}
	}
	return true
}

// variable is a policy variable: AWS puts a value of the request in its place.
var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// strangely are conditions as a stranger's request meets them: variables hold
// what he has. In an Allow a lone * counts as a wildcard even where the operator
// takes it literally: nobody is named by it.
func strangely(all []Condition, allow bool) []Condition {
	out := slices.Clone(all)
	for i, c := range out {
		values := make([]string, len(c.Values))
		for j, v := range c.Values {
			values[j] = variable.ReplaceAllStringFunc(v, filled)
			loose := values[j] != v && strings.Contains(values[j], "*") || allow && v == "*" && kindOf(c.Key) != free
			if loose && !c.wild() {
				out[i].Operator = wildForm(c.Operator)
			}
		}
		out[i].Values = values
	}
	return out
}

// wildForm is the operator with which * stands for anything.
func wildForm(operator string) string {
	switch operator {
	case "stringequals", "stringequalsignorecase":
		return "stringlike"
	case "stringnotequals", "stringnotequalsignorecase":
		return "stringnotlike"
	}
	return operator
}

// filled is what stands for a variable: a character that is meant as such, what
// belongs to the resource, or anything that the stranger has.
func filled(v string) string {
	switch name := strings.ToLower(v[2 : len(v)-1]); {
	case name == "*" || name == "?" || name == "$":
		return "\uFFFD" // no value has it
	case strings.HasPrefix(name, "aws:resource"):
		return "of-the-resource"
	}
	return "*"
}

// search tries requests of a stranger: each key with each value that he may
// have and that makes a difference.
type search struct {
	allow   []Condition
	denies  [][]Condition
	keys    []string
	options map[string][][]string
	left    int
}

func newSearch(allow []Condition, denies [][]Condition) *search {
	s := &search{allow: allow, denies: denies, options: map[string][][]string{}, left: mostRequests}
	byKey := map[string][]Condition{}
	for _, c := range slices.Concat(append(denies, allow)...) {
		byKey[c.Key] = append(byKey[c.Key], c)
	}
	s.keys = slices.Sorted(maps.Keys(byKey))
	for _, key := range s.keys {
		s.options[key] = options(key, byKey[key])
	}
	return s
}

// options are what a stranger's request may hold for a key: nothing, a value of
// his own, or one that a pattern lets in.
func options(key string, about []Condition) [][]string {
	k := kindOf(key)
	var all [][]string
	if !always[key] {
		all = append(all, nil)
	}
	seen := map[string]bool{}
	add := func(values []string) {
		for _, v := range values {
			if !seen[v] {
				seen[v] = true
				all = append(all, []string{v})
			}
		}
	}
	add(k.fresh())
	for _, c := range about {
		for _, v := range c.Values {
			add(k.examples(c, v))
		}
	}
	return all
}

// examples are values around one of a condition: in free keys the value itself
// and its neighbours, since a request may hold any.
func (k kind) examples(c Condition, v string) []string {
	switch {
	case k == free && !c.wild():
		return append(neighbours(v), v)
	case c.wild() || k == addresses:
		return k.matching(v)
	}
	return nil
}

// run fills in the keys from the i-th on; true when a request gets through.
func (s *search) run(i int, request Context) bool {
	if s.left--; s.left < 0 {
		return true
	}
	if i == len(s.keys) {
		return s.through(request)
	}
	key := s.keys[i]
	for _, values := range s.options[key] {
		request[key] = values
		if s.possible(key, request) && s.run(i+1, request) {
			return true
		}
	}
	delete(request, key)
	return false
}

// possible ends a branch in which the Allow fails already.
func (s *search) possible(key string, request Context) bool {
	return !slices.ContainsFunc(s.allow, func(c Condition) bool { return c.Key == key && c.Holds(request) == no })
}

func (s *search) through(request Context) bool {
	return !slices.ContainsFunc(s.denies, func(all []Condition) bool { return hold(all, request) == yes })
}
