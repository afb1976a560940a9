package settings_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/settings"
)

// What the contract says is required is enough, and no part of it can be left
// out: the infrastructure relies on that list.
func TestContractSaysWhatIsRequired(t *testing.T) {
	values := env{contract.EnvDatabaseHost: "db", contract.EnvDatabaseURL: "postgres://u@db/app",
		contract.EnvRedisURL:      "rediss://cache:6379/0",
		contract.EnvUploadsBucket: "uploads", contract.EnvUploadsDir: "/uploads", contract.EnvEngineURL: "https://engine",
		contract.EnvUsersURL: "http://users", contract.EnvPostsURL: "http://posts", contract.EnvSearchURL: "http://search"}
	for _, role := range append(contract.Roles(), contract.Services()...) {
		for choice := range 3 {
			given := env{}
			for _, group := range contract.Required(role) {
				name := group[choice%len(group)]
				if given[name] = values[name]; name == contract.EnvDatabaseHost {
					given[contract.EnvDatabaseName], given[contract.EnvDatabaseSecret] = "app", "arn:db"
				}
			}
			if role == contract.RoleSearch && choice > 0 { // without an engine it needs both others
				given[contract.EnvRedisURL] = values[contract.EnvRedisURL]
			}
			_, err := settings.Read(role, given.get)
			require.NoError(t, err, "%s with %v", role, given)
			if role == contract.RoleSearch && choice == 0 {
				continue // one variable is all
			}
			for _, group := range contract.Required(role) {
				less := env{}
				for k, v := range given {
					less[k] = v
				}
				for _, name := range group {
					delete(less, name)
				}
				_, err := settings.Read(role, less.get)
				require.Error(t, err, "%s without %v", role, group)
				assert.Contains(t, strings.Join(group, " "), strings.SplitN(err.Error(), ":", 2)[0], "%s says what is missing",
					role)
			}
		}
	}
}
