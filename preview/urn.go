package preview

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// componentPrefix starts the type tokens of rung's components.
const componentPrefix = "rung:components:"

// order is how components are listed: the way a request takes through them,
// then what watches. Components that are not named here come last.
var order = []string{
	"network", "peering", "dns", "accelerator", "origin", "edge", "cdn", "assets", "loadbalancer", "gateway", "inner", "server", "capacity", "web",
	"users-service", "posts-service", "search-service", "workers", "jobs",
	"cache", "cache-secret", "database", "database-secret", "database-aurora", "users-database", "search", "key", "uploads", "backups", "artifacts", "logs",
	"alerts", "budget", "climb", "dashboard",
}

// byComponent sorts steps by their component's place and then by URN.
func byComponent(a, b Step) int {
	return cmp.Or(compareComponents(a.Component, b.Component), strings.Compare(a.URN, b.URN))
}

func compareComponents(a, b string) int {
	baseA, codeA := cellOf(a)
	baseB, codeB := cellOf(b)
	return cmp.Or(cmp.Compare(place(baseA), place(baseB)), strings.Compare(baseA, baseB), strings.Compare(codeA, codeB))
}

func place(component string) int {
	if i := slices.Index(order, component); i >= 0 {
		return i
	}
	if component == "" {
		return len(order) + 1
	}
	return len(order)
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
