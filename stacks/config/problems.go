package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/stacks/manifest"
)

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	// Key is the key without its namespace: "web.spotShare".
	Key string
	// Value is what it was set to; empty when it is missing.
	Value string
	// Want says what is allowed, or what to do.
	Want string
}

// Error names the key, the value and what is allowed.
func (p Problem) Error() string {
	key := short(p.Key)
	if p.Value == "" {
		return fmt.Sprintf("%s:%s: %s", Namespace, key, p.Want)
	}
	return fmt.Sprintf("%s:%s: got %q, %s", Namespace, key, short(p.Value), p.Want)
}

// short is a text with its middle left out where nobody would read all of it.
func short(s string) string {
	const shown = 300
	if len(s) <= shown {
		return s
	}
	return strings.ToValidUTF8(s[:shown/2]+" … "+s[len(s)-shown/2:], "")
}

// Problems is everything that is wrong with a configuration. It is never empty
// when it is an error.
type Problems []Problem

// Error lists every problem, one a line.
func (ps Problems) Error() string {
	return "read the configuration: " + manifest.List(ps)
}

// IsProblem reports whether err is, or wraps, a wrong configuration.
func IsProblem(err error) bool {
	var ps Problems
	return errors.As(err, &ps)
}
