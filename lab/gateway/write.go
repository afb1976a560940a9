package gateway

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// writer writes HAProxy's configuration.
type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// quote is a word that HAProxy takes as it is.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// seconds is how long an API waits for an answer where the integration does not say.
const seconds = 30

// config is HAProxy's whole configuration.
func (a api) config() string {
	var w writer
	w.line("global\n  maxconn 4000\n  nbthread 1\n  hard-stop-after 60s\n  log stdout format raw local0 notice")
	w.line("  stats socket unix@./admin.sock mode 600 level admin expose-fd listeners")
	w.line("defaults\n  mode http\n  timeout connect 2s\n  timeout client 60s\n  timeout server %ds", seconds)
	w.line("  timeout http-request 10s\n  retries 3\n  log global")
	w.line("frontend api")
	w.line("  bind %s:%d\n  bind %s:%d ssl crt server.pem alpn h2,http/1.1", a.address, a.at.Public(httpPort), a.address,
		a.at.Public(httpsPort))
	w.line("  option forwardfor")
	for n, r := range a.routes {
		w.line("  http-request set-var(txn.route) int(%d) if !{ var(txn.route) -m found }%s", n+1, r.terms())
	}
	w.line("  http-request return status 404 content-type application/json string %s if !{ var(txn.route) -m found }",
		quote(`{"message":"Not Found"}`))
	for n, r := range a.routes {
		w.limit(n+1, a.limits(r.key))
	}
	for n, r := range a.routes {
		w.forward(n+1, r)
	}
	for n := range a.routes {
		w.tables(n + 1)
	}
	for _, i := range a.integrations() {
		w.backend(i, a.behind(i))
	}
	return w.String()
}

// terms are what requests of a route fulfil, as HAProxy writes them after an "if".
func (r route) terms() string {
	text := ""
	if r.method != "" {
		text += " { method " + r.method + " }"
	}
	if r.path != "" {
		text += " { path -m reg " + quote(r.path) + " }"
	}
	return text
}

func chosen(n int) string { return fmt.Sprintf("{ var(txn.route) -m int %d }", n) }

// long is the longer of the two spans over which requests are counted, in seconds.
const long = 10

// limit refuses what a bucket of tokens would: no more than the rate and the burst
// within a second, nor within ten. What is refused does not count.
func (w *writer) limit(n int, s sim.Props) {
	rate, burst := s.Num("throttlingRateLimit"), s.Int("throttlingBurstLimit")
	if rate == 0 {
		return
	}
	w.line("  http-request track-sc0 int(1) table second-%d if %s", n, chosen(n))
	w.line("  http-request track-sc1 int(1) table long-%d if %s", n, chosen(n))
	refuse := "  http-request return status 429 content-type application/json string " +
		quote(`{"message":"Too Many Requests"}`) + " if %s { %s ge %d }"
	w.line(refuse, chosen(n), "sc0_gpc0_rate", int(rate)+burst)
	w.line(refuse, chosen(n), "sc1_gpc0_rate", int(rate*long)+burst)
	w.line("  http-request sc-inc-gpc0(0) if %s\n  http-request sc-inc-gpc0(1) if %s", chosen(n), chosen(n))
}

// tables are what a route's requests are counted in.
func (w *writer) tables(n int) {
	w.line("backend second-%d\n  stick-table type integer size 1 expire 1m store gpc0_rate(1s)", n)
	w.line("backend long-%d\n  stick-table type integer size 1 expire 1m store gpc0_rate(%ds)", n, long)
}

// limits are a route's own, or those of all.
func (a api) limits(key string) sim.Props {
	for _, s := range a.stage.Maps("routeSettings") {
		if s.Str("routeKey") == key {
			return s
		}
	}
	return a.stage.Map("defaultRouteSettings")
}

// forward sets what the integration says, and hands the request on.
func (w *writer) forward(n int, r route) {
	if r.integration.ID == "" {
		w.line("  http-request return status 500 content-type application/json string %s if %s",
			quote(`{"message":"Internal Server Error"}`), chosen(n))
		return
	}
	parameters := r.integration.Map("requestParameters")
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		value, _ := parameters[name].(string)
		do, header, ok := strings.Cut(name, ":header.")
		verb := map[string]string{"overwrite": "set-header", "append": "add-header", "remove": "del-header"}[do]
		if !ok || verb == "" {
			continue
		}
		if do == "remove" {
			w.line("  http-request del-header %s if %s", header, chosen(n))
			continue
		}
		w.line("  http-request %s %s %s if %s", verb, header, quote(strings.ReplaceAll(value, "%", "%%")), chosen(n))
	}
	w.line("  use_backend %s if %s", backendOf(r.integration), chosen(n))
}

func backendOf(i cloud.Resource) string { return "to-" + site.Safe(i.ID) }

// integrations are those that routes lead to, once each.
func (a api) integrations() (all []cloud.Resource) {
	for _, r := range a.routes {
		known := slices.ContainsFunc(all, func(i cloud.Resource) bool { return i.ID == r.integration.ID })
		if r.integration.ID != "" && !known {
			all = append(all, r.integration)
		}
	}
	return all
}

// upstream is where an integration leads.
type upstream struct {
	place string // address and port
	tls   bool
}

// behind is what stands behind an integration: a listener of a balancer through a link,
// or a URL. What the lab does not have is a port at which nobody listens.
func (a api) behind(i cloud.Resource) upstream {
	uri := i.Str("integrationUri")
	if listener, ok := a.cloud.First(token.LBListener, "arn", uri); ok {
		balancer, _ := a.cloud.First(token.LBLoadBalancer, "arn", listener.Str("loadBalancerArn"))
		host := a.names.Replace(balancer.Str("dnsName"))
		address, _, _ := strings.Cut(host, ":")
		if host != balancer.Str("dnsName") {
			return upstream{fmt.Sprintf("%s:%d", address, a.at.Public(listener.Int("port"))),
				listener.Str("protocol") == "HTTPS"}
		}
	}
	here := a.names.Replace(uri)
	scheme, rest, _ := strings.Cut(here, "://")
	place, _, _ := strings.Cut(rest, "/")
	if here == uri || place == "" {
		return upstream{place: a.address + ":9"}
	}
	if !strings.Contains(place, ":") {
		place += ":" + cmp.Or(map[string]string{"https": "443"}[scheme], "80")
	}
	return upstream{place, scheme == "https"}
}

// backend is an integration.
func (w *writer) backend(i cloud.Resource, to upstream) {
	w.line("backend %s", backendOf(i))
	if ms := i.Int("timeoutMilliseconds"); ms > 0 {
		w.line("  timeout server %dms", ms)
	}
	tls := ""
	if to.tls {
		tls = " ssl verify none"
	}
	w.line("  server balancer %s%s", to.place, tls)
}
