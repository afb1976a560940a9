package cdn

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/offline/sim"
)

// location is what is done with the paths of a behaviour.
func (d distribution) location(b *strings.Builder, match string, behaviour sim.Props) {
	id := behaviour.Str("targetOriginId")
	first, second, codes := d.falls(id)
	if second == "" {
		d.pass(b, match, behaviour, id, "")
		return
	}
	next := "@next-of-" + cmp.Or(site.Safe(behaviour.Str("pathPattern")), "all")
	d.pass(b, match, behaviour, first, fmt.Sprintf("      proxy_intercept_errors on; error_page %s = %s;\n", codes, next))
	d.pass(b, next, behaviour, second, "")
}

// falls are the origins of a group of which one is a bucket: they are asked for other
// paths, and so nginx cannot take the one for the other by itself. Empty for others.
func (d distribution) falls(id string) (first, second, codes string) {
	for _, g := range d.Maps("originGroups") {
		all := d.members(id)
		if g.Str("originId") != id || len(all) != 2 || bucketOf(all[0]) == "" && bucketOf(all[1]) == "" {
			continue
		}
		list, _ := g.Get("failoverCriteria.statusCodes").([]any)
		for _, code := range list {
			codes += fmt.Sprintf("%v ", code)
		}
		return all[0].Str("originId"), all[1].Str("originId"), strings.TrimSpace(codes)
	}
	return "", "", ""
}

// pass is what is done with requests that go to an origin; more is what the location has
// beside that.
func (d distribution) pass(b *strings.Builder, match string, behaviour sim.Props, id, more string) {
	origin, _ := d.origin(id)
	scheme := "http"
	if secure(origin) {
		scheme = "https"
	}
	to := upstream(id)
	if d.lambda(behaviour).Code != "" {
		scheme, to = "http", throughGuard(id)
	}
	fmt.Fprintf(b, "    location %s {\n", match)
	path := ""
	if bucket := bucketOf(origin); bucket != "" && !strings.HasPrefix(match, "@") {
		path = "/" + bucket + "$uri"
	} else if bucket != "" { // whose path is written there, for a named location passes on what it got
		fmt.Fprintf(b, "      rewrite ^ /%s$uri break;\n", bucket)
	}
	fmt.Fprintf(b, "      proxy_pass %s://%s%s;\n", scheme, to, path)
	from := map[bool]string{false: "$proxy_add_x_forwarded_for", true: "$http_x_forwarded_for"}[d.behind]
	b.WriteString("      proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_connect_timeout 2s;\n" +
		"      proxy_set_header X-Forwarded-For " + from + ";\n" +
		"      proxy_next_upstream error timeout http_500 http_502 http_503 http_504;\n")
	host := "$http_host"
	if behaviour.Str("originRequestPolicyId") == "" {
		host = quote(origin.Str("domainName"))
	}
	fmt.Fprintf(b, "      proxy_set_header Host %s;\n", host)
	for _, h := range origin.Maps("customHeaders") {
		fmt.Fprintf(b, "      proxy_set_header %s %s;\n", h.Str("name"), quote(h.Str("value")))
	}
	b.WriteString(d.caching(behaviour))
	if behaviour.Bool("compress") {
		b.WriteString("      gzip on;\n")
	}
	b.WriteString("      add_header X-Cache $seen always;\n" + more + "    }\n")
}
