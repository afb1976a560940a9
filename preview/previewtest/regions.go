package previewtest

import (
	"fmt"
	"slices"

	"github.com/rung-dev/rung/stacks/parts"
)

// ThreeRegions are the components of a stack in three regions with twelve shards.
func ThreeRegions() []string {
	var names []string
	for _, code := range []string{"", "-euw1", "-apse1"} {
		for _, base := range slices.Concat(parts.Of(parts.Door), parts.Of(parts.Compute), parts.Of(parts.Store)) {
			if base != "server" && (base != "database-proxy" || code == "") {
				names = append(names, base+code)
			}
		}
		for i := 2; i <= 12; i++ {
			names = append(names, fmt.Sprintf("database-shard-%d%s", i, code))
		}
		names = append(names, "network"+code, "alerts"+code, "slo"+code)
	}
	for i := 2; i <= 12; i++ {
		names = append(names, fmt.Sprintf("database-shard-%d-secret", i))
	}
	names = append(names, "cache-secret", "cache-euw1-secret", "cache-apse1-secret", "peering-use1", "peering-euw1")
	return append(names, "dns", "accelerator", "firewall", "edge", "cdn", "assets", "key", "budget", "backups")
}
