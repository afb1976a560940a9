// Package pattern holds regular expressions back until somebody asks for one. A
// process of rung lives for a second or two and there are many of them, one for each
// provider of a run: compiling patterns that most never use took a tenth of the start
// of each.
package pattern

import (
	"regexp"
	"sync"
)

// Lazy is a regular expression that is compiled at its first use. A wrong one panics
// there, so each wants a test that uses it. It may be used by several goroutines.
func Lazy(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
