// Package previewtest holds what the tests of preview and of its views share: recorded
// events of the engine, a short list of prices, and the components of a large stack.
//
// It knows nothing of preview itself, so that preview's own tests can use it.
package previewtest

import (
	"bufio"
	"embed"
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/stretchr/testify/require"
)

//go:embed testdata
var recorded embed.FS

// Events reads engine events as the CLI writes them with --event-log: one JSON
// object a line.
func Events(t testing.TB, name string) []events.EngineEvent {
	t.Helper()
	f, err := recorded.Open("testdata/" + name)
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
