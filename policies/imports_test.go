package main_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestThePackStaysSmall: with a provider's SDK or a component in it, every
// build of the pack would compile that SDK.
func TestThePackStaysSmall(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	require.NoError(t, err, string(out))
	for dep := range strings.Lines(string(out)) {
		assert.NotContains(t, dep, "pulumi-aws")
		assert.NotContains(t, dep, "pulumi-cloudflare")
		assert.NotContains(t, dep, "rung/components")
	}
}
