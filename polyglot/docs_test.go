package polyglot

import (
	"bytes"
	"encoding/json"
	gotoken "go/token"
	gotypes "go/types"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
)

// The descriptions are the components' doc comments; -update reads them anew.
func TestDescriptionsAreTheDocComments(t *testing.T) {
	all := facts{Docs: map[string]string{}, Constants: map[string]any{}, Values: map[string][]enumValue{}}
	types := typesOf(offered())
	source := &source{t: t, files: gotoken.NewFileSet(), packages: map[string]*gotypes.Package{}}
	for _, folder := range slices.Compact(slices.Sorted(slices.Values(folders(types)))) {
		source.read(all, folder, types)
	}
	source.constants(all, "contract", "app/contract", types)
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	require.NoError(t, enc.Encode(all))
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile("docs.json", text.Bytes(), 0o644))
	}
	assert.Equal(t, text.String(), string(docsJSON), "run go test ./polyglot -update, and once more")
}

// typesOf are the types, "package.Name", whose comments the schema takes.
func typesOf(all []component) map[string]bool {
	out := map[string]bool{"polyglot.Way": true, "polyglot.DatabaseEngine": true, "polyglot.CacheEngine": true,
		"polyglot.ClusterMode": true, "part.Endpoint": true}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(t.Elem())
		case reflect.String:
			out[docsOf(t)] = true
		case reflect.Struct:
			out[docsOf(t)] = true
			for i := range t.NumField() {
				if of := t.Field(i); of.Tag.Get("pulumi") != "" {
					out[of.Tag.Get("of")] = true
					walk(of.Type)
				}
			}
		}
	}
	for _, c := range all {
		out[c.folder+".Args"], out[c.folder+"."+cmpOr(c.named, c.kind)] = true, true
		walk(reflect.TypeOf(c.args))
		walk(reflect.TypeOf(c.outputs))
	}
	return out
}

// folders are the packages of types that are ours.
func folders(types map[string]bool) (out []string) {
	for name := range types {
		folder, _, _ := strings.Cut(name, ".")
		if _, err := os.Stat(dirOf(folder)); folder != "" && err == nil {
			out = append(out, folder)
		}
	}
	return out
}

func dirOf(folder string) string {
	if folder == "polyglot" {
		return "."
	}
	return filepath.Join("../components", folder)
}
