package rules

import (
	"fmt"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/secrets"
)

// secretUserData looks into the script that a machine runs when it starts,
// wherever a type keeps it.
func secretUserData(c *rule.Check, r *rule.Resource) {
	for _, key := range []string{"userData", "userDataBase64"} {
		checkScript(c, r, key, r.At(key))
	}
	specs, there := r.At("launchSpecifications").List()
	if there == rule.Unknown {
		c.Undecided(r, "launchSpecifications")
	}
	for i, spec := range specs {
		checkScript(c, r, fmt.Sprintf("launchSpecifications[%d].userData", i), spec.At("userData"))
	}
}

func checkScript(c *rule.Check, r *rule.Resource, path string, v rule.Value) {
	text, there := v.Text()
	if there == rule.Unknown {
		c.Undecided(r, path)
	}
	for _, what := range secrets.In(text) {
		c.Fail(r, path, "a script that holds what looks like "+what,
			"keep it in Secrets Manager and let the machine's role read it at boot")
	}
}
