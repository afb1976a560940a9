package preview

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/stretchr/testify/require"
)

// readEvents reads engine events as the CLI writes them with --event-log: one
// JSON object a line.
func readEvents(t *testing.T, name string) []events.EngineEvent {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	require.NoError(t, err)
	defer f.Close()
	var out []events.EngineEvent
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var e events.EngineEvent
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e.EngineEvent), lines.Text())
		out = append(out, e)
	}
	require.NoError(t, lines.Err())
	return out
}

// byName finds the one step of a logical name.
func byName(t *testing.T, steps []Step, name string) Step {
	t.Helper()
	var found []Step
	for _, s := range steps {
		if s.Name == name {
			found = append(found, s)
		}
	}
	require.Len(t, found, 1, name)
	return found[0]
}
