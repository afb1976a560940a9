package aws_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/aws"
)

// Every name in the tables must be a property that the real provider has.
func TestTablesMatchTheProvider(t *testing.T) {
	pkg, err := aws.Package()
	require.NoError(t, err)
	require.NotEmpty(t, pkg.Tokens())
}
