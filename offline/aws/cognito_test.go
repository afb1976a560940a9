package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestUserPoolSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"name": "people", "autoVerifiedAttributes": list{"email"}, "deletionProtection": "ACTIVE",
		"schemas":        list{obj{"name": "team", "attributeDataType": "String"}},
		"passwordPolicy": obj{"minimumLength": 12.0}}
	p := c.Settled(token.CognitoUserPool, "people", in)
	assert.Regexp(t, `^us-east-1_[A-Za-z0-9]{9}$`, p.ID)
	assert.Equal(t, "cognito-idp.us-east-1.amazonaws.com/"+p.ID, p.Str("endpoint"))
	replacedBy(t, c, p, in, map[string]sim.Props{"name": {"name": "others"}, "alias": {"aliasAttributes": list{"email"}},
		"case": {"usernameConfiguration": obj{"caseSensitive": true}}, "mail": {"emailVerificationSubject": "Hello"}},
		map[string]bool{"name": true, "alias": true, "case": true})
	app := sim.Props{"userPoolId": p.ID, "generateSecret": true}
	client := c.Settled(token.CognitoUserPoolClient, "app", app)
	assert.Regexp(t, `^[a-z0-9]{26}$`, client.ID)
	assert.True(t, client.Outputs["clientSecret"].IsSecret())
	replacedBy(t, c, client, app, map[string]sim.Props{"secret": {"generateSecret": false}, "name": {"name": "x"},
		"back": {"callbackUrls": list{"https://example.com"}}}, map[string]bool{"secret": true})
	c.Settled(token.CognitoUserGroup, "admins", sim.Props{"userPoolId": p.ID, "name": "admins"})
	d := c.Settled(token.CognitoUserPoolDomain, "login", sim.Props{"userPoolId": p.ID, "domain": "people-login"})
	assert.Equal(t, "people-login", d.ID)

	require.ErrorContains(t, c.Delete(p), "deletion protection is activated")
	open, err := c.Update(p, with(in, sim.Props{"deletionProtection": "INACTIVE"}))
	require.NoError(t, err)
	require.ErrorContains(t, c.Delete(open), "It has a domain configured")
	_, err = c.Update(open, with(in, sim.Props{"schemas": list{obj{"name": "team", "attributeDataType": "Number"}}}))
	mustRefuse(t, err, "InvalidParameterException", "cannot modify or remove schema items")
	require.NoError(t, c.Delete(d))
	require.NoError(t, c.Delete(open))
	gone, err := c.Read(client)
	require.NoError(t, err)
	assert.Nil(t, gone, "a pool takes its clients along")
}

func TestIdentityPoolSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	p := c.Must(token.CognitoUserPool, "people", sim.Props{})
	client := c.Must(token.CognitoUserPoolClient, "app", sim.Props{"userPoolId": p.ID})
	in := sim.Props{"identityPoolName": "people", "cognitoIdentityProviders": list{obj{"clientId": client.ID,
		"providerName": p.Str("endpoint")}}}
	pool := c.Settled(token.CognitoIdentityPool, "people", in)
	assert.Regexp(t, `^us-east-1:[0-9a-f-]{36}$`, pool.ID)
	replacedBy(t, c, pool, in, map[string]sim.Props{"name": {"identityPoolName": "x"},
		"open": {"allowUnauthenticatedIdentities": true}},
		map[string]bool{"name": true})
	role := trusting(c, "signed-in", "cognito-identity.amazonaws.com")
	roles := sim.Props{"identityPoolId": pool.ID, "roles": obj{"authenticated": role.Str("arn")}}
	a := c.Settled(token.CognitoIdentityPoolRoleAttachment, "roles", roles)
	require.NoError(t, c.Delete(pool))
	gone, err := c.Read(a)
	require.NoError(t, err)
	assert.Nil(t, gone)
}

func TestCognitoRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	p := c.Must(token.CognitoUserPool, "people", sim.Props{"name": "people"})
	other := c.Must(token.CognitoUserPool, "other", sim.Props{})
	c.Must(token.CognitoUserPoolDomain, "login", sim.Props{"userPoolId": p.ID, "domain": "login-here"})
	c.Must(token.CognitoUserGroup, "admins", sim.Props{"userPoolId": p.ID, "name": "admins"})
	ids := c.Must(token.CognitoIdentityPool, "ids", sim.Props{"identityPoolName": "ids"})
	pool, client, domain := token.CognitoUserPool, token.CognitoUserPoolClient, token.CognitoUserPoolDomain
	of := func(changes sim.Props) sim.Props { return with(sim.Props{"userPoolId": p.ID}, changes) }
	mapping := obj{"identityProvider": "x", "type": "Rules"}
	allRefused(t, c, map[string]mistake{
		"both":       {pool, sim.Props{"aliasAttributes": list{"email"}, "usernameAttributes": list{"email"}}, []string{"usernameAttributes"}},
		"alias":      {pool, sim.Props{"aliasAttributes": list{"mail"}}, []string{`"mail"`}},
		"password":   {pool, sim.Props{"passwordPolicy": obj{"minimumLength": 4.0}}, []string{"6"}},
		"factor":     {pool, sim.Props{"mfaConfiguration": "ON"}, []string{"InvalidParameterException", "softwareTokenMfaConfiguration"}},
		"no pool":    {client, sim.Props{"userPoolId": "us-east-1_none"}, []string{"ResourceNotFoundException"}},
		"flow":       {client, of(sim.Props{"allowedOauthFlows": list{"password"}}), []string{`"password"`}},
		"scopes":     {client, of(sim.Props{"allowedOauthFlowsUserPoolClient": true, "allowedOauthFlows": list{"code"}}), []string{"InvalidOAuthFlowException", "AllowedOAuthScopes"}},
		"machine":    {client, of(sim.Props{"allowedOauthFlows": list{"client_credentials"}}), []string{"InvalidOAuthFlowException", "generateSecret"}},
		"redirect":   {client, of(sim.Props{"defaultRedirectUri": "https://x.org"}), []string{"InvalidParameterException", "callbackUrls"}},
		"domain":     {domain, sim.Props{"userPoolId": other.ID, "domain": "login-here"}, []string{"already associated with another user pool"}},
		"second":     {domain, of(sim.Props{"domain": "login-there"}), []string{"InvalidParameterException", "login-here"}},
		"reserved":   {domain, sim.Props{"userPoolId": other.ID, "domain": "my-aws"}, []string{"reserved word: aws"}},
		"uncertain":  {domain, sim.Props{"userPoolId": other.ID, "domain": "login.example.com"}, []string{"InvalidParameterException", "us-east-1"}},
		"capital":    {domain, sim.Props{"userPoolId": other.ID, "domain": "Login"}, []string{"lower-case"}},
		"group":      {token.CognitoUserGroup, of(sim.Props{"name": "admins"}), []string{"GroupExistsException"}},
		"no client":  {token.CognitoIdentityPool, sim.Props{"identityPoolName": "x", "cognitoIdentityProviders": list{obj{"clientId": "none"}}}, []string{"ResourceNotFoundException"}},
		"role's key": {token.CognitoIdentityPoolRoleAttachment, sim.Props{"identityPoolId": ids.ID, "roles": obj{"signedIn": "x"}}, []string{"signedIn", "unauthenticated"}},
		"no rules":   {token.CognitoIdentityPoolRoleAttachment, sim.Props{"identityPoolId": ids.ID, "roles": obj{"authenticated": "x"}, "roleMappings": list{mapping}}, []string{"mappingRules"}},
	})
}
