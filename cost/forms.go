package cost

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// parseStack reads the JSON of a stack in whichever form Pulumi gives it: one
// document, or a line for each event of the engine; either may have lines of text
// before it, which shells mix in when both outputs go to one file.
func parseStack(raw []byte) (stackFile, error) {
	raw = fromFirstBrace(raw)
	var f stackFile
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&f); err != nil {
		// Unmarshal words the error as everybody knows it.
		if plain := json.Unmarshal(raw, &f); plain != nil {
			err = plain
		}
		return f, fmt.Errorf("%w: %w", errNeither, err)
	}
	if f.whole() {
		return f, f.nothingAfter(d)
	}
	return fromEvents(raw)
}

// whole reports whether the first document is a stack by itself.
func (f stackFile) whole() bool {
	return f.Deployment != nil || f.Checkpoint != nil || f.Steps != nil || f.ChangeSummary != nil ||
		f.Diagnostics != nil ||
		f.ResourcePlans != nil
}

// nothingAfter refuses a second document: which of them is meant?
func (stackFile) nothingAfter(d *json.Decoder) error {
	if d.More() {
		var rest any
		if err := d.Decode(&rest); err == nil {
			return fmt.Errorf("it holds more than one document; %w", errNeither)
		}
	}
	return nil // text that a shell has put after it
}

// fromFirstBrace leaves out lines of text before the first that opens an object or a list.
func fromFirstBrace(raw []byte) []byte {
	for rest := raw; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		if t := bytes.TrimSpace(line); len(t) > 0 && (t[0] == '{' || t[0] == '[') {
			return rest
		}
		rest = after
	}
	return raw
}

// event is one line of the engine's log (--event-log, or --json of a version that
// streams): what a step will do, what was said, and the summary.
type event struct {
	ResourcePreEvent *struct {
		Metadata struct {
			Op  string
			Old *state
			New *state
		}
	}
	DiagnosticEvent *diagnostic
	SummaryEvent    *struct{ ResourceChanges map[string]int }
	PreludeEvent    *struct{ Config map[string]any }
}

// fromEvents reads the engine's events, one after another.
func fromEvents(raw []byte) (stackFile, error) {
	var f stackFile
	known := 0
	d := json.NewDecoder(bytes.NewReader(raw))
	for d.More() {
		var e event
		if err := d.Decode(&e); err != nil {
			return f, fmt.Errorf("%w: event %d: %w", errNeither, known+1, err)
		}
		switch {
		case e.ResourcePreEvent != nil:
			m := e.ResourcePreEvent.Metadata
			f.Steps = append(f.Steps, step{Op: m.Op, OldState: m.Old, NewState: m.New})
		case e.DiagnosticEvent != nil:
			f.Diagnostics = append(f.Diagnostics, diagnostic{e.DiagnosticEvent.Severity,
				strings.TrimSpace(e.DiagnosticEvent.Message)})
		case e.SummaryEvent != nil:
			f.ChangeSummary = e.SummaryEvent.ResourceChanges
		case e.PreludeEvent != nil:
			f.Config = e.PreludeEvent.Config
		default:
			continue
		}
		known++
	}
	if known > 0 {
		return f, nil
	}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(raw, &fields)            // what is no object has none
	if string(fields["deployment"]) == "null" { // a stack that nothing was deployed to yet
		return stackFile{Deployment: &deployment{}}, nil
	}
	return f, fmt.Errorf("%w%s", errNeither, likelier(fields))
}

// likelier says what else a file may be, by a field of it.
func likelier(fields map[string]json.RawMessage) string {
	for _, of := range [][2]string{
		{"backend", "pulumi about --json"}, {"plugins", "pulumi about --json"}, {"encryptionsalt", "a stack's configuration"},
		{"updateInProgress", "pulumi stack ls --json"},
		{"terraform_version", "Terraform's"}, {"planned_values", "Terraform's"},
		{"AWSTemplateFormatVersion", "a template of CloudFormation"}, {"Resources", "a template of CloudFormation"},
		{"resources", "a snapshot without its frame: give all that pulumi stack export prints"},
	} {
		if _, ok := fields[of[0]]; ok {
			return "; it looks like " + of[1]
		}
	}
	return ""
}
