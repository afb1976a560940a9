package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/stacks/config"
)

// A release that is watched longer may take longer, or it would go back for nothing.
func TestPatienceIsLongerThanTheWatch(t *testing.T) {
	watched := &day{session: &session{config: config.Config{Deploy: config.Deploy{BakeSeconds: 3_600}}}}
	got, err := watched.enough(defaultPatience)
	require.NoError(t, err)
	assert.Equal(t, defaultPatience+3*time.Hour, got)
	_, err = watched.enough(time.Hour)
	require.ErrorIs(t, err, errUsage)
	assert.ErrorContains(t, err, "the version is watched for 3h0m0s in all")
	got, err = watched.enough(5 * time.Hour)
	require.NoError(t, err)
	assert.Equal(t, 5*time.Hour, got)
}

// Canaries and bake time are settings of the stack: they come with one release and stay.
func TestDeployByCanaries(t *testing.T) {
	s := newShop(t)
	r := s.rung("up", "3")
	require.Equal(t, codeDone, r.code, r.err)
	s.write("two")
	r = s.rung("deploy", "--canary", "40", "--bake", "15m")
	require.Equal(t, codeDone, r.code, r.err)
	refresh := s.refresh()
	assert.Equal(t, []any{50.0, 100.0}, refresh["checkpointPercentages"], "one of two machines is the least")
	assert.Equal(t, "900", refresh["checkpointDelay"])
	s.write("three")
	r = s.rung("deploy")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Equal(t, "900", s.refresh()["checkpointDelay"], "the next release keeps to them")
}

// refresh is how the web fleet's machines are replaced, as the stack's state has it.
func (s shop) refresh() map[string]any {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, ".rung", "state", ".pulumi", "stacks", "rung", "dev.json"))
	require.NoError(s.t, err)
	var state struct {
		Checkpoint struct {
			Latest struct {
				Resources []struct {
					URN     string
					Outputs map[string]any
				}
			}
		}
	}
	require.NoError(s.t, json.Unmarshal(text, &state))
	for _, one := range state.Checkpoint.Latest.Resources {
		if strings.HasSuffix(one.URN, "::web-group") {
			refresh, _ := one.Outputs["instanceRefresh"].(map[string]any)
			preferences, _ := refresh["preferences"].(map[string]any)
			return preferences
		}
	}
	s.t.Fatal("there is no web fleet")
	return nil
}
