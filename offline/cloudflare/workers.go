package cloudflare

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// The bounds of KV, in bytes (Cloudflare's Workers KV limits).
const (
	kvKeyBytes   = 512
	kvValueBytes = 25 << 20
)

// scriptBytes is what a paid plan takes as a script, compressed; an uncompressed
// script of that size passes anyway (Cloudflare's Workers limits).
const scriptBytes = 10 << 20

var scriptForm = sim.Pattern{Match: regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`),
	Want: "lower-case letters, digits, hyphens and underscores, at most 63"}

// workerKinds is the table of code at the edge and of what it reads.
func workerKinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.CloudflareWorkersKvNamespace, Service: service, API: "KvNamespace", Noun: "Workers KV Namespace",
			Name:      &sim.Name{Property: "title", Max: 512, Taken: "10014"},
			ReplaceOn: []string{"accountId"},
			ID:        func(o *sim.Op) string { return o.Hex(32, "namespace") },
		},
		{
			Token: token.CloudflareWorkersKv, Service: service, API: "KV", Noun: "Workers KV pair",
			ReplaceOn: []string{"accountId", "key", "namespaceId"},
			ID:        func(o *sim.Op) string { return o.In.Str("namespaceId") + "/" + o.In.Str("key") },
			Refs:      []sim.Ref{{Path: "namespaceId", To: []sim.Target{{Token: token.CloudflareWorkersKvNamespace}}, Missing: "10013"}},
			Rules:     sim.Many(sim.Create|sim.Update, pairFits),
		},
		{
			Token: token.CloudflareWorkersScript, Service: service, API: "WorkersScript", Noun: "Workers Script",
			Name:      &sim.Name{Max: 63, Pattern: scriptForm},
			ReplaceOn: []string{"accountId", "name"},
			Sets:      []string{"kvNamespaceBindings", "secretTextBindings", "plainTextBindings", "serviceBindings"},
			Checks:    []sim.Check{dated},
			ID:        func(o *sim.Op) string { return o.In.Str("name") },
			Refs:      []sim.Ref{{Path: "kvNamespaceBindings.namespaceId", To: []sim.Target{{Token: token.CloudflareWorkersKvNamespace}}, Missing: "10041"}},
			Rules:     sim.Many(sim.Create|sim.Update, scriptRuns),
		},
		{
			Token: token.CloudflareWorkersRoute, Service: service, API: "WorkersRoute", Noun: "Workers Route",
			ReplaceOn: []string{"zoneId"},
			ID:        func(o *sim.Op) string { return o.Hex(32, "route") },
			Refs:      []sim.Ref{zoneRef(), {Path: "scriptName", To: []sim.Target{{Token: token.CloudflareWorkersScript, By: "name"}}, Missing: "10019"}},
			Rules:     sim.Many(sim.Create|sim.Update, onZone, patternGood, patternFree),
		},
	}
}

func pairFits(o *sim.Op) error {
	key, value := len(o.In.Str("key")), len(o.In.Str("value"))
	switch {
	case key == 0 || key > kvKeyBytes:
		return sim.Refuse("414", fmt.Sprintf("UTF-8 encoded length of %d exceeds key length limit of %d", key, kvKeyBytes),
			"Give a key of 1 to 512 bytes.")
	case value > kvValueBytes:
		return sim.Refuse("413", fmt.Sprintf("Value length of %d exceeds limit of %d", value, kvValueBytes),
			"Divide it over several keys.")
	}
	return nil
}

var date = regexp.MustCompile(`^20\d\d-\d\d-\d\d$`)

func dated(in sim.Props) []sim.Failure {
	if !in.Has("compatibilityDate") || date.MatchString(in.Str("compatibilityDate")) {
		return nil
	}
	return wrong("compatibilityDate", "got %q, want a date such as 2025-01-01", in.Str("compatibilityDate"))
}

// scriptRuns: a module exports its handlers, and a service worker listens.
func scriptRuns(o *sim.Op) error {
	text, exports := o.In.Str("content"), strings.Contains(o.In.Str("content"), "export default")
	switch {
	case len(text) > scriptBytes:
		return sim.Refuse("10027", fmt.Sprintf("Your Worker has %d bytes, at most %d are allowed", len(text), scriptBytes),
			"Take code away.")
	case exports && !o.In.Bool("module"):
		return sim.Refuse("10021", "Uncaught SyntaxError: Unexpected token 'export'", "Set module to true.")
	case !exports && o.In.Bool("module"):
		return sim.Refuse("10068", "The uploaded script has no registered event handlers",
			"Export a default object with a fetch handler.")
	}
	return nil
}

var routeForm = regexp.MustCompile(`^\*?[a-z0-9.-]*\.[a-z]{2,}/[^?#]*$`)

func patternGood(o *sim.Op) error {
	pattern := o.In.Str("pattern")
	star := strings.Index(pattern, "*")
	if routeForm.MatchString(pattern) && (star <= 0 || star == len(pattern)-1) {
		return nil
	}
	return sim.Refuse("10022", "Invalid route pattern: "+pattern,
		"Give a host and a path, with * at the beginning or the end: shop.example.com/*.")
}

func patternFree(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("zoneId") == o.In.Str("zoneId") && other.Props.Str("pattern") == o.In.Str("pattern") {
			return sim.Refuse("10020", "A route with the same pattern already exists", "Change or delete route "+other.ID+".")
		}
	}
	return nil
}
