package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
)

// An app of one's own is written where there is nothing; what cannot be is wrong usage,
// and nothing is written. That it compiles and works is the skeleton's own test.
func TestNewWritesAnApp(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "notes")
	r := onStages(t, "new", "app", dir)
	assert.Equal(t, 0, r.code, r.err)
	assert.Contains(t, r.out, "cd "+dir)
	assert.FileExists(t, filepath.Join(dir, "go.mod"))
	assert.FileExists(t, filepath.Join(dir, "main_test.go"))

	for want, args := range map[string][]string{
		"not empty":      {"new", "app", dir},
		"want DIR":       {"new", "app"},
		"want app":       {"new"},
		`"My App"`:       {"new", "app", filepath.Join(t.TempDir(), "My App")},
		"rung's source:": {"new", "app", filepath.Join(t.TempDir(), "notes"), "--checkout", t.TempDir()},
	} {
		r := onStages(t, args...)
		assert.Equal(t, 2, r.code, want)
		assert.Contains(t, r.err, want)
		if len(args) > 2 && args[2] != dir {
			_, err := os.Stat(args[2])
			assert.ErrorIs(t, err, os.ErrNotExist, want)
		}
	}
}
