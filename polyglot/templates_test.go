package polyglot

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// named is a reference to another resource's output: ${network.vpcId}.
var named = regexp.MustCompile(`\$\{(\w+)\.(\w+)`)

// The templates in YAML are of the schema: every component, input and output that they
// name is there, and every input that is required is given.
func TestTemplatesAreOfTheSchema(t *testing.T) {
	var s struct {
		Resources map[string]struct {
			InputProperties, Properties map[string]any
			RequiredInputs              []string
		}
	}
	text, err := Schema()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &s))
	files, err := filepath.Glob("../templates/*-yaml/Pulumi.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var program struct {
			Resources map[string]struct {
				Type       string
				Properties map[string]any
			}
		}
		require.NoError(t, yaml.Unmarshal(text, &program))
		require.NotEmpty(t, program.Resources, file)
		for name, r := range program.Resources {
			of, known := s.Resources[r.Type]
			if !strings.HasPrefix(r.Type, Name+":") {
				continue
			}
			require.True(t, known, "%s: %s is of no type: %s", file, name, r.Type)
			for property := range r.Properties {
				assert.Contains(t, of.InputProperties, property, "%s: %s", file, name)
			}
			for _, must := range of.RequiredInputs {
				assert.Contains(t, r.Properties, must, "%s: %s", file, name)
			}
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			of, there := program.Resources[m[1]]
			require.True(t, there, "%s: %s", file, m[0])
			assert.Contains(t, s.Resources[of.Type].Properties, m[2], "%s: %s", file, m[0])
		}
	}
}
