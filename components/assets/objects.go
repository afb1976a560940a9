package assets

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// buildLifecycle switches versioning on and says what happens with time.
func (a *Assets) buildLifecycle() error {
	opts := []pulumi.ResourceOption{pulumi.Parent(a)}
	if a.args.Purpose.Versioned() {
		versioning, err := s3.NewBucketVersioningV2(a.ctx, a.name+"-versioning", &s3.BucketVersioningV2Args{
			Bucket:                  a.bucket.ID(),
			VersioningConfiguration: s3.BucketVersioningV2VersioningConfigurationArgs{Status: pulumi.String("Enabled")},
		}, pulumi.Parent(a))
		if err != nil {
			return fmt.Errorf("switch versioning on: %w", err)
		}
		a.versioning = versioning
		opts = append(opts, pulumi.DependsOn([]pulumi.Resource{versioning}))
	}
	_, err := s3.NewBucketLifecycleConfigurationV2(a.ctx, a.name+"-lifecycle", &s3.BucketLifecycleConfigurationV2Args{
		Bucket: a.bucket.ID(),
		Rules:  rules(a.args.Purpose.lifecycle(a.args.KeepDays)),
	}, opts...)
	if err != nil {
		return fmt.Errorf("write the lifecycle: %w", err)
	}
	return nil
}

// rules is the lifecycle in S3's terms: one rule for the whole bucket.
func rules(l Lifecycle) s3.BucketLifecycleConfigurationV2RuleArray {
	rule := s3.BucketLifecycleConfigurationV2RuleArgs{
		Id:     pulumi.String("tidy"),
		Status: pulumi.String("Enabled"),
		Filter: s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")},
		AbortIncompleteMultipartUpload: s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
			DaysAfterInitiation: pulumi.Int(l.AbortUploadDays),
		},
	}
	if l.NoncurrentDays > 0 {
		rule.NoncurrentVersionExpiration = s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
			NoncurrentDays: pulumi.Int(l.NoncurrentDays),
		}
	}
	if l.ExpireDays > 0 {
		rule.Expiration = s3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: pulumi.Int(l.ExpireDays)}
	}
	var moves s3.BucketLifecycleConfigurationV2RuleTransitionArray
	for _, t := range l.Transitions {
		moves = append(moves,
			s3.BucketLifecycleConfigurationV2RuleTransitionArgs{Days: pulumi.Int(t.Days), StorageClass: pulumi.String(t.Class)})
	}
	if moves != nil {
		rule.Transitions = moves
	}
	return s3.BucketLifecycleConfigurationV2RuleArray{rule}
}

// objectOptions keep replaced and removed objects in the bucket, where old
// pages and machines that roll back still find them, until the bucket itself
// may go: so none is put before the bucket keeps versions.
func (a *Assets) objectOptions() []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Parent(a), pulumi.RetainOnDelete(!a.lifted())}
	if a.versioning != nil {
		opts = append(opts, pulumi.DependsOn([]pulumi.Resource{a.versioning}))
	}
	if a.args.Standing {
		opts = append(opts, pulumi.IgnoreChanges([]string{"source"}))
	}
	return opts
}

func (a *Assets) uploadFiles() error {
	for _, f := range a.args.Files {
		sum := f.SHA256
		if sum == "" {
			var err error
			if sum, err = Hash(f.Path); err != nil {
				return err
			}
		}
		if _, err := a.put(a.name+"-file-"+f.Key, f.Key, f.Path, sum, CacheControl(f.Key)); err != nil {
			return err
		}
	}
	return nil
}

func (a *Assets) put(child, key, path, sum, caching string) (*s3.BucketObjectv2, error) {
	args := &s3.BucketObjectv2Args{
		Key:         pulumi.String(key),
		Source:      pulumi.NewFileAsset(path),
		SourceHash:  pulumi.String(sum),
		ContentType: pulumi.String(ContentType(key)),
	}
	if caching != "" {
		args.CacheControl = pulumi.String(caching)
	}
	object, err := a.upload(child, args)
	if err != nil {
		return nil, fmt.Errorf("upload %s: %w", key, err)
	}
	return object, nil
}

func (a *Assets) upload(child string, args *s3.BucketObjectv2Args) (*s3.BucketObjectv2, error) {
	args.Bucket = a.bucket.ID()
	args.Tags = a.args.TagsFor(a.ctx, a.name)
	return s3.NewBucketObjectv2(a.ctx, child, args, a.objectOptions()...)
}

// PutArtifact uploads a program that machines fetch at boot, under the key
// "<what>/<sha256>": a new program is a new object, and the old one stays for
// machines that roll back. what is the program's name, "app" say; the child is
// "<name>-<what>". hash is the SHA-256 of the file in hex; empty hashes it
// here, and fails when it cannot be read.
func (a *Assets) PutArtifact(what, path, hash string) (part.Artifact, error) {
	if hash == "" {
		sum, err := Hash(path)
		if err != nil {
			return part.Artifact{}, fmt.Errorf("upload the artifact %s: %w", what, err)
		}
		hash = sum
	}
	object, err := a.put(a.name+"-"+what, what+"/"+hash, path, hash, "")
	if err != nil {
		return part.Artifact{}, err
	}
	return part.Artifact{Bucket: a.bucket.Bucket, BucketARN: a.bucket.Arn, Key: object.Key, SHA256: hash}, nil
}

// PutText keeps a text that machines fetch at boot under the key "boot/<name>";
// the child is "<bucket's name>-boot-<name>". It is kept after versions are: a
// machine of before asks for the version of before. It goes with the component
// whose it is, since no content replaces it.
func (a *Assets) PutText(name string, text pulumi.StringInput) (part.Text, error) {
	if a.versioning == nil {
		return part.Text{}, fmt.Errorf("upload the text of %s: a bucket for %s keeps no versions", name, a.args.Purpose)
	}
	object, err := s3.NewBucketObjectv2(a.ctx, a.name+"-boot-"+name, &s3.BucketObjectv2Args{
		Bucket:      a.bucket.ID(),
		Tags:        a.args.TagsFor(a.ctx, a.name),
		Key:         pulumi.String("boot/" + name),
		Content:     text.ToStringOutput(),
		ContentType: pulumi.String(ContentType(".txt")),
	}, pulumi.Parent(a), pulumi.DependsOn([]pulumi.Resource{a.versioning}))
	if err != nil {
		return part.Text{}, fmt.Errorf("upload the text of %s: %w", name, err)
	}
	return part.Text{Bucket: object.Bucket, Key: object.Key, Version: object.VersionId, BucketARN: a.bucket.Arn}, nil
}
