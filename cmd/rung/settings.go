package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/rung-dev/rung/stacks/config"
)

// settings are configuration keys without their namespace, as config.Parse and
// `pulumi config` take them: lists and objects as JSON.
type settings map[string]string

// parseSet reads the --set flags. A key may carry the namespace; the last value
// of a key wins.
func parseSet(flags []string) (settings, error) {
	out := settings{}
	for _, f := range flags {
		key, value, found := strings.Cut(f, "=")
		key = strings.TrimPrefix(strings.TrimSpace(key), config.Namespace+":")
		if !found || key == "" {
			return nil, usageError{fmt.Sprintf("--set: got %q, want KEY=VALUE, as in --set database.replicas=2", f)}
		}
		out[key] = value
	}
	return out, nil
}

// over lays the settings over stored ones. A dotted key whose parent is stored
// as an object goes into that object, so that a key is never given twice.
func (s settings) over(stored settings) settings {
	out := maps.Clone(stored)
	if out == nil {
		out = settings{}
	}
	for key, value := range s {
		parent, child, dotted := strings.Cut(key, ".")
		object := map[string]any{}
		if !dotted || json.Unmarshal([]byte(out[parent]), &object) != nil {
			out[key] = value
			continue
		}
		object[child] = value
		text, err := json.Marshal(object)
		if err != nil { // it was just read from JSON
			out[key] = value
			continue
		}
		out[parent] = string(text)
	}
	return out
}

// engine are the settings as the engine takes them, with their namespace.
func (s settings) engine() map[string]string {
	out := make(map[string]string, len(s))
	for k, v := range s {
		out[config.Namespace+":"+k] = v
	}
	return out
}

// with returns a copy in which key has value.
func (s settings) with(key, value string) settings {
	out := maps.Clone(s)
	if out == nil {
		out = settings{}
	}
	out[key] = value
	return out
}
