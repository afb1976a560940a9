package cloudflare

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

var recordTypes = []string{
	"A", "AAAA", "CAA", "CNAME", "TXT", "SRV", "LOC", "MX", "NS", "SPF", "CERT", "DNSKEY", "DS", "NAPTR", "SMIMEA",
	"SSHFP", "TLSA", "URI", "PTR",
	"HTTPS", "SVCB",
}

// proxiable are the types that Cloudflare can stand before.
var proxiable = []string{"A", "AAAA", "CNAME"}

func recordKinds() []sim.Kind {
	return []sim.Kind{{
		Token: token.CloudflareRecord, Service: service, API: "DNSRecord", Noun: "DNS record",
		Defaults:     sim.Props{"allowOverwrite": false},
		ExactlyOneOf: [][]string{{"content", "value", "data"}},
		Enums:        map[string][]string{"type": recordTypes},
		Lengths:      map[string]sim.Range{"name": {Min: 1, Max: 255}, "comment": {Max: 500}},
		Checks:       []sim.Check{lifeInSeconds},
		ReplaceOn:    []string{"name", "type", "zoneId"},
		// Only one CNAME of a name can exist, so a new one waits for the old.
		DeleteFirst: true,
		ID:          func(o *sim.Op) string { return o.Hex(32, "record") },
		Outputs:     recordOutputs,
		Changing: func(o *sim.Op) []string {
			if o.Changed("content") || o.Changed("value") {
				return []string{"modifiedOn"}
			}
			return nil
		},
		Refs:  []sim.Ref{zoneRef()},
		Rules: sim.Many(sim.Create|sim.Update, onZone, proxyGood, contentGood, nameFree),
	}}
}

func recordOutputs(o *sim.Op) sim.Props {
	text := content(o.In)
	ttl := 1 // automatic
	return sim.Props{
		"hostname": host(o), "proxiable": slices.Contains(proxiable, o.In.Str("type")), "ttl": ttl, "content": text, "value": text,
		"createdOn": madeAt, "modifiedOn": madeAt, "metadata": map[string]any{},
	}
}

// content is the record's text, by its name of today or the older one.
func content(in sim.Props) string {
	if text := in.Str("content"); text != "" {
		return text
	}
	return in.Str("value")
}

// host is the whole name, as far as the zone's own is known.
func host(o *sim.Op) string {
	zone, ok := o.Find(token.CloudflareZone, o.In.Str("zoneId"))
	name := strings.ToLower(o.In.Str("name"))
	domain := zone.Str("zone")
	switch {
	case !ok || name == domain || strings.HasSuffix(name, "."+domain):
		return name
	case name == "@":
		return domain
	}
	return name + "." + domain
}

// The bounds of a TTL in seconds; 1 is automatic. Below 60 only an Enterprise
// zone goes, which is not simulated.
const (
	shortestTTL = 60
	longestTTL  = 86400
)

func lifeInSeconds(in sim.Props) []sim.Failure {
	ttl := in.Int("ttl")
	if !in.Known("ttl") || ttl == 1 || (ttl >= shortestTTL && ttl <= longestTTL) {
		return nil
	}
	return wrong("ttl", "got %d, want 1 for automatic or %d to %d seconds", ttl, shortestTTL, longestTTL)
}

// proxyGood is the provider's own check, before it asks Cloudflare.
func proxyGood(o *sim.Op) error {
	kind := o.In.Str("type")
	switch {
	case !o.In.Bool("proxied"):
		return nil
	case !slices.Contains(proxiable, kind):
		return fmt.Errorf("error validating record type %q: type %q cannot be proxied; set proxied to false", kind, kind)
	case o.In.Has("ttl") && o.In.Int("ttl") != 1:
		return fmt.Errorf("error validating record %s: ttl must be set to 1 when `proxied` is true; got %d", o.In.Str("name"),
			o.In.Int("ttl"))
	}
	return nil
}

var hostName = regexp.MustCompile(`^(?:[A-Za-z0-9_*](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.?$`)

// contentGood checks the content against the type.
func contentGood(o *sim.Op) error {
	text, kind := content(o.In), o.In.Str("type")
	address, err := netip.ParseAddr(text)
	isHost := err != nil && len(text) <= 254 && hostName.MatchString(text)
	switch {
	case kind == "A" && (err != nil || !address.Is4()):
		return sim.Refuse("9005", "Content for A record must be a valid IPv4 address",
			fmt.Sprintf("Got %q; a host name goes into a CNAME record.", text))
	case kind == "AAAA" && (err != nil || !address.Is6()):
		return sim.Refuse("9006", "Content for AAAA record must be a valid IPv6 address", fmt.Sprintf("Got %q.", text))
	case kind == "CNAME" && !isHost:
		return sim.Refuse("9007", "Content for CNAME record is invalid",
			fmt.Sprintf("Got %q, want a host name; an address goes into an A or AAAA record.", text))
	case kind == "CNAME" && strings.EqualFold(strings.TrimSuffix(text, "."), host(o)):
		return sim.Refuse("9039", "CNAME content cannot reference itself", "Point the record at another name.")
	case kind == "MX" && !o.In.Has("priority"):
		return errors.New("MX records need a priority: give priority")
	case (kind == "MX" || kind == "NS") && !isHost:
		return fmt.Errorf("content for a %s record must be a host name, got %q", kind, text)
	}
	return nil
}

// nameFree refuses what cannot stand beside another record of the name: the
// very same again, and a CNAME beside an address.
func nameFree(o *sim.Op) error {
	mine := o.In.Str("type")
	for _, other := range o.Others() {
		if other.Props.Str("zoneId") != o.In.Str("zoneId") || other.Props.Str("hostname") != host(o) {
			continue
		}
		theirs := other.Props.Str("type")
		pair := slices.Contains(proxiable, mine) && slices.Contains(proxiable, theirs) &&
			(mine == "CNAME" || theirs == "CNAME")
		switch {
		case mine == theirs && content(other.Props) == content(o.In) && o.Verb == sim.Create:
			return fmt.Errorf("expected DNS record to not already be present but already exists: %s of %s is %s; import it or "+
				"delete it",
				mine, host(o), other.ID)
		case pair:
			return sim.Refuse("81053", "An A, AAAA, or CNAME record with that host already exists",
				fmt.Sprintf("Delete the %s record %s of %s first.", theirs, other.ID, host(o)))
		}
	}
	return nil
}
