package cognito

import (
	"regexp"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func identityPool() sim.Kind {
	return sim.Kind{
		Token: token.CognitoIdentityPool, Service: "Cognito Identity", API: "IdentityPool", Noun: "Cognito Identity Pool",
		Verbs:    map[sim.Verb]string{sim.Update: "UpdateIdentityPool"},
		Defaults: sim.Props{"allowClassicFlow": false, "allowUnauthenticatedIdentities": false},
		Lengths:  map[string]sim.Range{"identityPoolName": {Min: 1, Max: 128}},
		Patterns: map[string]sim.Pattern{"identityPoolName": {
			Match: regexp.MustCompile(`^[\w\s+=,.@-]+$`), Want: "letters, digits, spaces and +=,.@-_",
		}},
		Sets:      []string{"cognitoIdentityProviders"},
		Ordered:   []string{"samlProviderArns"},
		ReplaceOn: []string{"developerProviderName", "identityPoolName"},
		ID:        func(o *sim.Op) string { return o.Region + ":" + o.UUID("identities") },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("cognito-identity", "identitypool/"+o.ID)}
		},
		Refs: []sim.Ref{
			{Path: "cognitoIdentityProviders.clientId", To: []sim.Target{{Token: token.CognitoUserPoolClient}}, Missing: missing},
			{Path: "openidConnectProviderArns", To: []sim.Target{{Token: token.IAMOpenIdConnectProvider}}, Missing: invalid},
		},
		Rules: sim.Many(sim.Delete, refer.TakesAlong(token.CognitoIdentityPoolRoleAttachment, "identityPoolId")),
	}
}

// identityRoles are the roles in which identities act.
func identityRoles() sim.Kind {
	return sim.Kind{
		Token: token.CognitoIdentityPoolRoleAttachment, Service: "Cognito Identity", API: "IdentityPoolRoles",
		Noun: "Cognito Identity Pool Roles Association",
		Verbs: map[sim.Verb]string{sim.Create: "SetIdentityPoolRoles", sim.Update: "SetIdentityPoolRoles",
			sim.Delete: "SetIdentityPoolRoles"},
		Required: []string{"roles"},
		Enums: map[string][]string{
			"roleMappings.type": {"Token", "Rules"}, "roleMappings.ambiguousRoleResolution": {"AuthenticatedRole", "Deny"},
			"roleMappings.mappingRules.matchType": {"Equals", "Contains", "StartsWith", "NotEqual"},
		},
		Checks: []sim.Check{rolesOfStates, rulesGiven}, Sets: []string{"roleMappings"},
		ReplaceOn: []string{"identityPoolId"},
		ID:        func(o *sim.Op) string { return o.In.Str("identityPoolId") },
		Refs: []sim.Ref{
			{Path: "identityPoolId", To: []sim.Target{{Token: token.CognitoIdentityPool}}, Missing: missing},
			refer.Role("roles.authenticated", invalid), refer.Role("roles.unauthenticated", invalid),
		},
	}
}

// rolesOfStates: there is a role of who has signed in and one of who has not, as the provider checks.
func rolesOfStates(in sim.Props) (failures []sim.Failure) {
	for key := range in.Map("roles") {
		if key != "authenticated" && key != "unauthenticated" {
			failures = append(failures, check.Wrong("roles", "%q is no key, want authenticated or unauthenticated", key)...)
		}
	}
	return failures
}

// rulesGiven is the provider's own check.
func rulesGiven(in sim.Props) (failures []sim.Failure) {
	for _, m := range in.Maps("roleMappings") {
		if m.Str("type") == "Rules" && len(m.Maps("mappingRules")) == 0 {
			failures = append(failures, check.Wrong("roleMappings", "mappingRules is required for Rules")...)
		}
	}
	return failures
}
