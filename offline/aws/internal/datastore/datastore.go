// Package datastore holds what RDS and ElastiCache have in common: windows, versions, and the names of
// snapshots and parameter groups.
package datastore

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
)

var finalForm = regexp.MustCompile(`^[a-zA-Z](-?[0-9a-zA-Z])*$`)

// SnapshotName checks the name of a final snapshot.
func SnapshotName(property string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		if !in.Known(property) || in.Str(property) == "" || finalForm.MatchString(in.Str(property)) {
			return nil
		}
		return check.Wrong(property,
			"got %q, want letters, digits and single hyphens, beginning with a letter and not ending with a hyphen",
			in.Str(property))
	}
}

// CompareVersions orders dotted numbers; what is no number counts as zero.
func CompareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		if d := versionPart(as, i) - versionPart(bs, i); d != 0 {
			return d
		}
	}
	return 0
}

func versionPart(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	n, _ := strconv.Atoi(parts[i]) // text reads as 0
	return n
}

// DefaultGroup reports whether a parameter group is one of AWS's own.
func DefaultGroup(name string) bool { return strings.HasPrefix(name, "default") }

// GoesBack reports whether the second version is older. A major one alone is not
// older than a minor of it.
func GoesBack(from, to string) bool {
	return from != "" && to != "" && !strings.HasPrefix(from, to+".") && CompareVersions(to, from) < 0
}
