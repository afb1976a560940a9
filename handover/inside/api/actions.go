package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/rung-dev/rung/awswire"
)

// Managed says whether SSM reaches an instance. None is one that it does not know.
func (c *Client) Managed(ctx context.Context, instance string) (status string, err error) {
	r := order("DescribeInstanceInformation", instance,
		map[string]any{"Filters": []any{map[string]any{"Key": "InstanceIds", "Values": []string{instance}}}})
	r.example = `{"InstanceInformationList":[{"PingStatus":"Online"}]}`
	answer, err := c.ask(ctx, r)
	if err != nil {
		return "", err
	}
	var found struct {
		InstanceInformationList []struct{ PingStatus string }
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return "", fmt.Errorf("read what SSM says of %s: %w", instance, err)
	}
	for _, one := range found.InstanceInformationList {
		status = one.PingStatus
	}
	return status, nil
}

// Role is the name of the role whose permissions an instance has; empty for none.
func (c *Client) Role(ctx context.Context, instance string) (string, error) {
	r := query(awswire.EC2, "DescribeInstances", instance, url.Values{"InstanceId.1": {instance}})
	r.example = "<r><iamInstanceProfile><arn>arn:aws:iam::ACCOUNT:instance-profile/PROFILE</arn></iamInstanceProfile></r>"
	answer, err := c.ask(ctx, r)
	if err != nil {
		return "", err
	}
	tree, err := awswire.Parse(answer)
	arn := tree.Find("iamInstanceProfile").Find("arn").Text()
	if err != nil || arn == "" {
		return "", err
	}
	profile := arn[strings.LastIndex(arn, "/")+1:]
	r = query(awswire.IAM, "GetInstanceProfile", profile, url.Values{"InstanceProfileName": {profile}})
	r.example = "<r><Roles><RoleName>ROLE</RoleName></Roles></r>"
	answer, err = c.ask(ctx, r)
	if err != nil {
		return "", err
	}
	tree, err = awswire.Parse(answer)
	return tree.Find("Roles").Find("RoleName").Text(), err
}

// Grant gives a role a policy of its own.
func (c *Client) Grant(ctx context.Context, role, policy, document string) error {
	r := query(awswire.IAM, "PutRolePolicy", role+"/"+policy,
		url.Values{"RoleName": {role}, "PolicyName": {policy}, "PolicyDocument": {document}})
	r.with = document
	_, err := c.ask(ctx, r)
	return err
}

// Grants are the names of a role's own policies.
func (c *Client) Grants(ctx context.Context, role string) (all []string, err error) {
	form := url.Values{"RoleName": {role}}
	for {
		r := query(awswire.IAM, "ListRolePolicies", role, form)
		r.example = "<r/>"
		answer, err := c.ask(ctx, r)
		if err != nil {
			return nil, err
		}
		tree, err := awswire.Parse(answer)
		if err != nil {
			return nil, fmt.Errorf("read the policies of the role %s: %w", role, err)
		}
		for _, name := range tree.Find("PolicyNames").Children {
			all = append(all, name.Text())
		}
		if tree.Find("IsTruncated").Text() != "true" {
			return all, nil
		}
		form.Set("Marker", tree.Find("Marker").Text())
	}
}

// Revoke takes a policy of a role's own away; none is fine.
func (c *Client) Revoke(ctx context.Context, role, policy string) error {
	_, err := c.ask(ctx, query(awswire.IAM, "DeleteRolePolicy", role+"/"+policy,
		url.Values{"RoleName": {role}, "PolicyName": {policy}}))
	if errors.Is(err, Code("NoSuchEntity")) {
		return nil
	}
	return err
}

// Seal keeps a secret text as a parameter that only who may decrypt it reads.
func (c *Client) Seal(ctx context.Context, name, text string) error {
	r := order("PutParameter", name, map[string]any{"Name": name, "Type": "SecureString", "Value": text,
		"Overwrite": true, "Tier": "Intelligent-Tiering"})
	r.with = fmt.Sprintf("a SecureString of %d bytes, the move with its passwords", len(text))
	_, err := c.ask(ctx, r)
	return err
}

// Unseal reads a secret parameter.
func (c *Client) Unseal(ctx context.Context, name string) (string, error) {
	r := order("GetParameter", name, map[string]any{"Name": name, "WithDecryption": true})
	r.example = "{}"
	answer, err := c.ask(ctx, r)
	if err != nil {
		return "", err
	}
	var found struct{ Parameter struct{ Value string } }
	err = json.Unmarshal(answer, &found)
	return found.Parameter.Value, err
}

// Forget deletes a parameter; none is fine.
func (c *Client) Forget(ctx context.Context, name string) error {
	_, err := c.ask(ctx, order("DeleteParameter", name, map[string]any{"Name": name}))
	if errors.Is(err, Code("ParameterNotFound")) {
		return nil
	}
	return err
}

// ErrNone is an object that is not there.
var ErrNone = errors.New("there is no such object")

// Has says whether a bucket has an object.
func (c *Client) Has(ctx context.Context, bucket, key string) (bool, error) {
	_, err := c.ask(ctx, object(http.MethodHead, "HeadObject", "GetObject", bucket, key))
	switch {
	case errors.Is(err, Code("NotFound")):
		return false, nil
	case c.Dry != nil:
		return false, nil // so that what would follow is told
	}
	return err == nil, err
}

// Put keeps an object.
func (c *Client) Put(ctx context.Context, bucket, key string, content []byte) error {
	r := object(http.MethodPut, "PutObject", "", bucket, key)
	r.Content, r.with = content, fmt.Sprintf("%d bytes", len(content))
	_, err := c.ask(ctx, r)
	return err
}

// Get reads an object, or [ErrNone].
func (c *Client) Get(ctx context.Context, bucket, key string) ([]byte, error) {
	answer, err := c.ask(ctx, object(http.MethodGet, "GetObject", "", bucket, key))
	if errors.Is(err, Code("NoSuchKey")) {
		return nil, ErrNone
	}
	return answer, err
}

func object(method, action, allow, bucket, key string) request {
	path := (&url.URL{Path: "/" + bucket + "/" + key}).EscapedPath()
	return request{Request: awswire.Request{Service: awswire.S3, Method: method, Path: path},
		action: cmp.Or(allow, action),
		on:     "s3://" + bucket + "/" + key}
}
