// Package redis turns caches into Valkey or Redis servers of the lab, whichever is
// installed: replication, TLS by the lab's authority and a token as planned. Memory is
// the lab's own.
package redis

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
)

// Port is Redis'.
const Port = 6379

// idleHz is how often a server looks after itself in a second where it has nothing to
// do; the default is ten, which is most of what an idle one takes of a processor.
const idleHz = "2"

// megabytes is the memory of one server.
const megabytes = 64

// Server is one server.
type Server struct {
	// Name is the unit's, Address its machine's, Dir the directory of its data.
	Name, Address, Dir string
	// Role is what people call it.
	Role string
	// TLS encrypts, with certificates for Hosts. Token is the password; empty is none.
	TLS   bool
	Hosts []string
	Token string
	// Policy is what goes when the memory is full.
	Policy string
	// Keeps writes what it holds to the disk.
	Keeps bool
	// Cluster speaks the cluster's protocol. Source is the address of whom it
	// replicates; empty is a primary, or a node of a cluster.
	Cluster bool
	Source  string
	After   []string
	// Also are further addresses at which it listens. Turns is a server that takes or loses
	// writes while it runs, with what it holds.
	Also  []string
	Turns bool
}

// Unit is the server as the lab runs it.
func (s Server) Unit(at site.Site) unit.Unit {
	config := filepath.Join(s.Dir, "server.conf")
	u := unit.Unit{
		Name: s.Name, What: s.what(at), Address: s.Address, Also: s.Also, Ports: []int{Port}, Dir: s.Dir,
		Program: []string{at.Programs.Redis, config},
		Files:   []unit.File{{Path: config, Content: s.config(at)}},
		After:   s.After,
		Health:  unit.Health{Kind: unit.Redis, Port: Port, TLS: s.TLS},
	}
	if s.TLS {
		u.Hosts = append(append([]string{}, s.Hosts...), s.Address)
	}
	if s.Turns {
		u.Files = append(u.Files, unit.File{Path: s.turnFile(), Content: s.turn(), Reload: true})
		u.Ready = []unit.Command{s.turning(at)}
	}
	return u
}

func (s Server) what(at site.Site) string {
	name := "Redis"
	if strings.Contains(filepath.Base(at.Programs.Redis), "valkey") {
		name = "Valkey"
	}
	return name + ", " + s.Role
}

func (s Server) config(at site.Site) string {
	var b strings.Builder
	set := func(name string, values ...string) {
		b.WriteString(name)
		for _, v := range values {
			fmt.Fprintf(&b, " %q", v)
		}
		b.WriteString("\n")
	}
	if s.Turns {
		set("include", s.turnFile())
	} else {
		set("bind", s.Address)
	}
	set("dir", s.Dir)
	set("maxmemory", fmt.Sprintf("%dmb", megabytes))
	if s.Policy != "" {
		set("maxmemory-policy", s.Policy)
	}
	set("save", "")
	set("appendonly", map[bool]string{true: "yes", false: "no"}[s.Keeps])
	if s.Token != "" {
		set("requirepass", s.Token)
		set("masterauth", s.Token)
	}
	if s.TLS {
		set("port", "0")
		set("tls-port", fmt.Sprint(Port))
		set("tls-cert-file", filepath.Join(s.Dir, "server.crt"))
		set("tls-key-file", filepath.Join(s.Dir, "server.key"))
		set("tls-ca-cert-file", at.CA())
		set("tls-auth-clients", "no")
		set("tls-replication", "yes")
	} else {
		set("port", fmt.Sprint(Port))
	}
	if !s.Cluster { // whose nodes look after one another ten times a second
		set("hz", idleHz)
	}
	if s.Cluster {
		set("cluster-enabled", "yes")
		set("cluster-announce-ip", s.Address)
		set("cluster-config-file", "nodes.conf")
		set("cluster-node-timeout", "5000")
		if s.TLS {
			set("tls-cluster", "yes")
		}
	}
	if s.Source != "" && !s.Turns {
		set("replicaof", s.Source, fmt.Sprint(Port))
	}
	if s.Source != "" || s.Turns {
		set("repl-diskless-sync-delay", "0")
	}
	return b.String()
}
