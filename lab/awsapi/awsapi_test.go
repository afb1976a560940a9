package awsapi_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cdntypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/awsapi"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
	"github.com/rung-dev/rung/lab/awsapi/buckets"
	"github.com/rung-dev/rung/lab/awsapi/instance"
	"github.com/rung-dev/rung/lab/awsapi/queues"
)

// code is AWS's code of an error.
func code(t *testing.T, err error) string {
	t.Helper()
	require.Error(t, err)
	var api smithy.APIError
	require.ErrorAs(t, err, &api, "%v", err)
	return api.ErrorCode()
}

// Each service refuses in words of its own who has no key of the lab.
func TestOnlyKeysOfTheLabAreLetIn(t *testing.T) {
	cloud := awsapitest.New(t)
	cloud.Bucket("uploads")
	url, _ := cloud.Queue("jobs", 3)
	topic, secret := cloud.Topic("told"), cloud.Secret("s", "v")
	ask := map[string]func(aws.Config) error{
		"sqs": func(c aws.Config) error {
			_, err := sqs.NewFromConfig(c).ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url})
			return err
		},
		"sns": func(c aws.Config) error {
			_, err := sns.NewFromConfig(c).Publish(t.Context(), &sns.PublishInput{TopicArn: &topic, Message: aws.String("m")})
			return err
		},
		"secrets": func(c aws.Config) error {
			_, err := secretsmanager.NewFromConfig(c).GetSecretValue(t.Context(),
				&secretsmanager.GetSecretValueInput{SecretId: &secret})
			return err
		},
		"s3": func(c aws.Config) error {
			_, err := objects(c).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("uploads")})
			return err
		},
	}
	other := func(key, secret string) aws.Config {
		c := cloud.Config()
		c.RetryMaxAttempts = 1
		c.Credentials = credentials.NewStaticCredentialsProvider(key, secret, "")
		return c
	}
	for name, want := range map[string][2]string{ // of an unknown key, and of a wrong secret
		"sqs":     {"InvalidClientTokenId", "SignatureDoesNotMatch"},
		"sns":     {"InvalidClientTokenId", "SignatureDoesNotMatch"},
		"secrets": {"UnrecognizedClientException", "InvalidSignatureException"},
		"s3":      {"InvalidAccessKeyId", "SignatureDoesNotMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, ask[name](cloud.Config()))
			assert.Equal(t, want[0], code(t, ask[name](other("AKIDOTHER", awsapitest.Secret))))
			assert.Equal(t, want[1], code(t, ask[name](other(awsapitest.Key, "wrong"))))
		})
	}
	resp, err := http.Get(cloud.URL() + "/uploads")
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, http.StatusForbidden, resp.StatusCode, "without any signature")
}

func TestClocksMayBeOffByMinutesOnly(t *testing.T) {
	late := time.Now().Add(20 * time.Minute)
	config := serve(t, awsapi.Options{Dir: t.TempDir(), Account: awsapitest.Account,
		Now: func() time.Time { return late }},
		awsapi.Plan{Buckets: []buckets.Bucket{{Name: "uploads", Region: awsapitest.Region}}})
	_, err := objects(config).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("uploads")})
	assert.Equal(t, "RequestTimeTooSkewed", code(t, err))
}

func TestRolesMayDoWhatTheyMay(t *testing.T) {
	var asked []awsapi.Call
	arn := "arn:aws:sqs:us-east-1:123456789012:jobs"
	config := serve(t, awsapi.Options{Dir: t.TempDir(), Account: awsapitest.Account, Allow: func(c awsapi.Call) bool {
		asked = append(asked, c)
		return c.Action != "PurgeQueue"
	}}, awsapi.Plan{Queues: []queues.Queue{{ARN: arn}}})
	client, url := sqs.NewFromConfig(config), aws.String(awsapi.QueueURL(arn))
	_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("m")})
	require.NoError(t, err)
	_, err = client.PurgeQueue(t.Context(), &sqs.PurgeQueueInput{QueueUrl: url})
	assert.Equal(t, "AccessDeniedException", code(t, err))
	assert.Equal(t, awsapi.Call{Principal: "web", Region: "us-east-1", Service: "sqs", Action: "SendMessage"}, asked[0])
}

// serve is a server with options and a plan, and how the SDK reaches it.
func serve(t *testing.T, o awsapi.Options, p awsapi.Plan) aws.Config {
	t.Helper()
	s, err := awsapi.New(o)
	require.NoError(t, err)
	p.Keys = []awsapi.Key{{ID: awsapitest.Key, Secret: awsapitest.Secret, Principal: "web"}}
	require.NoError(t, s.Declare(p))
	at := httptest.NewServer(s)
	t.Cleanup(func() { at.CloseClientConnections(); at.Close(); assert.NoError(t, s.Close()) })
	return aws.Config{Region: awsapitest.Region, BaseEndpoint: &at.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(awsapitest.Key, awsapitest.Secret, "")}
}

