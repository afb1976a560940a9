// Package balancer turns load balancers into HAProxy: listeners, rules, weights, the
// plan's health checks, draining and algorithms. HAProxy is what balances in the lab
// because it takes another configuration without losing a connection, retries a request
// on another machine when one does not even take it, and drains by a weight.
//
// Where no machine of a group passes its checks, all are asked, as AWS does.
//
// Two things are other than on AWS: a machine whose process is gone is noticed at the
// first connection it refuses, and a GET that it did not answer at all is asked of
// another machine, once or twice.
package balancer

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// Target is a machine behind a target group.
type Target struct {
	ID, Address string
	// Port is zero for the group's own.
	Port int
	// Draining machines get nothing new.
	Draining bool
}

// balancer is a load balancer of the plan.
type balancer struct {
	cloud.Resource
	address   string
	listeners []listener
}

// listener is a port with its rules, in the order in which they are tried.
type listener struct {
	cloud.Resource
	rules []rule
}

// rule is what is done with requests that meet all conditions.
type rule struct {
	conditions []condition
	action     cloud.Resource
}

// Places are the addresses of load balancers and their names, for others to be told.
func Places(c cloud.Cloud, at site.Site) (hosts []unit.Host, err error) {
	for _, r := range c.All(token.LBLoadBalancer) {
		address, err := at.Address(key(r))
		if err != nil {
			return nil, err
		}
		for _, l := range c.Where(token.LBListener, "loadBalancerArn", r.Str("arn")) {
			port := at.Public(l.Int("port"))
			if port != l.Int("port") {
				hosts = append(hosts, unit.Host{Name: r.Str("dnsName"), Address: fmt.Sprintf("%s:%d", address, port)})
			}
		}
		hosts = append(hosts, unit.Host{Name: r.Str("dnsName"), Address: address})
	}
	return hosts, nil
}

func key(r cloud.Resource) string { return "lb/" + r.Region + "/" + r.Str("name") }

// Balancers are the load balancers of a cloud, with the machines behind each target
// group, by its ARN.
func Balancers(c cloud.Cloud, at site.Site, targets map[string][]Target) (unit.Part, error) {
	var part unit.Part
	for _, r := range c.All(token.LBLoadBalancer) {
		b := balancer{Resource: r}
		var err error
		if b.address, err = at.Address(key(r)); err != nil {
			return part, err
		}
		for _, l := range c.Where(token.LBListener, "loadBalancerArn", r.Str("arn")) {
			b.listeners = append(b.listeners, listener{Resource: l, rules: rulesOf(c, l)})
		}
		slices.SortFunc(b.listeners, func(x, y listener) int { return cmp.Compare(x.Int("port"), y.Int("port")) })
		if len(b.listeners) == 0 {
			continue // it balances nothing yet
		}
		part.Add(b.part(c, at, targets).In(r.Region))
	}
	return part, nil
}

// rulesOf are a listener's rules by priority, its default at the end.
func rulesOf(c cloud.Cloud, l cloud.Resource) (all []rule) {
	list := c.Where(token.LBListenerRule, "listenerArn", l.Str("arn"))
	slices.SortFunc(list, func(a, b cloud.Resource) int { return cmp.Compare(a.Int("priority"), b.Int("priority")) })
	for _, r := range list {
		all = append(all, rule{conditions: conditionsOf(r.Maps("conditions")), action: last(r, "actions")})
	}
	return append(all, rule{action: last(l, "defaultActions")})
}

// last is the action that decides: those before it authenticate.
func last(r cloud.Resource, list string) cloud.Resource {
	actions := r.Maps(list)
	if len(actions) == 0 {
		return r
	}
	r.Props = actions[len(actions)-1]
	return r
}

