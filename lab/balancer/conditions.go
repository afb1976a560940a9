package balancer

import (
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// condition is one that a request must meet: what is looked at, in HAProxy's terms, and
// the values of which one must fit.
type condition struct {
	fetch  string
	match  string // HAProxy's way to match, "reg" or "ip" say
	values []string
}

// conditionsOf reads a rule's conditions.
func conditionsOf(list []sim.Props) (all []condition) {
	for _, p := range list {
		if v := p.Strs("pathPattern.values"); len(v) > 0 {
			all = append(all, condition{"path", "reg", patterns(v, "")})
		}
		if v := p.Strs("hostHeader.values"); len(v) > 0 {
			all = append(all, condition{"req.hdr(host),field(1,:)", "reg", patterns(v, "(?i)")})
		}
		if h := p.Map("httpHeader"); h != nil {
			all = append(all, condition{"req.fhdr(" + h.Str("httpHeaderName") + ")", "reg", patterns(h.Strs("values"), "")})
		}
		if v := p.Strs("httpRequestMethod.values"); len(v) > 0 {
			all = append(all, condition{"method", "str", v})
		}
		if v := p.Strs("sourceIp.values"); len(v) > 0 {
			all = append(all, condition{"src", "ip", v})
		}
		for _, q := range p.Maps("queryStrings") {
			all = append(all, condition{"url_param(" + q.Str("key") + ")", "reg", patterns([]string{q.Str("value")}, "")})
		}
	}
	return all
}

// patterns are AWS's with * and ? as regular expressions.
func patterns(values []string, flags string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		v = regexp.QuoteMeta(v)
		out[i] = flags + "^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(v) + "$"
	}
	return out
}

// terms are conditions as HAProxy writes them after an "if".
func terms(all []condition) string {
	text := ""
	for _, c := range all {
		text += " { " + c.fetch + " -m " + c.match
		for _, v := range c.values {
			text += " " + quote(v)
		}
		text += " }"
	}
	return text
}