// What was acknowledged is there after a restart, also how often a message was
// tried; what the plan no longer has is gone.
func TestARestartKeepsMessagesAndObjects(t *testing.T) {
	const jobs, old = "arn:aws:sqs:us-east-1:123456789012:jobs", "arn:aws:sqs:us-east-1:123456789012:old"
	dir := t.TempDir()
	plan := awsapi.Plan{Queues: []queues.Queue{{ARN: jobs}, {ARN: old}},
		Buckets: []buckets.Bucket{{Name: "uploads", Region: "us-east-1"}, {Name: "former", Region: "us-east-1"}}}
	t.Run("before", func(t *testing.T) {
		config := serve(t, awsapi.Options{Dir: dir, Account: awsapitest.Account}, plan)
		client := sqs.NewFromConfig(config)
		for _, arn := range []string{jobs, old} {
			_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String(awsapi.QueueURL(arn)),
				MessageBody: aws.String("m")})
			require.NoError(t, err)
		}
		receive(t, client, awsapi.QueueURL(jobs), 0)
		put(t, objects(config), "uploads", "a", "text")
		put(t, objects(config), "former", "a", "text")
	})
	plan.Queues, plan.Buckets = plan.Queues[:1], plan.Buckets[:1]
	t.Run("without one queue and bucket", func(t *testing.T) {
		serve(t, awsapi.Options{Dir: dir,
			Account: awsapitest.Account}, plan)
	})
	plan.Queues = append(plan.Queues, queues.Queue{ARN: old})
	plan.Buckets = append(plan.Buckets, buckets.Bucket{Name: "former", Region: "us-east-1"})
	config := serve(t, awsapi.Options{Dir: dir, Account: awsapitest.Account}, plan)
	client := sqs.NewFromConfig(config)
	all := receive(t, client, awsapi.QueueURL(jobs), 0)
	require.Len(t, all, 1)
	assert.Equal(t, "2", all[0].Attributes["ApproximateReceiveCount"])
	assert.Empty(t, receive(t, client, awsapi.QueueURL(old), 0))
	assert.Equal(t, "text", get(t, objects(config), "uploads", "a"))
	_, err := objects(config).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("former"),
		Key: aws.String("a")})
	assert.Equal(t, "NoSuchKey", code(t, err))
}

func TestOneProcessHasTheDirectory(t *testing.T) {
	dir := t.TempDir()
	serve(t, awsapi.Options{Dir: dir, Account: awsapitest.Account}, awsapi.Plan{})
	_, err := awsapi.New(awsapi.Options{Dir: dir})
	assert.ErrorContains(t, err, "another process has it")
}

func TestPlansAreRefusedWhole(t *testing.T) {
	s, err := awsapi.New(awsapi.Options{Dir: t.TempDir(), Account: awsapitest.Account})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	err = s.Declare(awsapi.Plan{Queues: []queues.Queue{{ARN: "arn:aws:sqs:us-east-1:123456789012:a.fifo"},
		{ARN: "arn:aws:sqs:us-east-1:123456789012:b", DeadLetters: "c", MaxReceives: 3}},
		Buckets: []buckets.Bucket{{Name: "UPPER", Region: "us-east-1"}}})
	for _, want := range []string{"FIFO", "c is not planned", "UPPER"} {
		assert.ErrorContains(t, err, want)
	}
}

func TestInvalidationsAreTold(t *testing.T) {
	cloud := awsapitest.New(t)
	id := cloud.Distribution("E1")
	client := cloudfront.NewFromConfig(cloud.Config())
	ask := func(id string) error {
		_, err := client.CreateInvalidation(t.Context(), &cloudfront.CreateInvalidationInput{DistributionId: &id,
			InvalidationBatch: &cdntypes.InvalidationBatch{CallerReference: aws.String("1"),
				Paths: &cdntypes.Paths{Items: []string{"/a", "/b*"}, Quantity: aws.Int32(2)}}})
		return err
	}
	require.NoError(t, ask(id))
	assert.Equal(t, []string{"/a", "/b*"}, cloud.Purged())
	assert.Equal(t, "NoSuchDistribution", code(t, ask("E2")))
}

func TestMachinesAreToldOfTheirEndAndRole(t *testing.T) {
	var m instance.Metadata
	at := httptest.NewServer(&m)
	t.Cleanup(at.Close)
	require.NoError(t, m.Role("web", "AKID", "secret", "token"))
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", at.URL)
	client := imds.New(imds.Options{Endpoint: at.URL})
	ask := func(path string) error {
		out, err := client.GetMetadata(context.Background(), &imds.GetMetadataInput{Path: path})
		if err == nil {
			out.Content.Close()
		}
		return err
	}
	require.NoError(t, ask("iam/security-credentials/web"))
	assert.Error(t, ask("spot/instance-action"))
	m.Set("spot/instance-action", `{"action":"terminate"}`)
	assert.NoError(t, ask("spot/instance-action"))
	m.Set("spot/instance-action", "")
	assert.Error(t, ask("spot/instance-action"))
	resp, err := http.Get(at.URL + "/latest/meta-data/iam/security-credentials/")
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, http.StatusUnauthorized, resp.StatusCode, "IMDSv2 wants a token")
}

func put(t *testing.T, client *s3.Client, bucket, key, body string) {
	t.Helper()
	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key,
		Body: bytes.NewReader([]byte(body))})
	require.NoError(t, err)
}

// objects is a client of S3.
func objects(c aws.Config) *s3.Client {
	return s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = true })
}
