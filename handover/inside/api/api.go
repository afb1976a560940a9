// Package api is how the mover speaks to AWS: the few actions of SSM, EC2, IAM and S3
// that a move inside a VPC needs, each told before it is asked where somebody wants
// to see them first.
//
// It speaks their protocols itself with the SDK's signer, as preflight/account does,
// where the SDKs of these services would take minutes to compile.
package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Client calls AWS in one region.
type Client struct {
	// Config has the credentials, and the address of all services where there is one.
	Config aws.Config
	Region string
	// HTTP sends requests; nil is the ordinary way.
	HTTP *http.Client
	// Patience stretches the pauses between attempts; zero means 1.
	Patience float64
	// Dry is told each call in place of AWS, which is not asked; nil asks AWS.
	Dry func(Call)
}

// Call is one call as people read it.
type Call struct {
	// Action is what the caller must be allowed, such as "ssm:SendCommand".
	Action string `json:"action"`
	// On is what it is about, and With what is sent, without secrets.
	On   string `json:"on"`
	With string `json:"with,omitempty"`
}

// Open finds the caller's credentials as the AWS CLI does. A dry run needs none.
func Open(ctx context.Context, region string, dry func(Call)) (*Client, error) {
	c := &Client{Region: region, Dry: dry}
	if dry != nil {
		return c, nil
	}
	var err error
	if c.Config, err = config.LoadDefaultConfig(ctx, config.WithRegion(region)); err == nil {
		_, err = c.Config.Credentials.Retrieve(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w; sign in, or set AWS_PROFILE", err)
	}
	return c, nil
}

// Refusal is what AWS answered instead of doing it.
type Refusal struct {
	// Action is what was asked, such as "ssm:SendCommand", and On about what.
	Action, On string
	// Status is the HTTP status, Code and Message are AWS's.
	Status        int
	Code, Message string
}

// Error says what was attempted, why not, and what to do where that is known.
func (r Refusal) Error() string {
	text := fmt.Sprintf("%s on %s: %s: %s", r.Action, r.On, r.Code, r.Message)
	switch {
	case r.denied():
		text += "; let somebody allow the action " + r.Action + " on it (docs/handover.md has them all)"
		if r.Action == "s3:GetObject" {
			text += "; S3 says the same of what is not there, to who lacks s3:ListBucket"
		}
	case r.throttled():
		text += "; AWS was asked too often, by others in the account as well: run the command again in a minute"
	}
	return text
}

// Is reports the code: errors.Is(err, api.Code("ParameterNotFound")).
func (r Refusal) Is(target error) bool {
	var code Code
	return errors.As(target, &code) && string(code) == r.Code
}

// Code is an error code of AWS's, to ask an error for.
type Code string

func (c Code) Error() string { return string(c) }

// request is a call in one of AWS's protocols.
type request struct {
	service service
	// action is the service's word for it, allow IAM's where that is another.
	action, allow string
	on, with      string
	// form are the parameters of the Query protocol, body what JSON is made of.
	form url.Values
	body any
	// method, path and content are those of S3.
	method, path string
	content      []byte
	header       map[string]string
	// once must not be sent again where nobody knows whether it was done.
	once bool
	// example is what a dry run takes for AWS's answer.
	example string
}

// permission is what the caller must be allowed.
func (r request) permission() string {
	if r.allow != "" {
		return r.service.name + ":" + r.allow
	}
	return r.service.name + ":" + r.action
}

// attempts is how often AWS is asked that throttles or does not answer, and pause
// how long the first pause is; each further one is twice as long.
const (
	attempts = 6
	pause    = 250 * time.Millisecond
)

// ask makes the call, again where AWS was too busy, and gives its answer.
func (c *Client) ask(ctx context.Context, r request) ([]byte, error) {
	if c.Dry != nil {
		c.Dry(Call{Action: r.permission(), On: r.on, With: r.with})
		return []byte(r.example), nil
	}
	wait := time.Duration(float64(pause) * max(c.Patience, 0))
	if c.Patience == 0 {
		wait = pause
	}
	for try := 1; ; try++ {
		answer, err := c.send(ctx, r)
		if err == nil || try == attempts || !r.again(err) || ctx.Err() != nil {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
		wait *= 2
	}
}

// again says whether it may and can succeed when it is asked once more.
func (r request) again(err error) bool {
	var refused Refusal
	if !errors.As(err, &refused) {
		return !r.once // the line broke
	}
	return refused.throttled() || refused.Status >= http.StatusInternalServerError && !r.once
}
