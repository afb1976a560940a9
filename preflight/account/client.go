package account

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// service is how one of AWS's services is reached.
type service struct {
	// name begins the host and is what requests are signed for.
	name string
	// version is that of the Query protocol; empty for the others.
	version string
	// global services have one host without a region.
	global bool
	// target begins the X-Amz-Target of the JSON protocol; json its version.
	target, json string
}

// The services that are asked.
var (
	sts         = service{name: "sts", version: "2011-06-15"}
	ec2         = service{name: "ec2", version: "2016-11-15"}
	rds         = service{name: "rds", version: "2014-10-31"}
	elasticache = service{name: "elasticache", version: "2015-02-02"}
	balancing   = service{name: "elasticloadbalancing", version: "2015-12-01"}
	autoscaling = service{name: "autoscaling", version: "2011-01-01"}
	iam         = service{name: "iam", version: "2010-05-08", global: true}
	quotas      = service{name: "servicequotas", target: "ServiceQuotasV20190624", json: "1.1"}
	acm         = service{name: "acm", target: "CertificateManager", json: "1.1"}
	opensearch  = service{name: "es"}
	gateway     = service{name: "apigateway"}
	lambda      = service{name: "lambda"}
	s3          = service{name: "s3"}
	cloudfront  = service{name: "cloudfront", global: true}
	route53     = service{name: "route53", global: true}
)

// attempts is how often a request is tried that AWS throttles or fails to answer,
// and pause how long the first pause is; each further one is twice as long.
const (
	attempts = 6
	pause    = 250 * time.Millisecond
)

// most is the longest answer that is read; a page of AWS's is far shorter.
const most = 16 << 20

// request is one question to a service.
type request struct {
	service service
	region  string
	// action is that of the Query and the JSON protocol; path that of the others.
	action, path, method string
	// form are the parameters; body is what a JSON action is given.
	form url.Values
	body any
}

// apiError is a refusal of AWS's.
type apiError struct {
	status        int
	code, message string
}

func (e apiError) Error() string { return fmt.Sprintf("%s: %s", e.code, e.message) }

// refusals are the codes of callers that may not ask.
var refusals = []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError",
	"UnauthorizedException"}

func denied(err error) bool {
	var refused apiError
	return errors.As(err, &refused) && slices.Contains(refusals, refused.code)
}

// fleeting reports whether a request may succeed when it is tried again.
func fleeting(err error) bool {
	var refused apiError
	if !errors.As(err, &refused) {
		return true // the line
	}
	return refused.status >= http.StatusInternalServerError || refused.status == http.StatusTooManyRequests ||
		strings.Contains(refused.code, "Throttl") || refused.code == "RequestLimitExceeded" ||
		refused.code == "TooManyRequestsException"
}

// ask sends a request, again where AWS was too busy, and gives the answer.
func (l *look) ask(ctx context.Context, r request) ([]byte, error) {
	wait := pause
	for try := 1; ; try++ {
		answer, err := l.send(ctx, r)
		if err == nil || try == attempts || !fleeting(err) || ctx.Err() != nil {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Duration(float64(wait) * l.patience)):
		}
		wait *= 2
	}
}

func (l *look) send(ctx context.Context, r request) ([]byte, error) {
	req, body, err := l.build(ctx, r)
	if err != nil {
		return nil, err
	}
	credentials, err := l.config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w", err)
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if r.service.name == s3.name {
		req.Header.Set("X-Amz-Content-Sha256", hash)
	}
	if err := v4.NewSigner().SignHTTP(ctx, credentials, req, hash, r.service.name, r.signedFor(), time.Now()); err != nil {
		return nil, fmt.Errorf("sign a request to %s: %w", r.service.name, err)
	}
	res, err := l.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return nil, refusal(res, answer)
	}
	return answer, nil
}

// signedFor is the region of the signature.
func (r request) signedFor() string {
	if r.service.global {
		return home
	}
	return r.region
}

// build makes the HTTP request in the service's protocol.
func (l *look) build(ctx context.Context, r request) (*http.Request, []byte, error) {
	method, path, header, body := cmp.Or(r.method, http.MethodGet), cmp.Or(r.path, "/"), http.Header{}, []byte(nil)
	query := ""
	switch {
	case r.service.version != "":
		form := url.Values{"Action": {r.action}, "Version": {r.service.version}}
		for k, v := range r.form {
			form[k] = v
		}
		method, body = http.MethodPost, []byte(form.Encode())
		header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	case r.service.target != "":
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, nil, err
		}
		method, body = http.MethodPost, text
		header.Set("Content-Type", "application/x-amz-json-"+r.service.json)
		header.Set("X-Amz-Target", r.service.target+"."+r.action)
	default:
		query = r.form.Encode()
	}
	address := l.address(r) + path
	if query != "" {
		address += "?" + query
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	for k := range header {
		req.Header.Set(k, header.Get(k))
	}
	return req, body, nil
}

// address is a service's, or the one that the caller's configuration names for all.
func (l *look) address(r request) string {
	if base := aws.ToString(l.config.BaseEndpoint); base != "" {
		return strings.TrimSuffix(base, "/")
	}
	if r.service.global {
		return "https://" + r.service.name + ".amazonaws.com"
	}
	return "https://" + r.service.name + "." + r.region + ".amazonaws.com"
}

// refusal reads an error in whichever form the protocol has it.
func refusal(res *http.Response, answer []byte) error {
	e := apiError{status: res.StatusCode, code: res.Header.Get("X-Amzn-Errortype")}
	var text struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if json.Unmarshal(answer, &text) == nil {
		e.code, e.message = cmp.Or(e.code, text.Type), text.Message
	} else if tree, err := parse(answer); err == nil {
		e.code, e.message = cmp.Or(e.code, tree.find("Code").text()), tree.find("Message").text()
	}
	e.code, _, _ = strings.Cut(e.code[strings.LastIndex(e.code, "#")+1:], ":")
	e.code = cmp.Or(e.code, http.StatusText(res.StatusCode))
	return e
}

// node is an element of an answer in XML.
type node struct {
	XMLName  xml.Name
	Content  string `xml:",chardata"`
	Children []node `xml:",any"`
}

func parse(answer []byte) (n node, err error) {
	err = xml.Unmarshal(answer, &n)
	return n, err
}

// find is the first element of a name, however deep; an empty one for none.
func (n node) find(name string) node {
	if n.XMLName.Local == name {
		return n
	}
	for _, c := range n.Children {
		if found := c.find(name); found.XMLName.Local != "" {
			return found
		}
	}
	return node{}
}

// all are the children of the first element of a name.
func (n node) all(name string) []node { return n.find(name).Children }

// child is the text of a direct child; empty for none.
func (n node) child(name string) string {
	for _, c := range n.Children {
		if c.XMLName.Local == name {
			return c.text()
		}
	}
	return ""
}

func (n node) text() string { return strings.TrimSpace(n.Content) }
