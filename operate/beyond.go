package operate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/resource/token"
)

// Step is one step of a plan, as far as it matters whether a release takes it.
type Step struct{ Op, Type, Name string }

// released are the types that a release changes, and how: its program and its files are
// new objects, its description a parameter or what machines boot with, its rights policies
// of the machines' roles.
var released = map[string][]string{
	token.S3BucketObjectv2:  {"create", "update", "replace", "delete"},
	token.SSMParameter:      {"update"},
	token.EC2LaunchTemplate: {"update"},
	token.AutoScalingGroup:  {"update"},
	token.IAMRolePolicy:     {"create", "update", "delete"},
}

// Beyond are the steps of a plan that no release takes: a command that deploys does not
// carry out a change of the infrastructure that happens to be due.
func Beyond(steps []Step) (names []string) {
	for _, s := range steps {
		if strings.HasPrefix(s.Op, "same") || slices.Contains(released[s.Type], s.Op) {
			continue
		}
		names = append(names, fmt.Sprintf("%s of %s (%s)", s.Op, s.Name, s.Type))
	}
	return names
}
