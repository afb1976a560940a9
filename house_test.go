package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks/config"
)

const module = "github.com/rung-dev/rung"

// source is one Go file of the project, parsed.
type source struct {
	dir, path string
	text      []byte
	file      *ast.File
}

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// ours are the packages of the project that the file imports, without the module.
func (s source) ours() []string {
	var list []string
	for _, spec := range s.file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if name, ok := strings.CutPrefix(name, module+"/"); ok {
			list = append(list, name)
		}
	}
	return list
}

// files are the paths of the project's own files that keep accepts.
func files(t *testing.T, keep func(path string) bool) []string {
	t.Helper()
	var list []string
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", ".rung", "bin", "testdata"}, d.Name()) {
			return filepath.SkipDir
		}
		if !d.IsDir() && keep(path) {
			list = append(list, filepath.ToSlash(path))
		}
		return nil
	}))
	return list
}

func sources(t *testing.T) []source {
	t.Helper()
	var list []source
	for _, p := range files(t, func(p string) bool { return filepath.Ext(p) == ".go" }) {
		text, err := os.ReadFile(p)
		require.NoError(t, err)
		file, err := parser.ParseFile(token.NewFileSet(), p, text, parser.ParseComments)
		require.NoError(t, err)
		list = append(list, source{dir: path.Dir(p), path: p, text: text, file: file})
	}
	return list
}

func TestEveryPackageHasOneComment(t *testing.T) {
	comments, code := map[string][]string{}, map[string]bool{}
	all := sources(t)
	for _, s := range all {
		code[s.dir] = code[s.dir] || !s.isTest()
	}
	for _, s := range all {
		if s.isTest() && code[s.dir] {
			continue // only a package of nothing but tests is described in one
		}
		if comments[s.dir] == nil {
			comments[s.dir] = []string{}
		}
		if s.file.Doc != nil {
			comments[s.dir] = append(comments[s.dir], s.path)
		}
	}
	for dir, found := range comments {
		assert.Len(t, found, 1, "package %s: want one package comment", dir)
	}
}

// The tables of the offline cloud's services stand below what reads several of them.
func TestServicesKnowNoDemands(t *testing.T) {
	for _, s := range sources(t) {
		if !s.isTest() && within(s.dir, "offline/aws") && s.dir != "offline/aws" {
			assert.NotContains(t, s.ours(), "offline/aws/demands", s.path)
		}
	}
}

// A decimal from outside is bounded before anything is computed with it, in one
// place. RequireFromString panics: it is for what is written in the code.
func TestDecimalsFromOutsideAreReadInOnePlace(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() || within(s.dir, "outside/figure") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, isCall := n.(*ast.CallExpr)
			if !isCall {
				return true
			}
			name := string(s.text[call.Fun.Pos()-1 : call.Fun.End()-1])
			assert.NotContains(t, []string{"decimal.NewFromString", "decimal.NewFromFormattedString"}, name,
				"%s: use figure.Parse", s.path)
			if name == "decimal.RequireFromString" {
				_, literal := call.Args[0].(*ast.BasicLit)
				assert.True(t, literal, "%s: use figure.Parse", s.path)
			}
			return true
		})
	}
}

func houseOf(dir string) string {
	best := ""
	for house := range arrows {
		if within(dir, house) && len(house) > len(best) {
			best = house
		}
	}
	return best
}

func within(name, house string) bool { return name == house || strings.HasPrefix(name, house+"/") }

// shared are the components that others are built with.
var shared = []string{"components/part", "components/program", "components/alarms", "components/secret",
	"components/internal/boot",
	"components/internal/door", "components/internal/sealed", "components/internal/signals"}

func TestComponentsDoNotKnowOneAnother(t *testing.T) {
	// A bus delivers into queues of its own.
	builtWith := map[string]string{"components/events": "components/queue"}
	for _, s := range sources(t) {
		if s.isTest() || !within(s.dir, "components") {
			continue
		}
		for _, name := range s.ours() {
			if within(name, "components") && builtWith[s.dir] != name {
				assert.Contains(t, shared, name, "%s: components meet in stacks", s.path)
			}
		}
	}
}

