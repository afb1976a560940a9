package sim_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
)

const car = "toy:garage/car:Car"

// accepting is a toy cloud that takes what it does not know, and what it said of that.
func accepting(t *testing.T) (stranger func(in sim.Props) sim.Props, said *[]string) {
	t.Helper()
	c := table(t)
	said = &[]string{}
	c.Provider.Accept(func(urn, sentence string) { *said = append(*said, urn+" "+sentence) })
	return func(in sim.Props) sim.Props {
		r := c.Settled(car, "mine", in) // no drift, no difference, no output that an update changes
		return sim.FromPulumi(r.Outputs)
	}, said
}

func TestStrangersAreStoredAsTheyAre(t *testing.T) {
	create, said := accepting(t)
	out := create(sim.Props{"wheels": 4.0, "doors": []any{map[string]any{"side": "left"}}})
	assert.Equal(t, 4, out.Int("wheels"))
	assert.Equal(t, "left", out.Get("doors").([]any)[0].(map[string]any)["side"])
	assert.NotEmpty(t, out.Str("id"))
	assert.Contains(t, out.Str("arn"), "arn:toy:garage:north:1:car/mine-")
	require.NotEmpty(t, *said)
	assert.Contains(t, (*said)[0], "toy:garage/car:Car is not simulated and was accepted as it is")
}

func TestStrangersAreUpdatedInPlace(t *testing.T) {
	c := table(t)
	c.Provider.Accept(func(string, string) {})
	r := c.Must(car, "mine", sim.Props{"wheels": 4.0})
	diff, _, err := c.Diff(r, sim.Props{"wheels": 3.0})
	require.NoError(t, err)
	assert.Empty(t, diff.ReplaceKeys)
	changed, err := c.Update(r, sim.Props{"wheels": 3.0})
	require.NoError(t, err)
	assert.Equal(t, r.ID, changed.ID)
	require.NoError(t, c.Delete(changed))
}

// What is known keeps all its rules beside strangers.
func TestStrangersLoosenNothingElse(t *testing.T) {
	c := table(t)
	c.Provider.Accept(func(string, string) { t.Error("a box is no stranger") })
	_, err := c.Check(box, "b", sim.Props{"colour": "red"}, nil)
	require.ErrorContains(t, err, "did you mean color?")
}

func TestARefusedStrangerSaysHowToLetItPass(t *testing.T) {
	_, err := table(t).Check(car, "mine", sim.Props{}, nil)
	require.ErrorContains(t, err, "does not simulate "+car)
	require.ErrorContains(t, err, "--unknown=accept")
	require.ErrorContains(t, err, "rung offline types")
}

func TestTheSchemaHasEveryKind(t *testing.T) {
	pkg, err := toy()
	require.NoError(t, err)
	text, err := pkg.PulumiSchema()
	require.NoError(t, err)
	var got struct {
		Resources map[string]struct {
			InputProperties map[string]map[string]any
			RequiredInputs  []string
			Properties      map[string]map[string]any
		}
		Types     map[string]struct{ Required []string }
		Functions map[string]struct {
			Inputs, Outputs struct {
				Properties map[string]map[string]any
				Required   []string
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &got))
	assert.Len(t, got.Resources, len(pkg.Tokens()))
	b := got.Resources[box]
	assert.Equal(t, []string{"size"}, b.RequiredInputs)
	assert.Equal(t, "integer", b.InputProperties["size"]["type"])
	assert.Equal(t, "#/types/toy:index%2FLid:Lid", b.InputProperties["lid"]["$ref"])
	assert.Equal(t, map[string]any{"type": "string"}, b.InputProperties["tags"]["additionalProperties"])
	assert.Contains(t, b.Properties, "arn")
	assert.Equal(t, []string{"face"}, got.Types["toy:index/Side:Side"].Required)
	count := got.Functions["toy:index/count:count"]
	assert.Equal(t, "integer", count.Outputs.Properties["boxes"]["type"], "a program may take it by `return: boxes`")
	assert.Empty(t, count.Outputs.Required)
	assert.Equal(t, "string", count.Inputs.Properties["color"]["type"])
	assert.Equal(t, []string{"lid"}, count.Inputs.Required)
}
