// Package accepted lists where rung's own stacks depart from a policy, each with
// its reason. Whoever reads a green run can read here what was let pass.
//
// An entry names resources by their logical names and says on which
// configurations it holds. The list is data: who judges stacks, the policy
// pack, turns it into exceptions. Programs that are no rung stack have none.
package accepted

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rung-dev/rung/stacks/ladder"
)

// Entry is one departure from one policy.
type Entry struct {
	// Rule is the policy's id.
	Rule string
	// Resources are logical names; * stands for any part of one, because a
	// stack of several regions has each resource several times.
	Resources []string
	// Reason says why the policy is not followed.
	Reason string
	// When says on which configurations; empty means on all.
	When string
	// From is the first stage on which the entry can hold; zero means the first.
	From ladder.Number

	holds func(Config) bool
}

// Covers reports whether the entry is about a resource of that logical name.
func (e Entry) Covers(name string) bool {
	return slices.ContainsFunc(e.Resources, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return err == nil && ok
	})
}

// Config is a stack's configuration, as far as entries read it.
type Config struct {
	// Stage is the stage of the ladder; zero is no stack of rung.
	Stage ladder.Number
	// Get returns a value of the stack's `rung:` configuration, objects as
	// JSON; empty for a key that is not set.
	Get func(key string) string
}

// For lists the entries that hold on a configuration; none without a stage.
func For(c Config) []Entry {
	if c.Stage == 0 {
		return nil
	}
	return slices.DeleteFunc(Entries(), func(e Entry) bool { return c.Stage < e.From || e.holds != nil && !e.holds(c) })
}

// value is the value of a key, written with dots or as an object.
func (c Config) value(key string) string {
	if v := c.Get(key); v != "" {
		return v
	}
	parent, child, nested := strings.Cut(key, ".")
	if !nested {
		return ""
	}
	var fields map[string]any
	if json.Unmarshal([]byte(c.Get(parent)), &fields) != nil || fields[child] == nil {
		return ""
	}
	return fmt.Sprint(fields[child])
}

func (c Config) is(key, value string) bool { return c.value(key) == value }

// The configurations on which entries hold.
var (
	unnamed    = func(c Config) bool { return c.is("domain", "") }
	cloudflare = func(c Config) bool { return c.is("cdn", "cloudflare") }
	pending    = func(c Config) bool { return c.is("handover", "pending") }
	yours      = func(c Config) bool { return !c.is("app", "") }
	oneZone    = func(c Config) bool { return c.is("database.multiAz", "false") }
)

func below(n ladder.Number) func(Config) bool { return func(c Config) bool { return c.Stage < n } }

func both(a, b func(Config) bool) func(Config) bool {
	return func(c Config) bool { return a(c) && b(c) }
}

func either(a, b func(Config) bool) func(Config) bool {
	return func(c Config) bool { return a(c) || b(c) }
}
