package engine_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/resource/token"
)

func TestASettledPlanRunsNoUpdate(t *testing.T) {
	dir := t.TempDir()
	a := thing{name: "a", in: pulumi.Map{"size": pulumi.Int(1)}}
	s := up(t, dir, things(a, thing{name: "b"}))
	plan := func(s *engine.Stack) engine.Plan {
		r, err := s.Preview(t.Context())
		require.NoError(t, err)
		return r.Plan()
	}
	p := plan(s)
	require.True(t, p.Settled())
	again := s.With(map[string]string{"rung:stage": "3"}).Following(p)
	r, err := again.Up(t.Context())
	require.NoError(t, err)
	assert.Empty(t, r.Events, "no engine ran")
	config, err := s.Config()
	require.NoError(t, err)
	assert.Equal(t, "3", config["rung:stage"], "the configuration is kept all the same")

	// What changes nothing in the cloud may change the state.
	for name, program := range map[string]pulumi.RunFunc{
		"a protection": things(thing{name: "a", in: a.in, opts: []pulumi.ResourceOption{pulumi.Protect(true)}}, thing{name: "b"}),
		"a resource kept in the cloud": things(
			thing{name: "a", in: a.in, opts: []pulumi.ResourceOption{pulumi.RetainOnDelete(true)}}, thing{name: "b"}),
		"a dependency": dependent,
		"an output": func(ctx *pulumi.Context) error {
			ctx.Export("said", pulumi.String("hello"))
			return things(a, thing{name: "b"})(ctx)
		},
		"a resource": things(a, thing{name: "b"}, thing{name: "c"}),
		"one less":   things(a),
	} {
		t.Run(name, func(t *testing.T) {
			assert.False(t, plan(open(t, engine.Options{Dir: dir, Program: program})).Settled())
		})
	}
}

// dependent is a and b, b after a.
func dependent(ctx *pulumi.Context) error {
	var first, second pulumi.CustomResourceState
	if err := ctx.RegisterResource(token.Thing, "a", pulumi.Map{"size": pulumi.Int(1)},
		&first); err != nil {
		return err
	}
	return ctx.RegisterResource(token.Thing, "b", pulumi.Map{}, &second,
		pulumi.DependsOn([]pulumi.Resource{&first}))
}

// The stack changes between the preview and the up: what was not shown is not done.
func TestUpDoesWhatWasShownAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	a, b := thing{name: "a", in: pulumi.Map{"size": pulumi.Int(1)}}, thing{name: "b"}
	up(t, dir, things(a, b))
	shown, err := open(t, engine.Options{Dir: dir, Program: things(a, b, thing{name: "new"})}).Preview(t.Context())
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		program pulumi.RunFunc
		refuses string
	}{
		"an update":       {things(thing{name: "a", in: pulumi.Map{"size": pulumi.Int(2)}}, b), "update a"},
		"a deletion":      {things(a), "delete b"},
		"another one new": {things(a, b, thing{name: "other"}), "create other"},
		"a replacement":   {things(thing{name: "a", in: pulumi.Map{"size": pulumi.Int(1), "force": pulumi.String("1")}}, b), "a"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, engine.Options{Dir: dir, Program: tt.program})
			before, err := s.Export(t.Context())
			require.NoError(t, err)
			_, err = s.Following(shown.Plan()).Up(t.Context())
			require.Error(t, err)
			assert.ErrorContains(t, err, "was not in the plan that was shown")
			assert.ErrorContains(t, err, tt.refuses)
			resources, err := s.Resources(t.Context())
			require.NoError(t, err)
			assert.Len(t, resources, 4, "stack, provider, a and b: %s", before)
		})
	}
	s := open(t, engine.Options{Dir: dir, Program: things(a, b, thing{name: "new"})})
	_, err = s.Following(shown.Plan()).Up(t.Context())
	require.NoError(t, err)
	gone := open(t, engine.Options{Dir: dir, Program: things(a, b)})
	_, err = gone.Following(shown.Plan().Deleting("urn:pulumi:dev::rung::random:index/thing:Thing::new")).Up(t.Context())
	require.NoError(t, err)
}
