package demands

import (
	"fmt"

	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/sim"
)

// A policy that names a role is refused while the role does not stand: services turn
// its name into the role's own id when they take the policy. KMS and S3 do so in their
// tables.

// principalsExist refuses the document of a property that names a role which this
// account does not have. Documents that are none are the service's own matter.
func principalsExist(property, code, message string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		if !o.In.Has(property) {
			return nil
		}
		statements, _ := policy.Statements(policy.Text(o.In, property))
		for _, s := range statements {
			for _, p := range s.Accounts() {
				if !policy.PrincipalExists(o, p) {
					return sim.Refuse(code, message,
						fmt.Sprintf("%q is no principal that exists: create it first, and take its ARN from there.", p))
				}
			}
		}
		return nil
	}
}

// granteeExists: KMS wants the role of a grant to stand, service-linked ones among them.
func granteeExists(o *sim.Op) error {
	arn := o.In.Str("granteePrincipal")
	if arn == "" || policy.PrincipalExists(o, arn) {
		return nil
	}
	return sim.Refuse("InvalidArnException", "ARN does not refer to a valid principal: "+arn,
		"Create the role first, or for a service-linked role an iam.ServiceLinkedRole, and depend on it.")
}
