package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// publishing exports a plain output and a secret one.
func publishing(plain string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		ctx.Export("plain", pulumi.String(plain))
		ctx.Export("secret", pulumi.ToSecret(pulumi.String("hunter2")))
		return nil
	}
}

// reading keeps what a stack of that name has published.
func reading(name string, plain, secret *pulumi.StackReferenceOutputDetails) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		ref, err := pulumi.NewStackReference(ctx, "before", &pulumi.StackReferenceArgs{Name: pulumi.String(name)})
		if err != nil {
			return err
		}
		p, err := ref.GetOutputDetails("plain")
		if err != nil {
			return err
		}
		s, err := ref.GetOutputDetails("secret")
		*plain, *secret = *p, *s
		return err
	}
}

func TestStackReferencesAreAnsweredFromTheStore(t *testing.T) {
	dir := t.TempDir()
	up(t, dir, publishing("one"))
	for name, tt := range map[string]struct{ stack, ref, err string }{
		"its own":             {"dev", "organization/rung/dev", ""},
		"the stack beside it": {"other", "organization/rung/dev", ""},
		"by its name alone":   {"other", "dev", ""},
		"of its project":      {"other", "organization/dev", ""},
		"one that is not":     {"other", "organization/rung/nobody", `unknown stack "organization/rung/nobody"`},
		"another project's":   {"other", "organization/web/dev", `unknown stack "organization/web/dev"`},
		"another's":           {"other", "ada/rung/dev", `the organization is "organization", not "ada"`},
		"a way out":           {"other", "organization/rung/../../../cloud", "want STACK or organization/PROJECT/STACK"},
		"another way out":     {"other", "..", `unknown stack ".."`},
	} {
		t.Run(name, func(t *testing.T) {
			var plain, secret pulumi.StackReferenceOutputDetails
			s := open(t, engine.Options{Dir: dir, Stack: tt.stack, Program: reading(tt.ref, &plain, &secret)})
			_, err := s.Preview(t.Context())
			if tt.err != "" {
				assert.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, pulumi.StackReferenceOutputDetails{Value: "one"}, plain)
			assert.Equal(t, pulumi.StackReferenceOutputDetails{SecretValue: "hunter2"}, secret, "a secret stays one")
		})
	}
}

// What a stack has read of itself is another thing after each run, and changes nothing.
func TestAStackThatReadsItselfSettles(t *testing.T) {
	dir := t.TempDir()
	program := func(ctx *pulumi.Context) error {
		var plain, secret pulumi.StackReferenceOutputDetails
		if err := reading("organization/rung/dev", &plain, &secret)(ctx); err != nil {
			return err
		}
		return publishing("one")(ctx)
	}
	s := up(t, dir, program)
	r, err := s.Preview(t.Context())
	require.NoError(t, err)
	assert.True(t, r.Plan().Settled())
}

// A secret that this passphrase does not open is no secret of this stack: the
// reference fails as Pulumi's own does, and shows nothing.
func TestAnothersSecretsStayClosed(t *testing.T) {
	dir := t.TempDir()
	s := up(t, dir, publishing("one"))
	file := filepath.Join(filepath.Dir(s.StateFile()), "state/.pulumi/stacks/rung/dev.json")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	const ours = "v1:ShNNAmejwrY=:"
	require.Contains(t, string(text), ours)
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(text), ours, "v1:AAAAAAAAAAA=:")), 0o600))
	var plain, secret pulumi.StackReferenceOutputDetails
	_, err = open(t, engine.Options{Dir: dir, Stack: "other",
		Program: reading("dev", &plain, &secret)}).Preview(t.Context())
	assert.ErrorContains(t, err, "incorrect passphrase")
	assert.Empty(t, secret)
}
