package manifest

import (
	"fmt"

	"github.com/rung-dev/rung/outside/legible"
)

// WholeFile is the key of what is wrong with a file as such.
const WholeFile = "(file)"

// Problem is one thing that is wrong with a file.
type Problem struct {
	// Key is where, dotted: "commands.web".
	Key string
	// Value is what stands there, on one line; empty when it is missing.
	Value string
	// Want says what is allowed, or what to do.
	Want string
}

// Error names the key, the value and what is allowed.
func (p Problem) Error() string {
	if p.Value == "" {
		return legible.Line(p.Key) + ": " + p.Want
	}
	return fmt.Sprintf("%s: got %q, %s", legible.Line(p.Key), p.Value, p.Want)
}

// Problems is everything that is wrong with a file; never empty as an error.
type Problems []Problem

// Error lists every problem, one a line.
func (ps Problems) Error() string { return List(ps) }

// List is how many problems there are, and each on a line of its own.
func List[E error](all []E) string {
	text := fmt.Sprintf("%d problem", len(all))
	if len(all) > 1 {
		text += "s"
	}
	for _, p := range all {
		text += "\n  " + p.Error()
	}
	return text
}
