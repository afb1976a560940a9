// Package awswire speaks the protocols of AWS's services with the SDK's signer, for those
// who ask a few questions of many services: their SDKs would take minutes to compile and
// tens of megabytes to link.
//
// A [Client] sends a [Request], again where AWS was too busy, and gives the answer as it
// came, or an [Error] with AWS's code. It knows no service's answers; [Parse] reads those
// in XML. Asking costs what AWS takes for the question, mostly nothing.
package awswire

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
)

const (
	// attempts is how often a request is tried that AWS throttles or fails to answer, and
	// pause how long the first pause is; each further one is twice as long.
	attempts = 6
	pause    = 250 * time.Millisecond
	// answerTime is the patience for one answer.
	answerTime = 20 * time.Second
	// most is the longest answer that is read; a page of AWS's is far shorter.
	most = 16 << 20
)

// Client asks in somebody's name.
type Client struct {
	// Config is how AWS is reached.
	Config aws.Config
	// HTTP sends requests; nil is the ordinary way.
	HTTP *http.Client
	// Patience stretches the pauses between attempts; 0 is 1.
	Patience float64
	// Most is how long an answer may be, in bytes; 0 is 16 MiB.
	Most int64
}

// Open finds the caller's credentials as the AWS CLI does.
func Open(ctx context.Context) (*Client, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w", err)
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w; sign in, or set AWS_PROFILE", err)
	}
	return &Client{Config: cfg}, nil
}

// Request is one question to a service.
type Request struct {
	Service Service
	Region  string
	// Action is that of the Query and the JSON protocol; Path and Method those of the
	// others, "/" and GET where they are empty.
	Action, Path, Method string
	// Form are the parameters; Body is what a JSON action is given.
	Form url.Values
	Body any
	// Content is what a service with paths is given as it is.
	Content []byte
	// Once must not be sent again where nobody knows whether it was done.
	Once bool
}

// Through is the ordinary way with a patience for one answer. It keeps a signed request
// with whom it was signed for.
func Through(patience time.Duration) *http.Client {
	return &http.Client{Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

var ordinary = Through(answerTime)

// Ask sends a request, again where AWS was too busy, and gives the answer.
func (c *Client) Ask(ctx context.Context, r Request) ([]byte, error) {
	wait := pause
	for try := 1; ; try++ {
		answer, err := c.send(ctx, r)
		if err == nil || try == attempts || !r.again(err) || ctx.Err() != nil {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Duration(float64(wait) * cmp.Or(c.Patience, 1))):
		}
		wait *= 2
	}
}

// AskXML asks, and reads the answer.
func (c *Client) AskXML(ctx context.Context, r Request) (Node, error) {
	answer, err := c.Ask(ctx, r)
	if err != nil {
		return Node{}, err
	}
	return Parse(answer)
}

// AskJSON asks, and reads the answer into what is given.
func (c *Client) AskJSON(ctx context.Context, r Request, into any) error {
	answer, err := c.Ask(ctx, r)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("read the answer of %s: %w", r.Service.Name, err)
	}
	return nil
}

func (c *Client) send(ctx context.Context, r Request) ([]byte, error) {
	req, err := c.signed(ctx, r)
	if err != nil {
		return nil, err
	}
	through := c.HTTP
	if through == nil {
		through = ordinary
	}
	res, err := through.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	limit := cmp.Or(c.Most, most)
	answer, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	switch {
	case err != nil:
		return nil, err
	case res.StatusCode >= http.StatusMultipleChoices:
		return nil, refusal(res, answer)
	case int64(len(answer)) > limit:
		return nil, fmt.Errorf("the answer of %s has more than %d bytes", r.Service.Name, limit)
	}
	return answer, nil
}

// signed is the HTTP request with its signature.
func (c *Client) signed(ctx context.Context, r Request) (*http.Request, error) {
	req, body, err := c.build(ctx, r)
	if err != nil {
		return nil, err
	}
	credentials, err := c.Config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w", err)
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if r.Service.Name == S3.Name {
		req.Header.Set("X-Amz-Content-Sha256", hash)
	}
	if err := v4.NewSigner().SignHTTP(ctx, credentials, req, hash, r.Service.Name, r.signedFor(), time.Now()); err != nil {
		return nil, fmt.Errorf("sign a request to %s: %w", r.Service.Name, err)
	}
	return req, nil
}

// signedFor is the region of the signature.
func (r Request) signedFor() string {
	if r.Service.Global {
		return Home
	}
	return r.Region
}

// build makes the HTTP request in the service's protocol.
func (c *Client) build(ctx context.Context, r Request) (*http.Request, []byte, error) {
	method, path, header, body := cmp.Or(r.Method, http.MethodGet), cmp.Or(r.Path, "/"), http.Header{}, r.Content
	query := ""
	switch {
	case r.Service.Version != "":
		form := url.Values{"Action": {r.Action}, "Version": {r.Service.Version}}
		for k, v := range r.Form {
			form[k] = v
		}
		method, body = http.MethodPost, []byte(form.Encode())
		header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	case r.Service.Target != "":
		text, err := json.Marshal(r.Body)
		if err != nil {
			return nil, nil, err
		}
		method, body = http.MethodPost, text
		header.Set("Content-Type", "application/x-amz-json-"+r.Service.JSON)
		header.Set("X-Amz-Target", r.Service.Target+"."+r.Action)
	default:
		query = r.Form.Encode()
	}
	address := c.address(r) + path
	if query != "" {
		address += "?" + query
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header = header
	return req, body, nil
}

// address is a service's, or the one that the caller's configuration names for all.
func (c *Client) address(r Request) string {
	if base := aws.ToString(c.Config.BaseEndpoint); base != "" {
		return strings.TrimSuffix(base, "/")
	}
	if r.Service.Global {
		return "https://" + r.Service.Name + ".amazonaws.com"
	}
	return "https://" + r.Service.Name + "." + r.Region + ".amazonaws.com"
}
