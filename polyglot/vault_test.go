package polyglot

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// vault is a component whose queue nothing protects but the guard's hook: of the others
// the engine itself refuses the deletion first, so that the hook would not be asked.
type vault struct {
	pulumi.ResourceState
	URL pulumi.StringOutput `pulumi:"url"`
}

type vaultArgs struct {
	Empty     bool     `pulumi:"empty,optional"`
	Confirmed []string `pulumi:"confirmed,optional"`
}

func vaultComponent() component {
	return component{kind: "Vault", args: vaultArgs{}, outputs: vault{}, construct: constructs(newVault),
		says: map[string]string{"url": "-", "empty": "-", "confirmed": "-"}}
}

func newVault(ctx *pulumi.Context, name string, args vaultArgs, opts ...pulumi.ResourceOption) (*vault, error) {
	v := &vault{URL: pulumi.String("").ToStringOutput()}
	c, err := register(ctx, "Vault", name, v, common{confirmed: args.Confirmed}, opts)
	if err != nil || args.Empty {
		return v, err
	}
	q, err := sqs.NewQueue(ctx, name+"-main", nil, pulumi.Parent(v), c.Guard.Anchor())
	if err != nil {
		return nil, err
	}
	v.URL = q.Url
	return v, nil
}

const kept = "jobs-main aws:sqs/queue:Queue"

// The hooks that a component registers inside Construct are asked before the engine
// deletes, when the resource leaves the component and when the stack is destroyed.
func TestHooksInsideConstructAreAsked(t *testing.T) {
	dir := t.TempDir()
	full := stack(t, dir, "Vault", pulumi.Map{})
	_, err := full.Up(t.Context())
	require.NoError(t, err)

	empty := stack(t, dir, "Vault", pulumi.Map{"empty": pulumi.Bool(true)})
	_, err = empty.Up(t.Context())
	require.ErrorContains(t, err, "data guard: ", "it left the component")
	assert.Contains(t, types(t, empty), kept)

	_, err = full.Destroy(t.Context())
	require.ErrorContains(t, err, "data guard: ", "the stack is destroyed")
	assert.Contains(t, types(t, full), kept)

	_, err = full.Refresh(t.Context())
	require.NoError(t, err)
	assert.Contains(t, types(t, full), kept, "a refresh loses nothing")

	confirmed := stack(t, dir, "Vault", pulumi.Map{"empty": pulumi.Bool(true),
		"confirmed": pulumi.ToStringArray([]string{"jobs-main"})})
	_, err = confirmed.Up(t.Context())
	require.NoError(t, err)
	assert.NotContains(t, types(t, confirmed), kept)
}
