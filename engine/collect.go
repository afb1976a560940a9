package engine

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// collector keeps the events of one run and shows them to the progress.
type collector struct {
	in   chan events.EngineEvent
	quit chan struct{}
	done chan struct{}
	all  []events.EngineEvent
	p    Progress
}

func collect(op string, p Progress) *collector {
	c := &collector{in: make(chan events.EngineEvent), quit: make(chan struct{}), done: make(chan struct{}), p: p}
	p.Start(op)
	go c.loop()
	return c
}

// loop ends with the stream. A CLI that fails early never opens it, hence quit.
func (c *collector) loop() {
	defer close(c.done)
	for {
		select {
		case e, ok := <-c.in:
			if !ok {
				return
			}
			if e.Error == nil {
				c.all = append(c.all, e)
				c.p.Event(e)
			}
		case <-c.quit:
			return
		}
	}
}

// stop is called when the Automation API has returned: it sends nothing after that.
func (c *collector) stop() []events.EngineEvent {
	close(c.quit)
	<-c.done
	c.p.Stop()
	return c.all
}

// Diagnostics are the error messages among events, each once, without the colour
// marks and without the program's wrapping.
func Diagnostics(all []events.EngineEvent) []Diagnostic {
	seen := map[Diagnostic]bool{}
	var out []Diagnostic
	for _, e := range all {
		if d := diagnostic(e.DiagnosticEvent); d.Message != "" && !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	return specific(out)
}

func diagnostic(e *apitype.DiagnosticEvent) Diagnostic {
	if e == nil || e.Severity != "error" || e.Ephemeral {
		return Diagnostic{}
	}
	d := Diagnostic{URN: e.URN, Message: unwrapped(plainText(e.Message))}
	if u := resource.URN(e.URN); u.IsValid() {
		d.Name = u.Name()
	}
	return d
}

// wrapping is what the SDK puts around the errors of a program.
var wrapping = regexp.MustCompile(`^(go inline source runtime error, )?(an unhandled (error|panic) occurred: )?(\d+ errors? occurred:\n)?|(?m:^\t\* )`)

// unwrapped is the message as the program or the provider wrote it.
func unwrapped(message string) string {
	return strings.TrimSpace(wrapping.ReplaceAllString(strings.TrimLeft(message, " \n"), ""))
}

// general are messages that only say that something else failed.
var general = []string{"update failed", "preview failed", "refresh failed", "destroy failed",
	"resource monitor shut down while waiting"}

// specific leaves the general messages out as long as any other is left.
func specific(all []Diagnostic) []Diagnostic {
	var out []Diagnostic
	for _, d := range all {
		if !hasAnyPrefix(d.Message, general) {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

// plainText removes the engine's colour marks, such as <{%reset%}>.
func plainText(s string) string {
	for {
		from := strings.Index(s, "<{%")
		if from < 0 {
			return s
		}
		to := strings.Index(s[from:], "%}>")
		if to < 0 {
			return s
		}
		s = s[:from] + s[from+to+3:]
	}
}

// Drifted are the resources for which a refresh found something else than the
// state says: changed ones (update, with the differing keys in Diffs) and those that
// are gone (delete).
func Drifted(all []events.EngineEvent) []apitype.StepEventMetadata {
	var out []apitype.StepEventMetadata
	for _, e := range all {
		if e.ResOutputsEvent == nil {
			continue
		}
		if m := e.ResOutputsEvent.Metadata; m.Op == apitype.OpUpdate || m.Op == apitype.OpDelete {
			out = append(out, m)
		}
	}
	return out
}
