package sim_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
)

func change(in sim.Props, key string, value any) sim.Props {
	out := in.Copy()
	out[key] = value
	if value == nil {
		delete(out, key)
	}
	return out
}

func TestPreviewOfACreate(t *testing.T) {
	c := table(t)
	r, err := c.Preview(box, "b", sim.Props{"size": 2.0})
	require.NoError(t, err)
	assert.Empty(t, r.ID)
	for _, key := range []string{"arn", "volume", "id"} {
		assert.Equal(t, sim.Unknown{}, r.Get(key), key)
	}
	assert.EqualValues(t, 2, r.Get("size"))
	assert.Equal(t, "red", r.Str("color"), "defaults are known")
	assert.Regexp(t, `^b-[0-9a-f]{7}$`, r.Str("name"), "generated names are known")
	assert.Equal(t, map[string]any{"by": "test"}, r.Get("tagsAll"))
	_, err = c.Preview(box, "b", sim.Props{"size": 13.0})
	require.NoError(t, err, "what only the service refuses, a preview does not")
}

func TestPreviewOfAnUpdate(t *testing.T) {
	c := table(t)
	in := sim.Props{"size": 2.0}
	r := c.Must(box, "b", in)
	grown, err := c.PreviewUpdate(r, sim.Props{"size": 3.0})
	require.NoError(t, err)
	assert.Equal(t, sim.Unknown{}, grown.Get("volume"), "an output that the update changes")
	assert.Equal(t, r.Str("arn"), grown.Str("arn"), "one that it does not")
	done, err := c.Update(r, sim.Props{"size": 3.0})
	require.NoError(t, err)
	assert.EqualValues(t, 9, done.Get("volume"))
}

func TestNames(t *testing.T) {
	c := table(t)
	auto := c.Must(box, "auto", sim.Props{"size": 1.0})
	prefixed := c.Must(box, "prefixed", sim.Props{"size": 1.0, "namePrefix": "p-"})
	assert.Regexp(t, `^p-\d{18}[0-9a-f]{8}$`, prefixed.Str("name"))
	_, err := c.Create(box, "taken", sim.Props{"size": 1.0, "name": auto.Str("name")})
	require.ErrorContains(t, err, "BoxExists")
	first := c.Must(world, "w", sim.Props{"name": "earth"})
	_, err = c.Create(world, "second", sim.Props{"name": "earth"})
	require.ErrorContains(t, err, "WorldExists", "also where the name is the id")
	require.NoError(t, c.Delete(first))
	c.Must(world, "second", sim.Props{"name": "earth"})
	checked, err := c.Check(box, "auto", sim.Props{"size": 2.0}, auto.Inputs)
	require.NoError(t, err)
	assert.Equal(t, auto.Str("name"), checked["name"].StringValue(), "a generated name stays")
	anew, err := c.Check(box, "auto", sim.Props{"size": 2.0}, nil)
	require.NoError(t, err)
	assert.NotEqual(t, auto.Str("name"), anew["name"].StringValue(), "a replacement gets another")
}

func TestChecksReportEverything(t *testing.T) {
	c := table(t)
	_, err := c.Check(box, "b", sim.Props{
		"colour": "red", "color": "green", "size": "big", "words": "one", "lid": map[string]any{"shut": true}, "sides": []any{map[string]any{}},
	}, nil)
	for _, want := range []string{
		"colour: the provider has no such input, did you mean color?", `got "green", want one of`, "want a int",
		"want a list", "lid.shut", "sides[0].face",
	} {
		assert.ErrorContains(t, err, want)
	}
	_, err = c.Check(box, "b", sim.Props{}, nil)
	require.ErrorContains(t, err, "missing required property size")
	_, err = c.Check(box, "b", sim.Props{"size": 0.5}, nil)
	require.ErrorContains(t, err, "want a whole number")
	_, err = c.Check("toy:index/car:Car", "c", sim.Props{}, nil)
	require.ErrorContains(t, err, "does not simulate toy:index/car:Car")
}

func TestUnknownsPassChecks(t *testing.T) {
	c := table(t)
	news := sim.Props{"size": sim.Unknown{}, "color": sim.Unknown{}, "words": []any{sim.Unknown{}}}
	r, err := c.Preview(box, "b", news)
	require.NoError(t, err)
	assert.Equal(t, sim.Unknown{}, r.Get("color"))
}

func TestDiffs(t *testing.T) {
	c := table(t)
	in := sim.Props{
		"size": 5.0, "name": "b", "words": sim.List("a", "b"), "steps": sim.List("a", "b"), "doc": `{"a": 1}`, "lid": map[string]any{"hinge": "left"},
		"sides": []any{map[string]any{"face": "front"}, map[string]any{"face": "back"}}, "tags": map[string]any{"a": "b"},
	}
	r := c.Settled(box, "b", in)
	none, update, replace := plugin.DiffKind(-1), plugin.DiffUpdate, plugin.DiffUpdateReplace
	for name, tt := range map[string]struct {
		key  string
		to   any
		path string
		want plugin.DiffKind
	}{
		"bigger":           {"size", 6.0, "size", update},
		"smaller":          {"size", 4.0, "size", replace},
		"name":             {"name", "c", "name", replace},
		"order of a set":   {"words", sim.List("b", "a"), "", none},
		"order of a list":  {"steps", sim.List("b", "a"), "steps[0]", update},
		"order of objects": {"sides", []any{map[string]any{"face": "back"}, map[string]any{"face": "front"}}, "", none},
		"one more":         {"words", sim.List("a", "b", "c"), "words[2]", plugin.DiffAdd},
		"white space":      {"doc", `{"a":1}`, "", none},
		"document":         {"doc", `{"a":2}`, "doc", update},
		"under an object":  {"lid", map[string]any{"hinge": "right"}, "lid.hinge", replace},
		"beside it":        {"lid", map[string]any{"hinge": "left", "open": true}, "lid.open", update},
		"whole object":     {"lid", nil, "lid", plugin.DiffDeleteReplace},
		"tag":              {"tags", map[string]any{"a": "c"}, "tags.a", update},
		"filled in":        {"count", nil, "", none},
		"as the cloud has": {"count", r.Get("count"), "", none},
		"unknown":          {"color", sim.Unknown{}, "color", update},
	} {
		t.Run(name, func(t *testing.T) {
			diff, _, err := c.Diff(r, change(in, tt.key, tt.to))
			require.NoError(t, err)
			if tt.want == none {
				assert.Empty(t, diff.DetailedDiff)
				return
			}
			require.Contains(t, diff.DetailedDiff, tt.path)
			assert.Equal(t, tt.want, diff.DetailedDiff[tt.path].Kind)
		})
	}
	diff, _, err := c.Diff(r, change(in, "lid", map[string]any{"hinge": "right"}))
	require.NoError(t, err)
	assert.True(t, diff.DeleteBeforeReplace, "a fixed name cannot be held twice")
}