func (b balancer) part(c cloud.Cloud, at site.Site, targets map[string][]Target) unit.Part {
	dir := Dir(b.Resource, at)
	config := filepath.Join(dir, "haproxy.cfg")
	text, ports := b.config(c, at, targets)
	u := unit.Unit{
		Name: b.Str("name") + "/balancer", What: "HAProxy for " + b.Name, Address: b.address, Ports: ports, Dir: dir,
		Hosts:   []string{b.Str("dnsName"), b.address},
		Program: []string{at.Programs.HAProxy, "-W", "-db", "-f", config},
		Files:   []unit.File{{Path: config, Content: text, Reload: true}},
		Check:   []string{at.Programs.HAProxy, "-c", "-q", "-f", config + unit.Fresh},
		Health:  b.health(ports[0]), Balances: true,
		Stop:   unit.Stop{Signal: unit.USR1, Seconds: 15},
		Reload: unit.USR2,
	}
	return unit.Part{Units: []unit.Unit{u}, Keep: []unit.Kept{{Dir: dir}}}
}

// health asks for a page where the first listener knows what that is: without a machine
// that serves, a balancer does not.
func (b balancer) health(port int) unit.Health {
	if b.listeners[0].transport() {
		return unit.Health{Kind: unit.TCP, Port: port}
	}
	return unit.Health{Kind: unit.Answers, Port: port, Path: "/", TLS: b.listeners[0].encrypted()}
}

// config is HAProxy's whole configuration, and the ports that it listens on.
func (b balancer) config(c cloud.Cloud, at site.Site, targets map[string][]Target) (string, []int) {
	var w writer
	w.line("global")
	w.line("  maxconn 4000\n  nbthread 1\n  hard-stop-after 60s\n  log stdout format raw local0 notice")
	w.line("  stats socket unix@./admin.sock mode 600 level admin expose-fd listeners")
	idle := cmp.Or(b.Int("idleTimeout"), 60)
	w.line("defaults")
	w.line("  timeout connect 2s\n  timeout check 2s\n  timeout client %ds\n  timeout server %ds", idle, idle)
	w.line("  timeout http-request 10s\n  timeout tunnel 1h\n  retries 3\n  option redispatch 1\n  log global")
	var ports []int
	used := map[string]bool{}
	for _, l := range b.listeners {
		port := at.Public(l.Int("port"))
		ports = append(ports, port)
		if l.transport() {
			w.transport(b.address, port, l, used)
		} else {
			w.frontend(b.address, port, l, used)
		}
	}
	for _, arn := range slices.Sorted(keys(used)) {
		if group, ok := c.First(token.LBTargetGroup, "arn", arn); ok {
			w.backend(group, targets[arn])
		}
	}
	return w.String(), ports
}

// transport reports whether a listener does not look into what it passes on.
func (l listener) transport() bool {
	return slices.Contains([]string{"TCP", "TLS", "UDP", "TCP_UDP"}, l.Str("protocol"))
}

func (l listener) encrypted() bool { return l.Str("protocol") == "HTTPS" || l.Str("protocol") == "TLS" }

// backendOf is the name of a target group in HAProxy.
func backendOf(arn string) string {
	parts := strings.Split(arn, "/")
	if len(parts) < 2 {
		return site.Safe(arn)
	}
	return Backend(parts[1])
}

// Backend is a target group's name in HAProxy's statistics, by its name in the cloud.
func Backend(targetGroup string) string { return "tg-" + site.Safe(targetGroup) }

// Dir is where a load balancer's server has its files.
func Dir(r cloud.Resource, at site.Site) string {
	return at.Data("lb-" + r.Region + "-" + r.Str("name"))
}

// algorithm is how a group chooses.
func algorithm(group cloud.Resource) string {
	switch group.Str("loadBalancingAlgorithmType") {
	case "least_outstanding_requests":
		return "leastconn"
	case "weighted_random":
		return "random"
	}
	return "roundrobin"
}

func seconds(text cloud.Resource, path string, otherwise int) int {
	if n, err := strconv.Atoi(text.Str(path)); err == nil {
		return n
	}
	return cmp.Or(text.Int(path), otherwise)
}
