package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/outside/nearest"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Parse reads the keys of the `rung:` namespace, without that prefix. A nested
// key is written with dots ("database.replicas") or, as Pulumi stores it, as
// a JSON object under its first part. The error is [Problems].
func Parse(raw map[string]string) (Config, error) {
	raw, problems := ofSize(raw)
	values, wrong := flatten(raw)
	problems = append(append(problems, wrong...), unknown(values)...)
	stage, ok := ladder.Number(0), false
	if v := values["stage"]; v != "" {
		n, err := ladder.Parse(v)
		stage, ok = n, err == nil
	}
	if !ok {
		stage = Built // the other keys are still worth reading
	}
	var c Config
	for _, k := range Keys() {
		problems = append(problems, k.read(&c, stage, values)...)
	}
	c.yourDefaults(values)
	if len(problems) == 0 || ok {
		problems = append(problems, check(c, effective(values, stage), problems)...)
	}
	if len(problems) > 0 {
		return Config{}, problems
	}
	return c, nil
}

// maxLength is how long a value or a name may be: more than all that is written
// by hand, and little enough to be read, compared and shown at once.
const maxLength = 1 << 16

// ofSize leaves out and reports what is too long to be read at all.
func ofSize(raw map[string]string) (map[string]string, Problems) {
	fit := map[string]string{}
	var problems Problems
	for name, v := range raw {
		if len(name)+len(v) > maxLength {
			problems = append(problems,
				Problem{name, v, fmt.Sprintf("%d characters: want at most %d", len(name)+len(v), maxLength)})
			continue
		}
		fit[name] = v
	}
	return fit, sorted(problems)
}

// Given reads the keys that are given, each by itself, where there need not be
// a stage: of a program that is no stack of rung. What is not given stays at its
// zero value, keys are not held against each other, and keys that rung does not
// have are somebody else's. The error is [Problems].
func Given(raw map[string]string) (Config, error) {
	raw, tooLong := ofSize(raw)
	values, problems := flatten(raw)
	problems = append(tooLong, problems...)
	var c Config
	for _, k := range Keys() {
		v, given := values[k.Name]
		if !given {
			continue
		}
		if err := k.set(&c, v); err != nil {
			problems = append(problems, k.problems(v, err)...)
		}
	}
	if len(problems) > 0 {
		return Config{}, problems
	}
	return c, nil
}

// read sets the key's default, then the user's value over it, so that a wrong
// value leaves the default in place for the checks that follow.
func (k Key) read(c *Config, stage ladder.Number, values map[string]string) Problems {
	if def := k.Default(stage); def != "" {
		if err := k.set(c, def); err != nil {
			return Problems{{k.Name, def, "the built-in default is wrong, please report it: " + err.Error()}}
		}
	}
	v, given := values[k.Name]
	if !given {
		if k.Name == "stage" {
			return Problems{{Key: k.Name, Want: "required: want " + k.Allowed}}
		}
		return nil
	}
	if v == "" {
		return Problems{{k.Name, v, "empty: want " + k.Allowed + ", or leave the key out"}}
	}
	if err := k.set(c, v); err != nil {
		return k.problems(v, err)
	}
	return nil
}

// effective is every key's value, the user's or the default: what a
// contradiction shows.
func effective(values map[string]string, stage ladder.Number) map[string]string {
	all := map[string]string{}
	for _, k := range Keys() {
		all[k.Name] = k.Default(stage)
		if v, given := values[k.Name]; given {
			all[k.Name] = v
		}
	}
	return all
}

// flatten turns objects into dotted keys: {"replicas":2} under "database"
// becomes database.replicas.
func flatten(raw map[string]string) (map[string]string, Problems) {
	values := map[string]string{}
	var problems Problems
	for name, v := range raw {
		object := map[string]any{}
		if !strings.HasPrefix(v, "{") || isKey(name) {
			values[name] = v
			continue
		}
		if err := json.Unmarshal([]byte(v), &object); err != nil {
			problems = append(problems, Problem{name, v, "want settings as an object: " + err.Error()})
			continue
		}
		for part, value := range object {
			values[name+"."+part] = plain(value)
		}
	}
	return values, sorted(problems)
}

// Flat are the settings under their dotted names.
func Flat(raw map[string]string) map[string]string {
	values, _ := flatten(raw)
	return values
}

// plain writes a JSON value as a user would write it on the command line.
func plain(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil { // it was just read from JSON
		return fmt.Sprint(v)
	}
	return string(b)
}

func isKey(name string) bool {
	return slices.ContainsFunc(Keys(), func(k Key) bool { return k.Name == name })
}

// unknown reports keys that do not exist, with the nearest one that does.
func unknown(values map[string]string) Problems {
	var problems Problems
	for name, v := range values {
		if isKey(name) {
			continue
		}
		hint := "unknown key; `rung config` lists every key"
		if near := meant(name); near != "" {
			hint = fmt.Sprintf("unknown key; did you mean %s:%s?", Namespace, near)
		}
		problems = append(problems, Problem{name, v, hint})
	}
	return sorted(problems)
}

// meant is the key that name was probably meant to be, by its whole name or by
// the last part of it; empty if none is near.
func meant(name string) string {
	var whole, last []string
	for _, k := range Keys() {
		whole, last = append(whole, k.Name), append(last, k.Name[strings.LastIndex(k.Name, ".")+1:])
	}
	if key := nearest.Of(name, whole); key != "" {
		return key
	}
	if i := slices.Index(last, nearest.Of(name, last)); i >= 0 {
		return whole[i]
	}
	return ""
}

// sorted makes the message of a map's problems the same on every run.
func sorted(ps Problems) Problems {
	slices.SortFunc(ps, func(a, b Problem) int { return strings.Compare(a.Key, b.Key) })
	return ps
}
