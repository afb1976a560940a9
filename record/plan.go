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
// Secrets are not printed.
func (r *Recording) Plan() string {
	var b strings.Builder
	for _, x := range r.Resources {
		b.WriteString(block(x))
	}
	return b.String()
}

func block(r Resource) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", r.Type, r.Name)
	if r.Component != "" && r.Component != r.Name {
		fmt.Fprintf(&b, " (%s)", r.Component)
	}
	if marks := marks(r); len(marks) > 0 {
		fmt.Fprintf(&b, " [%s]", strings.Join(marks, ", "))
	}
	b.WriteString("\n")
	for _, line := range lines(r.InputMap) {
		b.WriteString("  " + line + "\n")
	}
	return b.String()
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
func lines(m resource.PropertyMap) []string {
	var out []string
	for k, v := range m {
		if key := string(k); key != "tags" && key != "tagsAll" && key != "__defaults" {
			out = append(out, flatten(key, v)...)
		}
	}
	slices.Sort(out)
	return out
}

func flatten(path string, v resource.PropertyValue) []string {
	switch {
	case v.IsSecret(), v.IsOutput() && v.OutputValue().Secret:
		return []string{path + ": [secret]"}
	case v.IsArray() && len(v.ArrayValue()) > 0:
		var out []string
		for i, e := range v.ArrayValue() {
			out = append(out, flatten(fmt.Sprintf("%s[%d]", path, i), e)...)
		}
		return out
	case v.IsObject() && len(v.ObjectValue()) > 0:
		var out []string
		for k, e := range v.ObjectValue() {
			out = append(out, flatten(path+"."+string(k), e)...)
		}
		return out
	default:
		return []string{path + ": " + shorten(text(plainValue(v)))}
	}
}

func shorten(s string) string {
	if len(s) <= longest {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return fmt.Sprintf("%s... (%d bytes, sha256 %x)", strings.ToValidUTF8(s[:longest/2], ""), len(s), sum[:6])
}
