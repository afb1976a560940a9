package polyglot

import (
	"go/ast"
	"go/constant"
	"go/doc"
	"go/parser"
	gotoken "go/token"
	gotypes "go/types"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// source reads packages' code without what they import from elsewhere.
type source struct {
	t        *testing.T
	files    *gotoken.FileSet
	packages map[string]*gotypes.Package
}

// parse are the files of a folder, tests apart.
func (s *source) parse(dir string) (all []*ast.File) {
	s.t.Helper()
	notTests := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	packages, err := parser.ParseDir(s.files, dir, notTests, parser.ParseComments)
	require.NoError(s.t, err)
	for _, p := range packages {
		for _, name := range sortedKeys(p.Files) {
			all = append(all, p.Files[name])
		}
	}
	return all
}

func sortedKeys[V any](m map[string]V) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Import is a package for the type checker: ours are read, others are empty.
func (s *source) Import(name string) (*gotypes.Package, error) {
	const ours = "github.com/rung-dev/rung/"
	if p, is := s.packages[name]; is {
		return p, nil
	}
	dir, own := strings.CutPrefix(name, ours)
	if !own {
		p := gotypes.NewPackage(name, path.Base(name))
		p.MarkComplete()
		s.packages[name] = p
		return p, nil
	}
	return s.check(name, filepath.Join("..", dir)), nil
}

// check are the types and constants of a package, as far as they can be known.
func (s *source) check(name, dir string) *gotypes.Package {
	config := gotypes.Config{Importer: s, IgnoreFuncBodies: true, Error: func(error) {}}
	p, _ := config.Check(name, s.files, s.parse(dir), nil) // what was imported from elsewhere is not there
	s.packages[name] = p
	return p
}

// read adds the comments of a package, of some of its types, and of their fields.
func (s *source) read(all facts, folder string, types map[string]bool) {
	for _, file := range s.parse(dirOf(folder)) {
		if file.Doc != nil {
			all.Docs[folder] = flat(new(doc.Package).Synopsis(strings.TrimPrefix(file.Doc.Text(), "Package "+folder+" ")))
		}
		for _, d := range file.Decls {
			decl, is := d.(*ast.GenDecl)
			if !is {
				continue
			}
			for _, one := range decl.Specs {
				if spec, is := one.(*ast.TypeSpec); is && types[folder+"."+spec.Name.Name] {
					readType(all.Docs, folder+"."+spec.Name.Name, cmpOr(spec.Doc.Text(), decl.Doc.Text()), spec)
				}
			}
		}
	}
	s.constants(all, folder, strings.TrimPrefix(dirOf(folder), "../"), types)
}

// constants adds the constants of a package that doc comments name, and the values of
// types that have some.
func (s *source) constants(all facts, folder, dir string, types map[string]bool) {
	if folder == "polyglot" {
		return
	}
	comments := s.comments(filepath.Join("..", dir))
	scope := s.check("github.com/rung-dev/rung/"+dir, filepath.Join("..", dir)).Scope()
	for _, name := range scope.Names() {
		c, is := scope.Lookup(name).(*gotypes.Const)
		if !is || !c.Exported() || c.Val().Kind() == constant.Unknown {
			continue
		}
		if named(all, folder, name) {
			all.Constants[folder+"."+name] = valueOf(c.Val())
		}
		of, ours := c.Type().(*gotypes.Named)
		if !ours || c.Val().Kind() != constant.String {
			continue
		}
		if typ := path.Base(of.Obj().Pkg().Path()) + "." + of.Obj().Name(); types[typ] {
			all.Values[typ] = append(all.Values[typ],
				enumValue{Name: name, Value: constant.StringVal(c.Val()), Description: comments[name]})
		}
	}
}

// named reports whether a doc comment names a constant.
func named(all facts, folder, name string) bool {
	within := folder + "."
	if folder == "contract" {
		within, name = "", "contract."+name
	}
	for of, text := range all.Docs {
		if strings.HasPrefix(of, within) && word(name).MatchString(text) {
			return true
		}
	}
	return false
}

// valueOf is a constant's value for JSON.
func valueOf(v constant.Value) any {
	if v.Kind() == constant.Float {
		f, _ := constant.Float64Val(v)
		return f
	}
	return constant.Val(v)
}

// comments are those of constants, by their names.
func (s *source) comments(dir string) map[string]string {
	out := map[string]string{}
	for _, file := range s.parse(dir) {
		for _, d := range file.Decls {
			decl, is := d.(*ast.GenDecl)
			if !is || decl.Tok != gotoken.CONST {
				continue
			}
			for _, one := range decl.Specs {
				spec := one.(*ast.ValueSpec)
				for _, n := range spec.Names {
					out[n.Name] = flat(cmpOr(spec.Doc.Text(), spec.Comment.Text(), decl.Doc.Text()))
				}
			}
		}
	}
	return out
}

// readType adds the comment of a type, and those of its fields. A field without one is
// described by that before it, where that one names it.
func readType(all map[string]string, name, comment string, spec *ast.TypeSpec) {
	all[name] = flat(comment)
	fields, is := spec.Type.(*ast.StructType)
	if !is {
		return
	}
	before := ""
	for _, f := range fields.Fields.List {
		for _, n := range f.Names {
			text := flat(cmpOr(f.Doc.Text(), f.Comment.Text()))
			if text == "" && word(n.Name).MatchString(before) {
				text = before
			}
			if n.IsExported() && text != "" {
				all[name+"."+n.Name], before = text, text
			}
		}
	}
}

// flat is a comment in one line.
func flat(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
