package cdn

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/cdnpolicy"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/services"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// distribution is one of CloudFront's, with its place in the lab.
type distribution struct {
	cloud.Resource
	cloud        cloud.Cloud
	at           site.Site
	address, dir string
	names        *strings.Replacer
	behind       bool // the edge stands before it, and has written down whom it asks for
	// guarded are the origins before which a Lambda@Edge stands, with where that is.
	guarded map[string]string
}

// head is what every configuration begins with. Paths are relative to the unit's
// directory. A request that waits for its origin holds two connections, and nginx resets those
// for whom there is none, where CloudFront lets them wait: there are as many as an origin that
// answers after ten seconds takes at 800 requests a second.
const head = `daemon off;
worker_processes 1;
worker_rlimit_nofile 40000;
pid nginx.pid;
events { worker_connections 16384; }
http {
  include /etc/nginx/mime.types;
  access_log off;
  server_tokens off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  proxy_cache_path cache levels=1:2 keys_zone=edge:8m max_size=256m inactive=1d use_temp_path=off;
  gzip_proxied any; gzip_min_length 1000; gzip_vary on;
  gzip_types text/css text/plain application/javascript text/javascript application/json image/svg+xml;
  map $upstream_cache_status $seen {
    default "Miss from lab"; HIT "Hit from lab"; STALE "Hit from lab"; UPDATING "Hit from lab"; REVALIDATED "RefreshHit from lab";
  }
`

// config is nginx's whole configuration.
func (d distribution) config() string {
	var b strings.Builder
	if d.at.Account != "" {
		fmt.Fprintf(&b, "user %s;\n", d.at.Account)
	}
	b.WriteString(head)
	for _, o := range d.Maps("origins") {
		fmt.Fprintf(&b, "  upstream %s { server %s max_fails=0; keepalive 32; }\n", upstream(o.Str("originId")), d.place(o))
	}
	for _, g := range d.Maps("originGroups") {
		d.group(&b, g, upstream, d.place)
	}
	d.guardedUpstreams(&b)
	fmt.Fprintf(&b, "  server {\n    listen %s:%d;\n    listen %s:%d ssl http2;\n", d.address, d.at.Public(httpPort),
		d.address,
		d.at.Public(httpsPort))
	b.WriteString("    ssl_certificate server.crt; ssl_certificate_key server.key;\n    client_max_body_size 0;\n")
	for _, behaviour := range d.Maps("orderedCacheBehaviors") {
		d.location(&b, "~ "+quote(pattern(behaviour.Str("pathPattern"))), behaviour)
	}
	d.location(&b, "/", d.Map("defaultCacheBehavior"))
	b.WriteString("  }\n}\n")
	return b.String()
}

// group is an origin with one that answers where it fails.
func (d distribution) group(b *strings.Builder, g sim.Props, named func(string) string, place func(sim.Props) string) {
	fmt.Fprintf(b, "  upstream %s {", named(g.Str("originId")))
	for n, m := range g.Maps("members") {
		if o, ok := d.origin(m.Str("originId")); ok {
			fmt.Fprintf(b, " server %s max_fails=0%s;", place(o), map[bool]string{true: " backup"}[n > 0])
		}
	}
	b.WriteString(" keepalive 32; }\n")
}

func upstream(id string) string { return "origin-" + site.Safe(id) }

func (d distribution) origin(id string) (sim.Props, bool) {
	for _, o := range d.Maps("origins") {
		if o.Str("originId") == id {
			return o, true
		}
	}
	for _, g := range d.Maps("originGroups") {
		if members := g.Maps("members"); g.Str("originId") == id && len(members) > 0 {
			return d.origin(members[0].Str("originId"))
		}
	}
	return nil, false
}

// bucketOf is the bucket that an origin is; empty for a server.
func bucketOf(o sim.Props) string {
	name, _, is := strings.Cut(o.Str("domainName"), ".s3.")
	if !is {
		return ""
	}
	return name
}

// place is an origin's address and port here. One that the lab does not have is a port
// at which nobody listens.
func (d distribution) place(o sim.Props) string {
	name := o.Str("domainName")
	if bucket := bucketOf(o); bucket != "" {
		if place, _, err := services.Bucket(d.at, bucket); err == nil {
			return place
		}
	}
	here := d.names.Replace(name)
	if here == name {
		return d.address + ":9"
	}
	if strings.Contains(here, ":") {
		return here
	}
	port := cmp.Or(o.Int("customOriginConfig.httpPort"), httpPort)
	if secure(o) {
		port = cmp.Or(o.Int("customOriginConfig.httpsPort"), httpsPort)
	}
	return fmt.Sprintf("%s:%d", here, d.at.Public(port))
}

func secure(o sim.Props) bool {
	return o.Str("customOriginConfig.originProtocolPolicy") == "https-only"
}

// pattern is a path pattern of CloudFront's as a regular expression.
func pattern(text string) string {
	if !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "*") {
		text = "/" + text
	}
	return "^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(text)) + "$"
}

func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// caching is what a cache policy keeps, and by which key.
func (d distribution) caching(behaviour sim.Props) string {
	id := behaviour.Str("cachePolicyId")
	key, valid := `"$request_method$http_host$uri"`, ""
	switch id {
	case cdnpolicy.CachingDisabled:
		return ""
	case cdnpolicy.OriginCacheControlQueryStrings:
		key = `"$request_method$http_host$request_uri$http_cookie$http_accept_encoding"`
	case cdnpolicy.OriginCacheControl:
		key = `"$request_method$http_host$uri$http_cookie$http_accept_encoding"`
	default:
		policy, own := d.cloud.ByID(token.CloudFrontCachePolicy, id)
		if own {
			key = keyOf(policy.Map("parametersInCacheKeyAndForwardedToOrigin"))
		}
		if !own || policy.Int("defaultTtl") > 0 {
			valid = "      proxy_cache_valid 200 206 301 1d;\n"
		}
	}
	return fmt.Sprintf("      proxy_cache edge; proxy_cache_key %s; proxy_cache_lock on; proxy_cache_revalidate on;\n%s"+
		"      proxy_cache_bypass $http_authorization; proxy_no_cache $http_authorization;\n"+
		"      proxy_cache_use_stale updating; proxy_cache_background_update on;\n", key, valid)
}

// keyOf is the key of a policy of the plan's own.
func keyOf(p sim.Props) string {
	key := "$request_method$http_host$uri"
	if p.Str("queryStringsConfig.queryStringBehavior") != "none" {
		key = "$request_method$http_host$request_uri"
	}
	if p.Str("cookiesConfig.cookieBehavior") != "none" {
		key += "$http_cookie"
	}
	for _, h := range p.Strs("headersConfig.headers.items") {
		if name := strings.ToLower(h); name != "host" {
			key += "|$http_" + strings.ReplaceAll(name, "-", "_")
		}
	}
	return quote(key + "$http_accept_encoding")
}
