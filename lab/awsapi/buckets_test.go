package awsapi_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/awsapi"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
	"github.com/rung-dev/rung/lab/awsapi/buckets"
)

func get(t *testing.T, client *s3.Client, bucket, key string) string {
	t.Helper()
	out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	require.NoError(t, err)
	body, err := io.ReadAll(out.Body)
	require.NoError(t, err)
	return string(body)
}

func TestObjectsKeepWhatWasPut(t *testing.T) {
	cloud := awsapitest.New(t)
	bucket := cloud.Bucket("assets")
	client := objects(cloud.Config())
	key := "a b/ü+%.css"
	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key,
		Body:        strings.NewReader("0123456789"),
		ContentType: aws.String("text/css"), CacheControl: aws.String("public, max-age=31536000"), ContentEncoding: aws.String("br"),
		Metadata: map[string]string{"by": "me"}})
	require.NoError(t, err)
	out, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
	require.NoError(t, err)
	assert.Equal(t, "public, max-age=31536000", *out.CacheControl)
	assert.Equal(t, "br", *out.ContentEncoding)
	assert.Equal(t, map[string]string{"by": "me"}, out.Metadata)
	assert.EqualValues(t, 10, *out.ContentLength)
	put(t, client, bucket, key, "new")
	out, err = client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
	require.NoError(t, err)
	assert.Nil(t, out.CacheControl, "an object is replaced with its headers")
	_, err = client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &bucket, Key: &key})
	require.NoError(t, err)
	_, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	assert.ErrorAs(t, err, new(*types.NoSuchKey))
	_, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("none"), Key: &key})
	assert.Equal(t, "NoSuchBucket", code(t, err))
	_, err = client.GetObjectAcl(t.Context(), &s3.GetObjectAclInput{Bucket: &bucket, Key: &key})
	assert.Equal(t, "NotImplemented", code(t, err))
}

func TestRangesAndConditions(t *testing.T) {
	cloud := awsapitest.New(t)
	bucket, key := cloud.Bucket("assets"), aws.String("k")
	client := objects(cloud.Config())
	put(t, client, bucket, *key, "0123456789")
	head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &bucket, Key: key})
	require.NoError(t, err)

	out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: key,
		Range: aws.String("bytes=2-4")})
	require.NoError(t, err)
	body, err := io.ReadAll(out.Body)
	require.NoError(t, err)
	assert.Equal(t, "234", string(body))
	assert.Equal(t, "bytes 2-4/10", *out.ContentRange)
	for want, in := range map[string]*s3.GetObjectInput{
		"InvalidRange":       {Range: aws.String("bytes=20-30")},
		"NotModified":        {IfNoneMatch: head.ETag},
		"PreconditionFailed": {IfMatch: aws.String(`"other"`)},
	} {
		in.Bucket, in.Key = &bucket, key
		_, err := client.GetObject(t.Context(), in)
		assert.Equal(t, want, code(t, err))
	}
	_, err = client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: key, Body: strings.NewReader("x"),
		IfNoneMatch: aws.String("*")})
	assert.Equal(t, "PreconditionFailed", code(t, err))
	_, err = client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: key, Body: strings.NewReader("x"),
		IfMatch: head.ETag})
	assert.NoError(t, err)
	assert.Equal(t, "x", get(t, client, bucket, *key))
}

func TestListsHavePages(t *testing.T) {
	cloud := awsapitest.New(t)
	bucket := cloud.Bucket("assets")
	client := objects(cloud.Config())
	for _, key := range []string{"a/1", "a/2", "b", "c/1", "c/2/3", "d"} {
		put(t, client, bucket, key, key)
	}
	list := func(prefix, delimiter string, most int32) (keys []string, pages int) {
		p := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix,
			Delimiter: &delimiter, MaxKeys: &most})
		for p.HasMorePages() {
			out, err := p.NextPage(t.Context())
			require.NoError(t, err)
			pages++
			for _, o := range out.Contents {
				keys = append(keys, *o.Key)
			}
			for _, c := range out.CommonPrefixes {
				keys = append(keys, *c.Prefix)
			}
		}
		return keys, pages
	}
	keys, pages := list("", "", 2)
	assert.Equal(t, []string{"a/1", "a/2", "b", "c/1", "c/2/3", "d"}, keys)
	assert.Equal(t, 3, pages)
	keys, _ = list("", "/", 1)
	assert.Equal(t, []string{"a/", "b", "c/", "d"}, keys)
	keys, _ = list("c/", "/", 10)
	assert.Equal(t, []string{"c/1", "c/2/"}, keys)
	first, err := client.ListObjects(t.Context(), &s3.ListObjectsInput{Bucket: &bucket, MaxKeys: aws.Int32(2)})
	require.NoError(t, err)
	assert.True(t, *first.IsTruncated)
	_, err = client.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{
		Objects: []types.ObjectIdentifier{{Key: aws.String("b")}, {Key: aws.String("none")}}}})
	require.NoError(t, err)
	keys, _ = list("", "", 100)
	assert.NotContains(t, keys, "b")
}