func TestReferences(t *testing.T) {
	c := table(t)
	b := c.Must(box, "b", sim.Props{"size": 1.0})
	l := c.Must(label, "l", sim.Props{"box": b.ID})
	_, err := c.Create(label, "m", sim.Props{"box": "box-none"})
	require.ErrorContains(t, err, "NoSuchBox")
	require.ErrorContains(t, err, "box-none")
	err = c.Delete(b)
	require.ErrorContains(t, err, "BoxInUse")
	require.ErrorContains(t, err, l.ID)
	south := at(t, c.Path, "south", "")
	_, err = south.Create(label, "m", sim.Props{"box": b.ID})
	require.ErrorContains(t, err, "NoSuchBox", "another region does not see it")
	require.NoError(t, c.Delete(l))
	require.NoError(t, c.Delete(b))
}

func TestRulesQuotasAndInvokes(t *testing.T) {
	c := table(t)
	_, err := c.Create(box, "unlucky", sim.Props{"size": 13.0})
	require.ErrorContains(t, err, "creating Toy Box: operation error Toy: CreateBox, https response error StatusCode: 400")
	require.ErrorContains(t, err, "api error UnluckySize: The size 13 is unlucky. Choose another size.")
	for _, name := range []string{"a", "b", "c"} {
		c.Must(box, name, sim.Props{"size": 1.0})
	}
	_, err = c.Create(box, "d", sim.Props{"size": 1.0})
	require.ErrorContains(t, err, "TooManyBoxes")
	south := at(t, c.Path, "south", "")
	south.Must(box, "d", sim.Props{"size": 1.0})
	out, err := c.Invoke("toy:index/count:count", nil)
	require.NoError(t, err)
	assert.EqualValues(t, 3, out["boxes"])
}

func TestIDsAreStable(t *testing.T) {
	one, two := table(t), table(t)
	a, b := one.Must(box, "b", sim.Props{"size": 1.0}), two.Must(box, "b", sim.Props{"size": 1.0})
	assert.Equal(t, a.ID, b.ID, "the same program gives the same ids")
	require.NoError(t, one.Delete(a))
	again := one.Must(box, "b", sim.Props{"size": 1.0})
	assert.NotEqual(t, a.ID, again.ID, "what is created anew is another")
}

func TestSecretsStaySecret(t *testing.T) {
	c := table(t)
	in := sim.Props{"size": 1.0, "secret": "s3cret"}
	r := c.Settled(box, "b", in)
	assert.True(t, r.Outputs["secret"].IsSecret())
	assert.Equal(t, "s3cret", r.Outputs["secret"].SecretValue().Element.StringValue())
	checked, err := c.Provider.Check(t.Context(), plugin.CheckRequest{URN: r.URN, News: resource.PropertyMap{
		"size": resource.NewNumberProperty(1), "color": resource.MakeSecret(resource.NewStringProperty("blue")),
	}})
	require.NoError(t, err)
	assert.True(t, checked.Properties["color"].IsSecret(), "a secret of the program's")
}

func TestTablesAreChecked(t *testing.T) {
	schema, err := sim.ParseSchema([]byte(toySchema))
	require.NoError(t, err)
	p := &sim.Package{Name: "toy", Schema: schema}
	err = p.Register([]sim.Kind{
		{Token: box, ReplaceOn: []string{"sise"}, Enums: map[string][]string{"lid.colour": nil}, Secrets: []string{"key"}}, {Token: box}, {Token: "toy:index/car:Car"},
	})
	for _, want := range []string{"no property sise", "no property lid.colour", "no property key", "two kinds",
		"no property table"} {
		assert.ErrorContains(t, err, want)
	}
}

func TestProviderInputsAreChecked(t *testing.T) {
	c := table(t)
	res, err := c.Provider.CheckConfig(t.Context(),
		plugin.CheckConfigRequest{News: resource.PropertyMap{"regoin": resource.NewStringProperty("x")}})
	require.NoError(t, err)
	require.Len(t, res.Failures, 1)
	assert.Contains(t, res.Failures[0].Reason, "did you mean region?")
	diff, err := c.Provider.DiffConfig(t.Context(), plugin.DiffConfigRequest{
		OldInputs: resource.PropertyMap{"region": resource.NewStringProperty("north"), "version": resource.NewStringProperty("1")},
		NewInputs: resource.PropertyMap{"region": resource.NewStringProperty("south"), "version": resource.NewStringProperty("2")},
	})
	require.NoError(t, err)
	assert.Equal(t, []resource.PropertyKey{"region"}, diff.ReplaceKeys)
}
