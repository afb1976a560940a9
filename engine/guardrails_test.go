package engine_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// What the data guard builds on: how the engine itself treats protected resources
// and failing delete hooks. These tests pin the engine's behaviour, which is why
// they look as if they tested somebody else's code.

func protected(name, force string) thing {
	return thing{name, pulumi.Map{"force": pulumi.String(force)}, []pulumi.ResourceOption{pulumi.Protect(true)}}
}

func up(t *testing.T, dir string, program pulumi.RunFunc) *engine.Stack {
	t.Helper()
	s := open(t, engine.Options{Dir: dir, Program: program})
	_, err := s.Up(t.Context())
	require.NoError(t, err)
	return s
}

// named are the resources that a failed run complains about.
func named(t *testing.T, err error) []string {
	t.Helper()
	var run *engine.RunError
	require.ErrorAs(t, err, &run)
	var names []string
	for _, d := range run.Diagnostics {
		names = append(names, d.Name)
	}
	return names
}

func TestPreviewListsEveryStepOfProtectedResources(t *testing.T) {
	dir := t.TempDir()
	up(t, dir, things(protected("p1", "1"), protected("p2", "1"), thing{name: "plain"}))

	tests := map[string]struct {
		program pulumi.RunFunc
		want    map[string]string
	}{
		"they leave the program": {
			things(thing{name: "new"}),
			map[string]string{"new": "create", "p1": "delete", "p2": "delete", "plain": "delete"},
		},
		"a change replaces them": {
			things(protected("p1", "2"), protected("p2", "2"), thing{name: "plain"}),
			map[string]string{"p1": "create-replacement replace delete-replaced",
				"p2": "create-replacement replace delete-replaced", "plain": "same"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := open(t, engine.Options{Dir: dir, Program: tt.program}).Preview(t.Context())
			assert.ElementsMatch(t, []string{"p1", "p2"}, named(t, err))
			assert.ErrorContains(t, err, "protect")
			assert.Equal(t, tt.want, ops(r.Events))
		})
	}
}

func TestUpNeverReplacesAProtectedResource(t *testing.T) {
	dir := t.TempDir()
	s := up(t, dir, things(protected("p", "1")))
	r, err := open(t, engine.Options{Dir: dir, Program: things(protected("p", "2"))}).Up(t.Context())
	assert.Equal(t, []string{"p"}, named(t, err))
	assert.Empty(t, ops(r.Events), "not even the replacement is created")
	left, err := s.Resources(t.Context())
	require.NoError(t, err)
	assert.Len(t, left, 3, "stack, provider and the resource")
}

// A protected resource that left the program goes once its state is unprotected.
func TestUnprotectLetsAResourceLeave(t *testing.T) {
	dir := t.TempDir()
	up(t, dir, things(protected("p", "1")))
	empty := open(t, engine.Options{Dir: dir, Program: things()})
	_, err := empty.Up(t.Context())
	require.Equal(t, []string{"p"}, named(t, err))

	require.NoError(t, empty.Unprotect(t.Context(), "urn:pulumi:dev::rung::random:index/thing:Thing::p"))
	r, err := empty.Up(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"p": "delete"}, ops(r.Events))
	assert.ErrorContains(t, empty.Unprotect(t.Context(), "urn:pulumi:dev::rung::random:index/thing:Thing::nobody"),
		"nobody")
}

// Destroy runs the program, whose protection counts: unprotecting the state alone
// would be undone.
func TestDestroyObeysTheProgramsProtection(t *testing.T) {
	dir := t.TempDir()
	s := up(t, dir, things(protected("p", "1")))
	require.NoError(t, s.Unprotect(t.Context(), "urn:pulumi:dev::rung::random:index/thing:Thing::p"))
	_, err := s.Destroy(t.Context())
	assert.Equal(t, []string{"p"}, named(t, err))

	released := open(t, engine.Options{Dir: dir,
		Program: things(thing{name: "p", in: pulumi.Map{"force": pulumi.String("1")},
			opts: []pulumi.ResourceOption{pulumi.Protect(false)}})})
	_, err = released.Destroy(t.Context())
	require.NoError(t, err)
}

// hooked registers an anchor and more resources whose deletion asks a hook first.
// The anchor is there because the SDK registers a hook in the background: only a
// resource that uses it makes the program wait for it.
func hooked(onPreview bool, refuse error, names ...string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		hook, err := ctx.RegisterResourceHook("guard", func(*pulumi.ResourceHookArgs) error { return refuse },
			&pulumi.ResourceHookOptions{OnDryRun: onPreview})
		if err != nil {
			return err
		}
		opt := pulumi.ResourceHooks(&pulumi.ResourceHookBinding{BeforeDelete: []*pulumi.ResourceHook{hook}})
		var all []thing
		for _, n := range append([]string{"anchor"}, names...) {
			all = append(all, thing{name: n, opts: []pulumi.ResourceOption{opt}})
		}
		return things(all...)(ctx)
	}
}

func TestFailingDeleteHookStopsTheDelete(t *testing.T) {
	const refusal = `before hook "guard" failed: holds data`
	refuse := errors.New("holds data")
	dir := t.TempDir()
	s := up(t, dir, hooked(false, refuse, "h1", "h2"))

	quiet := open(t, engine.Options{Dir: dir, Program: hooked(false, refuse)})
	_, err := quiet.Preview(t.Context())
	require.NoError(t, err, "a hook stays silent in a preview unless it asks for it")

	loud := open(t, engine.Options{Dir: dir, Program: hooked(true, refuse)})
	r, err := loud.Preview(t.Context())
	assert.ErrorContains(t, err, refusal)
	assert.Equal(t, map[string]string{"anchor": "same", "h1": "delete", "h2": "delete"}, ops(r.Events),
		"every step is listed all the same")

	_, err = quiet.Up(t.Context())
	assert.ErrorContains(t, err, refusal)
	_, err = quiet.Destroy(t.Context())
	assert.ErrorContains(t, err, refusal)
	left, err := s.Resources(t.Context())
	require.NoError(t, err)
	assert.Len(t, left, 5, "stack, provider, anchor, h1 and h2")

	_, err = open(t, engine.Options{Dir: dir, Program: things()}).Preview(t.Context())
	assert.ErrorContains(t, err, `hook "guard" was not registered`, "the program must always register the hook")

	_, err = open(t, engine.Options{Dir: dir, Program: hooked(false, nil)}).Destroy(t.Context())
	require.NoError(t, err)
}
