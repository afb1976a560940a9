package preview

import (
	"cmp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/stacks/parts"
)

// componentPrefix starts the type tokens of rung's components.
const componentPrefix = "rung:components:"

// byComponent sorts steps by their component's place and then by URN.
func byComponent(a, b Step) int {
	return cmp.Or(parts.Compare(a.Component, b.Component), strings.Compare(a.URN, b.URN))
}

// component is the name of the nearest rung component above the resource.
func (m *model) component(urn string) string {
	for range 32 { // deeper than any program nests; ends a damaged chain too
		parent := m.parents[urn]
		if parent == "" {
			return ""
		}
		if strings.HasPrefix(typeOf(parent), componentPrefix) {
			return nameOf(parent)
		}
		urn = parent
	}
	return ""
}

// region is the region of the resource's provider.
func (m *model) region(s *apitype.StepEventStateMetadata) string {
	urn, _, ok := cutLast(s.Provider, "::")
	if !ok {
		return ""
	}
	return m.regions[urn]
}

// typeOf is the resource's own type in a URN: the last of the chain.
func typeOf(urn string) string {
	parts := strings.Split(urn, "::")
	if len(parts) < 4 {
		return ""
	}
	chain := parts[2]
	return chain[strings.LastIndex(chain, "$")+1:]
}

// nameOf is the logical name in a URN.
func nameOf(urn string) string {
	parts := strings.SplitN(urn, "::", 4)
	return parts[len(parts)-1]
}

func isProvider(typ string) bool { return strings.HasPrefix(typ, "pulumi:providers:") }

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
