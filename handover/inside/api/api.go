// Package api is how the mover speaks to AWS: the few actions of SSM, EC2, IAM and S3
// that a move inside a VPC needs, each told before it is asked where somebody wants
// to see them first.
//
// It speaks by [awswire].
package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/rung-dev/rung/awswire"
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
	// Answer is AWS's.
	Answer awswire.Error
}

// Error says what was attempted, why not, and what to do where that is known.
func (r Refusal) Error() string {
	text := fmt.Sprintf("%s on %s: %v", r.Action, r.On, r.Answer)
	switch {
	case awswire.Denied(r.Answer):
		text += "; let somebody allow the action " + r.Action + " on it (docs/handover.md has them all)"
		if r.Action == "s3:GetObject" {
			text += "; S3 says the same of what is not there, to who lacks s3:ListBucket"
		}
	case r.Answer.Throttled():
		text += "; AWS was asked too often, by others in the account as well: run the command again in a minute"
	}
	return text
}

// Is reports the code: errors.Is(err, api.Code("ParameterNotFound")).
func (r Refusal) Is(target error) bool {
	var code Code
	return errors.As(target, &code) && string(code) == r.Answer.Code
}

// Code is an error code of AWS's, to ask an error for.
type Code string

func (c Code) Error() string { return string(c) }

// request is a call in one of AWS's protocols, and what people are told of it.
type request struct {
	awswire.Request
	// action is what the caller must be allowed where the protocol has no word for it.
	action   string
	on, with string
	// example is what a dry run takes for AWS's answer.
	example string
}

// permission is what the caller must be allowed.
func (r request) permission() string {
	return r.Service.Name + ":" + cmp.Or(r.action, r.Action)
}

// order is a call of SSM's.
func order(action, on string, body any) request {
	return request{Request: awswire.Request{Service: awswire.SSM, Action: action, Body: body}, on: on}
}

// query is a call in the Query protocol.
func query(s awswire.Service, action, on string, form url.Values) request {
	return request{Request: awswire.Request{Service: s, Action: action, Form: form}, on: on}
}
