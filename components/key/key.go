// Package key builds one KMS key that is the same key in several regions: a
// primary and a replica in each further one, so that what one region encrypts
// another can read once it has a copy.
//
// Stage 5 needs it: RDS demands a key of the region for an encrypted copy of a
// database, and so do Aurora's regional clusters and copies of backups. Each
// key, primary or replica, costs $1 a month and $0.03 for 10,000 requests. The
// material rotates once a year by itself; the replicas follow their primary.
//
// The package refuses a region twice, and a replica without the provider of
// its region. A key cannot become a multi-region key later, and whatever it
// encrypted is gone with it: keys are guarded as data, and AWS waits 30 days
// before it deletes one.
package key

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state: never change it.
const Token = "rung:components:Key"

// deletionDays is how long AWS waits before it deletes a key: its maximum.
const deletionDays = 30

// Args describe the key. AccountID is required.
type Args struct {
	part.Common
	// Description tells whoever finds the key in the console what it opens.
	// Empty means the key's name.
	Description string
	// AccountID is the account whose administrators manage the key; its own
	// IAM policies say who uses it.
	AccountID pulumi.StringInput
	// Replicas are the further regions. A new one is a new resource and
	// changes no other.
	Replicas []Replica
}

// Replica is the key in a further region.
type Replica struct {
	// Code names the region in a word, "euw1" say; the resource is named for it.
	Code string
	// Provider is the region's.
	Provider pulumi.ProviderResource
}

var codeForm = regexp.MustCompile(`^[a-z]{2,8}[0-9]$`)

func (a Args) validate() error {
	var errs []error
	if a.AccountID == nil {
		errs = append(errs, errors.New("AccountID: required: only its administrators may manage the key"))
	}
	seen := map[string]bool{}
	for i, r := range a.Replicas {
		switch {
		case !codeForm.MatchString(r.Code):
			errs = append(errs, fmt.Errorf(`Replicas[%d].Code: got %q, want a region's code like "euw1"`, i, r.Code))
		case seen[r.Code]:
			errs = append(errs, fmt.Errorf("Replicas[%d].Code: %q stands twice, want each region once", i, r.Code))
		}
		if r.Provider == nil {
			errs = append(errs, fmt.Errorf("Replicas[%d].Provider: required (region %q)", i, r.Code))
		}
		seen[r.Code] = true
	}
	return errors.Join(errs...)
}

// Key is a key and its replicas.
type Key struct {
	pulumi.ResourceState
	// ARN is the primary's.
	ARN pulumi.StringOutput

	replicas map[string]pulumi.StringOutput
}

var _ pulumi.ComponentResource = (*Key)(nil)

// In is the ARN of the key in the region with that code, the primary's where
// the key has no replica.
func (k *Key) In(code string) pulumi.StringOutput {
	if arn, ok := k.replicas[code]; ok {
		return arn
	}
	return k.ARN
}

// New builds the key: children "<name>-primary" and "<name>-<code>" with an
// alias each. It fails before touching the cloud when args are inconsistent;
// the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Key, error) {
	if args.Description == "" {
		args.Description = "Key " + name
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("key %s: %w", name, err)
	}
	k := &Key{replicas: map[string]pulumi.StringOutput{}}
	if err := ctx.RegisterComponentResource(Token, name, k, opts...); err != nil {
		return nil, fmt.Errorf("register key %s: %w", name, err)
	}
	if err := k.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("key %s: %w", name, err)
	}
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{"arn": k.ARN})
}

func (k *Key) build(ctx *pulumi.Context, name string, args Args) error {
	policy := args.AccountID.ToStringOutput().ApplyT(policyDocument).(pulumi.StringOutput)
	child := name + "-primary"
	primary, err := kms.NewKey(ctx, child, &kms.KeyArgs{
		Description:          pulumi.String(args.Description),
		MultiRegion:          pulumi.Bool(true),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(deletionDays),
		Policy:               policy,
		Tags:                 args.TagsFor(ctx, name, part.Named(child)),
	}, args.Data(k, child)...)
	if err != nil {
		return fmt.Errorf("create the primary: %w", err)
	}
	k.ARN = primary.Arn
	if err := k.alias(ctx, child, primary.KeyId); err != nil {
		return err
	}
	for _, r := range args.Replicas {
		if err := k.replicate(ctx, name, args, policy, r); err != nil {
			return fmt.Errorf("in %s: %w", r.Code, err)
		}
	}
	return nil
}

// replicate makes the key known in a further region. Rotation is the
// primary's: a replica takes every new material from it.
func (k *Key) replicate(ctx *pulumi.Context, name string, args Args, policy pulumi.StringOutput, r Replica) error {
	child := name + "-" + r.Code
	replica, err := kms.NewReplicaKey(ctx, child, &kms.ReplicaKeyArgs{
		PrimaryKeyArn:        k.ARN,
		Description:          pulumi.String(args.Description),
		DeletionWindowInDays: pulumi.Int(deletionDays),
		Policy:               policy,
		Tags:                 args.TagsFor(ctx, name, part.Named(child)),
	}, args.Data(k, child, pulumi.Provider(r.Provider))...)
	if err != nil {
		return fmt.Errorf("create the replica: %w", err)
	}
	k.replicas[r.Code] = replica.Arn
	return k.alias(ctx, child, replica.KeyId, pulumi.Provider(r.Provider))
}

// alias is the name under which the console lists a key; programs use the ARN.
func (k *Key) alias(ctx *pulumi.Context, child string, id pulumi.StringOutput, opts ...pulumi.ResourceOption) error {
	_, err := kms.NewAlias(ctx, child+"-alias", &kms.AliasArgs{TargetKeyId: id}, append(opts, pulumi.Parent(k))...)
	if err != nil {
		return fmt.Errorf("name the key: %w", err)
	}
	return nil
}

// policyDocument leaves the key to the account's own IAM policies. AWS's
// default says the same; stated here, a change by hand is drift.
func policyDocument(account string) (string, error) {
	policy, err := json.Marshal(map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Sid": "AccountManagesKey", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
			"Principal": map[string]any{"AWS": "arn:aws:iam::" + account + ":root"},
		}},
	})
	if err != nil {
		return "", fmt.Errorf("write the key's policy: %w", err)
	}
	return string(policy), nil
}
