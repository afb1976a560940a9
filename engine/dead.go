package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// DeadPlugin is a plugin that ended in the middle of a run.
type DeadPlugin struct {
	// Name is its file's, "pulumi-resource-aws".
	Name string
	// Doing are the steps that were under way, "create web" say, sorted. Each may have
	// happened all the same.
	Doing []string
	// Log is the file that holds what it wrote; empty for a plugin that wrote nothing,
	// and where no file could be written.
	Log string
}

// premature is Pulumi's report of a plugin that ended without having been told to:
// the file, and after several sentences what it wrote.
var premature = regexp.MustCompile(`(?s)^Detected that (.+?) exited prematurely\..*STDERR streams of the plugin:(.*)$`)

// severed are the words of steps whose plugin is gone.
var severed = []string{"error reading from server: EOF", "code = Unavailable", "connection refused",
	"transport is closing", "connection reset by peer", "broken pipe", "the plugin has exited"}

// findDead takes the reports of dead plugins, and what follows from them, out of the
// diagnostics of a run; nil and all of them where no plugin died.
func findDead(all []Diagnostic, said []events.EngineEvent) (dead *DeadPlugin, output string, rest []Diagnostic) {
	for _, d := range all {
		if m := premature.FindStringSubmatch(d.Message); m != nil {
			dead = &DeadPlugin{Name: filepath.Base(m[1])}
			output += strings.TrimLeft(m[2], "\n")
		}
	}
	if dead == nil {
		return nil, "", all
	}
	for _, d := range all {
		if !premature.MatchString(d.Message) && !containsAny(d.Message, severed) {
			rest = append(rest, d)
		}
	}
	dead.Doing = doing(openSteps(said), said, rest)
	return dead, output, rest
}

// doing names the steps of providers that were open, without those that failed for a
// reason of their own.
func doing(open map[string]apitype.OpType, said []events.EngineEvent, failed []Diagnostic) []string {
	own := map[string]bool{}
	for _, d := range failed {
		own[d.URN] = true
	}
	var out []string
	for _, e := range said {
		if e.ResourcePreEvent == nil || !ofProvider(e.ResourcePreEvent.Metadata) {
			continue
		}
		urn := e.ResourcePreEvent.Metadata.URN
		if op, ok := open[urn]; ok && !own[urn] {
			out = append(out, stepName(op, urn))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func containsAny(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

// String says what died, at what, and what to do.
func (d *DeadPlugin) String() string {
	text := "the plugin " + d.Name + " ended in the middle of its work"
	switch {
	case len(d.Doing) == 0:
	case len(d.Doing) > most:
		text += fmt.Sprintf(", at %s and %d more", strings.Join(d.Doing[:most], ", "), len(d.Doing)-most)
	default:
		text += ", at " + strings.Join(d.Doing, ", ")
	}
	text += ". What was under way may have happened all the same: run it again, which looks for that first and goes on " +
		"from there."
	if d.Log != "" {
		text += " What the plugin wrote is in " + d.Log + "."
	}
	return text
}

// most is how many steps a sentence names.
const most = 8

// keepLastWords writes down what a plugin wrote before it died, where the runs of the
// stack are noted.
func (s *Stack) keepLastWords(output string) (path string, err error) {
	if strings.TrimSpace(output) == "" {
		return "", nil
	}
	path = strings.TrimSuffix(s.paths.runFile(s.opts), ".json") + "-plugin.log"
	err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(output), 0o600))
	return path, err
}
