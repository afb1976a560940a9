// Package domain is the stack's domain in the lab. On this machine nobody asks the lab's
// server of names whom a name is, and so a domain has an address of its own, at which a
// relay does what a visitor's resolver does: it leads each request where the name leads
// at that moment. What stands behind the name may change (rung:cdn there and back); the
// address that people use stays.
package domain

import (
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/names"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// httpPort is where people come in: nobody's browser trusts the lab's authority.
// httpsPort is where a balancer with a certificate is asked.
const (
	httpPort  = 80
	httpsPort = 443
)

// Way is where a domain leads now.
type Way struct {
	// Name is the domain, Listen and To are addresses with ports.
	Name, Listen, To string
	// TLS is spoken to To, without a look at its certificate.
	TLS bool
}

// Listen is the address and port of a domain, the same as long as the lab stands.
func Listen(name string, at site.Site) (string, error) {
	port := at.Public(httpPort)
	address, err := at.Address("domain/"+name, port)
	return net.JoinHostPort(address, strconv.Itoa(port)), err
}

// URL is where people come in by a domain that listens somewhere.
func URL(listen string) string {
	return "http://" + strings.TrimSuffix(listen, ":"+strconv.Itoa(httpPort))
}

// Ways are where domains lead; one that leads nowhere yet has none.
func Ways(c cloud.Cloud, at site.Site, hosts []unit.Host, sites []names.Site) (all []Way, err error) {
	for _, s := range sites {
		to, tls := place(c, at, hosts, s.Target)
		if to == "" {
			continue
		}
		listen, err := Listen(s.Name, at)
		if err != nil {
			return nil, err
		}
		all = append(all, Way{Name: s.Name, Listen: listen, To: to, TLS: tls})
	}
	return all, nil
}

// place is where a target of the cloud's is asked here.
func place(c cloud.Cloud, at site.Site, hosts []unit.Host, target string) (to string, tls bool) {
	for _, h := range hosts {
		if target == "" || !strings.EqualFold(h.Name, target) {
			continue
		}
		host, port, err := net.SplitHostPort(h.Address)
		if err != nil {
			host, port = h.Address, strconv.Itoa(at.Public(httpPort))
		}
		if certified(c, target) {
			port, tls = strconv.Itoa(at.Public(httpsPort)), true
		}
		return net.JoinHostPort(host, port), tls
	}
	return "", false
}

// certified reports whether a target is a balancer that has a certificate: it sends
// whoever comes without TLS to its name.
func certified(c cloud.Cloud, target string) bool {
	for _, b := range c.All(token.LBLoadBalancer) {
		if !strings.EqualFold(b.Str("dnsName"), target) {
			continue
		}
		for _, l := range c.Where(token.LBListener, "loadBalancerArn", b.Str("arn")) {
			if l.Str("protocol") == "HTTPS" {
				return true
			}
		}
	}
	return false
}

// Relays are the units, one for each domain; executable is rung's.
func Relays(ways []Way, at site.Site, executable string) (part unit.Part, err error) {
	for _, w := range ways {
		text, err := json.MarshalIndent(w, "", " ")
		if err != nil {
			return part, fmt.Errorf("write where %s leads: %w", w.Name, err)
		}
		dir := at.Data("domain-" + w.Name)
		file := filepath.Join(dir, "way.json")
		host, port, _ := net.SplitHostPort(w.Listen) // it was joined above
		number, _ := strconv.Atoi(port)
		part.Units = append(part.Units, unit.Unit{Name: w.Name + "/domain", What: "where " + w.Name + " leads",
			Address: host, Ports: []int{number}, Dir: dir,
			Program: []string{executable, "lab", Word, file},
			Files:   []unit.File{{Path: file, Content: string(text), Reload: true}},
			Health:  unit.Health{Kind: unit.Answers, Port: number, Path: "/"}})
		part.Keep = append(part.Keep, unit.Kept{Dir: dir})
	}
	return part, nil
}
