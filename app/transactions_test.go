package main

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

const here = "github.com/rung-dev/rung/app/"

// foreign are the packages by which the app reaches what is neither itself nor
// its databases. Whatever hangs there would hold a connection of the pool, and
// five of those are all there are.
var foreign = []string{
	"net", "net/http", "net/smtp", "os/exec", "github.com/wneessen/go-mail", "github.com/redis/rueidis",
	"github.com/aws/aws-sdk-go-v2", here + "cache", here + "limit", here + "notice", here + "purge", here + "redis",
	here + "product/search", here + "session", here + "uploads",
}

// calls are what each function of the app calls, whether or not it runs at once,
// and which of them run within a transaction: those that are handed one.
type calls struct {
	of     map[*types.Func][]*types.Func
	within map[string][]*types.Func // by where it stands
}

// The rule has to see what it forbids, directly and behind a function: testdata
// has both.
func TestNothingForeignIsCalledInATransaction(t *testing.T) {
	c := callsOf(t, "./...", "./testdata/foreign")
	require.NotEmpty(t, c.within)
	seen := map[string]int{}
	for where, list := range c.within {
		found := c.reached(list)
		if !strings.Contains(where, "testdata") {
			assert.Empty(t, found, "%s calls these within a transaction: do it before or after, or as a job", where)
			continue
		}
		for _, name := range found {
			seen[name]++
		}
	}
	assert.Equal(t, map[string]int{"net/http.Get": 2, "net.Dial": 1}, seen)
}

// reached are the names of what is foreign behind these calls.
func (c calls) reached(list []*types.Func) []string {
	seen, found := map[*types.Func]bool{}, []string(nil)
	for len(list) > 0 {
		f := list[0]
		list = list[1:]
		switch {
		case seen[f] || f.Pkg() == nil:
		case isForeign(f):
			found = append(found, f.FullName())
		default:
			list = append(list, c.of[f]...)
		}
		seen[f] = true
	}
	slices.Sort(found)
	return found
}

func isForeign(f *types.Func) bool {
	path := f.Pkg().Path()
	// An error's text, a header's name or an address reach nobody.
	asks := f.Type().(*types.Signature).Params().Len() > 0
	return asks && slices.ContainsFunc(foreign, func(p string) bool {
		return path == p || strings.HasPrefix(path, p+"/")
	})
}

func callsOf(t *testing.T, patterns ...string) calls {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax | packages.NeedModule}, patterns...)
	require.NoError(t, err)
	require.Zero(t, packages.PrintErrors(loaded))
	c := calls{map[*types.Func][]*types.Func{}, map[string][]*types.Func{}}
	for _, p := range loaded {
		for _, file := range p.Syntax {
			c.read(p, file)
		}
	}
	return c
}

func (c calls) read(p *packages.Package, file *ast.File) {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		me, _ := p.TypesInfo.Defs[f.Name].(*types.Func)
		c.of[me] = called(p.TypesInfo, f.Body)
		c.note(p, f.Type, f.Body)
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if lit, ok := n.(*ast.FuncLit); ok {
				c.note(p, lit.Type, lit.Body)
			}
			return true
		})
	}
}

// note keeps a function that is handed a transaction.
func (c calls) note(p *packages.Package, f *ast.FuncType, body *ast.BlockStmt) {
	for _, field := range f.Params.List {
		if types.TypeString(p.TypesInfo.TypeOf(field.Type), nil) == "github.com/jackc/pgx/v5.Tx" {
			c.within[fmt.Sprint(p.Fset.Position(f.Pos()))] = called(p.TypesInfo, body)
		}
	}
}

func called(info *types.Info, body ast.Node) []*types.Func {
	var list []*types.Func
	ast.Inspect(body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if f, ok := info.Uses[id].(*types.Func); ok {
				list = append(list, f.Origin())
			}
		}
		return true
	})
	return list
}
