package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// sdk reads one provider's Go SDK, a folder at a time.
type sdk struct {
	dir      string
	packages map[string]map[string]*ast.StructType // folder → struct name → struct
	tokens   map[string]map[string]string          // folder → token → struct name, of a function its prefix
	opaque   []string                              // properties whose types are left out
	result   sim.Schema
}

func newSDK(dir string) *sdk {
	return &sdk{
		dir:      dir,
		packages: map[string]map[string]*ast.StructType{},
		tokens:   map[string]map[string]string{},
		result: sim.Schema{Resources: map[string]sim.ResourceSchema{}, Functions: map[string]sim.ResourceSchema{},
			Types: map[string]sim.Fields{}},
	}
}

// add reads the inputs and outputs of one token, of a resource or a function.
func (s *sdk) add(tok string) error {
	folder := folderOf(tok)
	if err := s.load(folder); err != nil {
		return err
	}
	name, ok := s.tokens[folder][tok]
	if !ok {
		return fmt.Errorf("%s: the SDK folder %q has no such resource or function", tok, folder)
	}
	if isFunction(tok) {
		s.result.Functions[tok] = s.table(folder, name+"Args", name+"Result")
		return nil
	}
	lower := strings.ToLower(name[:1]) + name[1:]
	s.result.Resources[tok] = s.table(folder, lower+"Args", lower+"State")
	return nil
}

// table reads the structs of the inputs and of the outputs. What comes out is never a must.
func (s *sdk) table(folder, args, results string) sim.ResourceSchema {
	inputs, outputs := s.fields(folder, args), s.fields(folder, results)
	for key, typ := range outputs {
		outputs[key] = strings.TrimSuffix(typ, "!")
	}
	return sim.ResourceSchema{Inputs: inputs, Outputs: outputs}
}

// isFunction reports whether a token is a function's: aws:ssm/getParameter:getParameter,
// where a resource's ends with a capital. The provider's own is pulumi:providers:aws.
func isFunction(tok string) bool {
	name := tok[strings.LastIndex(tok, ":")+1:]
	return !strings.HasPrefix(tok, "pulumi:") && name == strings.ToLower(name[:1])+name[1:]
}

// folderOf gives the SDK folder of a token: aws:ec2/vpc:Vpc is in ec2, a
// provider or an index type at the top.
func folderOf(tok string) string {
	parts := strings.Split(tok, ":")
	folder, _, _ := strings.Cut(parts[1], "/")
	if parts[0] == "pulumi" || folder == "index" || parts[0] == "random" {
		return ""
	}
	return folder
}

func (s *sdk) load(folder string) error {
	if s.packages[folder] != nil {
		return nil
	}
	s.packages[folder], s.tokens[folder] = map[string]*ast.StructType{}, map[string]string{}
	files, err := filepath.Glob(filepath.Join(s.dir, folder, "*.go"))
	if err != nil {
		return err
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("parse %s: %w", file, err)
		}
		ast.Inspect(f, func(n ast.Node) bool { return s.visit(folder, n) })
	}
	return nil
}

func (s *sdk) visit(folder string, n ast.Node) bool {
	switch n := n.(type) {
	case *ast.TypeSpec:
		if st, ok := n.Type.(*ast.StructType); ok {
			s.packages[folder][n.Name.Name] = st
		}
	case *ast.FuncDecl:
		if tok := handed(n, "RegisterResource"); tok != "" && strings.HasPrefix(n.Name.Name, "New") {
			s.tokens[folder][tok] = strings.TrimPrefix(n.Name.Name, "New")
		}
		if tok := handed(n, "Invoke"); tok != "" {
			s.tokens[folder][tok] = n.Name.Name
		}
		return false
	}
	return true
}

// handed gives the token that a function of the SDK hands to a method of the engine, or "".
func handed(fn *ast.FuncDecl, method string) (tok string) {
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == method {
			if lit, ok := call.Args[0].(*ast.BasicLit); ok {
				tok = strings.Trim(lit.Value, `"`)
			}
		}
		return true
	})
	return tok
}

func (s *sdk) fields(folder, structName string) sim.Fields {
	fields := sim.Fields{}
	st := s.packages[folder][structName]
	if st == nil {
		return fields
	}
	for _, f := range st.Fields.List {
		if f.Tag == nil {
			continue
		}
		key := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("pulumi")
		if key == "" {
			continue
		}
		typ := "any"
		if !slices.Contains(s.opaque, key) {
			typ = s.typeOf(folder, f.Type)
		}
		if _, optional := f.Type.(*ast.StarExpr); !optional && required(f.Type) {
			typ += "!"
		}
		fields[key] = typ
	}
	return fields
}

// required reports whether the SDK spells a field as one that must be given:
// a plain value. Lists and maps are spelt alike whether needed or not.
func required(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return e.Sel.Name != "AssetOrArchive" && e.Sel.Name != "Archive"
	}
	return false
}

func (s *sdk) typeOf(folder string, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return s.typeOf(folder, e.X)
	case *ast.ArrayType:
		return "[]" + s.typeOf(folder, e.Elt)
	case *ast.MapType:
		return "map " + s.typeOf(folder, e.Value)
	case *ast.Ident:
		return s.named(folder, e.Name)
	}
	return "any"
}

func (s *sdk) named(folder, name string) string {
	switch name {
	case "string", "bool", "int":
		return name
	case "float64":
		return "number"
	}
	if s.packages[folder][name] == nil {
		return "string" // a named string, such as an enumeration
	}
	full := strings.Trim(folder+"."+name, ".")
	if _, seen := s.result.Types[full]; !seen {
		s.result.Types[full] = nil // stops the recursion of types that hold themselves
		s.result.Types[full] = s.fields(folder, name)
	}
	return "{" + full + "}"
}
