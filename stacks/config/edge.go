package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/stacks/ladder"
)

// codeAtEdge is the stage from which on code runs at the edge and capacity is held.
const codeAtEdge ladder.Number = 6

// Edge is the code at the CDN's edge, and what it goes by.
type Edge struct {
	// Code runs at the edge.
	Code bool
	// CacheGuard adds the Lambda@Edge that decides what CloudFront may keep.
	CacheGuard bool
	// Experiment is the running one's name and Percent how many see its side
	// b; empty is none.
	Experiment string
	Percent    int
	// BlockedCountries are refused; VaryCountries have answers of their own.
	BlockedCountries, VaryCountries []string
	// APIKeys are the programs that have a key, and APIKeyPaths what needs one.
	APIKeys, APIKeyPaths []string
	// Redirects are paths that have moved, and where to.
	Redirects map[string]string
}

// Capacity is what is held for the baseline.
type Capacity struct {
	// Reserved holds the machines that always run in each zone.
	Reserved bool
	// Partitions keeps machines on racks of their own; zero does not.
	Partitions int
}

func edgeKeys() []Key {
	return []Key{
		key("edge.code", "run code at the CDN's edge", from(codeAtEdge, "true", "false"),
			flag(func(c *Config, v bool) { c.Edge.Code = v })),
		key("edge.cacheGuard",
			"keep cookies and errors out of CloudFront's cache, and let it know CDN-Cache-Control, by a Lambda@Edge",
			from(codeAtEdge, "true", "false"),
			flag(func(c *Config, v bool) { c.Edge.CacheGuard = v })),
		key("edge.experiment", "the experiment that runs, and the percentage of visitors who see its side b: home=10",
			nothing,
			experiment(func(c *Config, name string, percent int) { c.Edge.Experiment, c.Edge.Percent = name, percent })),
		key("edge.blockedCountries", "countries that are refused", nothing,
			countries(func(c *Config, v []string) { c.Edge.BlockedCountries = v })),
		key("edge.varyCountries", "countries whose answers differ: the app learns them, and caches keep them apart", nothing,
			countries(func(c *Config, v []string) { c.Edge.VaryCountries = v })),
		key("edge.apiKeys", "programs that have an API key; each has a secret of its own, which signs its keys", nothing,
			listLike(`^[a-z0-9][a-z0-9-]{0,40}$`,
				"a list of names of lower-case letters, digits and hyphens, shop,mobile-app say", func(c *Config, v []string) {
					c.Edge.APIKeys = v
				})),
		key("edge.apiKeyPaths", "paths that need an API key, with everything below them", nothing,
			listLike(`^(/[A-Za-z0-9._~-]+)+$`, "a list of paths, /api/partner say",
				func(c *Config, v []string) { c.Edge.APIKeyPaths = v })),
		key("edge.redirects", "paths that have moved, and where to: /old=/new", nothing,
			redirects(func(c *Config, v map[string]string) { c.Edge.Redirects = v })),
		key("originShield", "a further cache at home before the bucket of static files, on CloudFront",
			from(codeAtEdge, "true", "false"),
			flag(func(c *Config, v bool) { c.OriginShield = v })),
		key("capacityReservations",
			"hold the machines that always run in each zone, so that they are there when a zone is lost",
			from(codeAtEdge, "true", "false"),
			flag(func(c *Config, v bool) { c.Capacity.Reserved = v })),
		key("placementPartitions", "groups of racks over which the machines of a zone are spread; 0: wherever AWS puts them",
			from(codeAtEdge, "7", "0"),
			zeroOr(2, 7, func(c *Config, v int) { c.Capacity.Partitions = v })),
	}
}

// experiment takes name=percent.
func experiment(put func(c *Config, name string, percent int)) setter {
	const allowed = "a name of lower-case letters, digits and hyphens, and 1 to 99 percent: home=10"
	form := regexp.MustCompile(`^([a-z0-9][a-z0-9-]{0,62})=([1-9][0-9]?)$`)
	return setter{typ: "name=percent", allowed: allowed, set: func(c *Config, v string) error {
		parts := form.FindStringSubmatch(v)
		if parts == nil {
			return want(allowed)
		}
		percent, err := strconv.Atoi(parts[2])
		if err != nil {
			return want(allowed)
		}
		put(c, parts[1], percent)
		return nil
	}}
}

