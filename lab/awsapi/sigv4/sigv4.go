// Package sigv4 checks AWS's Signature Version 4 as the services do: it signs
// what has arrived again, with AWS's own signer and the key's secret, and
// compares. What was signed must have come as it was signed.
//
// Chunks of a streamed body carry signatures of their own, which are not
// checked: the head of the request, with its length and date, is.
package sigv4

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The reasons for which a request is refused. Each service has codes of its own
// for them.
var (
	ErrMissing    = errors.New("the request carries no signature")
	ErrMalformed  = errors.New("the signature cannot be read")
	ErrUnknownKey = errors.New("the access key is not one of this lab")
	ErrExpired    = errors.New("the request has expired")
	ErrMismatch   = errors.New("the signature does not match: another secret, or the request was changed on its way")
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	layout    = "20060102T150405Z"
	// maxSkew is how far a clock may be off; AWS allows as much.
	maxSkew = 15 * time.Minute
	// maxPresigned is the longest life of a presigned request.
	maxPresigned = 7 * 24 * time.Hour
)

// Claim is what a signature says of itself, before it is believed.
type Claim struct {
	// Key is the access key's id.
	Key string
	// Region and Service are the scope.
	Region, Service string
	// Presigned says that the signature stands in the URL.
	Presigned bool

	signature string
	headers   []string // the signed ones, in lower case
	at        time.Time
	life      time.Duration // of a presigned request
}

// Read finds the signature of a request. Errors wrap ErrMissing or ErrMalformed.
func Read(r *http.Request) (Claim, error) {
	if q := r.URL.Query(); q.Has("X-Amz-Signature") {
		return readURL(q)
	}
	header := r.Header.Get("Authorization")
	if header == "" {
		return Claim{}, ErrMissing
	}
	rest, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return Claim{}, fmt.Errorf("%w: want %s", ErrMalformed, algorithm)
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[name] = value
	}
	return claim(fields["Credential"], fields["SignedHeaders"], fields["Signature"], r.Header.Get("X-Amz-Date"))
}

func readURL(q url.Values) (Claim, error) {
	c, err := claim(q.Get("X-Amz-Credential"), q.Get("X-Amz-SignedHeaders"), q.Get("X-Amz-Signature"),
		q.Get("X-Amz-Date"))
	if err != nil {
		return Claim{}, err
	}
	seconds, err := strconv.Atoi(q.Get("X-Amz-Expires"))
	c.life, c.Presigned = time.Duration(seconds)*time.Second, true
	if err != nil || seconds < 1 || c.life > maxPresigned {
		return Claim{}, fmt.Errorf("%w: X-Amz-Expires: got %q, want 1 to %d", ErrMalformed, q.Get("X-Amz-Expires"),
			int(maxPresigned.Seconds()))
	}
	return c, nil
}

// claim reads a credential such as KEY/20261130/us-east-1/sqs/aws4_request.
func claim(credential, headers, signature, date string) (Claim, error) {
	scope := strings.Split(credential, "/")
	if len(scope) != 5 || scope[4] != "aws4_request" || headers == "" || signature == "" {
		return Claim{}, fmt.Errorf("%w: want Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders, Signature",
			ErrMalformed)
	}
	at, err := time.Parse(layout, date)
	if err != nil || at.Format("20060102") != scope[1] {
		return Claim{}, fmt.Errorf("%w: X-Amz-Date: got %q, want the day of the credential's scope, %s",
			ErrMalformed, date, scope[1])
	}
	return Claim{Key: scope[0], Region: scope[2], Service: scope[3], signature: signature,
		headers: strings.Split(headers, ";"), at: at}, nil
}

// Check holds the claim against the request, the key's secret and the time.
// payload is the body's SHA-256 in hex, or what stands for it. Errors wrap
// ErrExpired or ErrMismatch.
func (c Claim) Check(r *http.Request, secret, payload string, now time.Time) error {
	if err := c.fresh(now); err != nil {
		return err
	}
	if !slices.Contains(c.headers, "host") {
		return fmt.Errorf("%w: the host is not signed", ErrMismatch)
	}
	got, err := c.sign(r, secret, payload)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMismatch, err)
	}
	if subtle.ConstantTimeCompare([]byte(got), []byte(c.signature)) != 1 {
		return ErrMismatch
	}
	return nil
}

func (c Claim) fresh(now time.Time) error {
	if c.at.Sub(now) > maxSkew {
		return fmt.Errorf("%w: it is signed for %s, which is later", ErrExpired, c.at.Format(layout))
	}
	life := maxSkew
	if c.Presigned {
		life = c.life
	}
	if now.Sub(c.at) > life {
		return fmt.Errorf("%w: it was signed at %s for %s", ErrExpired, c.at.Format(layout), life)
	}
	return nil
}

// sign makes the signature that the request should have.
func (c Claim) sign(r *http.Request, secret, payload string) (string, error) {
	again, err := c.again(r)
	if err != nil {
		return "", err
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = c.Service == "s3" })
	key := aws.Credentials{AccessKeyID: c.Key, SecretAccessKey: secret}
	if !c.Presigned {
		err := signer.SignHTTP(context.Background(), key, again, payload, c.Service, c.Region, c.at)
		_, signature, _ := strings.Cut(again.Header.Get("Authorization"), "Signature=")
		return signature, err
	}
	signed, _, err := signer.PresignHTTP(context.Background(), key, again, payload, c.Service, c.Region, c.at)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(signed)
	if err != nil {
		return "", err
	}
	return u.Query().Get("X-Amz-Signature"), nil
}

// again is the request with what was signed and nothing else.
func (c Claim) again(r *http.Request) (*http.Request, error) {
	q := r.URL.Query()
	for _, name := range []string{"X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date", "X-Amz-Credential",
		"X-Amz-Algorithm"} {
		q.Del(name)
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	again, err := http.NewRequestWithContext(context.Background(), r.Method,
		scheme+"://"+r.Host+r.URL.EscapedPath()+"?"+q.Encode(), nil)
	if err != nil {
		return nil, err
	}
	for _, name := range c.headers {
		switch name {
		case "host":
		case "content-length":
			again.ContentLength = r.ContentLength
		default:
			again.Header[http.CanonicalHeaderKey(name)] = r.Header.Values(name)
		}
	}
	return again, nil
}
