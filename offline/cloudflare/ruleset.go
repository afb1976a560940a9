package cloudflare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// phaseActions are the phases of a request, and the actions that the rules of
// each may take (Cloudflare documentation, Ruleset Engine). Phases without a
// list take any.
var phaseActions = map[string][]string{
	"ddos_l4": nil, "ddos_l7": nil, "http_custom_errors": {"serve_error"}, "http_log_custom_fields": {"log_custom_field"},
	"http_ratelimit":              {"block", "challenge", "js_challenge", "managed_challenge", "log"},
	"http_request_cache_settings": {"set_cache_settings"}, "http_request_dynamic_redirect": {"redirect"}, "http_request_redirect": {"redirect"},
	"http_config_settings":          {"set_config"},
	"http_request_firewall_custom":  {"block", "challenge", "js_challenge", "managed_challenge", "log", "skip", "execute", "allow"},
	"http_request_firewall_managed": {"execute", "skip", "log", "block"}, "http_request_late_transform": {"rewrite"}, "http_request_origin": {"route"},
	"http_request_sanitize": nil, "http_request_sbfm": nil, "http_request_transform": {"rewrite"}, "http_response_compression": {"compress_response"},
	"http_response_firewall_managed": {"execute", "skip"}, "http_response_headers_transform": {"rewrite"}, "magic_transit": nil, "magic_transit_ids_managed": nil,
	"magic_transit_managed": nil, "magic_transit_ratelimit": nil,
}

func phases() []string {
	var names []string
	for name := range phaseActions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func rulesetKinds() []sim.Kind {
	const parameters = "rules.actionParameters."
	return []sim.Kind{{
		Token: token.CloudflareRuleset, Service: service, API: "Ruleset",
		ExactlyOneOf: [][]string{{"zoneId", "accountId"}},
		Defaults:     sim.Props{"rules.enabled": true},
		Enums: map[string][]string{
			"kind": {"custom", "managed", "root", "zone"}, "phase": phases(),
			parameters + "edgeTtl.mode":      {"respect_origin", "bypass_by_default", "override_origin"},
			parameters + "browserTtl.mode":   {"respect_origin", "bypass", "override_origin"},
			parameters + "headers.operation": {"set", "add", "remove"},
		},
		Checks: []sim.Check{rulesGood},
		// The provider replaces on name and phase; that a ruleset cannot move to
		// another zone is the API's: it has no call for that.
		ReplaceOn:   []string{"accountId", "kind", "name", "phase", "zoneId"},
		DeleteFirst: true, // a phase has one ruleset
		ID:          func(o *sim.Op) string { return o.Hex(32, "ruleset") },
		Outputs:     func(*sim.Op) sim.Props { return sim.Props{"description": ""} },
		Refs:        []sim.Ref{zoneRef()},
		Rules:       append(sim.Many(sim.Create|sim.Update, onZone), sim.Many(sim.Create, onePerPhase)...),
	}}
}

// onePerPhase is the provider's own refusal.
func onePerPhase(o *sim.Op) error {
	if kind := o.In.Str("kind"); kind != "zone" && kind != "root" {
		return nil
	}
	for _, other := range o.Others() {
		if other.Props.Str("zoneId") == o.In.Str("zoneId") && other.Props.Str("accountId") == o.In.Str("accountId") &&
			other.Props.Str("phase") == o.In.Str("phase") && other.Props.Str("kind") == o.In.Str("kind") {
			return fmt.Errorf("failed to create ruleset %q: a similar configuration with rules already exists and overwriting "+
				"will have "+
				"unintended consequences; a zone has one ruleset for each phase: add the rules to %q (%s), or import or delete "+
				"that one",
				o.In.Str("name"), other.Props.Str("name"), other.ID)
		}
	}
	return nil
}

// rulesGood reports every rule that its phase does not take, or whose parts do
// not fit together. Cloudflare refuses them too; the wording is not its own.
func rulesGood(in sim.Props) []sim.Failure {
	var failures []sim.Failure
	refs := map[string]bool{}
	allowed := phaseActions[in.Str("phase")]
	for i, r := range in.Maps("rules") {
		fail := func(format string, args ...any) {
			failures = append(failures, wrong(fmt.Sprintf("rules[%d]", i), format, args...)...)
		}
		if action := r.Str("action"); action != "" && allowed != nil && !slices.Contains(allowed, action) {
			fail("action %q cannot be used in the phase %s, want one of %q", action, in.Str("phase"), allowed)
		}
		if ref := r.Str("ref"); ref != "" && refs[ref] {
			fail("ref %q is not unique", ref)
		} else {
			refs[ref] = true
		}
		if problem := expressionProblem(r); problem != "" {
			fail("expression %s", problem)
		}
		if in.Str("phase") == "http_ratelimit" && !r.Has("ratelimit") {
			fail("needs ratelimit in the phase http_ratelimit")
		}
		for _, problem := range parameterProblems(r.Map("actionParameters")) {
			fail("%s", problem)
		}
	}
	return failures
}

// expressionProblem checks that an expression can be read at all: quotes and
// parentheses close. Fields and functions are not checked.
func expressionProblem(rule sim.Props) string {
	text := rule.Str("expression")
	if !rule.Known("expression") {
		return ""
	}
	if strings.TrimSpace(text) == "" {
		return "is empty; true matches everything"
	}
	depth, quoted, escaped := 0, false, false
	for _, c := range text {
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '{':
			depth++
		case c == ')' || c == '}':
			depth--
		}
		if depth < 0 {
			break
		}
	}
	if depth != 0 || quoted {
		return fmt.Sprintf("has a quote or parenthesis that is not closed: %s", text)
	}
	return ""
}

func parameterProblems(p sim.Props) []string {
	var problems []string
	for _, key := range []string{"edgeTtl", "browserTtl"} {
		ttl := p.Map(key)
		if ttl != nil && ttl.Known("mode") && ttl.Has("default") != (ttl.Str("mode") == "override_origin") {
			problems = append(problems,
				fmt.Sprintf("%s.default must be given with the mode override_origin, and only then; the mode is %q", key,
					ttl.Str("mode")))
		}
	}
	for i, h := range p.Maps("headers") {
		valued := h.Has("value") || h.Has("expression")
		switch {
		case h.Str("name") == "":
			problems = append(problems, fmt.Sprintf("headers[%d] needs a name", i))
		case h.Str("operation") == "remove" && valued, h.Str("operation") != "remove" && h.Known("operation") && h.Has("value") == h.Has("expression"):
			problems = append(problems,
				fmt.Sprintf("headers[%d] (%s): set and add take one of value and expression, remove takes neither", i,
					h.Str("name")))
		}
	}
	return problems
}
