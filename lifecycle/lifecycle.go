// Package lifecycle knows until when AWS supports what a stack runs: the engines of
// databases, caches and search, the runtimes of functions and the system of machines.
//
// The dates are those of AWS's own calendars. What AWS has announced no end for is
// not there: nothing is said of it. The package is a leaf and reads no clock.
package lifecycle

import (
	"strings"
	"time"
)

// The products, by the names that AWS gives to engines; functions and machines have
// no engine.
const (
	PostgreSQL       = "postgres"
	AuroraPostgreSQL = "aurora-postgresql"
	Redis            = "redis"
	Valkey           = "valkey"
	OpenSearch       = "opensearch"
	// Lambda has runtimes for versions, "nodejs22.x" say.
	Lambda = "lambda"
	// AmazonLinux has images for versions, by the beginning of their names.
	AmazonLinux = "amazon-linux"
)

// Notice is how long before its end something is worth a warning: an upgrade of a
// database is planned and tried, and that takes months.
const Notice = 365 * 24 * time.Hour

// End is when AWS's standard support of a version ends.
type End struct {
	// Product and Version are what ends: "17" is all of major version 17, "17.7" that
	// one of its minor versions.
	Product, Version string
	// On is the last day.
	On time.Time
	// Source is the page that says so, and Read the day on which it was read.
	Source, Read string
}

// Of is the end of a version: that of the minor version where one is known, else
// that of the major one. It is false where no end is known.
func Of(product, version string) (End, bool) {
	var found End
	for _, c := range calendars {
		for v, day := range c.ends {
			if c.product == product && begins(version, v) && len(v) > len(found.Version) {
				on, _ := time.Parse(time.DateOnly, day) // a test reads them all
				found = End{Product: product, Version: v, On: on, Source: c.source, Read: c.read}
			}
		}
	}
	return found, found.Version != ""
}

// begins reports whether a version is another, or a closer one: 17 begins 17.4 and
// not 170.
func begins(version, with string) bool {
	rest, does := strings.CutPrefix(version, with)
	return does && (rest == "" || strings.ContainsAny(rest[:1], ".-_"))
}

// Soon reports whether support ends within Notice, or has ended.
func (e End) Soon(now time.Time) bool { return e.On.Before(now.Add(Notice)) }

// Over reports whether it has ended.
func (e End) Over(now time.Time) bool { return now.After(e.On.Add(24 * time.Hour)) }

// Day is the last day, as 2030-02-28.
func (e End) Day() string { return e.On.Format(time.DateOnly) }

// Ends are all that are known, in no order.
func Ends() []End {
	var all []End
	for _, c := range calendars {
		for v := range c.ends {
			e, _ := Of(c.product, v)
			all = append(all, e)
		}
	}
	return all
}
