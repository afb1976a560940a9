package rules

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/policies/rule"
)

// sdk is where the provider's SDK of a package lies.
func sdk(t *testing.T, pkg string) string {
	t.Helper()
	module := map[string]string{"aws": "github.com/pulumi/pulumi-aws/sdk/v6",
		"cloudflare": "github.com/pulumi/pulumi-cloudflare/sdk/v5"}[pkg]
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).CombinedOutput()
	require.NoError(t, err, string(out))
	return filepath.Join(strings.TrimSpace(string(out)), "go", pkg)
}

var (
	tag    = regexp.MustCompile(`pulumi:"(\w+)"`)
	quoted = regexp.MustCompile(`"((?:aws|cloudflare):[\w/]+:\w+)"`)
)

// knownIn collects the property names and the type tokens of the SDK's files
// that a list of directories holds.
func knownIn(t *testing.T, dirs map[string]bool) (names, tokens map[string]bool) {
	t.Helper()
	names, tokens = map[string]bool{}, map[string]bool{}
	for dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		for _, f := range files {
			text, err := os.ReadFile(f)
			require.NoError(t, err)
			for _, m := range tag.FindAllStringSubmatch(string(text), -1) {
				names[m[1]] = true
			}
			for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
				tokens[rule.Canonical(m[1])] = true
			}
		}
	}
	return names, tokens
}

// directories are the SDK's directories of all types that rules look at.
func directories(t *testing.T) map[string]bool {
	aws, cloudflare := sdk(t, "aws"), sdk(t, "cloudflare")
	dirs := map[string]bool{cloudflare: true}
	for _, r := range All() {
		for _, typ := range r.Types {
			if module, ok := strings.CutPrefix(typ, "aws:"); ok {
				name, _, _ := strings.Cut(module, "/")
				dirs[filepath.Join(aws, name)] = true
			}
		}
	}
	return dirs
}

// notProperties are keys of tags and outputs that the SDK does not spell out.
var notProperties = map[string]bool{"key": true, "value": true, "id": true}

// path is how the rules name properties in their sources.
var path = regexp.MustCompile(`\b(?:At|Input|Each)\((?:r, )?"([\w.]+)"|(?:Pointing|Targets|Points)\([^")]*"([\w.]+)"`)

// TestNamesAreTheProviders: a misspelt property would make a rule find
// everything, or nothing.
func TestNamesAreTheProviders(t *testing.T) {
	names, tokens := knownIn(t, directories(t))
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	checked := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		for _, m := range path.FindAllStringSubmatch(string(text), -1) {
			for part := range strings.SplitSeq(m[1]+m[2], ".") {
				assert.True(t, names[part] || notProperties[part], "%s: %q is no property of any type in use", f, part)
				checked++
			}
		}
	}
	assert.Greater(t, checked, 150)
	for _, r := range All() {
		for _, typ := range r.Types {
			if strings.HasPrefix(typ, "aws:") || strings.HasPrefix(typ, "cloudflare:") {
				assert.True(t, tokens[typ], "%s: %s is no type of the provider", r.ID, typ)
			}
		}
	}
}

// TestSeedsAreWrittenAsThePrograms are: their properties exist too.
func TestSeedsAreWrittenAsTheProgramsAre(t *testing.T) {
	names, _ := knownIn(t, directories(t))
	for id, s := range seeds() {
		for _, r := range s.stack {
			for _, p := range places(r.props, "") {
				for part := range strings.SplitSeq(p, ".") {
					known := names[part] || notProperties[part] || strings.Trim(part, "0123456789") == "" || part == "rung:stage" ||
						part == "LoadBalancer"
					assert.True(t, known, "%s: %s has no %q", id, r.typ, part)
				}
			}
		}
	}
}
