// Package assets builds one hardened S3 bucket for one purpose: static files,
// uploads, backups, artifacts or logs.
//
// Every stage needs some. A bucket costs nothing but what is in it: $0.023 a
// GB and month in the standard class, and requests.
//
// Every bucket refuses the public and plain HTTP, knows no ACLs (load balancer
// and flow logs arrive without them), is encrypted, keeps overwritten
// versions for 30 days (but logs, which nobody overwrites) and clears away
// unfinished uploads. It can note every request in a bucket of logs. Backups move to cheaper classes; logs expire.
//
// Buckets of one purpose in several regions copy what they get to one another
// (ReplicateTo): $0.02 a GB between regions (us-east-1), a PUT for each object
// and copy, and the storage in each region.
//
// The package never empties a bucket by itself. Only where the user confirmed
// that very bucket by name may a deletion take its objects along. Objects that
// a new version replaces stay: pages that are still open ask for old files, a
// fleet that rolls back asks for the old program.
package assets

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state: never change it.
const Token = "rung:components:Assets"

// Args describe the bucket. Purpose is required.
type Args struct {
	part.Common
	// Purpose is what the bucket is for, one of Purposes.
	Purpose Purpose
	// KeepDays is when objects of Logs (30 to 365 days) and Backups (at least
	// 7) expire. Zero means 90 and 365. All others never expire: leave it zero.
	KeepDays int
	// Files are uploaded at once, each with its content type and caching.
	Files []File
	// Standing leaves the content of objects as it stands: what lies at their
	// local paths is not theirs and is not looked at. It is for runs that change
	// nothing, such as a preview where the files are not at hand.
	Standing bool
	// LogBucket is the name of the bucket for Logs that takes a line for each
	// request, in the same region. Its policy must be there before. Nil keeps
	// none; a bucket for Logs can have none, or each line would cause another.
	LogBucket pulumi.StringInput
	// Region and AccountID say whose logs a bucket for Logs receives; they are
	// required there.
	Region    string
	AccountID pulumi.StringInput
	// PolicyLater leaves the bucket's policy to AttachPolicy: for a bucket
	// that a CDN reads, because the CDN needs the bucket and the policy needs
	// the CDN.
	PolicyLater bool
}

func (a Args) withDefaults() Args {
	if a.KeepDays == 0 {
		a.KeepDays = a.Purpose.keepDays()
	}
	return a
}

func (a Args) validate() error {
	errs := checkFiles(a.Files)
	if !a.Purpose.known() {
		return errors.Join(append(errs, fmt.Errorf("Purpose: got %q, want one of %v", a.Purpose, Purposes()))...)
	}
	if err := a.Purpose.checkKeep(a.KeepDays); err != nil {
		errs = append(errs, err)
	}
	if a.Purpose == Logs && a.Region == "" {
		errs = append(errs, errors.New("Region: required for logs: who delivers them differs by region"))
	}
	if a.Purpose == Logs && a.AccountID == nil {
		errs = append(errs, errors.New("AccountID: required for logs: only this account may deliver them"))
	}
	if a.Purpose == Logs && a.LogBucket != nil {
		errs = append(errs, errors.New("LogBucket: a bucket for logs has none: each line would cause another"))
	}
	return errors.Join(errs...)
}

// Assets is one bucket.
type Assets struct {
	pulumi.ResourceState
	// Name is the bucket's name and ARN its ARN.
	Name, ARN pulumi.StringOutput
	// DomainName is the regional domain name, the origin of a CDN.
	DomainName pulumi.StringOutput
	// Ready is the bucket's name, known once the bucket takes objects and,
	// without PolicyLater, has its policy: for services that check the policy
	// when they are told of the bucket, as load balancers do.
	Ready pulumi.StringOutput

	ctx    *pulumi.Context
	name   string
	args   Args
	bucket *s3.BucketV2
	guards []pulumi.Resource // what must be there before the policy
	// versioning must be on before objects are replicated; nil for logs.
	versioning *s3.BucketVersioningV2
}

var _ pulumi.ComponentResource = (*Assets)(nil)

// New builds the bucket. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Assets, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("assets %s: %w", name, err)
	}
	a := &Assets{ctx: ctx, name: name, args: args}
	if err := ctx.RegisterComponentResource(Token, name, a, opts...); err != nil {
		return nil, fmt.Errorf("register assets %s: %w", name, err)
	}
	if err := a.build(); err != nil {
		return nil, fmt.Errorf("assets %s: %w", name, err)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"name": a.Name, "arn": a.ARN, "domainName": a.DomainName})
}

