package record

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// longest is how much of a string a plan prints; scripts and policies beyond it
// are shown by their beginning and a hash, so that a plan stays readable and
// still changes when they do.
const longest = 120

// Plan prints the recording for a golden file: one block per resource, sorted by
// URN, with type, name, component, what protects it, and every input except tags.
// Secrets are not printed, and what a cloud has made for another resource is written
// as that resource's output.
func (r *Recording) Plan() string {
	var b strings.Builder
	of := outputsOf(r)
	for _, x := range r.Resources {
		b.WriteString(strings.Join(of.block(x, asItIs), "\n") + "\n")
	}
	return b.String()
}

// asItIs changes nothing of a text.
func asItIs(text string) string { return text }

// block are the lines of one resource, its heading first. Texts pass through as
// before they are shortened.
func (o outputs) block(r Resource, as func(string) string) []string {
	head := r.Type + " " + r.Name
	if r.Component != "" && r.Component != r.Name {
		head += " (" + r.Component + ")"
	}
	if marks := marks(r); len(marks) > 0 {
		head += " [" + strings.Join(marks, ", ") + "]"
	}
	out := []string{as(head)}
	for _, line := range o.lines(r, as) {
		out = append(out, "  "+line)
	}
	return out
}

// marks are the resource options that a reviewer must not miss.
func marks(r Resource) []string {
	var out []string
	for _, m := range []struct {
		on   bool
		text string
	}{
		{r.Read, "read"},
		{r.Protect, "protect"},
		{r.RetainOnDelete, "retain on delete"},
		{r.DeleteBeforeReplace, "delete before replace"},
		{len(r.IgnoreChanges) > 0, "ignore " + strings.Join(r.IgnoreChanges, " ")},
		{len(r.Hooks) > 0, "hooks " + strings.Join(slices.Sorted(maps.Keys(r.Hooks)), " ")},
	} {
		if m.on {
			out = append(out, m.text)
		}
	}
	if r.Provider != "" && r.Custom && !strings.Contains(r.Provider, "::default") {
		out = append(out, "in "+r.Region)
	}
	return out
}

// lines flattens the inputs into sorted "path: value" lines.
func (o outputs) lines(r Resource, as func(string) string) []string {
	var out []string
	for k, v := range r.InputMap {
		if key := string(k); key != "tags" && key != "tagsAll" && key != "__defaults" {
			named := o.naming(r, key)
			out = append(out, flatten(key, v, func(text string) string { return as(named(text)) })...)
		}
	}
	slices.Sort(out)
	return out
}

func flatten(path string, v resource.PropertyValue, as func(string) string) []string {
	switch {
	case v.IsSecret(), v.IsOutput() && v.OutputValue().Secret:
		return []string{path + ": [secret]"}
	case v.IsArray() && len(v.ArrayValue()) > 0:
		var out []string
		for i, e := range v.ArrayValue() {
			out = append(out, flatten(fmt.Sprintf("%s[%d]", path, i), e, as)...)
		}
		return out
	case v.IsObject() && len(v.ObjectValue()) > 0:
		var out []string
		for k, e := range v.ObjectValue() {
			out = append(out, flatten(path+"."+string(k), e, as)...)
		}
		return out
	default:
		return []string{path + ": " + shorten(as(text(plainValue(v))))}
	}
}

func shorten(s string) string {
	if len(s) <= longest {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return fmt.Sprintf("%s... (%d bytes, sha256 %x)", strings.ToValidUTF8(s[:longest/2], ""), len(s), sum[:6])
}
