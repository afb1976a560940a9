package polyglot

import (
	"encoding/json"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
)

// offered are the components of the package, by their folder, with the struct of outputs.
var offered = map[string]string{"network": "Network", "database": "Database", "cache": "Cache", "queue": "Queue"}

// The descriptions are the components' doc comments; -update reads them anew.
func TestDescriptionsAreTheDocComments(t *testing.T) {
	all := map[string]string{}
	for folder, outputs := range offered {
		read(t, all, folder, outputs)
	}
	text, err := json.MarshalIndent(all, "", " ")
	require.NoError(t, err)
	text = append(text, '\n')
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile("docs.json", text, 0o644))
	}
	assert.Equal(t, string(text), string(docsJSON), "run go test ./polyglot -update, and once more")
}

// read adds the comments of a component's package, its Args and its outputs.
func read(t *testing.T, all map[string]string, folder, outputs string) {
	t.Helper()
	notTests := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	packages, err := parser.ParseDir(token.NewFileSet(), filepath.Join("../components", folder), notTests,
		parser.ParseComments)
	require.NoError(t, err)
	for _, file := range packages[folder].Files {
		if file.Doc != nil {
			all[folder] = flat(new(doc.Package).Synopsis(strings.TrimPrefix(file.Doc.Text(), "Package "+folder+" ")))
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, is := n.(*ast.TypeSpec)
			if !is || spec.Name.Name != "Args" && spec.Name.Name != outputs {
				return true
			}
			fields, is := spec.Type.(*ast.StructType)
			if !is {
				return true
			}
			for _, f := range fields.Fields.List {
				for _, name := range f.Names {
					if name.IsExported() && f.Doc != nil {
						all[folder+"."+spec.Name.Name+"."+name.Name] = flat(f.Doc.Text())
					}
				}
			}
			return true
		})
	}
}

// flat is a comment in one line.
func flat(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.ToUpper(text[:1]) + text[1:]
}
