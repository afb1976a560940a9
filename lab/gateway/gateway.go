// Package gateway turns API Gateway's HTTP APIs into HAProxy: routes by what fits best,
// limits, headers that integrations set, and the way through a VPC link to a balancer.
//
// Callers come by HTTP in the lab, as to its CDN; HTTPS is served beside it.
package gateway

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

func key(api cloud.Resource) string { return "apigateway/" + api.Region + "/" + api.ID }

// Places are the addresses of APIs by their names, AWS's own and those that are mapped
// to them.
func Places(c cloud.Cloud, at site.Site) (hosts []unit.Host, err error) {
	for _, api := range c.All(token.APIGatewayV2Api) {
		address, err := at.Address(key(api))
		if err != nil {
			return nil, err
		}
		here := address
		if port := at.Public(httpPort); port != httpPort {
			here = fmt.Sprintf("%s:%d", address, port)
		}
		for _, name := range namesOf(c, api) {
			hosts = append(hosts, unit.Host{Name: "https://" + name, Address: "http://" + here},
				unit.Host{Name: name, Address: here})
		}
	}
	return hosts, nil
}

// namesOf are the names that lead to an API: its own first, then of each domain the
// name that people type and the one that records lead to.
func namesOf(c cloud.Cloud, api cloud.Resource) []string {
	all := []string{strings.TrimPrefix(api.Str("apiEndpoint"), "https://")}
	for _, m := range c.Where(token.APIGatewayV2ApiMapping, "apiId", api.ID) {
		for _, domain := range c.Where(token.APIGatewayV2DomainName, "domainName", m.Str("domainName")) {
			if domain.Region != api.Region {
				continue
			}
			all = append(all, domain.Str("domainName"))
			if target := domain.Str("domainNameConfiguration.targetDomainName"); target != "" {
				all = append(all, target)
			}
		}
	}
	return all
}

// APIs are the units; names translates the names of what stands behind them.
func APIs(c cloud.Cloud, at site.Site, names *strings.Replacer) (unit.Part, error) {
	var part unit.Part
	for _, r := range c.All(token.APIGatewayV2Api) {
		address, err := at.Address(key(r))
		if err != nil {
			return part, err
		}
		a := api{Resource: r, cloud: c, at: at, names: names, address: address, dir: at.Data("api-" + r.Region + "-" + r.ID)}
		if missing := a.read(); missing != "" {
			part.Notes = append(part.Notes, unit.Note{About: r.Name, Text: missing, Missing: true})
			continue
		}
		part.Add(a.part().In(r.Region))
	}
	return part, nil
}

// api is one API with its place in the lab.
type api struct {
	cloud.Resource
	cloud        cloud.Cloud
	at           site.Site
	names        *strings.Replacer
	address, dir string
	stage        cloud.Resource
	routes       []route
}

// read finds the API's stage and routes; it says what is not there.
func (a *api) read() (missing string) {
	if a.Str("protocolType") != "HTTP" {
		return "the lab has no API of the protocol " + a.Str("protocolType")
	}
	for _, s := range a.cloud.Where(token.APIGatewayV2Stage, "apiId", a.ID) {
		if s.Str("name") == rootStage {
			a.stage = s
		}
	}
	if a.stage.ID == "" {
		return "it has no stage at its root yet"
	}
	if a.routes = routesOf(a.cloud, a.Resource); len(a.routes) == 0 {
		return "it has no route yet"
	}
	return ""
}

// rootStage is the stage at the root of the host.
const rootStage = "$default"

func (a api) part() unit.Part {
	config := filepath.Join(a.dir, "haproxy.cfg")
	u := unit.Unit{
		Name: a.ID + "/gateway", What: "HAProxy for " + a.Name, Address: a.address,
		Ports: []int{a.at.Public(httpPort), a.at.Public(httpsPort)}, Dir: a.dir,
		Hosts:   append(namesOf(a.cloud, a.Resource), a.address),
		Program: []string{a.at.Programs.HAProxy, "-W", "-db", "-f", config},
		Files:   []unit.File{{Path: config, Content: a.config(), Reload: true}},
		Check:   []string{a.at.Programs.HAProxy, "-c", "-q", "-f", config + unit.Fresh},
		Health:  unit.Health{Kind: unit.TCP, Port: a.at.Public(httpPort)},
		Stop:    unit.Stop{Signal: unit.USR1, Seconds: 15},
		Reload:  unit.USR2,
	}
	return unit.Part{Units: []unit.Unit{u}, Keep: []unit.Kept{{Dir: a.dir}}, Notes: a.notes()}
}

// notes say what of an API nothing stands in for.
func (a api) notes() (all []unit.Note) {
	missing := func(text string) {
		all = append(all, unit.Note{About: a.Name, Text: text, Missing: true})
	}
	if a.Map("corsConfiguration") != nil {
		missing("calls of other sites' pages are not answered (CORS)")
	}
	if stages := a.cloud.Where(token.APIGatewayV2Stage, "apiId", a.ID); len(stages) > 1 {
		missing("only its stage at the root is served")
	}
	return all
}
