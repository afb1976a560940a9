package plan

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/lab/domain"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// doors are the addresses that people use: a domain before a CDN before a
// balancer before a server.
func (d *decision) doors() (all []state.Door) {
	for _, w := range d.sites {
		all = append(all, state.Door{Name: w.Name, URL: domain.URL(w.Listen)})
	}
	translate := unit.Translator(d.out.Hosts)
	for _, r := range d.Cloud.All(token.CloudFrontDistribution) {
		all = append(all, state.Door{Name: r.Name, URL: translate.Replace("https://" + r.Str("domainName"))})
	}
	for _, r := range d.Cloud.All(token.LBLoadBalancer) {
		if !r.Bool("internal") {
			all = append(all, state.Door{Name: r.Name, URL: translate.Replace("http://" + r.Str("dnsName"))})
		}
	}
	for _, r := range d.Cloud.All(token.APIGatewayV2Api) {
		all = append(all, state.Door{Name: r.Name, URL: translate.Replace(r.Str("apiEndpoint"))})
	}
	for _, u := range d.out.Units {
		for _, r := range d.Cloud.All(token.EC2Instance) {
			if strings.HasPrefix(u.Name, r.ID+"/app") {
				all = append(all, state.Door{Name: r.Name, URL: fmt.Sprintf("http://%s:%d", u.Address, u.Ports[0])})
			}
		}
	}
	return all
}
