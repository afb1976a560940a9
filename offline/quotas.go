package offline

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/offline/aws"
	"github.com/rung-dev/rung/offline/aws/ec2"
	"github.com/rung-dev/rung/offline/sim"
)

// QuotasEnv names the environment variable with service quotas that hold while it
// is set, over those of the state file: "ec2.elastic-ips=2,ec2.on-demand-vcpus=5".
const QuotasEnv = "RUNG_OFFLINE_QUOTAS"

// ParseQuotas reads what [QuotasEnv] holds. It reports every problem.
func ParseQuotas(text string) (map[string]int, error) {
	quotas := map[string]int{}
	var problems []error
	for _, part := range strings.Split(text, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		key, value, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if key = strings.TrimSpace(key); key == "" || err != nil || n < 0 {
			problems = append(problems, fmt.Errorf("%s: got %q, want KEY=NUMBER, as in ec2.elastic-ips=2", QuotasEnv, part))
			continue
		}
		quotas[key] = n
	}
	return quotas, errors.Join(problems...)
}

// Defaults are the quotas that the offline cloud holds where nobody says otherwise:
// AWS's for a new account, of what the simulation counts.
func Defaults() (map[string]int, error) {
	pkg, err := aws.Package()
	if err != nil {
		return nil, err
	}
	quotas := pkg.Defaults()
	maps.Copy(quotas, ec2.Inner())
	return quotas, nil
}

// Quotas are those of the offline cloud in a state file: the defaults, the file's own
// over them, and those of the environment over all. What is in none of them has no
// bound.
func Quotas(stateFile, environment string) (map[string]int, error) {
	quotas, err := Defaults()
	if err != nil {
		return nil, err
	}
	err = storeOf(stateFile).View(func(c *sim.Cloud) error {
		maps.Copy(quotas, c.Quotas)
		return nil
	})
	if err != nil {
		return nil, err
	}
	given, err := ParseQuotas(environment)
	maps.Copy(quotas, given)
	return quotas, err
}

// Others are the resources that the offline cloud in a state file holds of others
// than a stack of a project.
func Others(stateFile, project, stack string) ([]sim.Entry, error) {
	var others []sim.Entry
	err := storeOf(stateFile).View(func(c *sim.Cloud) error {
		entries, err := c.Of("")
		for _, e := range entries {
			if !strings.HasPrefix(e.URN, "urn:pulumi:"+stack+"::"+project+"::") {
				others = append(others, *e)
			}
		}
		return err
	})
	return others, err
}
