package polyglot

import (
	"encoding/json"
	"go/ast"
	"go/doc"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
)

// The descriptions are the components' doc comments; -update reads them anew.
func TestDescriptionsAreTheDocComments(t *testing.T) {
	all := map[string]string{}
	for _, c := range offered() {
		read(t, all, c.folder, filepath.Join("../components", c.folder), "Args", c.kind)
	}
	read(t, all, "polyglot", ".", "Subnet", "Client", "Way", "DatabaseEngine", "CacheEngine", "ClusterMode")
	text, err := json.MarshalIndent(all, "", " ")
	require.NoError(t, err)
	text = append(text, '\n')
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile("docs.json", text, 0o644))
	}
	assert.Equal(t, string(text), string(docsJSON), "run go test ./polyglot -update, and once more")
}

// read adds the comments of a package, of some of its types, and of their fields.
func read(t *testing.T, all map[string]string, name, dir string, types ...string) {
	t.Helper()
	notTests := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	packages, err := parser.ParseDir(gotoken.NewFileSet(), dir, notTests,
		parser.ParseComments)
	require.NoError(t, err)
	for _, file := range packages[name].Files {
		if file.Doc != nil {
			all[name] = flat(new(doc.Package).Synopsis(strings.TrimPrefix(file.Doc.Text(), "Package "+name+" ")))
		}
		for _, d := range file.Decls {
			decl, is := d.(*ast.GenDecl)
			if !is || decl.Tok != gotoken.TYPE {
				continue
			}
			for _, s := range decl.Specs {
				if spec := s.(*ast.TypeSpec); slices.Contains(types, spec.Name.Name) {
					readType(all, name+"."+spec.Name.Name, decl.Doc.Text(), spec)
				}
			}
		}
	}
}

// readType adds the comment of a type, and those of its fields.
func readType(all map[string]string, name, comment string, spec *ast.TypeSpec) {
	all[name] = flat(comment)
	fields, is := spec.Type.(*ast.StructType)
	if !is {
		return
	}
	for _, f := range fields.Fields.List {
		for _, n := range f.Names {
			if n.IsExported() && f.Doc != nil {
				all[name+"."+n.Name] = flat(f.Doc.Text())
			}
		}
	}
}

// flat is a comment in one line.
func flat(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.ToUpper(text[:1]) + text[1:]
}
