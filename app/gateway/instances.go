package gateway

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// lookEvery is how often DNS is asked for who is there.
	lookEvery = 10 * time.Second
	// lookTimeout bounds a look-up.
	lookTimeout = 2 * time.Second
	// downAfter failures in a row leave an instance out for downTime.
	downAfter = 3
	downTime  = 30 * time.Second
)

// instance is one process of a service.
type instance struct {
	scheme, address string
	failures        atomic.Int32
	downUntil       atomic.Int64 // nanoseconds of Unix time
}

// note counts what came of an attempt.
func (i *instance) note(ok bool) {
	if ok {
		i.failures.Store(0)
		i.downUntil.Store(0)
		return
	}
	if i.failures.Add(1) >= downAfter {
		i.downUntil.Store(time.Now().Add(downTime).UnixNano())
	}
}

func (i *instance) down(now time.Time) bool { return i.downUntil.Load() > now.UnixNano() }

// instances are all processes of a service that are known.
type instances struct {
	bases  []*url.URL
	lookup func(context.Context, string) ([]string, error)
	next   atomic.Uint64

	mu  sync.Mutex
	all []*instance
}

func newInstances(bases []string, lookup func(context.Context, string) ([]string, error)) (*instances, error) {
	if lookup == nil {
		lookup = net.DefaultResolver.LookupHost
	}
	out := &instances{lookup: lookup}
	if len(bases) == 0 {
		return nil, errors.New("want at least one URL")
	}
	for _, b := range bases {
		u, err := url.Parse(b)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" {
			return nil, fmt.Errorf("got %q, want http://host:port", b)
		}
		out.bases = append(out.bases, u)
	}
	return out, nil
}

// refresh asks for the addresses. A name that cannot be looked up keeps those
// it had: DNS being away is no reason to forget who is there.
func (in *instances) refresh(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	in.mu.Lock()
	known := in.all
	in.mu.Unlock()
	var all []*instance
	for _, base := range in.bases {
		addresses, err := in.addresses(ctx, base)
		if err != nil {
			all = append(all, known...)
			continue
		}
		for _, a := range addresses {
			i := slices.IndexFunc(known, func(i *instance) bool { return i.address == a && i.scheme == base.Scheme })
			if i >= 0 {
				all = append(all, known[i]) // with what is known of it
				continue
			}
			all = append(all, &instance{scheme: base.Scheme, address: a})
		}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.all = unique(all)
}

func unique(all []*instance) []*instance {
	var out []*instance
	for _, i := range all {
		if !slices.ContainsFunc(out, func(o *instance) bool { return o.address == i.address && o.scheme == i.scheme }) {
			out = append(out, i)
		}
	}
	return out
}

// addresses are host and port of each instance. With https the certificate
// names the host, so that is dialled by name.
func (in *instances) addresses(ctx context.Context, base *url.URL) ([]string, error) {
	host, port := base.Hostname(), base.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[base.Scheme]
	}
	if base.Scheme == "https" || net.ParseIP(host) != nil {
		return []string{net.JoinHostPort(host, port)}, nil
	}
	ips, err := in.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(ips))
	for _, ip := range ips {
		out = append(out, net.JoinHostPort(ip, port))
	}
	slices.Sort(out)
	return out, nil
}

// pick is the next instance in turn that is not down; where all are, the next
// one, because they may be back. Nil means that none is known.
func (in *instances) pick() *instance {
	in.mu.Lock()
	all := in.all
	in.mu.Unlock()
	if len(all) == 0 {
		return nil
	}
	first := int(in.next.Add(1) % uint64(len(all)))
	now := time.Now()
	for i := range all {
		if c := all[(first+i)%len(all)]; !c.down(now) {
			return c
		}
	}
	return all[first]
}