func countries(put func(*Config, []string)) setter {
	return listLike(`^[A-Z]{2}$`, "a list of countries as two capital letters, DE,FR say", put)
}

// listLike takes a list of texts of one form, each once.
func listLike(form, allowed string, put func(*Config, []string)) setter {
	item := regexp.MustCompile(form)
	return setter{typ: "list", allowed: allowed, set: func(c *Config, v string) error {
		list, err := splitList(v)
		if err != nil || len(list) == 0 || duplicate(list) != "" {
			return want(allowed)
		}
		if i := slices.IndexFunc(list, func(s string) bool { return !item.MatchString(s) }); i >= 0 {
			return fmt.Errorf("%q: want %s", list[i], allowed)
		}
		put(c, list)
		return nil
	}}
}

// redirects takes path=address pairs, as text or as a JSON object.
func redirects(put func(*Config, map[string]string)) setter {
	const allowed = "paths and where they lead, a path or an https address: /old=/new"
	return setter{typ: "redirects", allowed: allowed, set: func(c *Config, v string) error {
		m, err := splitPairs(v)
		if err != nil {
			return want(allowed)
		}
		for from, to := range m {
			if !strings.HasPrefix(from, "/") || !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "https://") {
				return want(allowed)
			}
		}
		put(c, m)
		return nil
	}}
}

func checkEdge(c Config, add report) {
	e := c.Edge
	if c.Stage < codeAtEdge {
		checkNoEdge(c, add)
		return
	}
	if len(e.APIKeyPaths) > 0 && len(e.APIKeys) == 0 {
		add("edge.apiKeys", "required with rung:edge.apiKeyPaths: without a key nobody would be let in")
	}
	for _, country := range e.VaryCountries {
		if slices.Contains(e.BlockedCountries, country) {
			add("edge.varyCountries", country+" is in rung:edge.blockedCountries too")
		}
	}
	if (!e.Code || c.CDN == NoCDN) && e.hasRules() {
		add("edge.code", "the other keys of rung:edge need code at the edge of a CDN: want true, and a rung:cdn")
	}
	if e.Code && c.CDN == Cloudflare && c.CloudflareAccount == "" {
		add("cloudflareAccount",
			"required with rung:cdn cloudflare and rung:edge.code: the account's id is on its overview page")
	}
	if n := c.Baseline(); c.Capacity.Reserved && n < c.Zones {
		add("capacityReservations",
			fmt.Sprintf("%d machines always run, which is less than one in each of %d zones: raise rung:web.min", n, c.Zones))
	}
}

// checkNoEdge: below stage 6 none of the keys is of use.
func checkNoEdge(c Config, add report) {
	useless := map[string]bool{
		"edge.code": c.Edge.Code, "edge.cacheGuard": c.Edge.CacheGuard, "edge.experiment": c.Edge.Experiment != "",
		"edge.blockedCountries": len(c.Edge.BlockedCountries) > 0, "edge.varyCountries": len(c.Edge.VaryCountries) > 0,
		"edge.apiKeys": len(c.Edge.APIKeys) > 0, "edge.apiKeyPaths": len(c.Edge.APIKeyPaths) > 0, "edge.redirects": len(c.Edge.Redirects) > 0,
		"originShield": c.OriginShield, "capacityReservations": c.Capacity.Reserved, "placementPartitions": c.Capacity.Partitions > 0,
	}
	for _, key := range slices.Sorted(maps.Keys(useless)) {
		if useless[key] {
			add(key, fmt.Sprintf("only of use from stage %d on: leave the key out", codeAtEdge))
		}
	}
}

func (e Edge) hasRules() bool {
	return e.Experiment != "" ||
		len(e.BlockedCountries)+len(e.VaryCountries)+len(e.APIKeys)+len(e.APIKeyPaths)+len(e.Redirects) > 0
}

// Baseline is how many machines of the web fleet's first type always run in a
// region: those of the fleet, and of the services that run on the same.
func (c Config) Baseline() int {
	if first := c.Services.InstanceTypes; len(first) > 0 && first[0] == c.Web.InstanceTypes[0] {
		return c.Web.Min + len(c.ServiceNames())*c.Services.Min
	}
	return c.Web.Min
}
