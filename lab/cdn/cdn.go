// Package cdn turns CloudFront's distributions into nginx as a caching proxy: the
// plan's behaviours in their order, what each keeps and by which key, the headers that
// show the origin where a request comes from, compression and failover. Where the plan
// has functions, the edge that runs them stands before it.
//
// People come by HTTP in the lab: nobody's browser trusts its authority. HTTPS is
// served beside it.
package cdn

import (
	"fmt"
	"path/filepath"
	"slices"
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

// Distributions are the units; names translates the origins' names, and executable is
// rung's, which runs the edge's functions.
func Distributions(c cloud.Cloud, at site.Site, executable string, names *strings.Replacer) (unit.Part, error) {
	var part unit.Part
	for _, r := range c.All(token.CloudFrontDistribution) {
		address, err := at.Address(key(r))
		if err != nil {
			return part, err
		}
		d := distribution{Resource: r, cloud: c, at: at, address: address, dir: at.Data("cdn-" + r.ID), names: names,
			guarded: map[string]string{}}
		front, fronted, err := d.edge(executable)
		if err != nil {
			return part, err
		}
		if fronted {
			d.behind = true
			if d.address, err = at.Address(key(r) + "/cache"); err != nil {
				return part, err
			}
			part.Units = append(part.Units, front)
		}
		guards, guarded, err := d.guards(executable)
		if err != nil {
			return part, err
		}
		if guarded {
			part.Units = append(part.Units, guards)
		}
		part.Add(unit.Part{Units: []unit.Unit{d.unit()}, Keep: []unit.Kept{{Dir: d.dir}}, Notes: d.notes()})
	}
	return part, nil
}

func (d distribution) unit() unit.Unit {
	config := filepath.Join(d.dir, "nginx.conf")
	var after []string
	if len(d.guarded) > 0 {
		after = []string{d.ID + "/origins"}
	}
	return unit.Unit{
		Name: d.ID + "/cdn", What: "nginx for " + d.Name, Address: d.address, After: after,
		Ports: []int{d.at.Public(httpPort), d.at.Public(httpsPort)}, Dir: d.dir,
		Hosts:   append([]string{d.Str("domainName"), d.address}, d.Strs("aliases")...),
		Program: []string{d.at.Programs.Nginx, "-p", d.dir, "-e", "stderr", "-c", config},
		Files:   []unit.File{{Path: config, Content: d.config(), Reload: true}},
		Check:   []string{d.at.Programs.Nginx, "-t", "-q", "-p", d.dir, "-e", "stderr", "-c", config + unit.Fresh},
		Health:  unit.Health{Kind: unit.Answers, Port: d.at.Public(httpPort), Path: "/"},
		Stop:    unit.Stop{Signal: unit.QUIT, Seconds: 15, Linger: lingerSeconds},
		Reload:  unit.HUP,
	}
}

// lingerSeconds are longer than a domain needs to lead elsewhere. CloudFront takes minutes to
// switch a distribution off, and begins once nothing refers to it.
const lingerSeconds = 6

// notes say what of a distribution nothing stands in for.
func (d distribution) notes() (all []unit.Note) {
	add := func(format string, args ...any) {
		note := unit.Note{About: d.Name, Text: fmt.Sprintf(format, args...), Missing: true}
		if !slices.Contains(all, note) {
			all = append(all, note)
		}
	}
	for _, b := range d.behaviours() {
		for _, a := range b.Maps("lambdaFunctionAssociations") {
			if a.Str("eventType") != originResponse {
				add("a Lambda@Edge does not run at %s", a.Str("eventType"))
			} else if d.lambda(b).Code == "" {
				add("the lab does not have the code of %s", a.Str("lambdaArn"))
			}
		}
	}
	return all
}
