package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/resource/token"
)

func TestMaintenanceChangesTheDoorAlone(t *testing.T) {
	door := preview.Step{Op: preview.Create, Type: token.LBListenerRule, Name: "loadbalancer-maintenance"}
	assert.Empty(t, beyondDoor([]preview.Step{door}))
	assert.Equal(t, []string{"update of db (" + token.RDSInstance + ")"},
		beyondDoor([]preview.Step{door, {Op: preview.Update, Type: token.RDSInstance, Name: "db"}}))
}

// Maintenance goes on and off on the whole of stage 3, and is refused where nobody could
// answer in the app's place.
func TestMaintenance(t *testing.T) {
	s := newShop(t)
	require.Equal(t, codeDone, s.rung("up", "1").code)
	r := s.rung("maintenance", "on")
	assert.Equal(t, codeUsage, r.code)
	assert.Contains(t, r.err, "stage 1 has no load balancer")
	if os.Getenv("RUNG_MAINTENANCE") == "" {
		t.Skip("a whole stage 3, four times; make nightly runs it")
	}
	s.dir = t.TempDir()
	require.Equal(t, codeDone, s.rung("up", "3").code)
	r = s.rung("maintenance", "on", "--set", "web.max=9")
	assert.Equal(t, codeFailed, r.code)
	assert.Contains(t, r.err, "more is due than the load balancer's rules")
	assert.NotContains(t, s.cloud(), "Back soon")

	r = s.rung("maintenance", "on")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Contains(t, r.err, "Maintenance is on")
	assert.Contains(t, s.cloud(), "Back soon")
	s.write("two")
	require.Equal(t, codeDone, s.rung("deploy").code)
	assert.Contains(t, s.cloud(), "Back soon", "a release leaves it on")

	r = s.rung("maintenance", "off")
	require.Equal(t, codeDone, r.code, r.err)
	assert.NotContains(t, s.cloud(), "Back soon")
	r = s.rung("maintenance", "off")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Contains(t, r.err, "Maintenance is off")
}

// cloud is the offline cloud's file.
func (s shop) cloud() string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, ".rung", "cloud.json"))
	require.NoError(s.t, err)
	return string(text)
}
