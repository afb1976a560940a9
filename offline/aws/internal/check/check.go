// Package check holds the checks of a property that several services need.
package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// Wrong makes the failure of a check of one input.
func Wrong(property, format string, args ...any) []sim.Failure {
	return []sim.Failure{{Property: property, Reason: property + ": " + fmt.Sprintf(format, args...)}}
}

// OneOf checks a number against a short list.
func OneOf(property string, allowed ...int) sim.Check {
	return func(in sim.Props) []sim.Failure {
		if !in.Known(property) || slices.Contains(allowed, in.Int(property)) {
			return nil
		}
		return []sim.Failure{{Property: property,
			Reason: fmt.Sprintf("%s: got %d, want one of %v", property, in.Int(property), allowed)}}
	}
}

// Sentence is a text with a capital at its beginning.
func Sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