// Whoever prices, reports or judges must not wait for the compilation of AWS's
// SDK, a matter of minutes.
func TestCostPreviewAndPoliciesDoNotNeedTheSDK(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./cost/...", "./preview/...", "./policies/...",
		"./preflight").CombinedOutput()
	require.NoError(t, err, string(out))
	assert.NotContains(t, string(out), "github.com/pulumi/pulumi-aws")
	assert.NotContains(t, string(out), "github.com/aws/aws-sdk-go-v2")
	assert.NotContains(t, string(out), "github.com/pulumi/pulumi-cloudflare")
}

// tokens are the types of components. They stand in every stack's state, so
// they are frozen: a new component adds a line, nothing takes one away.
var tokens = []string{
	"rung:components:Accelerator",
	"rung:components:AcceleratorAlarms",
	"rung:components:Alerts",
	"rung:components:Assets",
	"rung:components:Aurora",
	"rung:components:Budget",
	"rung:components:CDN",
	"rung:components:CDNAlarms",
	"rung:components:Cache",
	"rung:components:Capacity",
	"rung:components:Climb",
	"rung:components:DNS",
	"rung:components:DNSAlarms",
	"rung:components:Dashboard",
	"rung:components:Database",
	"rung:components:DatabaseProxy",
	"rung:components:Discovery",
	"rung:components:Edge",
	"rung:components:Events",
	"rung:components:Firewall",
	"rung:components:Fleet",
	"rung:components:Gateway",
	"rung:components:GatewayLink",
	"rung:components:Key",
	"rung:components:LoadBalancer",
	"rung:components:Network",
	"rung:components:Peering",
	"rung:components:PeeringSide",
	"rung:components:Queue",
	"rung:components:SLO",
	"rung:components:Search",
	"rung:components:Secret",
	"rung:components:Server",
	"rung:components:TCPLoadBalancer",
}

func TestTypeTokensAreFrozen(t *testing.T) {
	found := map[string]bool{}
	for _, s := range sources(t) {
		if s.isTest() || !within(s.dir, "components") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && strings.HasPrefix(lit.Value, `"rung:components:`) {
				found[strings.Trim(lit.Value, `"`)] = true
			}
			return true
		})
	}
	assert.Equal(t, tokens, slices.Sorted(maps.Keys(found)), "a token may be added to the list, never changed or removed")
}

// What a provider calls its types and functions stands in one table. Texts from
// outside, of which a token is a part, are no such literals; types that do not
// exist are of the module x.
func TestTokensOfProvidersStandInOneTable(t *testing.T) {
	literal := regexp.MustCompile("^[\"`]((aws|cloudflare|random):\\w+/\\w+:\\w+|pulumi:pulumi:Stack(Reference)?)[\"`]$")
	for _, s := range sources(t) {
		if within(s.dir, "resource/token") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && !strings.Contains(lit.Value, ":x/") {
				assert.NotRegexp(t, literal, lit.Value, "%s: name it in resource/token", s.path)
			}
			return true
		})
	}
}

