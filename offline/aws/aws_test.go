package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/aws"
)

// Every name in the tables must be a property that the real provider has.
func TestTablesMatchTheProvider(t *testing.T) {
	pkg, err := aws.Package()
	require.NoError(t, err)
	require.NotEmpty(t, pkg.Tokens())
}

// A program in YAML takes a part of what a function answers only when the schema has it.
func TestFunctionsHaveTables(t *testing.T) {
	pkg, err := aws.Package()
	require.NoError(t, err)
	for _, token := range pkg.Functions() {
		assert.NotEmpty(t, pkg.Schema.Functions[token].Outputs, "add %s to types.txt and run go generate", token)
	}
	assert.Len(t, pkg.Schema.Functions, len(pkg.Functions()))
}
