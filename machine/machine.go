// Package machine is the one table of the machine types that AWS rents: what EC2,
// RDS for PostgreSQL, ElastiCache and OpenSearch offer by name.
//
// Whoever takes a type from a user looks it up here, so that a slip of the pen is
// told at once, with the nearest type there is. AWS adds types every few months:
// what is well formed and not in the table may be meant, and whoever asks decides
// whether to take the user's word for it. The package imports nothing of rung's.
package machine

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/agext/levenshtein"
)

// Service rents machines out, by names of its own form.
type Service struct {
	// Noun is what people call one of its types.
	Noun string
	// Example is a type that most stacks could use.
	Example string

	prefix, suffix string
	families       []family
}

// family is a generation of machines and the sizes that it comes in.
type family struct {
	name, sizes string
	// unfit says why rung cannot use the family, empty where it can.
	unfit string
}

// Types are all types of the table, families in its order, sizes growing.
func (s Service) Types() []string {
	var all []string
	for _, f := range s.families {
		for _, size := range strings.Fields(f.sizes) {
			all = append(all, s.name(f.name, size))
		}
	}
	return all
}

// Siblings are the types of the same family; empty for a family that there is not.
func (s Service) Siblings(name string) []string {
	own, _ := s.split(name)
	f, _ := s.family(own)
	var all []string
	for _, size := range strings.Fields(f.sizes) {
		all = append(all, s.name(f.name, size))
	}
	return all
}

// Known reports whether the service is known to offer the type.
func (s Service) Known(name string) bool {
	own, size := s.split(name)
	f, found := s.family(own)
	return found && f.has(size)
}

// Unfit says why rung cannot use a type that AWS has; empty where it can.
func (s Service) Unfit(name string) string {
	own, _ := s.split(name)
	f, _ := s.family(own)
	return f.unfit
}

// form is a family, letters and a generation and what tells it apart, and a size
// in AWS's words.
var form = regexp.MustCompile(`^([a-z]{1,3}[1-9][0-9]?[a-z]*(?:-[a-z0-9]+)?)\.(nano|micro|small|medium|large|xlarge|[1-9][0-9]{0,2}xlarge|metal(?:-[1-9][0-9]{0,2}xl)?)$`)

// WellFormed reports whether a type is spelt as the service spells its own,
// whether it is in the table or not.
func (s Service) WellFormed(name string) bool {
	own, size := s.split(name)
	return form.MatchString(own+"."+size) && s.name(own, size) == name
}

// Refusal says why a name is no type that the table has, and what was meant, among
// the types that fit is true for; nil takes any.
func (s Service) Refusal(name string, fit func(string) bool) error {
	near := s.Nearest(name, fit)
	switch {
	case near == "":
		return fmt.Errorf("AWS has no %s of that name: want one such as %s", s.Noun, s.Example)
	case s.WellFormed(name):
		return fmt.Errorf("no %s that rung knows; did you mean %s? Where AWS has it by now, write %s!", s.Noun, near, name)
	}
	return fmt.Errorf("AWS has no %s of that name; did you mean %s?", s.Noun, near)
}

// farthest is how many letters a family may differ by and still be what was meant.
const farthest = 2

// Form is how the service spells its types: "db.FAMILY.SIZE".
func (s Service) Form() string { return s.name("FAMILY", "SIZE") }

// Nearest is the type that was probably meant: of the same family the size that
// is spelt most alike, else the same size of the family that is. Empty where
// nothing is near.
func (s Service) Nearest(name string, fit func(string) bool) string {
	own, size := loosely(name)
	best, distance := "", 1<<30
	for _, f := range s.families {
		apart := levenshtein.Distance(own, f.name, nil)
		if apart > farthest || f.unfit != "" {
			continue
		}
		for _, has := range strings.Fields(f.sizes) {
			d := apart*100 + levenshtein.Distance(size, has, nil)
			if candidate := s.name(f.name, has); d < distance && (fit == nil || fit(candidate)) {
				best, distance = candidate, d
			}
		}
	}
	return best
}

// loosely takes a type apart as it was meant, even where it is another service's.
func loosely(name string) (family, size string) {
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(name, RDS.prefix), ElastiCache.prefix),
		OpenSearch.suffix)
	family, size, _ = strings.Cut(bare, ".")
	return family, size
}

// split takes a type apart; what has not the service's form comes back whole.
func (s Service) split(name string) (family, size string) {
	bare := strings.TrimSuffix(strings.TrimPrefix(name, s.prefix), s.suffix)
	family, size, _ = strings.Cut(bare, ".")
	if s.name(family, size) != name {
		return bare, ""
	}
	return family, size
}

func (s Service) name(family, size string) string { return s.prefix + family + "." + size + s.suffix }

func (s Service) family(name string) (family, bool) {
	for _, f := range s.families {
		if f.name == name {
			return f, true
		}
	}
	return family{}, false
}

func (f family) has(size string) bool {
	for _, own := range strings.Fields(f.sizes) {
		if own == size {
			return true
		}
	}
	return false
}

// graviton families have a g right behind their generation: t4g, m7gd, im4gn.
var graviton = regexp.MustCompile(`^(?:a1|[a-z]+[0-9]+g[a-z]*)\.`)

// ARM reports whether a machine of EC2's has AWS's own processor, for which the
// app is built.
func ARM(ec2 string) bool { return graviton.MatchString(ec2) }

// DatabaseGiB is the memory of a database instance class in GiB, of one that RDS
// may add as well; 0 for a class whose name does not say.
func DatabaseGiB(class string) float64 {
	family, size := RDS.split(class)
	switch {
	case !RDS.WellFormed(class):
		return 0
	case family[0] == 't':
		return burstableGiB[size]
	case size != "large" && !strings.HasSuffix(size, "xlarge"): // only burstable classes come smaller
		return 0
	}
	return perCPUGiB[family[0]] * float64(RDS.VCPUs(class))
}

// CacheVCPUs is how many vCPUs a cache node of a type has, of one that ElastiCache
// may add as well; 0 for a type whose name does not say.
func CacheVCPUs(node string) int {
	family, size := ElastiCache.split(node)
	burstable, small := strings.HasPrefix(family, "t"), !strings.HasSuffix(size, "large")
	if !ElastiCache.WellFormed(node) || burstable != small {
		return 0
	}
	return ElastiCache.VCPUs(node)
}

// cpus are the vCPUs of a size: those of the named ones, and four for each x.
var cpus = map[string]int{"nano": 2, "micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4}

// VCPUs is how many a database or cache of a type has; 0 for a size that says
// nothing. (EC2's medium Gravitons have one, but neither service rents them.)
func (s Service) VCPUs(name string) int {
	_, size := s.split(name)
	if n := cpus[size]; n > 0 {
		return n
	}
	var times int
	if n, err := fmt.Sscanf(size, "%dxlarge", &times); n != 1 || err != nil {
		return 0
	}
	return 4 * times
}

// EC2VCPUs is how many vCPUs a machine type of EC2's has, of one that EC2 may add
// as well; 0 for a type whose name does not say.
func EC2VCPUs(name string) int {
	family, size := EC2.split(name)
	if !EC2.WellFormed(name) {
		return 0
	}
	if n := fewer[name]; n > 0 {
		return n
	}
	switch {
	case size == "metal":
		return metalVCPUs[family]
	case strings.HasPrefix(size, "metal-"):
		return EC2.VCPUs(family + "." + strings.TrimSuffix(strings.TrimPrefix(size, "metal-"), "xl") + "xlarge")
	case size == "medium" && family[0] != 't': // half a core less than "large"
		return 1
	}
	return EC2.VCPUs(name)
}
