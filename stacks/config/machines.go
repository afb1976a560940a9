package config

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/machine"
)

// insist ends the name of a type that the user takes although rung does not know
// it: AWS adds types between two versions of rung.
const insist = "!"

// rented reads the names of what a service rents out.
type rented struct {
	machine.Service
	// allowed is what is taken, in words.
	allowed string
	// unfit says why a type, known or not, is of no use; empty where it is.
	unfit func(name string) string
}

// read is the type that a text names, and whether only the user knows it.
func (r rented) read(text string) (name string, unknown bool, err error) {
	name, insists := strings.CutSuffix(text, insist)
	exists := r.Known(name) || r.WellFormed(name)
	why := cmp.Or(r.Service.Unfit(name), r.of(name))
	switch {
	case exists && why != "":
		return "", false, fmt.Errorf("%s: want %s%s", why, r.allowed, r.suggestion(name))
	case r.Known(name):
		return name, false, nil
	case insists && exists:
		return name, true, nil
	case insists:
		return "", false, fmt.Errorf("AWS spells no %s so: want %s", r.Noun, r.allowed)
	}
	return "", false, fmt.Errorf("%w: want %s", r.Refusal(name, r.fits), r.allowed)
}

func (r rented) of(name string) string {
	if r.unfit == nil {
		return ""
	}
	return r.unfit(name)
}

func (r rented) fits(name string) bool { return r.of(name) == "" }

func (r rented) suggestion(name string) string {
	if near := r.Nearest(name, r.fits); near != "" {
		return "; " + near + " is near"
	}
	return ""
}

// one takes a single type.
func (r rented) one(put func(*Config, string)) setter {
	return setter{typ: "text", allowed: r.allowed, set: func(c *Config, v string) error {
		name, unknown, err := r.read(v)
		if err != nil {
			return err
		}
		c.insistOn(name, unknown)
		put(c, name)
		return nil
	}}
}

func (c *Config) insistOn(name string, unknown bool) {
	if unknown && !slices.Contains(c.Unknown, name) {
		c.Unknown = append(c.Unknown, name)
	}
}

// mostTypes is how many types an autoscaling group mixes.
const mostTypes = 40

// several takes a list of types.
func (r rented) several(put func(*Config, []string)) setter {
	return setter{typ: "list", allowed: r.allowed, set: func(c *Config, v string) error {
		items, err := splitList(v)
		if err != nil || len(items) == 0 {
			return want(r.allowed)
		}
		var names, wrong []string
		for _, item := range items {
			name, unknown, err := r.read(item)
			if err != nil {
				wrong = append(wrong, fmt.Sprintf("%q: %v", item, err))
				continue
			}
			c.insistOn(name, unknown)
			names = append(names, name)
		}
		if dup := duplicate(names); dup != "" {
			wrong = append(wrong, fmt.Sprintf("%q stands twice", dup))
		}
		if len(items) > mostTypes {
			wrong = append(wrong, fmt.Sprintf("%d types: want at most %d, which is what AWS mixes", len(items), mostTypes))
		}
		if len(wrong) > 0 {
			return errors.New(strings.Join(wrong[:min(len(wrong), 5)], "; "))
		}
		put(c, names)
		return nil
	}}
}

// notBuilt is why a machine cannot run the app.
func notBuilt(name string) string {
	if machine.ARM(name) {
		return ""
	}
	return "the app is built for Graviton, not for x86_64"
}

func graviton(put func(*Config, string)) setter {
	server := func(name string) string {
		if strings.HasSuffix(name, ".nano") {
			return "0.5 GiB of memory is too little for the app and its databases"
		}
		return notBuilt(name)
	}
	return rented{machine.EC2, "a Graviton (arm64) machine type, t4g.small or c7g.medium say", server}.one(put)
}

func gravitons(put func(*Config, []string)) setter {
	return rented{machine.EC2, "a list of Graviton (arm64) machine types, c7g.medium,c6g.medium say",
		notBuilt}.several(put)
}

func databaseClass(put func(*Config, string)) setter {
	tells := func(name string) string {
		if machine.DatabaseGiB(name) == 0 {
			return "its name does not tell its memory"
		}
		return ""
	}
	return rented{machine.RDS, "a database instance class, db.m7g.large say", tells}.one(put)
}

func cacheNode(put func(*Config, string)) setter {
	tells := func(name string) string {
		if machine.CacheVCPUs(name) == 0 {
			return "its name does not tell its processors"
		}
		return ""
	}
	return rented{machine.ElastiCache, "a cache node type, cache.t4g.small say", tells}.one(put)
}

const searchNodes = "a type of search node, m7g.large.search say"

func searchNode(put func(*Config, string)) setter {
	return rented{machine.OpenSearch, searchNodes, nil}.one(put)
}

// searchMaster takes what keeps a cluster together, which nodes that write to S3 do not.
func searchMaster(put func(*Config, string)) setter {
	data := func(name string) string {
		if strings.HasPrefix(name, "or") || strings.HasPrefix(name, "om") {
			return "nodes of that family hold data only"
		}
		return ""
	}
	return rented{machine.OpenSearch, searchNodes, data}.one(put)
}

// counts takes type=count pairs, as text or as a JSON object, of what any service
// rents out.
func counts(put func(*Config, map[string]int)) setter {
	const allowed = "counts by machine type, c7g.medium=2,db.m7g.large=1 say"
	return setter{typ: "counts", allowed: allowed, set: func(c *Config, v string) error {
		given, err := readCounts(v)
		if err != nil {
			return want(allowed)
		}
		m := map[string]int{}
		for _, text := range slices.Sorted(maps.Keys(given)) {
			name, unknown, err := reserved(text, allowed).read(text)
			if err != nil {
				return fmt.Errorf("%q: %w", text, err)
			}
			if given[text] < 0 {
				return want(allowed)
			}
			c.insistOn(name, unknown)
			m[name] = given[text]
		}
		put(c, m)
		return nil
	}}
}

// reserved is the service whose types are spelt so.
func reserved(text, allowed string) rented {
	switch {
	case strings.HasPrefix(text, "db."):
		return rented{machine.RDS, allowed, nil}
	case strings.HasPrefix(text, "cache."):
		return rented{machine.ElastiCache, allowed, nil}
	case strings.Contains(text, ".search"):
		return rented{machine.OpenSearch, allowed, nil}
	}
	return rented{machine.EC2, allowed, nil}
}

// readCounts reads numbers by name, as JSON or as pairs: counts and percentages.
func readCounts(v string) (map[string]int, error) {
	m := map[string]int{}
	if strings.HasPrefix(v, "{") {
		return m, json.Unmarshal([]byte(v), &m)
	}
	pairs, err := splitPairs(v)
	for name, count := range pairs {
		n, parseErr := strconv.Atoi(count)
		m[name], err = n, errors.Join(err, parseErr)
	}
	return m, err
}
