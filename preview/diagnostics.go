package preview

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"

	"github.com/rung-dev/rung/guard"
)

// Diagnostic is a warning or an error of the engine, a provider or the program.
type Diagnostic struct {
	URN string `json:"urn,omitempty"`
	// Severity is "warning" or "error".
	Severity string `json:"severity"`
	Message  string `json:"message"`
}

// Diagnostics returns the warnings and errors among the events, each once.
// Progress and what the program merely prints are left out.
func Diagnostics(all []events.EngineEvent) []Diagnostic {
	var out []Diagnostic
	seen := map[Diagnostic]bool{}
	for _, e := range all {
		d := e.DiagnosticEvent
		if d == nil || d.Ephemeral || d.Severity != "warning" && d.Severity != "error" {
			continue
		}
		x := Diagnostic{URN: d.URN, Severity: d.Severity, Message: clean(d.Message)}
		if x.Message != "" && !seen[x] && !x.noise() {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

// Protection reports whether the diagnostic only says that a resource is
// protected. The data guard says the same, and what to do about it.
func (d Diagnostic) Protection() bool {
	return strings.Contains(d.Message, "because it is protected") ||
		strings.Contains(d.Message, "marked for protection")
}

// noise reports whether the diagnostic tells the user nothing: that the run as
// a whole failed, which another one explains, that a confirmation stands, which
// is so in the stock CLI only, or that a plugin was found where rung put it.
func (d Diagnostic) noise() bool {
	return d.Message == "preview failed" || d.Message == "update failed" || strings.HasPrefix(d.Message, guard.Standing) ||
		strings.HasPrefix(d.Message, "using pulumi-resource-") && strings.Contains(d.Message, " from $PATH ")
}

// withoutProtection leaves out what the data guard says better.
func withoutProtection(all []Diagnostic) []Diagnostic {
	out := []Diagnostic{}
	for _, d := range all {
		if !d.Protection() {
			out = append(out, d)
		}
	}
	return out
}

// clean removes the engine's colour marks ("<{%reset%}>") and outer space.
func clean(message string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(message, "<{%")
		b.WriteString(before)
		if !found {
			return strings.TrimSpace(b.String())
		}
		if _, message, found = strings.Cut(rest, "%}>"); !found {
			return strings.TrimSpace(b.String())
		}
	}
}
