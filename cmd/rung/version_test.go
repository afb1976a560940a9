package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/preview/view"
)

func TestVersionSaysWhichEngineRuns(t *testing.T) {
	for name, tt := range map[string]struct{ says, want, note string }{
		"none":            {"", "", "the first run builds " + engine.Pinned.String()},
		"one on the PATH": {"v9.9.9", "9.9.9", "found on the PATH"},
		"one too old":     {"v3.100.0", "", "needs at least " + engine.Pinned.String()},
		"a broken one":    {"what?", "", "does not say its version"},
	} {
		t.Run(name, func(t *testing.T) {
			bin, dir := t.TempDir(), t.TempDir()
			path := filepath.Join(bin, "pulumi")
			if tt.says != "" {
				require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\necho '"+tt.says+"'\n"), 0o755))
			}
			t.Setenv("PATH", bin+":/bin:/usr/bin")
			t.Setenv("XDG_CACHE_HOME", t.TempDir())
			t.Setenv(engine.Variable, "")
			got := rung(t, dir, "version", "--format", "json")
			require.Equal(t, codeDone, got.code, got.err)
			var v view.Version
			require.NoError(t, json.Unmarshal([]byte(got.out), &v))
			assert.Equal(t, view.Engine{Pulumi: engine.Pinned.String(), Note: "linked into rung, unchanged"}, v.Offline)
			assert.Equal(t, tt.want, v.AWS.Pulumi)
			assert.Contains(t, v.AWS.Note, tt.note)
			if tt.want != "" {
				assert.Equal(t, path, v.AWS.Path)
			}
			assert.NotEmpty(t, v.Rung)
			empty(t, dir)
			for _, format := range []string{"table", "markdown", "html"} {
				assert.Contains(t, rung(t, dir, "version", "--format", format).out, "linked into rung")
			}
		})
	}
}

// A release says its own version, whatever the toolchain has noted of the checkout: the flag
// that writes it names the variable as it is spelt here.
func TestAReleaseSaysItsVersion(t *testing.T) {
	config, err := os.ReadFile("../../.goreleaser.yaml")
	require.NoError(t, err)
	require.Contains(t, string(config), "-X main.released=v{{ .Version }}")
	before := released
	t.Cleanup(func() { released = before })
	released = "v1.2.3"
	assert.Contains(t, rung(t, t.TempDir(), "version").out, "v1.2.3")
}
