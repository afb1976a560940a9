package operate

import (
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// Following is a database and its copy in another region, as a machine reaches both. The
// copy knows the login of what it copies.
type Following struct {
	Source Store `json:"source"`
	Copy   Store `json:"copy"`
}

// followingOf are the pairs of databases of which one copies the other in another region.
// Readers in the region of what they read are none.
func followingOf(s Stack, resources []resource.Resource) (all []Following) {
	for _, r := range resources {
		source := text(r, "replicateSourceDb") // an ARN, where it is in another region
		if r.Type != token.RDSInstance || source == "" {
			continue
		}
		i := slices.IndexFunc(resources, func(p resource.Resource) bool {
			return p.Type == token.RDSInstance && text(p, "arn") == source
		})
		if i < 0 {
			continue
		}
		of := slices.IndexFunc(s.Stores, func(one Store) bool {
			return one.Kind == Database && one.Host == text(resources[i], "address")
		})
		if of < 0 {
			continue
		}
		c := Store{Name: r.Component, Kind: Database, Region: r.Region, Host: text(r, "address"), Port: number(r, "port")}
		if c.Region == "" {
			c.Region = s.Region
		}
		if c.Region != s.Stores[of].Region && c.Host != "" {
			all = append(all, Following{Source: s.Stores[of], Copy: c})
		}
	}
	return all
}

// Successors are the copies in a region that may take the writes over, with what they copy,
// by name. Where the writes have moved before, what has followed what gave them away is
// none: a database has a new copy in each region after every move.
func (s Stack) Successors(region string) []Following {
	newest := map[string]Following{}
	for _, f := range s.following {
		family := strings.TrimRight(f.Copy.Name, "-0123456789") // a later copy's name ends with a count
		if was, ok := newest[family]; f.Copy.Region == region && (!ok || later(f.Copy.Name, was.Copy.Name)) {
			newest[family] = f
		}
	}
	all := slices.Collect(maps.Values(newest))
	slices.SortFunc(all, func(a, b Following) int { return strings.Compare(a.Source.Name, b.Source.Name) })
	return all
}

// later says whether a copy was made after another of the same database and region.
func later(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }
