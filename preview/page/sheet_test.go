package page

import (
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// between is what stands in the one element of its kind, as a browser reads it.
func between(t *testing.T, page, open, end string) string {
	t.Helper()
	require.Equal(t, 1, strings.Count(page, open), open)
	_, rest, _ := strings.Cut(page, open)
	text, _, found := strings.Cut(rest, end)
	require.True(t, found, end)
	return text
}

func TestThePolicyFixesTheTextOfItsOwnScriptAndStyle(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Sheet{Title: "a page"}.Write(&b))
	policy := html.UnescapeString(between(t, b.String(), `http-equiv="Content-Security-Policy" content="`, `"`))
	assert.Contains(t, policy, "script-src '"+fingerprint(between(t, b.String(), "<script>", "</script>"))+"'")
	assert.Contains(t, policy, "style-src '"+fingerprint(between(t, b.String(), "<style>", "</style>"))+"'")
	assert.Contains(t, policy, "default-src 'none'")
}
