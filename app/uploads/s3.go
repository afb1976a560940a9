package uploads

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// S3 keeps files in a bucket.
type S3 struct {
	client *s3.Client
	sign   *s3.PresignClient
	bucket string
}

// NewS3 uses a bucket that exists.
func NewS3(config aws.Config, bucket string) *S3 {
	client := s3.NewFromConfig(config, func(o *s3.Options) {
		// An endpoint that somebody named (a simulator) has no name for each bucket.
		o.UsePathStyle = config.BaseEndpoint != nil
		// Else presigned URLs carry the checksum of an empty body, and S3
		// refuses every other.
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	})
	return &S3{client: client, sign: s3.NewPresignClient(client, s3.WithPresignExpires(TicketTime)), bucket: bucket}
}

// Ticket signs a PUT of exactly this type and length.
func (s *S3) Ticket(ctx context.Context, key, contentType string, size int64) (Ticket, error) {
	if err := CheckKey(key); err != nil {
		return Ticket{}, err
	}
	at := Incoming(key)
	r, err := s.sign.PresignPutObject(ctx,
		&s3.PutObjectInput{Bucket: &s.bucket, Key: &at, ContentType: &contentType, ContentLength: &size})
	if err != nil {
		return Ticket{}, fmt.Errorf("sign an upload: %w", err)
	}
	return Ticket{Key: key, Method: r.Method, URL: r.URL, Headers: flat(r.SignedHeader)}, nil
}

// flat leaves out what browsers set themselves and scripts may not.
func flat(h http.Header) map[string]string {
	out := map[string]string{}
	for k := range h {
		if k != "Host" && k != "Content-Length" {
			out[k] = h.Get(k)
		}
	}
	return out
}

// Put keeps a file.
func (s *S3) Put(ctx context.Context, key, contentType string, body io.ReadSeeker) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	_, err := s.client.PutObject(ctx,
		&s3.PutObjectInput{Bucket: &s.bucket, Key: &key, ContentType: &contentType, Body: body})
	if err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	return nil
}

// Open reads a file.
func (s *S3) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &key})
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return out.Body, nil
}

// Each lists the bucket, a thousand files to a request.
func (s *S3) Each(ctx context.Context, kind string, visit func(File) error) error {
	pages := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &kind})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("look through %s: %w", kind, err)
		}
		for _, o := range page.Contents {
			if CheckKey(aws.ToString(o.Key)) != nil {
				continue
			}
			f := File{Key: *o.Key, Size: aws.ToInt64(o.Size), Modified: aws.ToTime(o.LastModified)}
			if err := visit(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// Delete removes a file.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	if _, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.bucket, Key: &key}); err != nil {
		return fmt.Errorf("remove %s: %w", key, err)
	}
	return nil
}

// Link signs a GET.
func (s *S3) Link(ctx context.Context, key string) (string, error) {
	if err := CheckKey(key); err != nil {
		return "", err
	}
	r, err := s.sign.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &key})
	if err != nil {
		return "", fmt.Errorf("sign a download: %w", err)
	}
	return r.URL, nil
}
