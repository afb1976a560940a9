package polyglot

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
)

// promised is what was ever offered, a line for each property, output, value and type. Lines
// are added to it by -update, and nothing takes one out.
const promised = "testdata/promised.txt"

// shape is the type of a property in one word.
type shape map[string]any

func (p shape) String() string {
	if ref, is := p["$ref"].(string); is {
		return strings.TrimPrefix(ref, "#/types/")
	}
	for _, part := range []string{"items", "additionalProperties"} {
		if inner, is := p[part].(map[string]any); is {
			return fmt.Sprintf("%s(%s)", p["type"], shape(inner))
		}
	}
	return fmt.Sprint(p["type"])
}

// offers are the lines of a schema, and which inputs each component wants.
func offers(t *testing.T, text []byte) (lines []string, wants map[string][]string) {
	t.Helper()
	var s struct {
		Resources map[string]struct {
			InputProperties, Properties map[string]shape
			RequiredInputs              []string
		}
		Types map[string]struct {
			Properties map[string]shape
			Required   []string
			Enum       []struct{ Value any }
		}
	}
	require.NoError(t, json.Unmarshal(text, &s))
	wants = map[string][]string{}
	add := func(token, what string, all map[string]shape) {
		for name, p := range all {
			lines = append(lines, fmt.Sprintf("%s %s %s %s", token, what, name, p))
		}
	}
	for token, r := range s.Resources {
		add(token, "input", r.InputProperties)
		add(token, "output", r.Properties)
		wants[token] = r.RequiredInputs
	}
	for token, typ := range s.Types {
		add(token, "has", typ.Properties)
		wants[token] = typ.Required
		for _, e := range typ.Enum {
			lines = append(lines, fmt.Sprintf("%s allows %v", token, e.Value))
		}
	}
	for token, names := range wants {
		lines = append(lines, strings.TrimSpace(token+" wants "+strings.Join(slices.Sorted(slices.Values(names)), " ")))
	}
	slices.Sort(lines)
	return lines, wants
}

// broken says which promises a schema does not keep: what is gone or of another type, and
// what is wanted of programs that did without.
func broken(before, now []string, wants map[string][]string) (all []string) {
	for _, line := range before {
		token, rest, _ := strings.Cut(line, " ")
		names, is := strings.CutPrefix(rest, "wants")
		if !is {
			if !slices.Contains(now, line) {
				all = append(all, "gone: "+line)
			}
			continue
		}
		for _, name := range wants[token] {
			if !slices.Contains(strings.Fields(names), name) {
				all = append(all, fmt.Sprintf("%s wants %s now", token, name))
			}
		}
	}
	return all
}

// with adds what is new. What a component wanted when it was first offered stays: it may want
// less from then on.
func with(before, now []string) []string {
	kept := slices.Clone(before)
	for _, line := range now {
		token, rest, _ := strings.Cut(line, " ")
		old := slices.ContainsFunc(before, func(b string) bool {
			return b == line || strings.HasPrefix(rest, "wants") && strings.HasPrefix(b, token+" wants")
		})
		if !old {
			kept = append(kept, line)
		}
	}
	slices.Sort(kept)
	return kept
}

// Programs that were written for an earlier schema go on: it grows only.
func TestTheSchemaGrowsOnly(t *testing.T) {
	text, err := Schema()
	require.NoError(t, err)
	now, wants := offers(t, text)
	recorded, err := os.ReadFile(promised)
	require.NoError(t, err)
	before := strings.Split(strings.TrimSpace(string(recorded)), "\n")
	require.Empty(t, broken(before, now, wants), "keep what was offered, and let what is new be optional")
	kept := with(before, now)
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile(promised, []byte(strings.Join(kept, "\n")+"\n"), 0o644))
		return
	}
	assert.Equal(t, before, kept, "run go test ./polyglot -update: what is new is promised from now on")
}

func TestBrokenPromisesAreNamed(t *testing.T) {
	before := []string{"Queue input attempts integer", "Queue wants vpcId", "Mode allows fast"}
	for want, tt := range map[string]struct {
		now   []string
		wants []string
	}{
		"gone: Mode allows fast":             {[]string{"Queue input attempts integer"}, nil},
		"gone: Queue input attempts integer": {[]string{"Queue input attempts string", "Mode allows fast"}, nil},
		"Queue wants name now":               {before, []string{"vpcId", "name"}},
	} {
		assert.Equal(t, []string{want}, broken(before, tt.now, map[string][]string{"Queue": tt.wants}))
	}
	assert.Empty(t, broken(before, append(before, "Queue input more string"), map[string][]string{"Queue": {}}))
}
