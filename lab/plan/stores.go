package plan

import (
	"maps"
	"slices"

	"github.com/rung-dev/rung/lab/balancer"
	"github.com/rung-dev/rung/lab/cdn"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/dns"
	"github.com/rung-dev/rung/lab/domain"
	"github.com/rung-dev/rung/lab/gateway"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/names"
	"github.com/rung-dev/rung/lab/pgbouncer"
	"github.com/rung-dev/rung/lab/postgres"
	"github.com/rung-dev/rung/lab/redis"
	"github.com/rung-dev/rung/lab/search"
	"github.com/rung-dev/rung/lab/services"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
)

// names are the addresses that others are told before it is known who has them.
func (d *decision) names() error {
	for _, of := range []func(cloud.Cloud, site.Site) ([]unit.Host, error){machines.Hosts, balancer.Places, cdn.Places,
		gateway.Places, pgbouncer.Places} {
		hosts, err := of(d.Cloud, d.Site)
		if err != nil {
			return err
		}
		d.out.Hosts = append(d.out.Hosts, hosts...)
	}
	return nil
}

// stores are what machines use: databases, caches, AWS's services.
func (d *decision) stores() error {
	d.out.Pairs, d.out.Fence = postgres.Pairs(d.Cloud, d.Pairs,
		postgres.Sight{Well: d.Well, Settled: d.Settled, Lost: d.Lost})
	databases, err := postgres.Instances(d.Cloud, d.Site, d.out.Pairs, d.Secret)
	if err != nil {
		return err
	}
	clusters, err := postgres.Clusters(d.Cloud, d.Site, d.out.Pairs, d.Secret)
	if err != nil {
		return err
	}
	turned, fence := redis.Pairs(d.Cloud, d.Pairs, d.Settled, d.Lost)
	maps.Copy(d.out.Pairs, turned)
	d.out.Fence = append(d.out.Fence, fence...)
	caches, err := redis.Groups(d.Cloud, d.Site, d.out.Pairs)
	if err != nil {
		return err
	}
	searches, engines, err := search.Domains(d.Cloud, d.Site, d.Secret)
	if err != nil {
		return err
	}
	for _, part := range []unit.Part{databases, clusters, caches, searches} {
		d.out.Add(part)
	}
	d.around.Engines = engines
	if err := d.proxies(); err != nil {
		return err
	}
	return d.services()
}

// proxies stand before databases.
func (d *decision) proxies() error {
	part, err := pgbouncer.Proxies(d.Cloud, d.Site, unit.Translator(d.out.Hosts), d.out.Units)
	d.out.Add(part)
	return err
}

// domains are what people type: each has an address of its own, which the server of names
// says as well. The table is what that answers.
func (d *decision) domains() (table dns.Table, err error) {
	sites := names.Sites(d.Cloud, d.out.Hosts, func(a string) bool { return d.Answering[a] })
	if d.sites, err = domain.Ways(d.Cloud, d.Site, d.out.Hosts, sites); err != nil {
		return table, err
	}
	told := slices.Clone(d.out.Hosts)
	for _, w := range d.sites {
		told = append(told, unit.Host{Name: w.Name, Address: w.Listen})
		// Before what the CDN says of its aliases.
		d.out.Hosts = slices.Insert(d.out.Hosts, 0, unit.Host{Name: "https://" + w.Name, Address: domain.URL(w.Listen)})
	}
	return names.Table(d.Cloud, told), nil
}

// services are AWS's, which answer for all names as well.
func (d *decision) services() error {
	d.out.Hosts = append(d.out.Hosts, names.Hosts(d.Cloud, d.out.Hosts, func(a string) bool { return d.Answering[a] })...)
	table, err := d.domains()
	if err != nil {
		return err
	}
	aws, err := services.Server(d.Cloud, d.Site, d.Executable, d.Secret, table)
	if err != nil {
		return err
	}
	d.out.Add(aws)
	d.around.Hosts = unit.Translator(d.out.Hosts)
	d.around.Vault = machines.Secrets(d.Cloud)
	maps.Copy(d.around.Vault, d.Kept)
	if len(aws.Units) > 0 {
		d.around.Endpoint, err = services.Endpoint(d.Site)
		d.around.Identity = services.Identity(d.Secret)
	}
	return err
}
