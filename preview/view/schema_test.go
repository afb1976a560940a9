package view

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/access"
	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/bill"
	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/previewtest"
	"github.com/rung-dev/rung/stacks/ladder"
)

// schemaHome is where the schemas are published.
const schemaHome = "https://raw.githubusercontent.com/rung-dev/rung/main/docs/schema/"

// withSchemas are the documents of --format json: the type that each is made of, and one of
// them as a command writes it.
func withSchemas(t *testing.T) map[string]struct {
	of    any
	write func(io.Writer) error
} {
	t.Helper()
	report := preview.NewReport(climb(t))
	line := cost.Line{URN: "u", Type: "t", Name: "n", Item: "i", Monthly: decimal.NewFromInt(3), Basis: cost.Declared}
	e := cost.Estimate{Lines: []cost.Line{line}, Expected: line.Monthly}
	b := preview.NewBill("x", e, 0, ladder.Traffic{}, decimal.NewFromInt(9)).Since(cost.Estimate{}, e)
	rate, err := preview.ParseRate("EUR=0.92@2026-11-27")
	require.NoError(t, err)
	b = b.In(rate).ByTag("team", []cost.Resource{{URN: "u", Props: map[string]any{"tags": map[string]any{"team": "web"}}}})
	row := bill.Row{Component: "web", Names: []string{"a"}, Thing: "hours", Billed: decimal.NewFromInt(1),
		NotModelled: decimal.NewFromInt(1)}
	other := []bill.Other{{Kind: bill.Tax, Product: "EC2"}}
	stages := struct {
		Stages []stageOf `json:"stages"`
	}{}
	growth := struct {
		Stages []grownJSON `json:"stages"`
	}{}
	keys := struct {
		Keys []Key `json:"keys"`
	}{}
	trust := access.Repository{Owner: "acme", Name: "shop"}.For("", true)
	checks := struct {
		Well bool `json:"well"`
		Checks
	}{}
	drift := struct {
		Drift bool `json:"drift"`
		preview.Drifts
	}{}
	return map[string]struct {
		of    any
		write func(io.Writer) error
	}{
		"report":   {preview.Report{}, Report(report).JSON},
		"bill":     {preview.Bill{}, Bill(b).JSON},
		"comment":  {Comment{}, Comment{Bill: b, Stops: []string{"x"}, Ops: map[string]int{"create": 1}}.JSON},
		"billed":   {Billed{}, NewBilled("x", bill.Comparison{Month: "2026-10", Rows: []bill.Row{row}, Account: other, Elsewhere: other}).JSON},
		"savings":  {Savings{}, Savings{Of: "x", All: []cost.Saving{{What: "a", Names: []string{"b"}}}}.JSON},
		"advice":   {advise.Report{}, adviceOf(3).JSON},
		"stages":   {stages, Ladder{Stages: ladder.Stages(), Built: 3}.JSON},
		"ladder":   {growth, Growth{}.JSON},
		"keys":     {keys, Keys{{Name: "rung:cdn", Type: "choice"}}.JSON},
		"checks":   {checks, Checks{}.JSON},
		"drift":    {drift, Drifts(preview.FindDrift(previewtest.Events(t, "drift.events"))).JSON},
		"outputs":  {Outputs{}, Outputs{Stack: "dev", Stage: 3, Values: map[string]any{"url": "x"}}.JSON},
		"version":  {Version{}, Version{Rung: "1"}.JSON},
		"prices":   {Prices{}, Prices{}.JSON},
		"releases": {Releases{}, Releases{Releases: []Release{{Number: 1}}}.JSON},
		"access":   {Access{}, Access{TrustUp: &trust}.JSON},
		"status":   {Status{}, Status{Stack: "dev"}.JSON},
		"lab":      {Lab{}, Lab{Doors: []LabDoor{}, Servers: []LabServer{}, Notes: []LabNote{}}.JSON},
	}
}

