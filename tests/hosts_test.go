package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/engine/enginetest"
	"github.com/rung-dev/rung/polyglot"
)

// inLanguage is a visitor whose program Pulumi's own host of a language runs. The host is
// built as tools/hosts pins it, which takes minutes the first time.
func inLanguage(t *testing.T, language string) visitor {
	t.Helper()
	if os.Getenv(engine.Variable) == "" {
		t.Skipf("%s=build builds Pulumi's CLI and its host of %s and runs it, as `make nightly` does", engine.Variable,
			language)
	}
	v := visitor{user: newUser(t), cli: enginetest.StockCLI(t).Path, hosts: t.TempDir()}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", v.hosts+string(os.PathSeparator), "tool")
	build.Dir = filepath.Join(shared.root, "tools", "hosts", language)
	build.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	succeeds(t, build)
	require.FileExists(t, filepath.Join(v.hosts, "pulumi-language-"+language))
	return v
}

// succeeds runs a command that must.
func succeeds(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", strings.Join(cmd.Args, " "), said)
}

// takes copies files into the visitor's directory, with a template's name filled in.
func (v visitor) takes(files ...string) {
	v.t.Helper()
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(shared.root, file))
		require.NoError(v.t, err)
		filled := strings.NewReplacer("${PROJECT}", "ladder", "${DESCRIPTION}", "a program").Replace(string(text))
		require.NoError(v.t, os.WriteFile(filepath.Join(v.dir, filepath.Base(file)), []byte(filled), 0o600))
	}
}

// node runs a script of an installed package in the visitor's directory.
func (v visitor) node(t *testing.T, script string, args ...string) {
	t.Helper()
	args = append([]string{filepath.Join(v.dir, "node_modules", script)}, args...)
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir = v.dir
	succeeds(t, cmd)
}

// installs has npm install what tools/hosts pins, and writes the SDK of rung's components
// beside it with Pulumi's generator. `pulumi package add` calls the same generator through
// its host of Node.js; the one that can be had here is older than that call.
func (v visitor) installs(t *testing.T) {
	t.Helper()
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = v.dir
	succeeds(t, npm)
	sdk := filepath.Join(v.dir, "node_modules", "@pulumi", "rung")
	for name, text := range nodeSDK(t) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(sdk, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(sdk, name), text, 0o600))
	}
	v.node(t, "typescript/bin/tsc", "--project", sdk)
	text, err := os.ReadFile(filepath.Join(sdk, "package.json"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(sdk, "bin", "package.json"), text, 0o600)) // its version is read there
}

// alone loads no other package: a schema that asks for one fails the test.
type alone struct{ schema.ReferenceLoader }

// nodeSDK are the files of the components' SDK for Node.js.
func nodeSDK(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := nodejs.GeneratePackage("pulumi", packageFor(t, "nodejs", nodejs.Importer), nil, nil, true, alone{})
	require.NoError(t, err)
	return files
}

// packageFor is the components' schema as a language's generator takes it.
func packageFor(t *testing.T, language string, importer schema.Language) *schema.Package {
	t.Helper()
	text, err := polyglot.Schema()
	require.NoError(t, err)
	var spec schema.PackageSpec
	require.NoError(t, json.Unmarshal(text, &spec))
	languages := map[string]schema.Language{language: importer}
	pkg, err := schema.ImportSpec(spec, languages, alone{}, schema.ValidationOptions{})
	require.NoError(t, err)
	return pkg
}
