// Package nearest finds what somebody probably meant: one place for every "did
// you mean" about keys, flags, properties and rules.
package nearest

import (
	"fmt"

	"github.com/agext/levenshtein"
)

// longest is more than any of our names has, in bytes: beyond it nothing is
// compared, which takes time by the product of the lengths.
const longest = 100

// Of returns the choice that is spelt most like given, the first of several that
// are alike. Empty where none is near: more than two letters, or a third of the
// given ones, would have to change, or given is over 100 bytes long.
func Of(given string, choices []string) string {
	if len(given) > longest {
		return ""
	}
	best, distance := "", max(2, len(given)/3)+1
	for _, c := range choices {
		if d := levenshtein.Distance(given, c, nil); d < distance {
			best, distance = c, d
		}
	}
	return best
}

// Question asks for the nearest choice, written after prefix: "did you mean
// --set?". Empty where none is near.
func Question(given string, choices []string, prefix string) string {
	best := Of(given, choices)
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %s%s?", prefix, best)
}
