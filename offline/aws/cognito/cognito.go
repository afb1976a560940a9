// Package cognito simulates Cognito: pools of users with their clients, groups and domains, and pools
// of identities that act in roles. Nobody signs in.
package cognito

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	service = "Cognito IDP"
	missing = "ResourceNotFoundException"
	invalid = "InvalidParameterException"
)

// Kinds is the table of Cognito.
func Kinds() []sim.Kind {
	return []sim.Kind{userPool(), client(), domain(), group(), identityPool(), identityRoles()}
}

// ofPool is the reference of everything that belongs to a user pool.
func ofPool() sim.Ref {
	return sim.Ref{Path: "userPoolId", To: []sim.Target{{Token: token.CognitoUserPool}}, Missing: missing}
}

func userPool() sim.Kind {
	return sim.Kind{
		Token: token.CognitoUserPool, Service: service, API: "UserPool", Noun: "Cognito User Pool",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateUserPool"},
		Name: &sim.Name{Auto: true, Max: 128, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[\w\s+=,.@-]+$`), Want: "letters, digits, spaces and +=,.@-_",
		}},
		Defaults: sim.Props{
			"deletionProtection": "INACTIVE", "mfaConfiguration": "OFF", "emailConfiguration.emailSendingAccount": "COGNITO_DEFAULT",
			"usernameConfiguration.caseSensitive": false, "verificationMessageTemplate.defaultEmailOption": "CONFIRM_WITH_CODE",
		},
		Enums: map[string][]string{
			"deletionProtection": {"ACTIVE", "INACTIVE"}, "mfaConfiguration": {"OFF", "ON", "OPTIONAL"},
			"aliasAttributes": {"email", "phone_number", "preferred_username"}, "autoVerifiedAttributes": {"email", "phone_number"},
			"usernameAttributes": {"email", "phone_number"}, "userPoolTier": {"LITE", "ESSENTIALS", "PLUS"},
			"schemas.attributeDataType":                      {"String", "Number", "DateTime", "Boolean"},
			"accountRecoverySetting.recoveryMechanisms.name": {"verified_email", "verified_phone_number", "admin_only"},
			"emailConfiguration.emailSendingAccount":         {"COGNITO_DEFAULT", "DEVELOPER"},
			"verificationMessageTemplate.defaultEmailOption": {"CONFIRM_WITH_CODE", "CONFIRM_WITH_LINK"},
			"userPoolAddOns.advancedSecurityMode":            {"OFF", "AUDIT", "ENFORCED"},
			"signInPolicy.allowedFirstAuthFactors":           {"PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"},
		},
		Ranges: map[string]sim.Range{
			"passwordPolicy.minimumLength": {Min: 6, Max: 99}, "passwordPolicy.passwordHistorySize": {Min: 0, Max: 24},
			"passwordPolicy.temporaryPasswordValidityDays": {Min: 0, Max: 365},
		},
		Lengths:     map[string]sim.Range{"schemas.name": {Min: 1, Max: 20}},
		Checks:      []sim.Check{fewAttributes},
		AtMostOneOf: [][]string{{"aliasAttributes", "usernameAttributes"}},
		Sets:        []string{"schemas", "accountRecoverySetting.recoveryMechanisms"},
		ReplaceOn:   []string{"aliasAttributes", "name", "usernameAttributes", "usernameConfiguration"},
		ID:          func(o *sim.Op) string { return o.Region + "_" + poolID(o) },
		Outputs:     poolOutputs,
		Refs: []sim.Ref{
			refer.Role("smsConfiguration.snsCallerArn", "InvalidSmsRoleAccessPolicyException"),
			refer.Key("lambdaConfig.kmsKeyId", invalid),
		},
		Rules: append(sim.Many(sim.Create|sim.Update, secondFactorGiven), append(sim.Many(sim.Update, attributesStay),
			sim.Many(sim.Delete, unprotected, withoutDomain, refer.TakesAlong(token.CognitoUserPoolClient, "userPoolId"),
				refer.TakesAlong(token.CognitoUserGroup, "userPoolId"))...)...),
		Quota: &sim.Quota{Key: "cognito.user-pools", Default: 1000, Code: "LimitExceededException"},
	}
}

// poolID are nine letters and digits of either case.
func poolID(o *sim.Op) string { return o.Upper(4, "pool") + o.Lower(5, "pool") }

func fewAttributes(in sim.Props) []sim.Failure {
	if n := len(in.Maps("schemas")); n > 50 {
		return check.Wrong("schemas", "got %d, at most 50 are allowed", n)
	}
	return nil
}

func poolOutputs(o *sim.Op) sim.Props {
	return sim.Props{
		"arn": o.ARN("cognito-idp", "userpool/"+o.ID), "endpoint": "cognito-idp." + o.Region + ".amazonaws.com/" + o.ID,
		"creationDate": made.At, "lastModifiedDate": made.At, "estimatedNumberOfUsers": 0, "customDomain": "", "domain": "",
		"adminCreateUserConfig": map[string]any{"allowAdminCreateUserOnly": false}, "userPoolTier": "ESSENTIALS",
		"emailVerificationMessage": "", "emailVerificationSubject": "", "smsVerificationMessage": "",
		"passwordPolicy": map[string]any{
			"minimumLength": 8.0, "requireLowercase": true, "requireNumbers": true, "requireSymbols": true, "requireUppercase": true,
			"temporaryPasswordValidityDays": 7.0, "passwordHistorySize": 0.0,
		},
		"passwordPolicy.temporaryPasswordValidityDays": 7.0,
		"signInPolicy":                map[string]any{"allowedFirstAuthFactors": sim.List("PASSWORD")},
		"smsConfiguration.snsRegion":  o.Region,
		"verificationMessageTemplate": map[string]any{"defaultEmailOption": "CONFIRM_WITH_CODE"},
	}
}

// secondFactorGiven: the wording is from memory.
func secondFactorGiven(o *sim.Op) error {
	if o.In.Str("mfaConfiguration") == "OFF" || o.In.Has("smsConfiguration") || o.In.Has("emailMfaConfiguration") ||
		o.In.Bool("softwareTokenMfaConfiguration.enabled") {
		return nil
	}
	return sim.Refuse(invalid, "Invalid MFA configuration given, can't turn on MFA without configuring a second factor",
		"Give softwareTokenMfaConfiguration, smsConfiguration or emailMfaConfiguration.")
}

// attributesStay is the provider's own refusal: attributes may be added, and neither changed nor
// taken away.
func attributesStay(o *sim.Op) error {
	var names []string
	for _, a := range o.In.Maps("schemas") {
		names = append(names, a.Str("name")+" "+a.Str("attributeDataType"))
	}
	for _, a := range o.Old.Maps("schemas") {
		if !slices.Contains(names, a.Str("name")+" "+a.Str("attributeDataType")) {
			return sim.Refuse(invalid, "cannot modify or remove schema items",
				fmt.Sprintf("Keep %q as it is, or make another pool.", a.Str("name")))
		}
	}
	return nil
}

func unprotected(o *sim.Op) error {
	if o.In.Str("deletionProtection") != "ACTIVE" {
		return nil
	}
	return sim.Refuse(invalid, "The user pool cannot be deleted because deletion protection is activated. Deletion "+
		"protection must be inactivated first.", "Set deletionProtection to INACTIVE, and bring that up first.")
}

func withoutDomain(o *sim.Op) error {
	if _, has := o.FindBy(token.CognitoUserPoolDomain, "userPoolId", o.ID); !has {
		return nil
	}
	return sim.Refuse(invalid, "User pool cannot be deleted. It has a domain configured that should be deleted first.",
		"Let the domain name the pool by its id, so that it goes first.")
}

func group() sim.Kind {
	return sim.Kind{
		Token: token.CognitoUserGroup, Service: service, API: "Group", Noun: "Cognito User Group",
		Verbs:     map[sim.Verb]string{sim.Update: "UpdateGroup"},
		Name:      &sim.Name{Auto: true, Max: 128, Taken: "GroupExistsException", Within: []string{"userPoolId"}},
		Lengths:   map[string]sim.Range{"description": {Max: 2048}},
		ReplaceOn: []string{"name", "userPoolId"},
		ID:        func(o *sim.Op) string { return o.In.Str("userPoolId") + "/" + o.NameOf() },
		Refs:      []sim.Ref{ofPool(), refer.Role("roleArn", invalid)},
	}
}
