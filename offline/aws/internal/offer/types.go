// Package offer says which machine types, classes and node types the simulated account can rent.
package offer

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/rung-dev/rung/machine"
)

// The two processor architectures.
const (
	ARM = "arm64"
	X86 = "x86_64"
)

// TypesEnv names the environment variable with the machine types, classes and
// node types that the account has although the table does not know them,
// separated by commas.
const TypesEnv = "RUNG_OFFLINE_TYPES"

// Has reports whether the account can rent a type.
func Has(s machine.Service, name string) bool {
	return s.Known(name) || slices.Contains(strings.Split(os.Getenv(TypesEnv), ","), name)
}

// Architecture gives the processor of an instance type, "" when there is no
// such type.
func Architecture(instanceType string) string {
	switch {
	case !Has(machine.EC2, instanceType):
		return ""
	case machine.ARM(instanceType):
		return ARM
	}
	return X86
}

// Hint says what a service has in place of a type.
func Hint(s machine.Service, name string) string {
	return fmt.Sprintf("Choose %s, %s for example.", s.Form(), cmp.Or(s.Nearest(name, nil), s.Example))
}
