package topics

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/lab/awsapi/queues"
)

// filter is a policy over attributes: each named one must meet one of its rules.
type filter map[string][]rule

// rule says whether an attribute's values meet it; there are none where the
// message has no such attribute.
type rule func(values []string) bool

func readFilter(text string) (filter, error) {
	if text == "" {
		return nil, nil
	}
	var raw map[string][]json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, fmt.Errorf("read the filter policy: want an object of lists: %w", err)
	}
	f := filter{}
	for name, list := range raw {
		for _, one := range list {
			r, err := readRule(one)
			if err != nil {
				return nil, fmt.Errorf("read the filter policy: %s: %w", name, err)
			}
			f[name] = append(f[name], r)
		}
	}
	return f, nil
}

// readRule knows exact texts, prefix, suffix, anything-but and exists.
func readRule(raw json.RawMessage) (rule, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return func(values []string) bool { return slices.Contains(values, text) }, nil
	}
	var by struct {
		Prefix      *string  `json:"prefix"`
		Suffix      *string  `json:"suffix"`
		AnythingBut []string `json:"anything-but"`
		Exists      *bool    `json:"exists"`
	}
	if err := json.Unmarshal(raw, &by); err != nil {
		return nil, fmt.Errorf("the lab's SNS does not know %s", raw)
	}
	some := func(ok func(string) bool) rule {
		return func(values []string) bool { return slices.ContainsFunc(values, ok) }
	}
	switch {
	case by.Prefix != nil:
		return some(func(v string) bool { return strings.HasPrefix(v, *by.Prefix) }), nil
	case by.Suffix != nil:
		return some(func(v string) bool { return strings.HasSuffix(v, *by.Suffix) }), nil
	case by.AnythingBut != nil:
		return some(func(v string) bool { return !slices.Contains(by.AnythingBut, v) }), nil
	case by.Exists != nil:
		return func(values []string) bool { return *by.Exists == (len(values) > 0) }, nil
	}
	return nil, fmt.Errorf("the lab's SNS does not know %s", raw)
}

func (f filter) accepts(attributes map[string]queues.Attribute) bool {
	for name, rules := range f {
		values := valuesOf(attributes, name)
		if !slices.ContainsFunc(rules, func(r rule) bool { return r(values) }) {
			return false
		}
	}
	return true
}

// valuesOf are an attribute's texts: several for the type String.Array.
func valuesOf(attributes map[string]queues.Attribute, name string) []string {
	a, ok := attributes[name]
	if !ok || a.StringValue == nil {
		return nil
	}
	var several []string
	if a.DataType == "String.Array" && json.Unmarshal([]byte(*a.StringValue), &several) == nil {
		return several
	}
	return []string{*a.StringValue}
}