// Work that is left to do stands in an issue, not in the product.
func TestNothingIsPutOff(t *testing.T) {
	later := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX)\b`)
	for _, s := range sources(t) {
		for _, group := range s.file.Comments {
			assert.NotRegexp(t, later, group.Text(), s.path)
		}
	}
	for _, p := range files(t, func(p string) bool {
		return slices.Contains([]string{".sh", ".md", ".yaml", ".yml", ".sql"}, filepath.Ext(p))
	}) {
		text, err := os.ReadFile(p)
		require.NoError(t, err)
		assert.False(t, later.Match(text), "%s puts something off", p)
	}
}

func TestFilesAreFormattedAndSmall(t *testing.T) {
	for _, s := range sources(t) {
		formatted, err := format.Source(s.text)
		require.NoError(t, err, s.path)
		assert.True(t, bytes.Equal(formatted, s.text), "%s: run gofmt", s.path)
		assert.LessOrEqual(t, bytes.Count(s.text, []byte("\n")), 500, "%s: divide it", s.path)
	}
}

// Each rung's ready stack file must be accepted as it is.
func TestStackFilesAreAccepted(t *testing.T) {
	for n := 1; n <= int(config.Built); n++ {
		c, err := config.Parse(stackFile(t, "Pulumi.stage"+strconv.Itoa(n)+".yaml"))
		require.NoError(t, err)
		assert.Equal(t, n, int(c.Stage))
	}
}

// stackFile reads the keys of our namespace as Pulumi hands them to a program:
// texts as they are, everything else as JSON.
func stackFile(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	var stack struct {
		Config map[string]any `yaml:"config"`
	}
	require.NoError(t, yaml.Unmarshal(text, &stack), name)
	raw := map[string]string{}
	for key, v := range stack.Config {
		key, ours := strings.CutPrefix(key, config.Namespace+":")
		require.True(t, ours, "%s: %s is not ours", name, key)
		if s, ok := v.(string); ok {
			raw[key] = s
			continue
		}
		b, err := json.Marshal(v)
		require.NoError(t, err)
		raw[key] = string(b)
	}
	return raw
}

// The table of settings in the documentation is made from the code.
func TestConfigDocumentIsCurrent(t *testing.T) {
	const file = "docs/config.md"
	var b strings.Builder
	b.WriteString("# Settings\n\nEvery key of a stack, made from the code (`go test . -update`). " +
		"`rung config` prints the same.\nA default that differs between stages is written as `rung: value`, which holds up " +
		"to the next one named; – means none.\n\n")
	var keys view.Keys
	for _, k := range config.Keys() {
		keys = append(keys, view.Key{
			Name: config.Namespace + ":" + k.Name, Type: k.Type, Default: k.DefaultText(), Allowed: k.Allowed, Meaning: k.Meaning, Change: k.Change.Text(),
		})
	}
	require.NoError(t, keys.Markdown(&b))
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, b.String(), string(written), "run go test . -update")
}

func TestShellScriptsAreClean(t *testing.T) {
	scripts := files(t, func(p string) bool {
		if filepath.Ext(p) == ".sh" {
			return true
		}
		if filepath.Ext(p) != "" && filepath.Base(p) != "run" {
			return false
		}
		text, err := os.ReadFile(p)
		first, _, _ := strings.Cut(string(text[:min(len(text), 80)]), "\n")
		return err == nil && strings.HasPrefix(first, "#!") && strings.HasSuffix(first, "sh")
	})
	require.NotEmpty(t, scripts)
	out, err := exec.Command("shellcheck", append([]string{"--"}, scripts...)...).CombinedOutput()
	assert.NoError(t, err, "%s\n(shellcheck comes with scripts/install-test-tools.sh)", out)
}

// The map of the house names every room; docs/commands.md is made from the commands.
func TestDocumentsNameEveryRoom(t *testing.T) {
	architecture := readText(t, "docs/architecture.md")
	rooms, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, room := range rooms {
		if room.IsDir() && !strings.HasPrefix(room.Name(), ".") && room.Name() != "bin" {
			row := regexp.MustCompile("(?m)^\\|[^|]*`" + room.Name() + "/`[^|]*\\|")
			assert.Len(t, row.FindAllString(architecture, -1), 1, "docs/architecture.md: say what %s is for, in one row",
				room.Name())
		}
	}
}

// A component comes with its tests, and with an example for whoever uses it in a
// program of his own.
func TestComponentsAreWhole(t *testing.T) {
	has := map[string]map[string]bool{}
	for _, s := range sources(t) {
		if !within(s.dir, "components") {
			continue
		}
		if has[s.dir] == nil {
			has[s.dir] = map[string]bool{}
		}
		has[s.dir]["token"] = has[s.dir]["token"] || !s.isTest() && bytes.Contains(s.text, []byte(`"rung:components:`))
		has[s.dir]["test"] = has[s.dir]["test"] || s.isTest() && path.Base(s.path) != "example_test.go"
		has[s.dir]["example"] = has[s.dir]["example"] || path.Base(s.path) == "example_test.go"
	}
	for dir, files := range has {
		if files["token"] {
			assert.True(t, files["test"], "%s: a component needs tests", dir)
			assert.True(t, files["example"], "%s: a component needs an example_test.go", dir)
		}
	}
}

func readText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}
