// Package awsapitest gives tests an AWS of their own: the lab's, on a free port
// and in a directory that goes with the test.
package awsapitest

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/rung-dev/rung/lab/awsapi"
	"github.com/rung-dev/rung/lab/awsapi/answer"
	"github.com/rung-dev/rung/lab/awsapi/buckets"
	"github.com/rung-dev/rung/lab/awsapi/instance"
	"github.com/rung-dev/rung/lab/awsapi/queues"
	"github.com/rung-dev/rung/lab/awsapi/topics"
	"github.com/rung-dev/rung/lab/awsapi/values"
)

// Region, Account, Key and Secret are those of the cloud.
const (
	Region  = "us-east-1"
	Account = "123456789012"
	Key     = "AKIDLAB"
	Secret  = "of the lab"
)

// T is as much of a test as the cloud needs: a testing.TB, or whoever runs it outside
// of one. Fatal does not return.
type T interface {
	Helper()
	TempDir() string
	Cleanup(func())
	Error(...any)
	Fatal(...any)
}

// Cloud is an account in one region with a machine's metadata at the same
// address. Each of its methods that adds something declares the whole anew.
type Cloud struct {
	// AWS is the server itself.
	AWS *awsapi.Server
	// Machine is what a machine is told of itself.
	Machine *instance.Metadata

	t      T
	server *httptest.Server

	mu     sync.Mutex
	plan   awsapi.Plan
	purged []string
	// refused counts the refusals of each path; nil while nothing is refused.
	refused map[string]int
}

// New starts a cloud, until the test ends.
func New(t T) *Cloud {
	t.Helper()
	c := &Cloud{t: t, Machine: &instance.Metadata{},
		plan: awsapi.Plan{Keys: []awsapi.Key{{ID: Key, Secret: Secret, Principal: "test"}}}}
	var err error
	c.AWS, err = awsapi.New(awsapi.Options{Dir: t.TempDir(), Account: Account, Invalidated: c.invalidated})
	if err != nil {
		t.Fatal(err)
	}
	c.server = httptest.NewServer(c)
	t.Cleanup(func() {
		c.server.CloseClientConnections() // some may wait for messages
		c.server.Close()
		if err := c.AWS.Close(); err != nil {
			t.Error(err)
		}
	})
	c.declare(func(*awsapi.Plan) {})
	return c
}

// ServeHTTP answers as AWS and as the machine's metadata.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/latest/") {
		c.Machine.ServeHTTP(w, r)
		return
	}
	c.AWS.ServeHTTP(w, r)
}

func (c *Cloud) declare(add func(*awsapi.Plan)) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	add(&c.plan)
	if err := c.AWS.Declare(c.plan); err != nil {
		c.t.Fatal(err)
	}
}

func (c *Cloud) invalidated(_ string, paths []string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused == nil {
		c.purged = append(c.purged, paths...)
		return nil
	}
	for _, path := range paths {
		c.refused[path]++
	}
	return answer.Errorf("TooManyInvalidationsInProgress", "the test refuses all")
}

// URL is the endpoint of every service.
func (c *Cloud) URL() string { return c.server.URL }

// Config is how the SDK reaches the cloud.
func (c *Cloud) Config() aws.Config {
	return aws.Config{Region: Region, BaseEndpoint: aws.String(c.server.URL),
		Credentials: credentials.NewStaticCredentialsProvider(Key, Secret, ""),
		HTTPClient:  &http.Client{Timeout: 40 * time.Second}}
}

// Environ are the variables by which a process finds the cloud.
func (c *Cloud) Environ() map[string]string {
	return map[string]string{"AWS_REGION": Region, "AWS_ENDPOINT_URL": c.URL(), "AWS_ACCESS_KEY_ID": Key,
		"AWS_SECRET_ACCESS_KEY": Secret, "AWS_EC2_METADATA_DISABLED": "true"}
}

func queueARN(name string) string { return "arn:aws:sqs:" + Region + ":" + Account + ":" + name }

// Queue makes a queue that gives up after a number of deliveries, and one of
// dead letters, and returns their URLs.
func (c *Cloud) Queue(name string, most int) (url, dead string) {
	c.t.Helper()
	main, letters := queueARN(name), queueARN(name+"-dead")
	c.declare(func(p *awsapi.Plan) {
		p.Queues = append(p.Queues, queues.Queue{ARN: letters},
			queues.Queue{ARN: main, DeadLetters: letters, MaxReceives: most})
	})
	return awsapi.QueueURL(main), awsapi.QueueURL(letters)
}

// Send puts any text into a queue, given by its URL.
func (c *Cloud) Send(url, body string) {
	c.t.Helper()
	if _, err := c.AWS.Send(queueARN(url[strings.LastIndex(url, "/")+1:]), body); err != nil {
		c.t.Error(err)
	}
}

// Topic makes a topic that delivers raw to queues, given by their URLs, and
// returns its ARN.
func (c *Cloud) Topic(name string, urls ...string) string {
	c.t.Helper()
	topic := topics.Topic{ARN: "arn:aws:sns:" + Region + ":" + Account + ":" + name}
	for _, url := range urls {
		topic.Subscriptions = append(topic.Subscriptions,
			topics.Subscription{Queue: queueARN(url[strings.LastIndex(url, "/")+1:]), Raw: true})
	}
	c.declare(func(p *awsapi.Plan) { p.Topics = append(p.Topics, topic) })
	return topic.ARN
}

// Bucket makes a bucket.
func (c *Cloud) Bucket(name string) string {
	c.t.Helper()
	c.declare(func(p *awsapi.Plan) { p.Buckets = append(p.Buckets, buckets.Bucket{Name: name, Region: Region}) })
	return name
}

// Secret makes a secret and returns its ARN.
func (c *Cloud) Secret(name, value string) string {
	c.t.Helper()
	arn := "arn:aws:secretsmanager:" + Region + ":" + Account + ":secret:" + name + "-AbCdEf"
	c.declare(func(p *awsapi.Plan) {
		p.Secrets = append(p.Secrets, values.Secret{ARN: arn, Name: name, Value: value})
	})
	return arn
}

// Distribution makes a CDN's distribution.
func (c *Cloud) Distribution(id string) string {
	c.t.Helper()
	c.declare(func(p *awsapi.Plan) { p.Distributions = append(p.Distributions, id) })
	return id
}

// Purged lists the paths that CloudFront was told to forget.
func (c *Cloud) Purged() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.purged)
}

// RefusePurges has CloudFront refuse to forget anything, or take it again.
func (c *Cloud) RefusePurges(refuse bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = nil
	if refuse {
		c.refused = map[string]int{}
	}
}

// Refused is how often CloudFront has refused to forget a path since RefusePurges.
func (c *Cloud) Refused(path string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refused[path]
}
