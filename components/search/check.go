package search

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
)

const (
	// DefaultEngineVersion is the newest of OpenSearch's second major version.
	DefaultEngineVersion = "OpenSearch_2.19"
	// DefaultZones survives the loss of one and keeps a majority.
	DefaultZones = 3
	// DefaultInstanceType is the smallest that is not burstable.
	DefaultInstanceType = "m7g.large.search"
	// DefaultMasters is the least that survives the loss of one.
	DefaultMasters = 3
	// NoMasters lets the data nodes keep the cluster together themselves.
	NoMasters = -1
	// DefaultMasterType keeps a cluster of up to ten data nodes together.
	DefaultMasterType = "m7g.medium.search"
	// DefaultGiB holds stage 4's index many times over.
	DefaultGiB = 100
	// DefaultLogDays is long enough to look into what users report.
	DefaultLogDays = 30
	// baseIOPS and baseThroughput are what gp3 includes.
	baseIOPS, baseThroughput = 3_000, 125
	// maxIOPS and maxThroughput are gp3's limits on OpenSearch.
	maxIOPS, maxThroughput = 16_000, 1_000
)

func (a Args) withDefaults() Args {
	a.Zones = cmp.Or(a.Zones, DefaultZones)
	a.EngineVersion = cmp.Or(a.EngineVersion, DefaultEngineVersion)
	a.InstanceType = cmp.Or(a.InstanceType, DefaultInstanceType)
	a.Instances = cmp.Or(a.Instances, a.Zones)
	a.Masters = cmp.Or(a.Masters, DefaultMasters)
	a.MasterType = cmp.Or(a.MasterType, DefaultMasterType)
	a.GiB = cmp.Or(a.GiB, DefaultGiB)
	a.IOPS = cmp.Or(a.IOPS, baseIOPS)
	a.ThroughputMiBps = cmp.Or(a.ThroughputMiBps, baseThroughput)
	a.Username = cmp.Or(a.Username, "app")
	a.LogDays = cmp.Or(a.LogDays, DefaultLogDays)
	return a
}

func (a Args) validate() error {
	return errors.Join(slices.Concat(door.Check(a.Clients), a.checkPlace(), a.checkNodes(), a.checkDisk(),
		a.checkUser())...)
}

// place are the subnets that the domain stands in, one in each zone.
func (a Args) place() []part.Subnet {
	var first []part.Subnet
	seen := map[string]bool{}
	for _, s := range a.Subnets {
		if len(first) < a.Zones && !seen[s.Zone] {
			seen[s.Zone] = true
			first = append(first, s)
		}
	}
	return first
}

func (a Args) checkPlace() []error {
	var errs []error
	if a.VPCID == nil {
		errs = append(errs, errors.New("VPCID: required"))
	}
	if a.Zones < 1 || a.Zones > 3 {
		return append(errs, fmt.Errorf("Zones: got %d, want 1 to 3", a.Zones))
	}
	if got := len(a.place()); got < a.Zones {
		errs = append(errs, fmt.Errorf("Subnets: got %d zones, want %d (Zones)", got, a.Zones))
	}
	return errs
}

var (
	versionForm = regexp.MustCompile(`^OpenSearch_[123]\.[0-9]+$`)
	typeForm    = regexp.MustCompile(`^[a-z][a-z0-9]*\.[a-z0-9]+\.search$`)
)

// maxDataNodes is AWS's quota before anybody asks for more.
const maxDataNodes = 80

func (a Args) checkNodes() []error {
	var errs []error
	if !versionForm.MatchString(a.EngineVersion) {
		errs = append(errs, fmt.Errorf("EngineVersion: got %q, want one such as %s", a.EngineVersion, DefaultEngineVersion))
	}
	for _, t := range []struct{ field, is string }{{"InstanceType", a.InstanceType}, {"MasterType", a.MasterType}} {
		if !typeForm.MatchString(t.is) {
			errs = append(errs, fmt.Errorf("%s: got %q, want a type such as %s", t.field, t.is, DefaultInstanceType))
		}
		if strings.HasPrefix(t.is, "t2.") {
			errs = append(errs, fmt.Errorf("%s: %s cannot encrypt its disk, want t3 or larger", t.field, t.is))
		}
	}
	if a.Zones > 0 && (a.Instances < a.Zones || a.Instances%a.Zones != 0 || a.Instances > maxDataNodes) {
		errs = append(errs, fmt.Errorf("Instances: got %d, want a multiple of the %d zones, up to %d", a.Instances, a.Zones,
			maxDataNodes))
	}
	if !slices.Contains([]int{NoMasters, 3, 5}, a.Masters) {
		errs = append(errs, fmt.Errorf("Masters: got %d, want 3, 5 or %d for none: an even number cannot agree", a.Masters,
			NoMasters))
	}
	if a.Masters == NoMasters && a.Instances == 2 {
		errs = append(errs, errors.New("Instances: got 2 without masters: two nodes cannot agree which of them is right, "+
			"want 3 or more, or masters"))
	}
	return errs
}

func (a Args) checkDisk() []error {
	var errs []error
	for _, f := range []struct {
		field          string
		got, low, high int
	}{
		{"GiB", a.GiB, 10, 16_384},
		{"IOPS", a.IOPS, baseIOPS, maxIOPS},
		{"ThroughputMiBps", a.ThroughputMiBps, baseThroughput, maxThroughput},
	} {
		if f.got < f.low || f.got > f.high {
			errs = append(errs, fmt.Errorf("%s: got %d, want %d to %d", f.field, f.got, f.low, f.high))
		}
	}
	errs = append(errs, part.CheckLogDays(a.LogDays))
	return errs
}

var userForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)

func (a Args) checkUser() []error {
	if !userForm.MatchString(a.Username) || a.Username == "admin" {
		return []error{fmt.Errorf("Username: got %q, want 1 to 32 of a-z, 0-9, _ and -, and not the name that everybody "+
			"tries first", a.Username)}
	}
	return nil
}
