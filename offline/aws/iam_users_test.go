package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestUsersSettle(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"name": "ci", "path": "/machines/"}
	u := c.Settled(token.IAMUser, "ci", in)
	assert.Equal(t, "arn:aws:iam::"+account+":user/machines/ci", u.Str("arn"))
	replacedBy(t, c, u, in, map[string]sim.Props{"name": {"name": "cd"}, "path": {"path": "/"}}, map[string]bool{})
	key := c.Settled(token.IAMAccessKey, "ci", sim.Props{"user": u.Str("name")})
	assert.Regexp(t, `^AKIA[A-Z0-9]{16}$`, key.ID)
	assert.Len(t, key.Str("secret"), 40)
	assert.True(t, key.Outputs["secret"].IsSecret())
	hidden := c.Settled(token.IAMAccessKey, "hidden", sim.Props{"user": u.Str("name"), "pgpKey": "keybase:me"})
	assert.Empty(t, hidden.Str("secret"))
	assert.NotEmpty(t, hidden.Str("encryptedSecret"))
	inline := c.Settled(token.IAMUserPolicy, "read", sim.Props{"user": u.Str("name"), "policy": readAll})
	assert.Equal(t, "ci:"+inline.Str("name"), inline.ID)
	own := c.Must(token.IAMPolicy, "own", sim.Props{"policy": readAll})
	attached := c.Settled(token.IAMUserPolicyAttachment, "own", sim.Props{"user": u.Str("name"), "policyArn": own.ID})
	require.ErrorContains(t, c.Delete(own), "DeleteConflict")

	require.ErrorContains(t, c.Delete(u), "DeleteConflict")
	require.NoError(t, c.Delete(attached))
	require.ErrorContains(t, c.Delete(u), "must delete")
	require.NoError(t, c.Delete(inline))
	require.ErrorContains(t, c.Delete(u), "must delete access keys first")
	open, err := c.Update(u, with(in, sim.Props{"forceDestroy": true}))
	require.NoError(t, err)
	require.NoError(t, c.Delete(open))
}

func TestGroupsSettle(t *testing.T) {
	c := cloud(t, "us-east-1")
	g, u := c.Settled(token.IAMGroup, "ops", sim.Props{}), c.Must(token.IAMUser, "a", sim.Props{})
	member := c.Settled(token.IAMGroupMembership, "ops", sim.Props{"group": g.Str("name"), "users": list{u.Str("name")}})
	c.Settled(token.IAMUserGroupMembership, "a", sim.Props{"user": u.Str("name"), "groups": list{g.Str("name")}})
	policy := c.Settled(token.IAMGroupPolicy, "read", sim.Props{"group": g.Str("name"), "policy": readAll})
	attached := c.Settled(token.IAMGroupPolicyAttachment, "all", sim.Props{"group": g.Str("name"),
		"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})
	require.ErrorContains(t, c.Delete(g), "DeleteConflict")
	require.NoError(t, c.Delete(policy))
	require.NoError(t, c.Delete(attached))
	require.ErrorContains(t, c.Delete(g), "must remove users from group first")
	require.NoError(t, c.Delete(member))
	require.NoError(t, c.Delete(g))
}

func TestOpenIDProviderSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"url": "https://token.actions.githubusercontent.com", "clientIdLists": list{"sts.amazonaws.com"}}
	p := c.Settled(token.IAMOpenIdConnectProvider, "github", in)
	assert.Equal(t, "arn:aws:iam::"+account+":oidc-provider/token.actions.githubusercontent.com", p.ID)
	replacedBy(t, c, p, in, map[string]sim.Props{"url": {"url": "https://gitlab.com"},
		"clients": {"clientIdLists": list{"a"}}},
		map[string]bool{"url": true})
	c.Settled(token.IAMRole, "deploy", sim.Props{"assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Principal":{"Federated":"` + p.ID + `"},"Action":"sts:AssumeRoleWithWebIdentity"}]}`})
}

func TestPeopleAreRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	u := c.Must(token.IAMUser, "a", sim.Props{"name": "a"})
	c.Must(token.IAMOpenIdConnectProvider, "github", sim.Props{"url": "https://x.org", "clientIdLists": list{"a"}})
	for _, key := range []string{"one", "two"} {
		c.Must(token.IAMAccessKey, key, sim.Props{"user": "a"})
	}
	allRefused(t, c, map[string]mistake{
		"user taken":  {token.IAMUser, sim.Props{"name": "a"}, []string{"EntityAlreadyExists"}},
		"user name":   {token.IAMUser, sim.Props{"name": "a b"}, []string{"letters"}},
		"third key":   {token.IAMAccessKey, sim.Props{"user": u.ID}, []string{"LimitExceeded"}},
		"no user":     {token.IAMAccessKey, sim.Props{"user": "none"}, []string{"NoSuchEntity"}},
		"no group":    {token.IAMGroupPolicy, sim.Props{"group": "none", "policy": readAll}, []string{"NoSuchEntity"}},
		"no member":   {token.IAMGroupMembership, sim.Props{"group": "none", "users": list{"a"}}, []string{"NoSuchEntity"}},
		"policy":      {token.IAMUserPolicy, sim.Props{"user": "a", "policy": trustEC2}, []string{"MalformedPolicyDocument"}},
		"provider":    {token.IAMOpenIdConnectProvider, sim.Props{"url": "https://x.org", "clientIdLists": list{"a"}}, []string{"EntityAlreadyExists", "https://x.org"}},
		"plain http":  {token.IAMOpenIdConnectProvider, sim.Props{"url": "http://y.org", "clientIdLists": list{"a"}}, []string{"https://"}},
		"thumbprint":  {token.IAMOpenIdConnectProvider, sim.Props{"url": "https://y.org", "clientIdLists": list{"a"}, "thumbprintLists": list{"abc"}}, []string{"want 40"}},
		"no such AWS": {token.IAMUserPolicyAttachment, sim.Props{"user": "a", "policyArn": "arn:aws:iam::aws:policy/a/b/c"}, []string{"NoSuchEntity"}},
	})
}
