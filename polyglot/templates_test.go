package polyglot

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// written is the schema as programs know it.
type written struct {
	Resources map[string]struct {
		InputProperties, Properties map[string]any
		RequiredInputs              []string
	}
}

func schema(t *testing.T) (s written) {
	t.Helper()
	text, err := Schema()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &s))
	return s
}

// made is a component in a template: its type, and the inputs that are given.
type made struct {
	kind   string
	inputs []string
}

// refers is a reference to another resource's output: ${network.vpcId}.
var refers = regexp.MustCompile(`\$\{([\w-]+)\.(\w+)`)

// Every component, input and output that a template names is of the schema, and every
// input that is required is given.
func TestTemplatesAreOfTheSchema(t *testing.T) {
	s := schema(t)
	files, err := filepath.Glob("../templates/*/*")
	require.NoError(t, err)
	read := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var all map[string]made
		var used [][]string
		switch filepath.Base(file) {
		case "Pulumi.yaml":
			all, used = inYAML(t, text), refers.FindAllStringSubmatch(string(text), -1)
		case "index.ts":
			all, used = inCode(string(text), typescript), outputsIn(string(text))
		case "__main__.py":
			all, used = inCode(camels(string(text)), python), outputsIn(camels(string(text)))
		}
		for name, r := range all {
			read++
			of, known := s.Resources[token(r.kind)]
			require.True(t, known, "%s: %s is of no type: %s", file, name, r.kind)
			for _, property := range r.inputs {
				assert.Contains(t, of.InputProperties, property, "%s: %s", file, name)
			}
			for _, must := range of.RequiredInputs {
				assert.Contains(t, r.inputs, must, "%s: %s", file, name)
			}
		}
		for _, m := range used {
			if of, there := all[m[1]]; there {
				assert.Contains(t, s.Resources[token(of.kind)].Properties, m[2], "%s: %s", file, m[0])
			}
		}
	}
	assert.Greater(t, read, 20)
}

func inYAML(t *testing.T, text []byte) map[string]made {
	t.Helper()
	var program struct {
		Resources map[string]struct {
			Type       string
			Properties map[string]any
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &program))
	all := map[string]made{}
	for name, r := range program.Resources {
		if kind, ours := strings.CutPrefix(r.Type, Name+":index:"); ours {
			all[name] = made{kind, slices.Collect(maps.Keys(r.Properties))}
		}
	}
	return all
}

var (
	typescript = regexp.MustCompile(`(?m)^const (\w+) = new rung\.(\w+)\("[\w-]+", \{\n((?: .*\n)+)\}\);`)
	python     = regexp.MustCompile(`(?m)^(\w+) = rung\.(\w+)\(\n((?: .*\n)+)\)`)
	assigned   = regexp.MustCompile(`(?m)^    (\w+?)_?[:=]`)
	dotted     = regexp.MustCompile(`\b([a-z]\w*)\.([a-z]\w*)\b`)
	quoted     = regexp.MustCompile(`"[^"\n]*"`)
	underscore = regexp.MustCompile(`([a-z0-9])_([a-z])`)
)

// inCode are the components of a program in a language with calls.
func inCode(text string, call *regexp.Regexp) map[string]made {
	all := map[string]made{}
	for _, m := range call.FindAllStringSubmatch(text, -1) {
		r := made{kind: m[2]}
		for _, g := range assigned.FindAllStringSubmatch(m[3], -1) {
			r.inputs = append(r.inputs, g[1])
		}
		all[m[1]] = r
	}
	return all
}

// outputsIn are the uses of something's outputs, outside of texts.
func outputsIn(text string) [][]string {
	return dotted.FindAllStringSubmatch(quoted.ReplaceAllString(text, ""), -1)
}

// camels spells Python's names as the schema does.
func camels(text string) string {
	return underscore.ReplaceAllStringFunc(text, func(s string) string { return s[:1] + strings.ToUpper(s[2:]) })
}

// Pulumi takes each template's project, once `pulumi new` has given it a name.
func TestTemplatesAreProjects(t *testing.T) {
	files, err := filepath.Glob("../templates/*/Pulumi.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		project := filepath.Join(t.TempDir(), "Pulumi.yaml")
		filled := strings.NewReplacer("${PROJECT}", "mine", "${DESCRIPTION}", "a program").Replace(string(text))
		require.NoError(t, os.WriteFile(project, []byte(filled), 0o600))
		p, err := workspace.LoadProject(project)
		require.NoError(t, err, file)
		require.NoError(t, p.Validate(), file)
		require.NotNil(t, p.Template, file)
		assert.NotEmpty(t, p.Template.DisplayName, file)
		assert.Empty(t, p.GetPackageSpecs(), "%s: Pulumi would look for a package of such a name in its registry", file)
	}
}
