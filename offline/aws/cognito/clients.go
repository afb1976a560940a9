package cognito

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// client is an app that signs users in.
func client() sim.Kind {
	units := []string{"seconds", "minutes", "hours", "days"}
	return sim.Kind{
		Token: token.CognitoUserPoolClient, Service: service, API: "UserPoolClient", Noun: "Cognito User Pool Client",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateUserPoolClient"},
		Name: &sim.Name{Auto: true, Max: 128, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[\w\s+=,.@-]+$`), Want: "letters, digits, spaces and +=,.@-_",
		}},
		Defaults: sim.Props{
			"tokenValidityUnits.accessToken": "hours", "tokenValidityUnits.idToken": "hours", "tokenValidityUnits.refreshToken": "days",
		},
		Enums: map[string][]string{
			"allowedOauthFlows": {"code", "implicit", "client_credentials"}, "preventUserExistenceErrors": {"LEGACY", "ENABLED"},
			"explicitAuthFlows": {
				"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
				"ALLOW_CUSTOM_AUTH",
				"ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH",
			},
			"tokenValidityUnits.accessToken": units, "tokenValidityUnits.idToken": units, "tokenValidityUnits.refreshToken": units,
		},
		Ranges:    map[string]sim.Range{"authSessionValidity": {Min: 3, Max: 15}},
		ReplaceOn: []string{"generateSecret", "userPoolId"}, Secrets: []string{"clientSecret"},
		ID:      func(o *sim.Op) string { return o.Lower(26, "client") },
		Outputs: clientOutputs,
		Refs:    []sim.Ref{ofPool()},
		Rules:   sim.Many(sim.Create|sim.Update, flowsWhole, machinesHaveSecrets, redirectKnown),
		Quota: &sim.Quota{Key: "cognito.clients-per-pool", Default: 1000, Code: "LimitExceededException",
			Within: func(o *sim.Op) string { return o.In.Str("userPoolId") }},
	}
}

func clientOutputs(o *sim.Op) sim.Props {
	out := sim.Props{
		"accessTokenValidity": 0, "allowedOauthFlows": []any{}, "allowedOauthFlowsUserPoolClient": false, "allowedOauthScopes": []any{},
		"authSessionValidity": 3, "callbackUrls": []any{}, "clientSecret": "", "defaultRedirectUri": "",
		"enablePropagateAdditionalUserContextData": false, "enableTokenRevocation": true, "explicitAuthFlows": []any{},
		"idTokenValidity": 0, "logoutUrls": []any{}, "preventUserExistenceErrors": "", "readAttributes": []any{},
		"refreshTokenValidity": 30, "supportedIdentityProviders": []any{}, "writeAttributes": []any{},
	}
	if o.In.Bool("generateSecret") {
		out["clientSecret"] = o.Lower(51, "secret")
	}
	return out
}

// flowsWhole: the wording is from memory.
func flowsWhole(o *sim.Op) error {
	if !o.In.Bool("allowedOauthFlowsUserPoolClient") ||
		len(o.In.Strs("allowedOauthFlows")) > 0 && len(o.In.Strs("allowedOauthScopes")) > 0 {
		return nil
	}
	return sim.Refuse("InvalidOAuthFlowException",
		"AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client "+
			"is allowed to use OAuth flows.", "Give both, or take allowedOauthFlowsUserPoolClient away.")
}

// machinesHaveSecrets: the wording is from memory.
func machinesHaveSecrets(o *sim.Op) error {
	if !slices.Contains(o.In.Strs("allowedOauthFlows"), "client_credentials") || o.In.Bool("generateSecret") {
		return nil
	}
	return sim.Refuse("InvalidOAuthFlowException",
		"client_credentials flow can not be selected if client does not have a "+
			"client secret.", "Set generateSecret.")
}

// redirectKnown: the default is one of the addresses (Cognito API, CreateUserPoolClient,
// DefaultRedirectURI). The wording is from memory.
func redirectKnown(o *sim.Op) error {
	to := o.In.Str("defaultRedirectUri")
	if to == "" || slices.Contains(o.In.Strs("callbackUrls"), to) {
		return nil
	}
	return sim.Refuse(invalid, "Default redirect uri must be in the list of callback urls.", "Add "+to+" to callbackUrls.")
}

// prefixForm is a domain of Cognito's own, to which the rest is added; another one is the pool's.
var prefixForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// reserved are the words that no domain of Cognito's own may have in it.
var reserved = []string{"aws", "amazon", "cognito"}

func domain() sim.Kind {
	return sim.Kind{
		Token: token.CognitoUserPoolDomain, Service: service, API: "UserPoolDomain", Noun: "Cognito User Pool Domain",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateUserPoolDomain"},
		Patterns: map[string]sim.Pattern{"domain": {Match: regexp.MustCompile(`^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$`),
			Want: "lower-case letters, digits and hyphens, or a domain of your own"}},
		ReplaceOn: []string{"domain", "userPoolId"},
		ID:        func(o *sim.Op) string { return o.In.Str("domain") },
		Outputs: func(o *sim.Op) sim.Props {
			host := o.Lower(13, "distribution") + ".cloudfront.net"
			return sim.Props{
				"awsAccountId": o.Account, "cloudfrontDistribution": host, "cloudfrontDistributionArn": host,
				"cloudfrontDistributionZoneId": "Z2FDTNDATAQYW2", "s3Bucket": "aws-cognito-prod-" + o.Region + "-assets", "version": o.Digits(14, "version"),
				"managedLoginVersion": 1,
			}
		},
		Refs: []sim.Ref{ofPool(),
			{Path: "certificateArn", To: []sim.Target{{Token: token.ACMCertificate, By: "arn"}}, Missing: invalid, AnyRegion: true}},
		Rules: sim.Many(sim.Create, domainFree, wordsFree, certificateOfCloudFront),
	}
}

// domainFree: names are unique within a region, and a pool has one domain of each sort.
func domainFree(o *sim.Op) error {
	if _, taken := o.Find(token.CognitoUserPoolDomain, o.ID); taken {
		return sim.Refuse(invalid, "Domain already associated with another user pool.", "Give another domain.")
	}
	for _, other := range o.Others() {
		if other.Props.Str("userPoolId") == o.In.Str("userPoolId") &&
			prefixForm.MatchString(o.ID) == prefixForm.MatchString(other.ID) {
			return sim.Refuse(invalid, "User pool already has a domain configured.", "Delete "+other.ID+" first.")
		}
	}
	return nil
}

// wordsFree: the wording is from memory.
func wordsFree(o *sim.Op) error {
	for _, word := range reserved {
		if prefixForm.MatchString(o.ID) && strings.Contains(o.ID, word) {
			return sim.Refuse(invalid, "Domain cannot contain reserved word: "+word, "Give another domain.")
		}
	}
	return nil
}

// certificateOfCloudFront: a domain of one's own stands behind CloudFront (Cognito developer guide,
// "Using your own domain"). The wording is from memory.
func certificateOfCloudFront(o *sim.Op) error {
	own, arn := !prefixForm.MatchString(o.ID), o.In.Str("certificateArn")
	if !own || strings.HasPrefix(arn, "arn:"+o.Partition+":acm:us-east-1:") {
		return nil
	}
	return sim.Refuse(invalid, "Invalid certificate ARN: a custom domain needs a certificate of us-east-1",
		"Give one in certificateArn, or a domain without dots.")
}
