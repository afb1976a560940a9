package polyglot

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// place is where a component is made: what it needs that no value can bring across.
type place struct {
	ctx    *pulumi.Context
	name   string
	parent pulumi.Resource
	common part.Common
	inside map[InRegion]pulumi.ProviderResource
}

// InRegion is an AWS region, for which the component makes a provider of its own: it
// signs in as the environment says, and with the profile of aws:profile.
type InRegion string

// provider is the provider of a region, made once.
func (p *place) provider(r InRegion) (pulumi.ProviderResource, error) {
	if r == "" {
		return nil, nil //nolint:nilnil // no region was given, and the component says whether it needs one
	}
	if made, is := p.inside[r]; is {
		return made, nil
	}
	args := &aws.ProviderArgs{Region: pulumi.String(r)}
	if profile, is := p.ctx.GetConfig("aws:profile"); is {
		args.Profile = pulumi.String(profile)
	}
	made, err := aws.NewProvider(p.ctx, p.name+"-"+string(r), args, pulumi.Parent(p.parent))
	if err != nil {
		return nil, fmt.Errorf("make the provider of %s: %w", r, err)
	}
	if p.inside == nil {
		p.inside = map[InRegion]pulumi.ProviderResource{}
	}
	p.inside[r] = made
	return made, nil
}

func (p *place) providers(all []InRegion) (map[string]pulumi.ProviderResource, error) {
	var out map[string]pulumi.ProviderResource
	for _, r := range all {
		made, err := p.provider(r)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = map[string]pulumi.ProviderResource{}
		}
		out[string(r)] = made
	}
	return out, nil
}

// Store is a bucket that keeps versions, in which what sets up machines is kept: that of
// an Assets with the purpose artifacts, say.
type Store struct {
	// Bucket is the bucket's name.
	Bucket pulumi.StringInput `pulumi:"bucket"`
	// BucketARN is its ARN.
	BucketARN pulumi.StringInput `pulumi:"bucketArn"`
}

// files is a bucket as components put texts into it; nil where none was given.
func (p *place) files(s Store) (part.Files, error) {
	switch {
	case s.Bucket == nil && s.BucketARN == nil:
		return nil, nil //nolint:nilnil // the component says that it is required
	case s.Bucket == nil || s.BucketARN == nil:
		return nil, errors.New("files: bucket and bucketArn are required")
	}
	return shelf{p, s}, nil
}

// shelf puts texts into a store.
type shelf struct {
	place *place
	store Store
}

// PutText keeps a text under the key "boot/<name>".
func (s shelf) PutText(name string, text pulumi.StringInput) (part.Text, error) {
	object, err := s3.NewBucketObjectv2(s.place.ctx, s.place.name+"-boot-"+name, &s3.BucketObjectv2Args{
		Bucket: s.store.Bucket.ToStringOutput(), Key: pulumi.String("boot/" + name), Content: text.ToStringOutput(),
		ContentType: pulumi.String("text/plain; charset=utf-8"),
		Tags:        s.place.common.TagsFor(s.place.ctx, s.place.name),
	}, pulumi.Parent(s.place.parent))
	if err != nil {
		return part.Text{}, fmt.Errorf("upload the text of %s: %w", name, err)
	}
	return part.Text{Bucket: object.Bucket, Key: object.Key, Version: object.VersionId,
		BucketARN: s.store.BucketARN.ToStringOutput()}, nil
}
