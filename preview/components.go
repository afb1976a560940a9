package preview

import (
	"cmp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/stacks/parts"
)

// byComponent sorts steps by their component's place and then by URN.
func byComponent(a, b Step) int {
	return cmp.Or(parts.Compare(a.Component, b.Component), strings.Compare(a.URN, b.URN))
}

// component is the name of the component that the resource belongs to.
func (m *model) component(urn string) string {
	return resource.Place(func(urn string) (string, bool) { return m.parents[urn], m.groups[urn] }).Component(urn)
}

// region is the region of the resource's provider.
func (m *model) region(s *apitype.StepEventStateMetadata) string {
	return m.regions[resource.ProviderURN(s.Provider)]
}
