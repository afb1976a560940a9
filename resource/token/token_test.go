package token_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// One scheme makes every name of its token, so that nobody has to look one up.
func TestNamesFollowTheirTokens(t *testing.T) {
	named := map[string]string{}
	for _, file := range []string{"aws.go", "estimated.go", "functions.go", "others.go"} {
		parsed, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				require.NoError(t, err)
				name := spec.Names[0].Name
				assert.Equal(t, strings.ToLower(name), scheme(value), "%s is %s", name, value)
				assert.Empty(t, named[value], "%s stands twice", value)
				named[value] = name
			}
			return true
		})
	}
	assert.NotEmpty(t, named)
}

// scheme is the name of a token, in lower case: how a service is spelled, no rule says.
func scheme(value string) string {
	provider, rest, _ := strings.Cut(value, ":")
	module, typ, _ := strings.Cut(rest, ":")
	module, _, _ = strings.Cut(module, "/")
	switch {
	case provider == "pulumi" || provider == "random":
		return strings.ToLower(typ)
	case module == "index":
		module = provider
	case strings.HasSuffix(module, "transitgateway"):
		typ = strings.TrimPrefix(strings.ToUpper(typ[:1])+typ[1:], "TransitGateway")
	}
	return strings.ToLower(module + typ)
}