func (a *Assets) build() error {
	for _, step := range []func() error{
		a.buildBucket, a.harden, a.buildLifecycle, a.buildPolicy, a.keepLogs, a.uploadFiles,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// bucketName is the bucket's logical name, by which it is confirmed.
func (a *Assets) bucketName() string { return a.name + "-bucket" }

// lifted is true when the user confirmed that the bucket may go.
func (a *Assets) lifted() bool { return a.args.Guard.Lifted(a.bucketName()) }

func (a *Assets) buildBucket() (err error) {
	a.bucket, err = s3.NewBucketV2(a.ctx, a.bucketName(), &s3.BucketV2Args{
		ForceDestroy: pulumi.Bool(a.lifted()),
		Tags:         a.args.TagsFor(a.ctx, a.name, map[string]string{"rung:purpose": string(a.args.Purpose)}),
	}, a.args.Data(a, a.bucketName())...)
	if err != nil {
		return fmt.Errorf("create the bucket: %w", err)
	}
	a.Name, a.ARN, a.DomainName = a.bucket.Bucket, a.bucket.Arn, a.bucket.BucketRegionalDomainName
	return nil
}

// harden closes the bucket to the public, switches ACLs off and encryption on.
func (a *Assets) harden() error {
	block, err := s3.NewBucketPublicAccessBlock(a.ctx, a.name+"-private", &s3.BucketPublicAccessBlockArgs{
		Bucket: a.bucket.ID(), BlockPublicAcls: pulumi.Bool(true), BlockPublicPolicy: pulumi.Bool(true),
		IgnorePublicAcls: pulumi.Bool(true), RestrictPublicBuckets: pulumi.Bool(true),
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("block public access: %w", err)
	}
	owner, err := s3.NewBucketOwnershipControls(a.ctx, a.name+"-ownership", &s3.BucketOwnershipControlsArgs{
		Bucket: a.bucket.ID(),
		Rule:   s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("switch ACLs off: %w", err)
	}
	a.guards = []pulumi.Resource{block, owner}
	return a.encrypt()
}

func (a *Assets) encrypt() error {
	_, err := s3.NewBucketServerSideEncryptionConfigurationV2(a.ctx, a.name+"-encryption",
		&s3.BucketServerSideEncryptionConfigurationV2Args{
			Bucket: a.bucket.ID(),
			Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
				ApplyServerSideEncryptionByDefault: s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
					SseAlgorithm: pulumi.String("AES256"),
				},
			}},
		}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("switch encryption on: %w", err)
	}
	return nil
}

// keepLogs notes every request in the bucket of logs.
func (a *Assets) keepLogs() error {
	if a.args.LogBucket == nil {
		return nil
	}
	_, err := s3.NewBucketLoggingV2(a.ctx, a.name+"-logging", &s3.BucketLoggingV2Args{
		Bucket:       a.bucket.ID(),
		TargetBucket: a.args.LogBucket.ToStringOutput(),
		TargetPrefix: pulumi.String(requestLogs + a.name + "/"),
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("keep access logs: %w", err)
	}
	return nil
}

// buildPolicy attaches the policy at once, unless a CDN's statement is still
// to come.
func (a *Assets) buildPolicy() error {
	a.Ready = a.Name
	if a.args.PolicyLater {
		return nil
	}
	return a.attach(nil)
}

// AttachPolicy attaches the bucket's policy with further statements, each a
// JSON object; an empty text adds nothing. Call it once, after everything that
// the statements name, on a bucket made with PolicyLater.
func (a *Assets) AttachPolicy(statements ...pulumi.StringInput) error {
	if !a.args.PolicyLater {
		return fmt.Errorf("attach the policy of assets %s: it has one already; set PolicyLater", a.name)
	}
	if err := a.attach(statements); err != nil {
		return fmt.Errorf("assets %s: %w", a.name, err)
	}
	return nil
}

func (a *Assets) attach(statements []pulumi.StringInput) error {
	policy, err := s3.NewBucketPolicy(a.ctx, a.name+"-policy", &s3.BucketPolicyArgs{
		Bucket: a.bucket.ID().ToStringOutput(),
		Policy: a.document(statements),
	}, pulumi.Parent(a), pulumi.DependsOn(a.guards))
	if err != nil {
		return fmt.Errorf("attach the bucket policy: %w", err)
	}
	a.Ready = pulumi.All(a.bucket.Bucket, policy.ID()).ApplyT(func(v []any) string {
		return v[0].(string)
	}).(pulumi.StringOutput)
	return nil
}

// document is the policy, known when the bucket, the account and all
// statements are.
func (a *Assets) document(statements []pulumi.StringInput) pulumi.StringOutput {
	account := a.args.AccountID
	if account == nil {
		account = pulumi.String("")
	}
	theirs := make(pulumi.StringArray, len(statements))
	copy(theirs, statements)
	return pulumi.All(a.bucket.Arn, account, theirs).ApplyT(func(v []any) (string, error) {
		arn, account := v[0].(string), v[1].(string)
		var ours []any
		if a.args.Purpose == Logs {
			ours = logDelivery(arn, account, a.args.Region)
		}
		return policyDocument(arn, ours, v[2].([]string))
	}).(pulumi.StringOutput)
}
