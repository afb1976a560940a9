package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/resource/token"
)

// TestMain lets the test binary be the offline plugins, as the rung executable is.
func TestMain(m *testing.M) {
	if isPlugin(filepath.Base(os.Args[0])) {
		engine.EndWithEngine()
		if err := serve(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if filepath.Base(os.Args[0]) == playedCLI {
		if err := play(os.Args); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// thing is a resource of the toy provider.
type thing struct {
	name string
	in   pulumi.Map
	opts []pulumi.ResourceOption
}

// things is a program that registers toys.
func things(all ...thing) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		for _, x := range all {
			in := x.in
			if in == nil {
				in = pulumi.Map{}
			}
			var r pulumi.CustomResourceState
			if err := ctx.RegisterResource(token.Thing, x.name, in, &r, x.opts...); err != nil {
				return err
			}
		}
		return nil
	}
}

func open(t *testing.T, o engine.Options) *engine.Stack {
	t.Helper()
	if o.Dir == "" && !o.Scratch {
		o.Dir = t.TempDir()
	}
	s, err := engine.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

// ops counts the planned or done operations of a run, without providers and the stack.
func ops(all []events.EngineEvent) map[string]string {
	out := map[string]string{}
	for _, e := range all {
		if e.ResourcePreEvent == nil {
			continue
		}
		m := e.ResourcePreEvent.Metadata
		if strings.HasPrefix(m.Type, "random:") {
			name := m.URN[strings.LastIndex(m.URN, "::")+2:]
			out[name] = strings.TrimPrefix(out[name]+" "+string(m.Op), " ")
		}
	}
	return out
}

func TestLifeOfAStack(t *testing.T) {
	dir := t.TempDir()
	o := engine.Options{Dir: dir,
		Program: things(thing{name: "a", in: pulumi.Map{"size": pulumi.Int(1)}},
			thing{name: "b"}), Config: map[string]string{"rung:stage": "1"}}
	s := open(t, o)

	stage, err := s.Stage(t.Context())
	require.NoError(t, err)
	assert.Empty(t, stage, "a new stack has no stage")

	r, err := s.Preview(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a": "create", "b": "create"}, ops(r.Events))
	config, err := s.Config()
	require.NoError(t, err)
	assert.NotContains(t, config, "rung:stage", "a preview keeps no configuration")

	_, err = s.Up(t.Context())
	require.NoError(t, err)
	stage, err = s.Stage(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "1", stage)

	again := open(t, engine.Options{Dir: dir, Program: things(thing{name: "a", in: pulumi.Map{"size": pulumi.Int(2)}})})
	r, err = again.Preview(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a": "update", "b": "delete"}, ops(r.Events))

	r, err = s.Up(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a": "same", "b": "same"}, ops(r.Events), "the second up changes nothing")

	r, err = s.PreviewRefresh(t.Context())
	require.NoError(t, err)
	assert.Empty(t, engine.Drifted(r.Events))
	require.NoError(t, changeWorld(s.StateFile(), func(w world) { w["a-id"]["size"] = 7.0; delete(w, "b-id") }))
	r, err = s.PreviewRefresh(t.Context())
	require.NoError(t, err)
	drift := map[string]string{}
	for _, m := range engine.Drifted(r.Events) {
		drift[m.URN[strings.LastIndex(m.URN, "::")+2:]] = string(m.Op)
	}
	assert.Equal(t, map[string]string{"a": "update", "b": "delete"}, drift)
	_, err = s.Refresh(t.Context())
	require.NoError(t, err)

	_, err = s.Destroy(t.Context())
	require.NoError(t, err)
	left, err := s.Resources(t.Context())
	require.NoError(t, err)
	assert.Empty(t, left)
}
