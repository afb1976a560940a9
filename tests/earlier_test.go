package tests

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// The stacks in testdata/earlier were made by the program and the offline cloud of
// commit 85cf0e6, before tokens, packages and components were given their present
// places, and run by an engine that was linked as today's is: an undisturbed up of
// each stage with no setting but the artifact. What stood then must be gone on with:
// type tokens and URNs are frozen, or have aliases.
func TestStacksOfEarlierCodeStand(t *testing.T) {
	t.Parallel()
	for n := ladder.First; n <= config.Built; n++ {
		if os.Getenv(sweepVariable) == "" && n != 1 && n != 3 {
			continue // the others are part of make nightly
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			u, stage := newUser(t), fmt.Sprint(n)
			u.has(filepath.Join("testdata", "earlier", "stage"+stage+".json.gz"))
			before := data(u.state())
			require.NotEmpty(t, before)
			u.consistent()

			plan := u.report("preview", stage)
			assert.NotZero(t, plan.Resources.Same)
			assert.Empty(t, plan.ops("replace"))
			plan.keepsData(t)

			u.does("up", stage)
			u.consistent()
			after := data(u.state())
			for urn, id := range before {
				assert.Equal(t, id, after[urn], "%s is what it was", urn)
			}
			u.settled(stage)
		})
	}
}

// has gives the user a stack that is kept in a file, in the layout of offline stacks.
func (u *user) has(path string) {
	u.t.Helper()
	s := readEarlier(u.t, path)
	files := map[string]any{
		u.path("state", ".pulumi", "stacks", "rung", "dev.json"): s.state(),
		u.path("cloud.json"): s.cloud(),
		u.path("workspace", "Pulumi.dev.yaml"): map[string]any{ // JSON is YAML, too
			"config": map[string]any{"rung:stage": s.stage()}, "encryptionsalt": s.salt(),
		},
	}
	for path, content := range files {
		text, err := json.Marshal(content)
		require.NoError(u.t, err)
		require.NoError(u.t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(u.t, os.WriteFile(path, text, 0o600))
	}
}

type object = map[string]any

// earlier is a stack with its cloud. What a resource's inputs and outputs share with
// its thing in the cloud stands there only, which makes the file a third as large.
type earlier struct {
	Checkpoint, Cloud object
	Rows              []row
}

type row struct {
	// State is the resource in the state.
	State object
	// Key and Thing are its entry in the cloud, if it has one.
	Key   string
	Thing object
	// Same are the inputs that are as the thing's properties, Lacks the properties that
	// the outputs have not, and Own the outputs that are otherwise.
	Same, Lacks []string
	Own         object
}

func readEarlier(t testing.TB, path string) (s earlier) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	text, err := gzip.NewReader(f)
	require.NoError(t, err)
	require.NoError(t, json.NewDecoder(text).Decode(&s))
	for i := range s.Rows {
		s.Rows[i].expand()
	}
	return s
}

// expand says again what the file says once.
func (r *row) expand() {
	if r.Key == "" {
		return
	}
	for _, k := range []string{"urn", "type", "id"} {
		if r.Thing[k] == nil {
			r.Thing[k] = r.State[k]
		}
	}
	properties := r.Thing["properties"].(object)
	outputs := maps.Clone(properties)
	maps.Copy(outputs, r.Own)
	for _, k := range r.Lacks {
		delete(outputs, k)
	}
	r.State["outputs"] = outputs
	for _, k := range r.Same {
		r.State["inputs"].(object)[k] = properties[k]
	}
}

func (s earlier) latest() object { return s.Checkpoint["checkpoint"].(object)["latest"].(object) }

func (s earlier) state() object {
	var all []object
	for _, r := range s.Rows {
		all = append(all, r.State)
	}
	s.latest()["resources"] = all
	return s.Checkpoint
}

func (s earlier) cloud() object {
	things := object{}
	for _, r := range s.Rows {
		if r.Key != "" {
			things[r.Key] = r.Thing
		}
	}
	s.Cloud["resources"] = things
	return s.Cloud
}

// salt is that of the stack's secrets.
func (s earlier) salt() any {
	return s.latest()["secrets_providers"].(object)["state"].(object)["salt"]
}

// stage is the one that a resource of the stack is tagged with.
func (s earlier) stage() any {
	for _, r := range s.Rows {
		if inputs, ok := r.State["inputs"].(object); ok {
			if tags, ok := inputs["tags"].(object); ok && tags["rung:stage"] != nil {
				return tags["rung:stage"]
			}
		}
	}
	return nil
}