// Every document for programs has a schema with a version, in docs/schema. Keys are
// added within a version, and never changed: another version is another file. Run with
// RUNG_UPDATE=1 to write the schemas anew.
func TestEveryDocumentForProgramsHasASchema(t *testing.T) {
	for name, d := range withSchemas(t) {
		t.Run(name, func(t *testing.T) {
			file := name + ".v1.json"
			path := filepath.Join("..", "..", "docs", "schema", file)
			schema := schemaOf(reflect.TypeOf(d.of))
			schema["$schema"], schema["$id"] = "https://json-schema.org/draft/2020-12/schema", schemaHome+file
			schema["title"] = "rung: " + name + ", version 1"
			want, err := json.MarshalIndent(schema, "", "  ")
			require.NoError(t, err)
			want = append(want, '\n')
			if os.Getenv("RUNG_UPDATE") != "" {
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
				require.NoError(t, os.WriteFile(path, want, 0o644))
			}
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got), "the document has other keys than its schema: add them with "+
				"RUNG_UPDATE=1")
			var document bytes.Buffer
			require.NoError(t, d.write(&document))
			assert.NoError(t, valid(t, got, document.Bytes()))
			assert.Error(t, valid(t, got, []byte(`{"cost": 1}`)), "a schema that takes anything says nothing")
		})
	}
}

// valid holds a document against a schema.
func valid(t *testing.T, schema, document []byte) error {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", parsed))
	compiled, err := c.Compile("schema.json")
	require.NoError(t, err)
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	require.NoError(t, err)
	return compiled.Validate(instance)
}

// schemaOf is the schema of a type as encoding/json writes it.
func schemaOf(t reflect.Type) map[string]any {
	switch t {
	case reflect.TypeFor[preview.Money]():
		return map[string]any{"type": "string", "pattern": `^-?[0-9]+\.[0-9]{2}$`}
	case reflect.TypeFor[decimal.Decimal]():
		return map[string]any{"type": "string", "pattern": `^-?[0-9]+(\.[0-9]+)?$`}
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	}
	if t.Kind() == reflect.Struct && t.Implements(reflect.TypeFor[json.Marshaler]()) {
		return asMarshaled(t)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return map[string]any{"anyOf": []any{schemaOf(t.Elem()), map[string]any{"type": "null"}}}
	case reflect.Struct:
		return objectOf(t)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Interface:
		return map[string]any{}
	case reflect.String:
		return map[string]any{"type": "string"}
	}
	return map[string]any{"type": "integer"}
}

// asMarshaled is the schema of a type that writes itself, by what it writes when empty.
func asMarshaled(t reflect.Type) map[string]any {
	raw, err := json.Marshal(reflect.Zero(t).Interface())
	if err != nil {
		return map[string]any{}
	}
	var keys map[string]any
	if json.Unmarshal(raw, &keys) != nil {
		return map[string]any{}
	}
	properties := map[string]any{}
	for name, value := range keys {
		properties[name] = map[string]any{"type": map[bool]string{true: "string",
			false: "number"}[reflect.ValueOf(value).Kind() == reflect.String]}
	}
	return map[string]any{"type": "object", "properties": properties, "required": slices.Sorted(maps.Keys(keys))}
}

// objectOf is the schema of a struct: what is embedded belongs to it, and its own fields
// win.
func objectOf(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, map[string]bool{}
	fieldsOf(t, properties, required)
	out := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		out["required"] = slices.Sorted(maps.Keys(required))
	}
	return out
}

func fieldsOf(t reflect.Type, properties map[string]any, required map[string]bool) {
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && f.Tag.Get("json") == "" {
			fieldsOf(f.Type, properties, required)
		}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" || f.Anonymous && name == "" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		properties[name] = schemaOf(f.Type)
		delete(required, name)
		if !strings.Contains(rest, "omitempty") && !strings.Contains(rest, "omitzero") {
			required[name] = true
		}
	}
}
