package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/polyglot"
)

// The template of stage 3 in Go, compiled with the SDK that Pulumi's generator writes, by the
// stock CLI; the host is the tests' own, which starts what is compiled already.
func TestStockGo(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.takes("templates/stage3-go/Pulumi.yaml", "templates/stage3-go/main.go")
	v.env = []string{envProgram + "=" + goProgram(t, "templates/stage3-go")}
	v.does("config", "set", "aws:region", "us-east-1")
	v.does("preview")
	v.livesGuarded()
}

// goProgram compiles a template as `pulumi package add` and Pulumi's host of Go would: the SDK
// is laid over the repository at the path that the program imports, and the template's
// own go.mod, which names versions that are fetched, is left out.
func goProgram(t *testing.T, template string) (binary string) {
	t.Helper()
	overlay := map[string]string{filepath.Join(shared.root, template, "go.mod"): ""}
	dir := t.TempDir()
	for name, text := range goSDK(t) {
		if !strings.HasSuffix(name, ".go") && filepath.Base(name) != "pulumi-plugin.json" {
			continue
		}
		file := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		require.NoError(t, os.WriteFile(file, text, 0o600))
		overlay[filepath.Join(shared.root, "sdk", "go", name)] = file
	}
	laid, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(t, err)
	list := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(list, laid, 0o600))
	binary = filepath.Join(dir, "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags", "-s -w", "-overlay", list, "-o", binary,
		"./"+template)
	build.Dir = shared.root
	succeeds(t, build)
	return binary
}

// goSDK are the files of the components' SDK for Go.
func goSDK(t *testing.T) map[string][]byte {
	t.Helper()
	text, err := polyglot.Schema()
	require.NoError(t, err)
	var spec schema.PackageSpec
	require.NoError(t, json.Unmarshal(text, &spec))
	languages := map[string]schema.Language{"go": gogen.Importer}
	pkg, err := schema.ImportSpec(spec, languages, alone{}, schema.ValidationOptions{})
	require.NoError(t, err)
	files, err := gogen.GeneratePackage("pulumi", pkg, nil)
	require.NoError(t, err)
	return files
}
