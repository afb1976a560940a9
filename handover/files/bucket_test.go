package files_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/files"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

// A directory goes into the lab's S3 and comes back.
func TestADirectoryGoesIntoABucketAndBack(t *testing.T) {
	cloud := awsapitest.New(t)
	name := cloud.Bucket("uploads")
	client := s3.NewFromConfig(cloud.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	from, back := t.TempDir(), t.TempDir()
	write(t, from, "a.txt", "one")
	write(t, from, "deep/b c.txt", "two")
	bucket := files.NewBucket(client, name, "moved")
	c, err := files.Copy(t.Context(), files.Dir(from), bucket)
	require.NoError(t, err)
	assert.Equal(t, 2, c.Files)
	c, err = files.Copy(t.Context(), files.Dir(from), bucket)
	require.NoError(t, err)
	assert.Zero(t, c.Files)
	_, err = files.Copy(t.Context(), bucket, files.Dir(back))
	require.NoError(t, err)
	there, err := files.Dir(back).List(t.Context())
	require.NoError(t, err)
	assert.Len(t, there, 2)
}
