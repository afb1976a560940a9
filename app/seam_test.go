package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What serves any product knows none. The command and what shows this product on one
// machine put the two together.
func TestNothingBelowKnowsTheProduct(t *testing.T) {
	looked := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		dir := filepath.ToSlash(filepath.Dir(path))
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			dir == "." || dir == "dev" ||
			dir == "bench" || strings.HasPrefix(dir, "product") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		looked++
		for _, i := range f.Imports {
			assert.NotContains(t, i.Path.Value, here+"product", path)
		}
		return nil
	})
	require.NoError(t, err)
	assert.Greater(t, looked, 50)
}
