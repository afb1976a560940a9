package fleet

import "github.com/rung-dev/rung/app/contract"

// roles are what a fleet can run: the web tier and the workers of stage 3, and
// the services of stage 4. A service is a fleet like the web tier, with its own
// launch template, group, security group and role, and only the permissions
// that it is given.
func roles() []contract.Role {
	return append([]contract.Role{contract.RoleWeb, contract.RoleWorker}, contract.Services()...)
}
