package aws

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/rung-dev/rung/machine"
)

// The two processor architectures.
const (
	arm = "arm64"
	x86 = "x86_64"
)

// TypesEnv names the environment variable with the machine types, classes and
// node types that the account has although the table does not know them,
// separated by commas.
const TypesEnv = "RUNG_OFFLINE_TYPES"

// offered reports whether the account can rent a type.
func offered(s machine.Service, name string) bool {
	return s.Known(name) || slices.Contains(strings.Split(os.Getenv(TypesEnv), ","), name)
}

// architecture gives the processor of an instance type, "" when there is no
// such type.
func architecture(instanceType string) string {
	switch {
	case !offered(machine.EC2, instanceType):
		return ""
	case machine.ARM(instanceType):
		return arm
	}
	return x86
}

// hint says what a service has in place of a type.
func hint(s machine.Service, name string) string {
	return fmt.Sprintf("Choose %s, %s for example.", s.Form(), firstOf(s.Nearest(name, nil), s.Example))
}
