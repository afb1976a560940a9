package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/stretchr/testify/require"
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
	files, err := gogen.GeneratePackage("pulumi", packageFor(t, "go", gogen.Importer), nil)
	require.NoError(t, err)
	return files
}
