package preflight

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rung-dev/rung/lifecycle"
	"github.com/rung-dev/rung/resource/token"
)

// What runs and is no engine that an account is asked about.
const (
	Lambda = "lambda"
	System = "system"
)

// ways are what to do about an end, by the service.
var ways = map[string]string{
	RDS: "plan the upgrade (rung:database.version; Aurora by AWS's guide for global databases): past that day AWS bills for " +
		"extended support or upgrades by itself",
	ElastiCache: "take a newer engine (rung:cache.engine)",
	OpenSearch:  "take a newer release of rung, which chooses the version: past that day AWS bills for extended support",
	Lambda:      "take a newer release of rung, which chooses the runtime: past that day the function goes on and gets no fixes",
	System:      "take a newer release of rung, which chooses the image",
}

// runs are the versions of everything that the plan runs.
func (c *count) runs() []Version {
	all := slices.Clone(c.versions())
	machines := map[string]bool{}
	for _, r := range c.all {
		switch r.Type {
		case token.LambdaFunction:
			if runtime := text(r, "runtime"); runtime != "" {
				all = append(all, Version{Lambda, r.Region, lifecycle.Lambda, runtime})
			}
		case token.EC2Instance, token.EC2LaunchTemplate:
			machines[r.Region] = true
		}
	}
	for region := range machines {
		if c.stack.Image != "" {
			all = append(all, Version{System, region, lifecycle.AmazonLinux, c.stack.Image})
		}
	}
	slices.SortFunc(all, func(a, b Version) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return slices.Compact(all)
}

// Aging are the findings on what AWS ends within a year: they ask no account.
func Aging(n Need, now time.Time) []Finding {
	return slices.DeleteFunc(ends(n, now), func(f Finding) bool { return f.Level == Well })
}

// ends are the findings on all versions of which an end is known.
func ends(n Need, now time.Time) []Finding {
	var all []Finding
	for _, v := range n.Runs {
		end, known := lifecycle.Of(v.Engine, v.Version)
		if !known {
			continue
		}
		what := v.Engine + " " + v.Version
		f := Finding{Level: Well, Key: v.Service + ".support", Region: v.Region, Needed: what, Allowed: end.Day(),
			Text: fmt.Sprintf("AWS supports %s until %s", what, end.Day())}
		if end.Soon(now) {
			f.Level, f.Do, f.Link = Warns, ways[v.Service], end.Source
			f.Text = fmt.Sprintf("AWS ends its standard support of %s on %s", what, end.Day())
		}
		if end.Over(now) {
			f.Text = fmt.Sprintf("AWS has ended its standard support of %s on %s", what, end.Day())
		}
		all = append(all, f)
	}
	return all
}
