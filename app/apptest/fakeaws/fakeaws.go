// Package fakeaws speaks the APIs of SQS, S3, Secrets Manager, CloudFront and
// the instance's metadata to the AWS SDK, in this process and without a
// network. It keeps the rules that the app relies on: visibility, receive
// counts, redrive to dead letters, signatures of presigned URLs. What the app
// does not call it refuses, so that nobody mistakes it for AWS.
package fakeaws

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Region is the only one.
const Region = "us-east-1"

// Cloud is one account.
type Cloud struct {
	server *httptest.Server

	mu      sync.Mutex
	queues  map[string]*queue
	objects map[string]object
	secrets map[string]string
	purged  []string
	refused map[string]int // purges that were refused, by path; nil while none is
	// metadata of the instance by path
	metadata map[string]string
}

// New starts a cloud; Close ends it.
func New() *Cloud {
	c := &Cloud{queues: map[string]*queue{}, objects: map[string]object{}, secrets: map[string]string{},
		metadata: map[string]string{}}
	c.server = httptest.NewServer(c)
	return c
}

// Close ends the cloud.
func (c *Cloud) Close() { c.server.Close() }

// URL is the endpoint of every service.
func (c *Cloud) URL() string { return c.server.URL }

// Config is how the SDK reaches the cloud.
func (c *Cloud) Config() aws.Config {
	return aws.Config{Region: Region, BaseEndpoint: aws.String(c.server.URL),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDFAKE", "fake", ""),
		HTTPClient:  &http.Client{Timeout: 40 * time.Second}}
}

// Secret keeps a value under an ARN.
func (c *Cloud) Secret(arn, value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secrets[arn] = value
}

// Metadata sets what an instance reads of itself.
func (c *Cloud) Metadata(path, value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.metadata[path] = value
}

// Purged lists the paths that CloudFront was told to forget.
func (c *Cloud) Purged() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.purged...)
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

// ServeHTTP answers for every service.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := r.Header.Get("X-Amz-Target")
	switch {
	case strings.HasPrefix(target, "AmazonSQS."):
		c.serveSQS(w, r, strings.TrimPrefix(target, "AmazonSQS."))
	case target == "secretsmanager.GetSecretValue":
		c.serveSecret(w, r)
	case strings.HasPrefix(r.URL.Path, "/latest/"):
		c.serveMetadata(w, r)
	case strings.HasSuffix(r.URL.Path, "/invalidation") && r.Method == http.MethodPost:
		c.servePurge(w, r)
	case target == "":
		c.serveS3(w, r)
	default:
		failJSON(w, 400, "UnknownOperationException", target+" is not part of this cloud")
	}
}

func failJSON(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": message}) //nolint:errcheck // the test went away
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	json.NewEncoder(w).Encode(v) //nolint:errcheck // the test went away
}

func (c *Cloud) serveSecret(w http.ResponseWriter, r *http.Request) {
	var in struct{ SecretId string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		failJSON(w, 400, "InvalidRequestException", err.Error())
		return
	}
	c.mu.Lock()
	v, ok := c.secrets[in.SecretId]
	c.mu.Unlock()
	if !ok {
		failJSON(w, 400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		return
	}
	answerJSON(w, map[string]string{"ARN": in.SecretId, "SecretString": v})
}

func (c *Cloud) serveMetadata(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/latest/api/token" {
		w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600")
		io.WriteString(w, "token") //nolint:errcheck // the test went away
		return
	}
	c.mu.Lock()
	v, ok := c.metadata[strings.TrimPrefix(r.URL.Path, "/latest/meta-data/")]
	c.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	io.WriteString(w, v) //nolint:errcheck // the test went away
}

func (c *Cloud) servePurge(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	if !c.forget(string(text)) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `<ErrorResponse><Error><Code>TooManyInvalidationsInProgress</Code></Error></ErrorResponse>`)
		return
	}
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, `<Invalidation><Id>I1</Id><Status>InProgress</Status></Invalidation>`)
}

// forget notes the paths of an invalidation; false where it is refused.
func (c *Cloud) forget(text string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for part := range strings.SplitSeq(text, "<Path>") {
		path, _, ok := strings.Cut(part, "</Path>")
		switch {
		case !ok:
		case c.refused != nil:
			c.refused[path]++
		default:
			c.purged = append(c.purged, path)
		}
	}
	return c.refused == nil
}
