// Package alerts builds the SNS topic that alarms and budgets notify, and
// subscribes an address to it.
//
// A system has one from stage 1 on, in every region: CloudWatch only notifies
// topics of its own region. It costs nothing worth a line: the first 1,000
// e-mails a month are free, 100,000 more cost $2. Encryption with a key of
// one's own costs $1 a month for the key.
//
// The topic is not encrypted at rest unless asked: CloudWatch cannot publish
// through the key that AWS manages for SNS, so that only a key of one's own
// works, and what passes here are names of alarms, no user data. The package
// refuses plain HTTP, publishers from other accounts, and an address that is
// none. The subscriber must confirm by a link in the first e-mail; until then
// SNS sends nothing, and nothing can do that for them.
package alerts

import (
	"errors"
	"fmt"
	"net/mail"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:Alerts"

var _ pulumi.ComponentResource = (*Alerts)(nil)

// Args describe the topic. The zero value is a topic without a subscriber.
type Args struct {
	part.Common
	// Email is the address that is notified. Empty subscribes nobody: alarms
	// then only show in the console.
	Email string
	// Encrypted encrypts what waits in the topic with a key of the stack's
	// own, $1 a month.
	Encrypted bool
	// FromCaches makes a topic for the events of ElastiCache instead of alarms. It
	// publishes into no encrypted topic, and into none whose policy goes by
	// aws:SourceAccount, so that it needs one of its own.
	FromCaches bool
}

// Alerts is the topic.
type Alerts struct {
	pulumi.ResourceState

	// ARN is the topic's, once it lets its publishers in: part.Common.Alerts of
	// the other components.
	ARN pulumi.StringOutput
}

// New builds the topic. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Alerts, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("alerts %s: %w", name, err)
	}
	a := &Alerts{}
	if err := ctx.RegisterComponentResource(Token, name, a, opts...); err != nil {
		return nil, err
	}
	if err := a.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("alerts %s: %w", name, err)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"arn": a.ARN})
}

func (a Args) validate() error {
	var errs []error
	if a.Email != "" {
		if parsed, err := mail.ParseAddress(a.Email); err != nil || parsed.Address != a.Email {
			errs = append(errs, fmt.Errorf("Email: got %q, want one address such as ops@example.com, or none", a.Email))
		}
	}
	if a.Encrypted && a.FromCaches {
		errs = append(errs, errors.New("Encrypted: ElastiCache publishes into no encrypted topic (FromCaches)"))
	}
	return errors.Join(errs...)
}

func (a *Alerts) build(ctx *pulumi.Context, name string, args Args) error {
	account, err := aws.GetCallerIdentity(ctx, nil, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("look up the account that may publish: %w", err)
	}
	topicArgs := &sns.TopicArgs{Tags: args.TagsFor(ctx, name)}
	if args.Encrypted {
		key, err := a.key(ctx, name, args, account.AccountId)
		if err != nil {
			return err
		}
		topicArgs.KmsMasterKeyId = key.Arn
	}
	topic, err := sns.NewTopic(ctx, name+"-topic", topicArgs, pulumi.Parent(a))
	if err != nil {
		return err
	}
	open, err := sns.NewTopicPolicy(ctx, name+"-policy", &sns.TopicPolicyArgs{
		Arn: topic.Arn,
		Policy: topic.Arn.ApplyT(func(arn string) (string, error) {
			return topicPolicy(arn, args.publishers(account.AccountId))
		}).(pulumi.StringOutput),
	}, pulumi.Parent(a))
	if err != nil {
		return err
	}
	a.ARN = open.Arn // the policy's, so that what publishes comes after it
	if args.Email == "" {
		return nil
	}
	_, err = sns.NewTopicSubscription(ctx, name+"-email", &sns.TopicSubscriptionArgs{
		Topic:    topic.Arn,
		Protocol: pulumi.String("email"),
		Endpoint: pulumi.String(args.Email),
	}, pulumi.Parent(a))
	return err
}

func (a *Alerts) key(ctx *pulumi.Context, name string, args Args, account string) (*kms.Key, error) {
	policy, err := keyPolicy(account)
	if err != nil {
		return nil, err
	}
	return kms.NewKey(ctx, name+"-key", &kms.KeyArgs{
		Description:          pulumi.String("Encrypts the alerts of stack " + ctx.Stack()),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(30),
		Policy:               pulumi.String(policy),
		Tags:                 args.TagsFor(ctx, name),
	}, args.Data(a, name+"-key")...)
}
