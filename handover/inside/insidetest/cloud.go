// Package insidetest is AWS in this process, for tests of a move inside a VPC: SSM,
// EC2, IAM and S3 as far as the mover speaks to them, with an instance whose calls
// are judged by the policies that its role was given.
package insidetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/rung-dev/rung/handover/inside/api"
)

// The instance, its role, and what a test names.
const (
	Region   = "eu-central-1"
	Instance = "i-0123456789abcdef0"
	Role     = "server-role"
	Bucket   = "artifacts"
	// Caller and Guest are the access keys of who drives and of the instance.
	Caller = "AKIDCALLER"
	Guest  = "AKIDGUEST"
	secret = "wJalrXUtnFEMI"
)

// Cloud is AWS. The zero value is one that works, and whose commands do nothing.
type Cloud struct {
	// Ping is what SSM says of the instance; empty means Online, "none" that it does
	// not know it.
	Ping string
	// Denied are actions that the caller is not allowed.
	Denied []string
	// Throttle is how often each action is refused first.
	Throttle int
	// Run is what the instance does with a command's script. Nil does nothing.
	Run func(script string) api.Outcome

	mu       sync.Mutex
	url      string
	objects  map[string][]byte
	secrets  map[string]string
	policies map[string]string
	commands map[string]*command
	refused  map[string]int
	asked    []string
	wrong    []string
}

type command struct{ outcome api.Outcome }

// Start serves until the test ends.
func (c *Cloud) Start(t testing.TB) {
	c.objects, c.secrets, c.policies = map[string][]byte{}, map[string]string{}, map[string]string{}
	c.commands, c.refused = map[string]*command{}, map[string]int{}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	c.url = server.URL
}

// URL is where all its services are.
func (c *Cloud) URL() string { return c.url }

// Client calls it as the owner of a key, without pauses worth the name.
func (c *Cloud) Client(key string) *api.Client {
	return &api.Client{Region: Region, Patience: 0.001, Config: aws.Config{BaseEndpoint: &c.url,
		Credentials: credentials.NewStaticCredentialsProvider(key, secret, "")}}
}

// Environment is what a program of the instance finds its access by.
func (c *Cloud) Environment() []string {
	return []string{"AWS_ACCESS_KEY_ID=" + Guest, "AWS_SECRET_ACCESS_KEY=" + secret, "AWS_ENDPOINT_URL=" + c.url,
		"AWS_REGION=" + Region, "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/nowhere",
		"AWS_SHARED_CREDENTIALS_FILE=/nowhere"}
}

// Asked are the actions that were done, in their order, with who did them.
func (c *Cloud) Asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.asked)
}

// Wrong are requests that AWS would not have understood.
func (c *Cloud) Wrong() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.wrong)
}

// Left are the policies of the role and the secrets that are there.
func (c *Cloud) Left() (policies, secrets []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.policies)), slices.Sorted(maps.Keys(c.secrets))
}

// Policies are the documents of the role by their names.
func (c *Cloud) Policies() map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.policies)
}

// Grant gives the role a policy that was there before.
func (c *Cloud) Grant(name, document string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.policies[name] = document
}

// Object is one of the bucket; nil for none.
func (c *Cloud) Object(key string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.objects[key]
}

// Put keeps an object of the bucket.
func (c *Cloud) Put(key string, content []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.objects[key] = content
}

// Secret is the text of the only secret that is there.
func (c *Cloud) Secret() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, text := range c.secrets {
		return text
	}
	return ""
}

var scopes = regexp.MustCompile(`Credential=(\w+)/\d+/([\w-]+)/(\w+)/aws4_request, SignedHeaders=([^,]+)`)

// ServeHTTP answers for the service that the signature is for.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	scope := scopes.FindStringSubmatch(r.Header.Get("Authorization"))
	c.mu.Lock()
	defer c.mu.Unlock()
	if scope == nil || !signed(r, body, scope) {
		c.wrong = append(c.wrong, r.Method+" "+r.URL.String()+": not signed as it should be")
		w.WriteHeader(http.StatusForbidden)
		return
	}
	q := question{cloud: c, w: w, r: r, body: body, key: scope[1], region: scope[2], service: scope[3]}
	if !q.read() {
		c.wrong = append(c.wrong, q.service+": "+r.Method+" "+r.URL.String())
		q.refuse(http.StatusBadRequest, "InvalidAction", "no such action")
		return
	}
	q.answer()
}

// signed makes the signature of a request once more.
func signed(r *http.Request, body []byte, scope []string) bool {
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || time.Since(at).Abs() > 5*time.Minute {
		return false
	}
	again, err := http.NewRequest(r.Method, "http://"+r.Host+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return false
	}
	for h := range strings.SplitSeq(scope[4], ";") {
		if h != "host" && h != "content-length" {
			again.Header.Set(h, r.Header.Get(h))
		}
	}
	sum := sha256.Sum256(body)
	err = v4.NewSigner().SignHTTP(context.Background(), aws.Credentials{AccessKeyID: scope[1], SecretAccessKey: secret},
		again, hex.EncodeToString(sum[:]), scope[3], scope[2], at)
	return err == nil && again.Header.Get("Authorization") == r.Header.Get("Authorization")
}
