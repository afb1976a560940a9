package contract

import "slices"

// Required lists what a role must be given: of each group one variable. What
// else there is has a default, or belongs to one of these.
func Required(role Role) [][]string {
	database, cache := []string{EnvDatabaseHost, EnvDatabaseURL}, []string{EnvRedisURL}
	switch role {
	case RoleMigrate:
		return [][]string{database}
	case RoleUsers:
		return [][]string{database, cache}
	case RoleSearch: // the engine is its store, and all that it needs
		return [][]string{slices.Concat([]string{EnvEngineURL}, database), {EnvEngineURL, EnvRedisURL}}
	case RoleGateway:
		return [][]string{{EnvUsersURL}, {EnvPostsURL}, {EnvSearchURL}}
	}
	return [][]string{database, cache, {EnvUploadsBucket, EnvUploadsDir}}
}
