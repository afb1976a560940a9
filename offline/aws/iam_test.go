package aws_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

const (
	trustEC2 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	readAll  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"}]}`
	ssmCore  = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
)

// with is inputs with some of them changed; nil takes one away.
func with(in sim.Props, changes sim.Props) sim.Props {
	out := in.Copy()
	for k, v := range changes {
		out[k] = v
		if v == nil {
			delete(out, k)
		}
	}
	return out
}

// mistake is one mistake and what the answer must say.
type mistake struct {
	token string
	in    sim.Props
	want  []string
}

// allRefused demands that each create fails with all the words.
func allRefused(t *testing.T, c *simtest.Cloud, cases map[string]mistake) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := c.Create(tc.token, "refused", tc.in)
			require.Error(t, err)
			for _, word := range tc.want {
				assert.ErrorContains(t, err, word)
			}
		})
	}
}

// replacedBy demands which properties replace a resource and which update it.
func replacedBy(t *testing.T, c *simtest.Cloud, r *simtest.Resource, in sim.Props, changes map[string]sim.Props,
	want map[string]bool) {
	t.Helper()
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			diff, _, err := c.Diff(r, with(in, change))
			require.NoError(t, err)
			require.NotEmpty(t, diff.DetailedDiff, "no change at all")
			assert.Equal(t, want[name], len(diff.ReplaceKeys) > 0, "replaces on %v", diff.ReplaceKeys)
		})
	}
}

func TestIAMSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	r := c.Settled(token.IAMRole, "web",
		sim.Props{"assumeRolePolicy": trustEC2, "description": "a machine", "tags": map[string]any{"a": "b"}})
	assert.Regexp(t, `^web-[0-9a-f]{7}$`, r.ID)
	assert.Equal(t, "arn:aws:iam::123456789012:role/"+r.ID, r.Str("arn"))
	assert.Regexp(t, `^AROA[A-Z0-9]{17}$`, r.Str("uniqueId"))
	inline := c.Settled(token.IAMRolePolicy, "read", sim.Props{"role": r.ID, "policy": readAll})
	assert.Equal(t, r.ID+":"+inline.Str("name"), inline.ID)
	c.Settled(token.IAMRolePolicyAttachment, "ssm", sim.Props{"role": r.ID, "policyArn": ssmCore})
	p := c.Settled(token.IAMInstanceProfile, "web", sim.Props{"role": r.ID, "path": "/rung/"})
	assert.Equal(t, "arn:aws:iam::123456789012:instance-profile/rung/"+p.ID, p.Str("arn"))
	own := c.Settled(token.IAMPolicy, "own", sim.Props{"policy": readAll, "namePrefix": "own-"})
	assert.Equal(t, own.ID, own.Str("arn"))
	c.Settled(token.IAMRolePolicyAttachment, "own", sim.Props{"role": r.ID, "policyArn": own.ID})
	assert.ErrorContains(t, c.Delete(own), "DeleteConflict")
	assert.ErrorContains(t, c.Delete(r), "DeleteConflict: Cannot delete entity")
}

func TestRoleLosesItsPoliciesFirst(t *testing.T) {
	c := cloud(t, "us-east-1")
	force := c.Must(token.IAMRole, "force", sim.Props{"assumeRolePolicy": trustEC2, "forceDetachPolicies": true})
	c.Must(token.IAMRolePolicyAttachment, "force", sim.Props{"role": force.ID, "policyArn": ssmCore})
	require.NoError(t, c.Delete(force))
	plain := c.Must(token.IAMRole, "plain", sim.Props{"assumeRolePolicy": trustEC2})
	c.Must(token.IAMInstanceProfile, "plain", sim.Props{"role": plain.ID})
	inline := c.Must(token.IAMRolePolicy, "plain", sim.Props{"role": plain.ID, "policy": readAll})
	require.ErrorContains(t, c.Delete(plain), "must delete policies first")
	require.NoError(t, c.Delete(inline))
	require.NoError(t, c.Delete(plain), "the provider takes the role out of its instance profile")
}

func TestIAMReplaceOrUpdate(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"assumeRolePolicy": trustEC2, "name": "web"}
	r := c.Must(token.IAMRole, "web", in)
	replacedBy(t, c, r, in, map[string]sim.Props{
		"name": {"name": "other"}, "path": {"path": "/a/"}, "trust": {"assumeRolePolicy": strings.Replace(trustEC2, "ec2", "dlm", 1)},
		"description": {"description": "other"}, "session": {"maxSessionDuration": 7200.0},
	}, map[string]bool{"name": true, "path": true})
	diff, _, err := c.Diff(r, with(in, sim.Props{"assumeRolePolicy": strings.ReplaceAll(trustEC2, `:"`, `: "`)}))
	require.NoError(t, err)
	assert.Empty(t, diff.DetailedDiff, "white space in a document is no change")
}

func TestIAMRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	c.Must(token.IAMRole, "taken", sim.Props{"name": "taken", "assumeRolePolicy": trustEC2})
	trust := func(statement string) sim.Props {
		return sim.Props{"assumeRolePolicy": `{"Version":"2012-10-17","Statement":[` + statement + `]}`}
	}
	inline := func(statement string) sim.Props {
		return sim.Props{"role": "taken", "policy": `{"Version":"2012-10-17","Statement":[` + statement + `]}`}
	}
	long := fmt.Sprintf(`{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::%s"}]}`,
		strings.Repeat("x", 10240))
	allRefused(t, c, map[string]mistake{
		"name taken":         {token.IAMRole, sim.Props{"name": "taken", "assumeRolePolicy": trustEC2}, []string{"EntityAlreadyExists", "CreateRole"}},
		"name too long":      {token.IAMRole, sim.Props{"name": strings.Repeat("n", 65), "assumeRolePolicy": trustEC2}, []string{"65 characters, at most 64"}},
		"name with a blank":  {token.IAMRole, sim.Props{"name": "a b", "assumeRolePolicy": trustEC2}, []string{"no valid name"}},
		"no trust":           {token.IAMRole, sim.Props{}, []string{"assumeRolePolicy"}},
		"path":               {token.IAMRole, sim.Props{"path": "x", "assumeRolePolicy": trustEC2}, []string{"path"}},
		"session":            {token.IAMRole, sim.Props{"maxSessionDuration": 60.0, "assumeRolePolicy": trustEC2}, []string{"maxSessionDuration"}},
		"no JSON":            {token.IAMRole, sim.Props{"assumeRolePolicy": "{"}, []string{malformedCode, "invalid Json"}},
		"version":            {token.IAMRole, sim.Props{"assumeRolePolicy": `{"Version":"2020-01-01","Statement":[]}`}, []string{malformedCode, "version"}},
		"no statement":       {token.IAMRole, sim.Props{"assumeRolePolicy": `{"Version":"2012-10-17"}`}, []string{malformedCode, "Statement"}},
		"trust long":         {token.IAMRole, trust(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Sid":"` + strings.Repeat("x", 2048) + `"}`), []string{"LimitExceeded", "2048"}},
		"trust resource":     {token.IAMRole, trust(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}`), []string{"prohibited field Resource"}},
		"trust no principal": {token.IAMRole, trust(`{"Effect":"Allow","Action":"sts:AssumeRole"}`), []string{"Principal"}},
		"trust service":      {token.IAMRole, trust(`{"Effect":"Allow","Principal":{"Service":"ec2"},"Action":"sts:AssumeRole"}`), []string{malformedCode, `"SERVICE":"ec2"`}},
		"trust account":      {token.IAMRole, trust(`{"Effect":"Allow","Principal":{"AWS":"12"},"Action":"sts:AssumeRole"}`), []string{`"AWS":"12"`}},
		"trust action":       {token.IAMRole, trust(`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}`), []string{"only specify STS"}},
		"no such role":       {token.IAMRolePolicy, sim.Props{"role": "nobody", "policy": readAll}, []string{"NoSuchEntity", "nobody"}},
		"principal":          {token.IAMRolePolicy, inline(`{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}`), []string{"prohibited field Principal"}},
		"no resource":        {token.IAMRolePolicy, inline(`{"Effect":"Allow","Action":"s3:*"}`), []string{"required field Resource"}},
		"resource form":      {token.IAMRolePolicy, inline(`{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}`), []string{"ARN format"}},
		"no action":          {token.IAMRolePolicy, inline(`{"Effect":"Allow","Resource":"*"}`), []string{"required field Action"}},
		"action form":        {token.IAMRolePolicy, inline(`{"Effect":"Allow","Action":"GetObject","Resource":"*"}`), []string{"vendor"}},
		"effect":             {token.IAMRolePolicy, inline(`{"Effect":"Maybe","Action":"s3:*","Resource":"*"}`), []string{"effect"}},
		"inline size":        {token.IAMRolePolicy, sim.Props{"role": "taken", "policy": long}, []string{"LimitExceeded", "10240"}},
		"managed size":       {token.IAMPolicy, sim.Props{"policy": long}, []string{"LimitExceeded", "6144"}},
		"no such policy":     {token.IAMRolePolicyAttachment, sim.Props{"role": "taken", "policyArn": "arn:aws:iam::123456789012:policy/none"}, []string{"NoSuchEntity"}},
		"AWS policy form":    {token.IAMRolePolicyAttachment, sim.Props{"role": "taken", "policyArn": "arn:aws:iam::aws:policy/a b"}, []string{"NoSuchEntity", "service-role/"}},
		"profile's role":     {token.IAMInstanceProfile, sim.Props{"role": "nobody"}, []string{"NoSuchEntity"}},
	})
}

// malformedCode is IAM's code for a bad policy document.
const malformedCode = "MalformedPolicyDocument"

func TestTenPoliciesPerRole(t *testing.T) {
	c := cloud(t, "us-east-1")
	r := c.Must(token.IAMRole, "web", sim.Props{"assumeRolePolicy": trustEC2})
	for i := range 10 {
		c.Must(token.IAMRolePolicyAttachment, fmt.Sprint(i),
			sim.Props{"role": r.ID, "policyArn": fmt.Sprintf("arn:aws:iam::aws:policy/P%d", i)})
	}
	_, err := c.Create(token.IAMRolePolicyAttachment, "11", sim.Props{"role": r.ID, "policyArn": ssmCore})
	assert.ErrorContains(t, err, "LimitExceeded")
	assert.ErrorContains(t, err, "iam.attached-policies-per-role")
}
