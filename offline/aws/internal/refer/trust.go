package refer

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Trusted refuses a role that does not let a service act in its name. A role of another
// program or account is not looked into. The words are the caller's guess of AWS's where the
// service has no one sentence for it.
func Trusted(path, service, code string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		for _, arn := range o.In.Strs(path) {
			role, ours := o.FindBy(token.IAMRole, "arn", arn)
			if ours && !strings.Contains(role.Str("assumeRolePolicy"), service) {
				return sim.Refuse(code, fmt.Sprintf("%s is not authorized to perform: sts:AssumeRole on role %s", service, arn),
					"Let "+service+" assume it.")
			}
		}
		return nil
	}
}
