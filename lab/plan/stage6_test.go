package plan

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The recording of stage 6 has only what becomes servers.
func TestStage6RunsCodeAtTheEdgeAndBeforeOrigins(t *testing.T) {
	out := until(t, input(recorded(t, "stage6")))
	regions := map[string]int{}
	for _, u := range out.Units {
		if strings.HasPrefix(u.What, "machine of") {
			regions[u.Region]++
		}
	}
	assert.Equal(t, map[string]int{"us-east-1": 17, "eu-west-1": 17, "ap-southeast-1": 17}, regions)
	require.Len(t, units(out, "the edge's functions of"), 1)
	guards := units(out, "the Lambda@Edge of")
	require.Len(t, guards, 1)
	assert.Contains(t, guards[0].Files[0].Content, "exports.handler")
	cache := units(out, "nginx for")
	require.Len(t, cache, 1)
	assert.Contains(t, cache[0].After, guards[0].Name)
	config := cache[0].Files[0].Content
	defined := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^  upstream (\S+) \{`).FindAllStringSubmatch(config, -1) {
		assert.False(t, defined[m[1]], "%s stands twice", m[1])
		defined[m[1]] = true
	}
	guarded := 0
	for _, m := range regexp.MustCompile(`proxy_pass https?://([a-z0-9.-]+)`).FindAllStringSubmatch(config, -1) {
		assert.True(t, defined[m[1]], "%s is nowhere", m[1])
		if strings.HasPrefix(m[1], "guarded-") {
			guarded++
		}
	}
	assert.Greater(t, guarded, 1, "the pages and what is read of the API")
	assert.Contains(t, config, "upstream guarded-origin-app-or-standby { server "+guards[0].Address)
	for _, n := range out.Notes {
		assert.NotContains(t, n.Text, "Lambda@Edge")
	}
}
