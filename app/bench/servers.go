package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/local"
	"github.com/rung-dev/rung/freeport"
)

// The capacity of a server is fixed: it answers so many requests at a time, and each
// takes so long. Shared processors do not decide then how much it carries.
const (
	slots    = 4
	slotTime = 40 * time.Millisecond
)

// fixed is a server's capacity of some units, before all that it serves.
func fixed(units int) func(http.Handler) http.Handler {
	free := make(chan struct{}, units*slots)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			free <- struct{}{}
			defer func() { <-free }()
			over := time.After(slotTime)
			next.ServeHTTP(w, r)
			<-over
		})
	}
}

// balancing has the app behind HAProxy, which shares requests out in the four ways of the
// ladder.
func balancing(ctx context.Context, t *trial) (out []row) {
	app, done := t.behind(ctx, 1, 1, 1)
	defer done()
	for _, way := range []struct{ name, directive string }{{"round robin", "roundrobin"},
		{"least connections", "leastconn"}, {"IP hash", "source"}} {
		var rates [3]float64
		for n := range rates {
			rates[n] = t.balanced(ctx, way.directive, app[:min(n+1, len(app))], 1, 1, 1)
		}
		out = append(out, row{tool: "load balancer, " + way.name, claim: "two servers carry 2x of one, three 3x",
			measured: fmt.Sprintf("%.0f/s from one, %.0f/s from two (%.2fx), %.0f/s from three (%.2fx)", rates[0], rates[1],
				rates[1]/rates[0], rates[2], rates[2]/rates[0]), got: rates[2] / rates[0], want: 3,
			why: fmt.Sprintf("Each server answers %d requests at a time, and each takes %v at least, so that the shared "+
				"processors do not decide. 96 clients, each with an address of its own.", slots, slotTime)})
	}
	uneven, end := t.behind(ctx, 1, 2)
	defer end()
	one, both := t.balanced(ctx, "roundrobin", uneven[:min(1, len(uneven))], 1),
		t.balanced(ctx, "roundrobin", uneven, 1, 2)
	return append(out, row{tool: "load balancer, weighted",
		claim:    "a server twice as large takes twice as much: 3x of one",
		measured: fmt.Sprintf("%.0f/s from one, %.0f/s from both, weighted 1 and 2 (%.2fx)", one, both, both/one),
		got:      both / one, want: 3, why: "The second server has twice the capacity, and the weight that says so."})
}

// behind are the addresses of servers of some capacities.
func (t *trial) behind(ctx context.Context, units ...int) (addresses []string, done func()) {
	var stop []func() error
	for _, u := range units {
		if web, err := t.startApp(ctx, contract.RoleWeb, changed{wrap: fixed(u)}); !t.fails(err) {
			addresses, stop = append(addresses, web.Address), append(stop, web.Stop)
		}
	}
	return addresses, func() {
		for _, end := range stop {
			end() //nolint:errcheck // nothing of it is kept
		}
	}
}

// balanced is how much servers carry behind HAProxy.
func (t *trial) balanced(ctx context.Context, way string, servers []string, weights ...int) float64 {
	if t.err != nil {
		return 0
	}
	address, stop, err := haproxy(t.dir, way, servers, weights)
	if t.fails(err) {
		return 0
	}
	defer stop()
	client := manyAddresses()
	defer client.CloseIdleConnections()
	return t.rate(ctx, 96, func(ctx context.Context) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+contract.APIPrefix+"posts", nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(r)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("ask through the balancer: answered %s", resp.Status)
		}
		return nil
	})
}

// manyAddresses is a client each of whose connections comes from an address of its own,
// all of this machine.
func manyAddresses() *http.Client {
	var n atomic.Int64
	dial := func(ctx context.Context, network, to string) (net.Conn, error) {
		i := n.Add(1)
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 65, byte(i/250), byte(1+i%250))}}
		return d.DialContext(ctx, network, to)
	}
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 256}}
}

// haproxy runs HAProxy before servers until stop.
func haproxy(dir, way string, servers []string, weights []int) (address string, stop func(), err error) {
	port, err := freeport.On("127.0.0.1")
	if err != nil {
		return "", nil, err
	}
	address = fmt.Sprintf("127.0.0.1:%d", port)
	var b strings.Builder
	fmt.Fprintf(&b, "defaults\n mode http\n timeout connect 2s\n timeout client 30s\n timeout server 30s\n"+
		"listen app\n bind %s\n balance %s\n hash-type consistent sdbm avalanche\n", address, way)
	for i, s := range servers {
		fmt.Fprintf(&b, " server s%d %s weight %d\n", i, s, 100*weights[i])
	}
	config := filepath.Join(dir, "haproxy.cfg")
	if err := os.WriteFile(config, []byte(b.String()), 0o600); err != nil {
		return "", nil, err
	}
	cmd := exec.Command("haproxy", "-db", "-q", "-f", config)
	cmd.SysProcAttr = local.Attributes(nil, syscall.SIGKILL)
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("start HAProxy: %w: scripts/install-test-tools.sh installs it", err)
	}
	stop = func() {
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		cmd.Wait()         //nolint:errcheck // it was killed
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return address, stop, conn.Close()
		}
		if time.Now().After(end) {
			stop()
			return "", nil, fmt.Errorf("start HAProxy: it does not answer: %w", err)
		}
	}
}
