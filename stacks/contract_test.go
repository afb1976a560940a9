package stacks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
)

// What the app says a role must be given is given to its machines: an app that
// lacks any of it does not start.
func TestMachinesAreGivenWhatTheAppRequires(t *testing.T) {
	roles := map[string]contract.Role{"web": contract.RoleWeb, "workers": contract.RoleWorker,
		"users-service": contract.RoleUsers, "posts-service": contract.RolePosts, "search-service": contract.RoleSearch}
	rec := built(t, 4)
	for name, role := range roles {
		kept := rec.Named("artifacts-boot-" + name)
		require.Len(t, kept, 1, name)
		script := kept[0].String("content")
		for _, group := range contract.Required(role) {
			given := false
			for _, variable := range group {
				given = given || strings.Contains(script, variable+"=")
			}
			assert.True(t, given, "%s: want one of %v", name, group)
		}
	}
}
