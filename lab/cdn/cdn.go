// Package cdn turns CloudFront's distributions into nginx as a caching proxy: the
// plan's behaviours in their order, what each keeps and by which key, the headers that
// show the origin where a request comes from, compression and failover.
//
// People come by HTTP in the lab: nobody's browser trusts its authority. HTTPS is
// served beside it.
package cdn

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

const (
	httpPort  = 80
	httpsPort = 443
)

func key(r cloud.Resource) string { return "cloudfront/" + r.ID }

// Places are the addresses of distributions by their names, and by their URLs.
func Places(c cloud.Cloud, at site.Site) (hosts []unit.Host, err error) {
	for _, r := range c.All(token.CloudFrontDistribution) {
		address, err := at.Address(key(r))
		if err != nil {
			return nil, err
		}
		here := address
		if port := at.Public(httpPort); port != httpPort {
			here = fmt.Sprintf("%s:%d", address, port)
		}
		for _, name := range append([]string{r.Str("domainName")}, r.Strs("aliases")...) {
			hosts = append(hosts, unit.Host{Name: "https://" + name, Address: "http://" + here})
		}
		hosts = append(hosts, unit.Host{Name: r.Str("domainName"), Address: here})
	}
	return hosts, nil
}

// Distributions are the units; names translates the origins' names.
func Distributions(c cloud.Cloud, at site.Site, names *strings.Replacer) (unit.Part, error) {
	var part unit.Part
	for _, r := range c.All(token.CloudFrontDistribution) {
		address, err := at.Address(key(r))
		if err != nil {
			return part, err
		}
		dir := at.Data("cdn-" + r.ID)
		config := filepath.Join(dir, "nginx.conf")
		d := distribution{Resource: r, at: at, address: address, dir: dir, names: names}
		part.Add(unit.Part{
			Units: []unit.Unit{{
				Name: r.ID + "/cdn", What: "nginx for " + r.Name, Address: address,
				Ports: []int{at.Public(httpPort), at.Public(httpsPort)}, Dir: dir,
				Hosts:   append([]string{r.Str("domainName"), address}, r.Strs("aliases")...),
				Program: []string{at.Programs.Nginx, "-p", dir, "-e", "stderr", "-c", config},
				Files:   []unit.File{{Path: config, Content: d.config(), Reload: true}},
				Check:   []string{at.Programs.Nginx, "-t", "-q", "-p", dir, "-e", "stderr", "-c", config + unit.Fresh},
				Health:  unit.Health{Kind: unit.Answers, Port: at.Public(httpPort), Path: "/"},
				Stop:    unit.Stop{Signal: unit.QUIT, Seconds: 15},
				Reload:  unit.HUP,
			}},
			Keep:  []unit.Kept{{Dir: dir}},
			Notes: d.notes(),
		})
	}
	return part, nil
}

// notes say what of a distribution nothing stands in for.
func (d distribution) notes() (all []unit.Note) {
	add := func(format string, args ...any) {
		all = append(all, unit.Note{About: d.Name, Text: fmt.Sprintf(format, args...), Missing: true})
	}
	for _, b := range append(d.Maps("orderedCacheBehaviors"), d.Map("defaultCacheBehavior")) {
		if len(b.Maps("functionAssociations"))+len(b.Maps("lambdaFunctionAssociations")) > 0 {
			add("the edge's functions do not run")
			break
		}
	}
	return all
}
