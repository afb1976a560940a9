// Package recordtest asks questions of a recording inside a test: run a program,
// find the one resource that matters, compare a plan with a golden file.
//
// It imports testing; programs that are not tests use package record alone.
package recordtest

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
)

// update rewrites golden files instead of comparing: go test ./stacks -update
var update = flag.Bool("update", false, "rewrite the golden files with what the tests produce")

// Updating is true when golden files are being rewritten.
func Updating() bool { return *update }

// Run records the program; the test fails at once when the program does.
func Run(t testing.TB, program pulumi.RunFunc, opts ...record.Option) *record.Recording {
	t.Helper()
	rec, err := record.Run(program, opts...)
	require.NoError(t, err)
	return rec
}

// Fails records a program that must fail and returns its error.
func Fails(t testing.TB, program pulumi.RunFunc, opts ...record.Option) error {
	t.Helper()
	_, err := record.Run(program, opts...)
	require.Error(t, err)
	return err
}

// Only returns the one resource of a type; it fails when there is none or more.
func Only(t testing.TB, rec *record.Recording, typ string) record.Resource {
	t.Helper()
	found := rec.All(typ)
	require.Len(t, found, 1, "resources of type %s; recorded types: %v", typ, rec.Types())
	return found[0]
}

// Named returns the one resource of a type with a logical name.
func Named(t testing.TB, rec *record.Recording, typ, name string) record.Resource {
	t.Helper()
	var names []string
	for _, r := range rec.All(typ) {
		if r.Name == name {
			return r
		}
		names = append(names, r.Name)
	}
	require.Failf(t, "no such resource", "%s %q; recorded of this type: %q", typ, name, names)
	return record.Resource{}
}

// None fails when a resource of the type was registered.
func None(t testing.TB, rec *record.Recording, typ string) {
	t.Helper()
	assert.Empty(t, rec.All(typ), "resources of type %s", typ)
}

// JSON decodes an input that holds JSON, such as a policy document.
func JSON(t testing.TB, r record.Resource, path string) map[string]any {
	t.Helper()
	var out map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.String(path)), &out), "%s %s: %s", r.Type, r.Name, path)
	return out
}

// Golden compares text with testdata/<name>.golden of the package under test;
// with -update it writes the file.
func Golden(t testing.TB, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "no golden file yet: run go test with -update and review what it writes")
	assert.Equal(t, string(want), text,
		"differs from %s: if that is meant, run go test with -update and review the change", path)
}
