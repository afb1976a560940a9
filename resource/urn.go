package resource

import "strings"

// A URN is urn:pulumi:STACK::PROJECT::TYPE$TYPE::NAME; the chain of types holds
// those of the parents, and the name may hold anything.
const urnParts = 4

// NameOf is the logical name in a URN.
func NameOf(urn string) string {
	parts := strings.SplitN(urn, "::", urnParts)
	return parts[len(parts)-1]
}

// TypeOf is the resource's own type in a URN: the last of the chain. It is empty
// for what is no URN.
func TypeOf(urn string) string {
	parts := strings.SplitN(urn, "::", urnParts)
	if len(parts) < urnParts {
		return ""
	}
	return parts[2][strings.LastIndex(parts[2], "$")+1:]
}

// ProviderURN is the URN in a provider reference, which ends in the provider's id.
func ProviderURN(reference string) string {
	if i := strings.LastIndex(reference, "::"); i >= 0 {
		return reference[:i]
	}
	return reference
}

// IsProvider reports whether a type is that of a provider.
func IsProvider(typ string) bool { return strings.HasPrefix(typ, "pulumi:providers:") }

// IsGroup reports whether a type only holds resources together: rung's
// components, stacks and providers. Other people's components cannot be told by
// their type: they are what no provider manages.
func IsGroup(typ string) bool {
	return strings.HasPrefix(typ, "pulumi:") || strings.HasPrefix(typ, ComponentPrefix)
}

// ComponentPrefix starts the type tokens of rung's components.
const ComponentPrefix = "rung:components:"

// Place is what a source knows of where a resource stands: its parent, and
// whether it is a component, by its URN. A URN that the source does not know has
// no parent.
type Place func(urn string) (parent string, component bool)

// mostParents ends a chain of parents that is damaged; no program nests as deep.
const mostParents = 64

// Component is the name of the component that a resource belongs to: the nearest
// of rung's, for which it was made; else the outermost of anybody's, the part of
// the system that people speak of. A component counts to itself.
func (p Place) Component(urn string) string {
	outermost := ""
	for range mostParents {
		if urn == "" {
			break
		}
		typ := TypeOf(urn)
		if strings.HasPrefix(typ, ComponentPrefix) {
			return NameOf(urn)
		}
		parent, component := p(urn)
		if component && !strings.HasPrefix(typ, "pulumi:") {
			outermost = NameOf(urn)
		}
		urn = parent
	}
	return outermost
}
