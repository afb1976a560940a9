package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/rung-dev/rung/engine/store"
)

// mostDeleted is how many objects one call of S3 deletes.
const mostDeleted = 1000

// known are the parameters of an s3:// address that are followed. awssdk chooses between
// versions of a library for Pulumi, of which there is one here.
var known = []string{"region", "profile", "endpoint", "s3ForcePathStyle", "use_path_style", "awssdk"}

// inS3 are the objects of a bucket of S3, or of a server that speaks its protocol.
type inS3 struct {
	ctx    context.Context
	client *s3.Client
	bucket string
}

var _ store.Blobs = inS3{}

// openS3 reads an address. What stands in it and is not known would change how objects are
// written, by which key say, so it is refused.
func openS3(ctx context.Context, u *url.URL) (store.Blobs, error) {
	q := u.Query()
	for name := range q {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%w: s3://%s has the parameter %s: want %s", ErrBackend, u.Host, name,
				strings.Join(known, ", "))
		}
	}
	var options []func(*config.LoadOptions) error
	if q.Has("region") {
		options = append(options, config.WithRegion(q.Get("region")))
	}
	if q.Has("profile") {
		options = append(options, config.WithSharedConfigProfile(q.Get("profile")))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("%w: s3://%s: %w", ErrBackend, u.Host, err)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.DisableLogOutputChecksumValidationSkipped = true // a server need not have any
		o.UsePathStyle = q.Get("s3ForcePathStyle") == "true" || q.Get("use_path_style") == "true"
		if at := q.Get("endpoint"); at != "" {
			if !strings.Contains(at, "://") {
				at = "https://" + at
			}
			o.BaseEndpoint = aws.String(at)
		}
	})
	return below(inS3{context.WithoutCancel(ctx), client, u.Host}, u.Path), nil
}

// Get reads an object.
func (b inS3) Get(name string) ([]byte, error) {
	out, err := b.client.GetObject(b.ctx, &s3.GetObjectInput{Bucket: &b.bucket, Key: &name})
	if err != nil {
		return nil, b.said("read", name, err)
	}
	defer out.Body.Close() //nolint:errcheck // it was read to its end
	text, err := io.ReadAll(out.Body)
	return text, b.said("read", name, err)
}

// Put writes an object.
func (b inS3) Put(name string, text []byte) error {
	_, err := b.client.PutObject(b.ctx, &s3.PutObjectInput{Bucket: &b.bucket, Key: &name, Body: bytes.NewReader(text)})
	return b.said("write", name, err)
}

// Create writes an object that is not there yet.
func (b inS3) Create(name string, text []byte) error {
	_, err := b.client.PutObject(b.ctx, &s3.PutObjectInput{Bucket: &b.bucket, Key: &name, Body: bytes.NewReader(text),
		IfNoneMatch: aws.String("*")})
	return b.said("write", name, err)
}

// Delete deletes objects, by as few calls as S3 takes.
func (b inS3) Delete(names ...string) error {
	for part := range slices.Chunk(names, mostDeleted) {
		var ids []types.ObjectIdentifier
		for _, name := range part {
			ids = append(ids, types.ObjectIdentifier{Key: aws.String(name)})
		}
		out, err := b.client.DeleteObjects(b.ctx, &s3.DeleteObjectsInput{Bucket: &b.bucket,
			Delete: &types.Delete{Objects: ids, Quiet: aws.Bool(true)}})
		if err != nil {
			return b.said("delete", part[0], err)
		}
		for _, e := range out.Errors {
			return fmt.Errorf("delete s3://%s/%s: %s", b.bucket, aws.ToString(e.Key), aws.ToString(e.Message))
		}
	}
	return nil
}

// List are the names that begin with a prefix.
func (b inS3) List(prefix string) ([]string, error) {
	var names []string
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(b.ctx)
		if err != nil {
			return nil, b.said("list", prefix, err)
		}
		for _, o := range page.Contents {
			names = append(names, aws.ToString(o.Key))
		}
	}
	slices.Sort(names)
	return names, nil
}

// said turns what S3 answers into what a store knows.
func (b inS3) said(did, name string, err error) error {
	if err == nil {
		return nil
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "NoSuchKey", "NotFound":
			err = fmt.Errorf("%w (%s)", fs.ErrNotExist, api.ErrorCode())
		case "PreconditionFailed", "ConditionalRequestConflict":
			err = fmt.Errorf("%w (%s)", fs.ErrExist, api.ErrorCode())
		}
	}
	return fmt.Errorf("%s s3://%s/%s: %w", did, b.bucket, name, err)
}
