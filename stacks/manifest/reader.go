package manifest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/outside/nearest"
)

// reader collects what is wrong while it reads.
type reader struct{ problems Problems }

// longest is how much of a value is shown in a message.
const longest = 120

func (r *reader) wrong(at string, n *yaml.Node, want string) {
	r.problems = append(r.problems, Problem{cmpOr(at, WholeFile), shown(n), want})
}

// shown is a value on one line.
func shown(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	text := n.Value
	switch n.Kind {
	case yaml.MappingNode:
		text = "a mapping"
	case yaml.SequenceNode:
		text = "a list"
	case yaml.AliasNode:
		text = "*" + n.Value
	}
	if text == "" {
		text = "nothing"
	}
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + " …"
	}
	return text
}

// field is one key of a mapping.
type field struct {
	key  string
	read func(at string, n *yaml.Node)
}

// mapping reads the keys of a mapping, each once.
func (r *reader) mapping(at string, n *yaml.Node, fields ...field) {
	var names []string
	for _, f := range fields {
		names = append(names, f.key)
	}
	r.each(at, n, "a mapping of "+strings.Join(names, ", "), func(key string, value *yaml.Node) {
		i := slices.Index(names, key)
		if i < 0 {
			want := "unknown key; want one of " + strings.Join(names, ", ")
			if near := nearest.Of(key, names); near != "" {
				want = "unknown key; did you mean " + near + "?"
			}
			r.problems = append(r.problems, Problem{below(at, key), "", want})
			return
		}
		fields[i].read(below(at, key), value)
	})
}

// each reads all keys of a mapping, whatever they are called.
func (r *reader) each(at string, n *yaml.Node, want string, read func(key string, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.wrong(at, n, "want "+want)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode || key.Value == "" || len(key.Value) > longest:
			r.wrong(below(at, "(key)"), key, "want a short text as key")
		case seen[key.Value]:
			r.problems = append(r.problems, Problem{below(at, key.Value), "", "stands twice"})
		default:
			seen[key.Value] = true
			read(key.Value, n.Content[i+1])
		}
	}
}

// items reads a list.
func (r *reader) items(at string, n *yaml.Node, want string, read func(at string, n *yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		r.wrong(at, n, "want "+want)
		return
	}
	for i, item := range n.Content {
		read(fmt.Sprintf("%s[%d]", at, i), item)
	}
}

func below(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

// line is a text of one line.
func line(n *yaml.Node) (string, bool) {
	ok := n.Kind == yaml.ScalarNode && n.Value != "" && n.Tag != "!!null" && len(n.Value) <= 1<<14 &&
		!strings.ContainsAny(n.Value, "\n\r\x00")
	return n.Value, ok
}

// text reads a text that a pattern matches.
func (r *reader) text(to *string, form func() *regexp.Regexp, want string) func(string, *yaml.Node) {
	return func(at string, n *yaml.Node) {
		v, ok := line(n)
		if !ok || !form().MatchString(v) {
			r.wrong(at, n, "want "+want)
			return
		}
		*to = v
	}
}

// oneOf reads one of the choices.
func (r *reader) oneOf(to *string, choices []string) func(string, *yaml.Node) {
	return func(at string, n *yaml.Node) {
		v, ok := line(n)
		if !ok || !slices.Contains(choices, v) {
			r.wrong(at, n, "want one of "+strings.Join(choices, ", "))
			return
		}
		*to = v
	}
}

// whole reads a number within bounds.
func (r *reader) whole(to *int, low, high int) func(string, *yaml.Node) {
	return func(at string, n *yaml.Node) {
		v, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil || v < low || v > high {
			r.wrong(at, n, fmt.Sprintf("want a whole number, %d to %d", low, high))
			return
		}
		*to = v
	}
}

const wantedCommand = "want a command line, or a list of words that no shell reads"

// command reads a command line.
func (r *reader) command(to **Command) func(string, *yaml.Node) {
	return func(at string, n *yaml.Node) {
		if n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
			*to = &Command{Words: r.words(at, n)}
			return
		}
		v, ok := line(n)
		if !ok || strings.TrimSpace(v) == "" {
			r.wrong(at, n, wantedCommand)
			return
		}
		*to = &Command{Line: v}
	}
}

func (r *reader) words(at string, n *yaml.Node) (words []string) {
	for i, item := range n.Content {
		v, ok := line(item)
		if !ok {
			r.wrong(fmt.Sprintf("%s[%d]", at, i), item, "want one line that is not empty")
		}
		words = append(words, v)
	}
	return words
}
