package trial

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/freeport"
	"github.com/rung-dev/rung/stacks/manifest"
)

// loopback is what an app listens at that nobody else is to reach; apart is another
// address of this machine, by which such an app is told from one that heeds HOST. Linux has
// all of 127.0.0.0/8.
const loopback, apart = "127.0.0.1", "127.0.0.2"

// choose takes an address and a port for a part.
func (t *trial) choose() (err error) {
	t.host = loopback
	if l, err := net.Listen("tcp", apart+":0"); err == nil {
		t.host = apart
		_ = l.Close()
	}
	t.app.Port, err = freeport.On(t.host)
	return err
}

// open reports whether something listens at an address, at the part's port.
func (t *trial) open(host string) bool {
	c, err := net.DialTimeout("tcp", net.JoinHostPort(host, strconv.Itoa(t.app.Port)), ask)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// listens says at which addresses a part serves, once it does so at one of them.
func (t *trial) listens() {
	const point = "serves at HOST"
	if t.host == loopback {
		t.found(point, NotTried, "this system has no second address of its own to tell by; on machines HOST is 0.0.0.0")
		return
	}
	time.Sleep(pause) // it may open one after the other
	switch own := t.open(t.host); {
	case !own:
		t.found(point, Broken, "it listens at %s alone, and HOST says %s: on a machine HOST is 0.0.0.0, and no load "+
			"balancer reaches what listens at %s; listen at the variable HOST, or at all addresses", loopback, t.host, loopback)
		t.host = loopback // the other points are tried where it is
	case t.open(loopback):
		t.found(point, Kept, "at all addresses, whatever HOST says; in the lab, where machines share one port, only the "+
			"first of several gets it")
	default:
		t.found(point, Kept, "at HOST alone")
	}
}

// nowhere are the variables of what an app needs, with nobody there.
var nowhere = map[manifest.Need]string{
	manifest.Database: "postgres://nobody:nobody@127.0.0.1:1/nowhere?connect_timeout=2",
	manifest.Cache:    "redis://127.0.0.1:1/0",
	manifest.Queue:    "http://127.0.0.1:1/nowhere",
}

// awayWithin is how long a part may take to serve without what it needs.
const awayWithin = 20 * time.Second

// away tries a part anew while nobody answers whom it needs: all machines would leave the
// load balancer together, and the site with them, where one that cannot reach its database
// is ill.
func (t *trial) away(ctx context.Context, part string) {
	const point = "is well while what it needs is away"
	t.without = map[string]string{}
	defer func() { t.without = nil }()
	for _, need := range t.app.Needs {
		for _, name := range need.Variables() {
			if nowhere[need] != "" {
				t.without[name] = nowhere[need]
			}
		}
	}
	if len(t.without) == 0 || ctx.Err() != nil {
		return
	}
	if err := t.choose(); err != nil {
		t.found(point, NotTried, "no port is free: %v", err)
		return
	}
	t.options.Say("starts %s at port %d, with nobody behind what it needs", part, t.app.Port)
	p, err := t.start(ctx, part)
	if err != nil {
		t.found(point, NotTried, "it cannot be started: %v", err)
		return
	}
	defer p.kill()
	if why := t.ill(ctx, p); why != "" {
		t.found(point, Broken, "%s: with its database away, all machines would be taken for broken together, and "+
			"pages that need none are gone too; start without it, answer %s and try again by and by\n%s", why,
			t.app.Health, p.said())
		return
	}
	t.found(point, Kept, "GET %s: 200 with nobody behind %s", t.app.Health,
		strings.Join(slices.Sorted(maps.Keys(t.without)), ", "))
}

// ill is why a part does not answer its health path in time; empty where it does.
func (t *trial) ill(ctx context.Context, p *process) (why string) {
	for begun := time.Now(); time.Since(begun) < awayWithin && ctx.Err() == nil; time.Sleep(pause) {
		if !p.running() {
			return fmt.Sprintf("it ended: %v", p.err)
		}
		if !t.open(t.host) {
			if t.open(loopback) {
				t.host = loopback
			}
			why = fmt.Sprintf("it does not listen after %s", awayWithin)
			continue
		}
		res, err := t.get(ctx, t.app.Health)
		switch {
		case err != nil:
			why = fmt.Sprintf("GET %s: %v", t.app.Health, err)
		case res.StatusCode != http.StatusOK:
			why = fmt.Sprintf("GET %s: %s", t.app.Health, res.Status)
		default:
			return ""
		}
	}
	return why
}
