package cost_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
)

// readKeys are the properties that pricers ask for, by their own code.
func readKeys(t *testing.T) []string {
	t.Helper()
	reads := regexp.MustCompile(`\.(?:str|has|mentions|pending|anyPending|objects?|list|num|numOr|count)\("(\w+)"|target\([^,]+, "(\w+)"`)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		code, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range reads.FindAllSubmatch(code, -1) {
			found[string(m[1])+string(m[2])] = true
		}
	}
	require.Greater(t, len(found), 80)
	return slices.Sorted(maps.Keys(found))
}

// emptied is a value with every property that pricers read and that it does not
// have as a state writes what nobody set.
func emptied(v any, keys []string, empty any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = emptied(e, keys, empty)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v)+len(keys))
		for _, k := range keys {
			out[k] = empty
		}
		for k, e := range v {
			out[k] = emptied(e, keys, empty)
		}
		return out
	}
	return v
}

// A state writes "", [] and null for what nobody set. None of them changes the
// estimate of any fixture.
func TestWhatIsEmptyIsNotGiven(t *testing.T) {
	keys := readKeys(t)
	fixtures, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	for _, path := range fixtures {
		resources, err := cost.ReadFile(path)
		require.NoError(t, err)
		want := estimate(t, cost.Options{Traffic: profile()}, resources...)
		for name, empty := range map[string]any{"text": "", "list": []any{}, "null": nil} {
			t.Run(filepath.Base(path)+" "+name, func(t *testing.T) {
				var all []cost.Resource
				for _, r := range resources {
					if !r.Group {
						r.Props = emptied(r.Props, keys, empty).(map[string]any)
					}
					all = append(all, r)
				}
				assert.Equal(t, text(want), text(estimate(t, cost.Options{Traffic: profile()}, all...)))
			})
		}
	}
}
