package balancer

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/offline/sim"
)

// writer writes HAProxy's configuration.
type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// quote is a word that HAProxy takes as it is, whatever stands in it.
func quote(text string) string {
	if !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(text) + `"`
}

func keys(m map[string]bool) iter.Seq[string] { return maps.Keys(m) }

// bind is where a listener listens.
func (w *writer) bind(address string, port int, l listener, offers string) {
	tls := ""
	if l.encrypted() {
		tls = " ssl crt server.pem" + offers
	}
	w.line("  bind %s:%d%s", address, port, tls)
}

// transport passes connections on to a group.
func (w *writer) transport(address string, port int, l listener, used map[string]bool) {
	w.line("frontend port-%d\n  mode tcp", port)
	w.bind(address, port, l, "")
	for _, r := range l.rules {
		for _, arn := range forwards(r.action.Props) {
			used[arn.group] = true
			w.line("  default_backend %s", backendOf(arn.group))
		}
	}
}

// frontend takes requests and decides by the first rule that fits.
func (w *writer) frontend(address string, port int, l listener, used map[string]bool) {
	w.line("frontend port-%d\n  mode http", port)
	w.bind(address, port, l, " alpn h2,http/1.1")
	w.line("  option forwardfor if-none")
	w.line("  http-request set-header X-Forwarded-For %%[req.fhdr(x-forwarded-for)],\\ %%[src] " +
		"if { req.hdr(x-forwarded-for) -m found }")
	w.line("  http-request set-header X-Forwarded-Proto %s", map[bool]string{true: "https", false: "http"}[l.encrypted()])
	w.line("  http-request set-header X-Forwarded-Port %d", port)
	for n, r := range l.rules {
		w.line("  http-request set-var(txn.rule) int(%d) if !{ var(txn.rule) -m found }%s", n+1, terms(r.conditions))
	}
	w.line("  http-request set-var(txn.pick) rand(1000)")
	for n, r := range l.rules { // HAProxy answers before it forwards, in whatever order it is told
		w.answer(chosen(n+1), r.action.Props)
	}
	for n, r := range l.rules {
		if r.action.Str("type") == "forward" {
			w.forward(chosen(n+1), forwards(r.action.Props), used)
		}
	}
}

// chosen is true for requests that a rule is for.
func chosen(n int) string { return fmt.Sprintf("{ var(txn.rule) -m int %d }", n) }

// answer is what a rule says itself.
func (w *writer) answer(chosen string, a sim.Props) {
	switch a.Str("type") {
	case "fixed-response":
		f := a.Map("fixedResponse")
		w.line("  http-request return status %s content-type %s string %s if %s", cmp.Or(f.Str("statusCode"), "503"),
			quote(cmp.Or(f.Str("contentType"), "text/plain")), quote(f.Str("messageBody")), chosen)
	case "redirect":
		w.line("  http-request redirect location %s code %s if %s", location(a.Map("redirect")),
			code(a.Str("redirect.statusCode")), chosen)
	}
}

// forward shares requests by weight: each group has its part of a thousand.
func (w *writer) forward(chosen string, groups []share, used map[string]bool) {
	all, below := 0, 0
	for _, g := range groups {
		all += g.weight
	}
	for _, g := range groups {
		if g.weight == 0 || all == 0 {
			continue
		}
		used[g.group] = true
		below += g.weight
		w.line("  use_backend %s if %s { var(txn.pick) -m int lt %d }", backendOf(g.group), chosen, below*1000/all)
	}
}

// share is a target group's part of what a rule forwards.
type share struct {
	group  string
	weight int
}

func forwards(a sim.Props) (all []share) {
	for _, g := range a.Maps("forward.targetGroups") {
		weight := 1
		if g.Has("weight") {
			weight = g.Int("weight")
		}
		all = append(all, share{g.Str("arn"), weight})
	}
	if arn := a.Str("targetGroupArn"); len(all) == 0 && arn != "" {
		all = append(all, share{arn, 1})
	}
	return all
}