func TestUploadsInParts(t *testing.T) {
	cloud := awsapitest.New(t)
	bucket, key := cloud.Bucket("assets"), aws.String("large")
	client := objects(cloud.Config())
	begun, err := client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: key,
		ContentType: aws.String("text/plain")})
	require.NoError(t, err)
	var parts []types.CompletedPart
	for i, body := range [][]byte{bytes.Repeat([]byte("a"), 5<<20), []byte("end")} {
		out, err := client.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: &bucket, Key: key, UploadId: begun.UploadId,
			PartNumber: aws.Int32(int32(i + 1)), Body: bytes.NewReader(body)})
		require.NoError(t, err)
		parts = append(parts, types.CompletedPart{ETag: out.ETag, PartNumber: aws.Int32(int32(i + 1))})
	}
	done, err := client.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: key,
		UploadId: begun.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}})
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(*done.ETag, `-2"`), *done.ETag)
	assert.Len(t, get(t, client, bucket, *key), 5<<20+3)
	_, err = client.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: &bucket, Key: key,
		UploadId: begun.UploadId})
	assert.Equal(t, "NoSuchUpload", code(t, err))
}

// A presigned request is for what was signed and nothing else.
func TestPresignedRequests(t *testing.T) {
	cloud := awsapitest.New(t)
	bucket := cloud.Bucket("uploads")
	client := objects(cloud.Config())
	signed, err := s3.NewPresignClient(client).PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket,
		Key: aws.String("a")})
	require.NoError(t, err)
	put(t, client, bucket, "a", "text")
	put(t, client, bucket, "b", "other")
	status := func(url string) int {
		resp, err := http.Get(url)
		require.NoError(t, err)
		resp.Body.Close()
		return resp.StatusCode
	}
	assert.Equal(t, http.StatusOK, status(signed.URL))
	assert.Equal(t, http.StatusForbidden, status(strings.Replace(signed.URL, "/a?", "/b?", 1)))
	assert.Equal(t, http.StatusForbidden, status(strings.Replace(signed.URL, "X-Amz-Expires=900", "X-Amz-Expires=90000",
		1)))
}

// Bodies in chunks, as the SDK sends them over TLS, and what they should have been.
func TestChunkedBodiesAreChecked(t *testing.T) {
	cloud := awsapitest.New(t)
	bucket := cloud.Bucket("uploads")
	send := func(key, body string) int {
		r, err := http.NewRequest(http.MethodPut, cloud.URL()+"/"+bucket+"/"+key, strings.NewReader(body))
		require.NoError(t, err)
		for name, value := range map[string]string{"X-Amz-Content-Sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
			"Content-Encoding":             "aws-chunked",
			"X-Amz-Decoded-Content-Length": "5", "X-Amz-Trailer": "x-amz-checksum-crc32"} {
			r.Header.Set(name, value)
		}
		keys, err := cloud.Config().Credentials.Retrieve(t.Context())
		require.NoError(t, err)
		require.NoError(t, v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }).SignHTTP(t.Context(),
			keys, r,
			r.Header.Get("X-Amz-Content-Sha256"), "s3", awsapitest.Region, time.Now()))
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		resp.Body.Close()
		return resp.StatusCode
	}
	assert.Equal(t, 200, send("a", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"))
	assert.Equal(t, "hello", get(t, objects(cloud.Config()), bucket, "a"))
	assert.Equal(t, 400, send("b", "5\r\nhallo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"), "another checksum")
	assert.Equal(t, 400, send("c", "5\r\nhel"), "broken off")
	_, err := objects(cloud.Config()).HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("b")})
	assert.Error(t, err)
}

func TestReplicasOriginsAndRegions(t *testing.T) {
	server, err := awsapi.New(awsapi.Options{Dir: t.TempDir(), Account: awsapitest.Account})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	require.NoError(t, server.Declare(awsapi.Plan{Buckets: []buckets.Bucket{
		{Name: "here", Region: "us-east-1", Replicas: []string{"there"}, Origins: []string{"https://example.com"}},
		{Name: "there", Region: "eu-west-1"}}}))
	require.NoError(t, server.Put("here", "k", map[string]string{"Content-Type": "text/plain"}, strings.NewReader("text")))
	at := httptest.NewServer(server.Origin("there"))
	t.Cleanup(at.Close)
	resp, err := http.Get(at.URL + "/k")
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, "text", string(body))
	assert.Equal(t, "text/plain", resp.Header.Get("Content-Type"))

	aws := httptest.NewServer(server)
	t.Cleanup(aws.Close)
	for origin, want := range map[string]int{"https://example.com": 200, "https://elsewhere.example": 403} {
		r, err := http.NewRequest(http.MethodOptions, aws.URL+"/here/k", nil)
		require.NoError(t, err)
		r.Header.Set("Origin", origin)
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		resp.Body.Close()
		assert.Equal(t, want, resp.StatusCode)
	}
}
