// Package boottest stands in for the bucket from which machines fetch what sets
// them up, for the tests of the components that have machines.
package boottest

import (
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Name is the bucket's name, Version that of every text in it.
const Name, Version = "artifacts", "v1"

// Bucket keeps the texts that a program puts into it, by name.
type Bucket struct{ texts sync.Map }

var _ part.Files = (*Bucket)(nil)

// PutText keeps the text and says where it lies.
func (b *Bucket) PutText(name string, text pulumi.StringInput) (part.Text, error) {
	version := text.ToStringOutput().ApplyT(func(text string) string {
		b.texts.Store(name, text)
		return Version
	}).(pulumi.StringOutput)
	return part.Text{
		Bucket: pulumi.String(Name).ToStringOutput(), Key: pulumi.String(Key(name)).ToStringOutput(), Version: version,
		BucketARN: pulumi.String("arn:aws:s3:::" + Name).ToStringOutput(),
	}, nil
}

// Text is what was put there by that name, empty for nothing.
func (b *Bucket) Text(name string) string {
	text, _ := b.texts.Load(name)
	s, _ := text.(string)
	return s
}

// Key is where a component's text lies.
func Key(name string) string { return "boot/" + name }