// location is where a redirect leads, in HAProxy's terms.
func location(r sim.Props) string {
	scheme := map[string]string{"HTTP": "http", "HTTPS": "https"}[r.Str("protocol")]
	if scheme == "" {
		scheme = "%[hdr(x-forwarded-proto)]"
	}
	host := strings.ReplaceAll(cmp.Or(r.Str("host"), "#{host}"), "#{host}", "%[req.hdr(host),field(1,:)]")
	path := strings.ReplaceAll(cmp.Or(r.Str("path"), "/#{path}"), "/#{path}", "%[path]")
	query := strings.ReplaceAll(cmp.Or(r.Str("query"), "#{query}"), "#{query}", "%[query]")
	port := ""
	if p := r.Str("port"); p != "" && p != "#{port}" && p != "443" && p != "80" {
		port = ":" + p
	}
	return scheme + "://" + host + port + path + "?" + query
}

func code(text string) string {
	if text == "HTTP_302" {
		return "302"
	}
	return "301"
}

// backend is a target group with its machines.
func (w *writer) backend(group cloud.Resource, targets []Target) {
	w.line("backend %s", backendOf(group.Str("arn")))
	check := group.Str("healthCheck.protocol")
	if tcp := group.Str("protocol") == "TCP" || group.Str("protocol") == "TLS"; tcp {
		w.line("  mode tcp")
	} else {
		w.line("  mode http\n  retry-on conn-failure empty-response\n" +
			"  http-request disable-l7-retry if !{ method GET HEAD }")
		if group.Bool("stickiness.enabled") {
			w.line("  cookie AWSALB insert indirect nocache maxidle %ds",
				cmp.Or(group.Int("stickiness.cookieDuration"), 86400))
		}
	}
	w.line("  balance %s", algorithm(group))
	if strings.HasPrefix(check, "HTTP") {
		w.line("  option httpchk\n  http-check send meth GET uri %s", quote(cmp.Or(group.Str("healthCheck.path"), "/")))
		w.line("  http-check expect rstatus %s", quote(statuses(cmp.Or(group.Str("healthCheck.matcher"), "200"))))
	}
	for _, t := range targets {
		w.server(group, t)
	}
	w.open(group, targets)
}

// open lets requests through to any machine while none passes its checks: the checks may
// be what is wrong. AWS's balancers fail open in the same way
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html).
func (w *writer) open(group cloud.Resource, targets []Target) {
	w.line("  option allbackups")
	for _, t := range targets {
		if !t.Draining {
			w.line("  server open-%s %s:%d backup", t.ID, t.Address, cmp.Or(t.Port, group.Int("port")))
		}
	}
}

func (w *writer) server(group cloud.Resource, t Target) {
	extra := ""
	if t.Draining {
		extra += " weight 0"
	}
	if group.Bool("stickiness.enabled") {
		extra += " cookie " + t.ID
	}
	// One that refuses a connection is out until it answers checks again.
	w.line("  server %s %s:%d check inter %ds fastinter 1s downinter 1s rise %d fall %d "+
		"observe layer4 error-limit 1 on-error mark-down%s", t.ID, t.Address, cmp.Or(t.Port, group.Int("port")),
		seconds(group, "healthCheck.interval", 30), max(1, group.Int("healthCheck.healthyThreshold")),
		max(1, group.Int("healthCheck.unhealthyThreshold")), extra)
}

// statuses is a matcher of AWS, "200,202" or "200-299", as a regular expression.
func statuses(matcher string) string {
	var all []string
	for _, part := range strings.Split(matcher, ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if isRange && len(low) == 3 && len(high) == 3 {
			all = append(all, fmt.Sprintf("[%c-%c][0-9][0-9]", low[0], high[0]))
		} else {
			all = append(all, low)
		}
	}
	return "^(" + strings.Join(all, "|") + ")$"
}
