package config

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/record/recordtest"
)

// The schema of a stack's file is made from the keys; -update writes it anew.
func TestSchemaIsCurrent(t *testing.T) {
	const file = "../../docs/schema/stack.v1.json"
	want, err := Schema()
	require.NoError(t, err)
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile(file, want, 0o644))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "run go test ./stacks/config -update")
}

// The schema stands for each key, with a type, its meaning, and the default that all
// stages have.
func TestSchemaStandsForEachKey(t *testing.T) {
	text, err := Schema()
	require.NoError(t, err)
	var s struct {
		Properties struct {
			Config struct {
				Properties map[string]struct {
					Description string
					Default     any
					AnyOf       []struct{ Type string }
					Properties  map[string]any
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &s))
	for _, k := range Keys() {
		p, there := s.Properties.Config.Properties[Namespace+":"+k.Name]
		require.True(t, there, k.Name)
		assert.Contains(t, p.Description, k.Meaning[1:], k.Name)
		require.NotEmpty(t, p.AnyOf, k.Name)
		assert.Equal(t, k.Form.Kind, p.AnyOf[0].Type, k.Name)
		assert.Equal(t, k.always() != "", p.Default != nil, k.Name)
	}
	assert.Contains(t, s.Properties.Config.Properties["rung:database"].Properties, "replicas", "nested as Pulumi nests it")
}

// What rung takes the schema takes, and what it refuses by itself the schema refuses.
func TestSchemaHoldsStackFiles(t *testing.T) {
	text, err := Schema()
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource(SchemaID, doc))
	schema, err := c.Compile(SchemaID)
	require.NoError(t, err)
	holds := func(text []byte) error {
		var v any
		require.NoError(t, yaml.Unmarshal(text, &v))
		b, err := json.Marshal(v)
		require.NoError(t, err)
		v, err = jsonschema.UnmarshalJSON(bytes.NewReader(b))
		require.NoError(t, err)
		return schema.Validate(v)
	}
	for n := 1; n <= int(Built); n++ {
		file, err := os.ReadFile("../../Pulumi.stage" + strconv.Itoa(n) + ".yaml")
		require.NoError(t, err)
		assert.NoError(t, holds(file), n)
	}
	for text, good := range map[string]bool{
		`config: {"rung:stage": "3", "aws:region": eu-west-1}`:                 true,
		`config: {"rung:stage": 3, "rung:web.min": "4"}`:                       true,
		`config: {"rung:stage": 3, "rung:web": {min: 4}}`:                      true,
		`config: {"rung:stage": 5, "rung:regions": "us-east-1,eu-west-1"}`:     true,
		`config: {"rung:stage": 5, "rung:regions": [us-east-1, eu-west-1]}`:    true,
		`config: {"rung:stage": 3, "rung:alertEmail": {secure: "v1:abc:def"}}`: true,
		`config: {"rung:stage": 3, "rung:flowLogs": "true"}`:                   true,
		`config: {"rung:stage": 9}`:                                            false,
		`config: {"rung:web.min": 4}`:                                          false,
		`config: {"rung:stage": 3, "rung:cdn": akamai}`:                        false,
		`config: {"rung:stage": 3, "rung:web.minimum": 4}`:                     false,
		`config: {"rung:stage": 3, "rung:flowLogs": "perhaps"}`:                false,
		`config: {"rung:stage": 5, "rung:regions": "us-east-1,mars-1"}`:        false,
		`config: {"rung:stage": 3, "rung:web": {minimum: 4}}`:                  false,
	} {
		err := holds([]byte(text))
		assert.Equal(t, good, err == nil, "%s: %v", text, err)
	}
}
