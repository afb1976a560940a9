package files

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Bucket is a bucket, or what is under a prefix of one.
type Bucket struct {
	client       *s3.Client
	name, prefix string
}

// NewBucket uses a bucket that exists.
func NewBucket(client *s3.Client, name, prefix string) Bucket {
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	return Bucket{client: client, name: name, prefix: prefix}
}

func openBucket(ctx context.Context, address string) (Place, error) {
	name, prefix, _ := strings.Cut(address, "/")
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("find the access to the bucket %s: %w", name, err)
	}
	// An endpoint that somebody named has no name for each bucket.
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = cfg.BaseEndpoint != nil
		o.DisableLogOutputChecksumValidationSkipped = true // each is held against its own checksum here
	})
	return NewBucket(client, name, prefix), nil
}

// List gives every object under the prefix.
func (b Bucket) List(ctx context.Context) ([]File, error) {
	var all []File
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &b.prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the bucket %s: %w", b.name, err)
		}
		for _, o := range page.Contents {
			all = append(all, File{Key: strings.TrimPrefix(aws.ToString(o.Key), b.prefix), Size: aws.ToInt64(o.Size),
				Changed: aws.ToTime(o.LastModified).Truncate(time.Second)})
		}
	}
	return all, nil
}

// Read opens an object.
func (b Bucket) Read(ctx context.Context, key string) (io.ReadCloser, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: aws.String(b.prefix + key)})
	if err != nil {
		return nil, err
	}
	return out.Body, nil
}

// Write keeps an object; S3 holds it against its checksum as well.
func (b Bucket) Write(ctx context.Context, f File, body io.ReadSeeker) error {
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.name, Key: aws.String(b.prefix + f.Key), Body: body,
		ContentLength: aws.Int64(f.Size), ChecksumAlgorithm: types.ChecksumAlgorithmSha256})
	return err
}
