package api

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
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/rung-dev/rung/awswire"
)

// service is how one of AWS's services is reached.
type service struct {
	// name begins the host and is what requests are signed for.
	name string
	// version is that of the Query protocol, target begins the X-Amz-Target of JSON.
	version, target string
	// global has one host, signed for this region; empty for the others.
	global string
}

var (
	ssm = service{name: "ssm", target: "AmazonSSM"}
	ec2 = service{name: "ec2", version: "2016-11-15"}
	iam = service{name: "iam", version: "2010-05-08", global: "us-east-1"}
	s3  = service{name: "s3"}
)

const (
	// most is the longest answer that is read: a journal of a move is far shorter.
	most = 64 << 20
	// answerTime bounds one request; a mover of some tens of MB is sent within it.
	answerTime = 2 * time.Minute
)

var ordinary = &http.Client{Timeout: answerTime,
	// A signed request stays with whom it was signed for.
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (c *Client) send(ctx context.Context, r request) ([]byte, error) {
	req, body, err := c.build(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := c.sign(ctx, r, req, body); err != nil {
		return nil, err
	}
	client := c.HTTP
	if client == nil {
		client = ordinary
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s on %s: %w", r.permission(), r.on, err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err != nil {
		return nil, fmt.Errorf("%s on %s: %w", r.permission(), r.on, err)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return nil, refusal(r, res, answer)
	}
	return answer, nil
}

func (c *Client) sign(ctx context.Context, r request, req *http.Request, body []byte) error {
	credentials, err := c.Config.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("find AWS credentials: %w", err)
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if r.service == s3 {
		req.Header.Set("X-Amz-Content-Sha256", hash)
	}
	region := cmp.Or(r.service.global, c.Region)
	if err := v4.NewSigner().SignHTTP(ctx, credentials, req, hash, r.service.name, region, time.Now()); err != nil {
		return fmt.Errorf("sign a request to %s: %w", r.service.name, err)
	}
	return nil
}

// build makes the HTTP request in the service's protocol.
func (c *Client) build(ctx context.Context, r request) (*http.Request, []byte, error) {
	method, body, header := http.MethodPost, r.content, map[string]string{}
	switch {
	case r.service.version != "":
		form := url.Values{"Action": {r.action}, "Version": {r.service.version}}
		for k, v := range r.form {
			form[k] = v
		}
		body = []byte(form.Encode())
		header["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
	case r.service.target != "":
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, nil, err
		}
		body = text
		header["Content-Type"] = "application/x-amz-json-1.1"
		header["X-Amz-Target"] = r.service.target + "." + r.action
	default:
		method, header = r.method, r.header
	}
	req, err := http.NewRequestWithContext(ctx, method, c.address(r.service)+cmp.Or(r.path, "/"), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	return req, body, nil
}

// address is a service's, or the one that the caller's configuration names for all.
func (c *Client) address(s service) string {
	if base := aws.ToString(c.Config.BaseEndpoint); base != "" {
		return strings.TrimSuffix(base, "/")
	}
	if s.global != "" {
		return "https://" + s.name + ".amazonaws.com"
	}
	return "https://" + s.name + "." + c.Region + ".amazonaws.com"
}

// refusal reads an error in whichever form the protocol has it.
func refusal(r request, res *http.Response, answer []byte) error {
	e := Refusal{Action: r.permission(), On: r.on, Status: res.StatusCode}
	var text struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
		Other   string `json:"Message"`
	}
	if json.Unmarshal(answer, &text) == nil {
		e.Code, e.Message = text.Type, cmp.Or(text.Message, text.Other)
	} else if tree, err := awswire.Parse(answer); err == nil {
		e.Code, e.Message = tree.Find("Code").Text(), tree.Find("Message").Text()
	}
	e.Code = e.Code[strings.LastIndex(e.Code, "#")+1:]
	if e.Code == "" { // an answer to HEAD has no body to say more
		e.Code = map[int]string{http.StatusForbidden: "AccessDenied", http.StatusNotFound: "NotFound",
			http.StatusServiceUnavailable: "SlowDown"}[res.StatusCode]
	}
	e.Code = cmp.Or(e.Code, http.StatusText(res.StatusCode))
	return e
}

// refusals are the codes of callers that may not ask.
var refusals = []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}

func (r Refusal) denied() bool { return slices.Contains(refusals, r.Code) }

func (r Refusal) throttled() bool {
	return r.Status == http.StatusTooManyRequests || strings.Contains(r.Code, "Throttl") ||
		r.Code == "RequestLimitExceeded" || r.Code == "TooManyRequestsException" || r.Code == "SlowDown"
}
