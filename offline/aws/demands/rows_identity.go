package demands

import "github.com/rung-dev/rung/resource/token"

// identityRows are roles, keys and secrets.
var identityRows = map[string]Row{
	token.IAMRole: needs("the roles that may assume it", "MalformedPolicyDocument").
		with(principalsExist("assumeRolePolicy", "MalformedPolicyDocument", "Invalid principal in policy")),
	token.IAMRolePolicy:           nothing,
	token.IAMRolePolicyAttachment: nothing,
	token.IAMPolicy:               nothing,
	token.IAMInstanceProfile:      nothing,
	token.IAMServiceLinkedRole:    nothing,

	token.IAMUser:                  nothing,
	token.IAMAccessKey:             nothing,
	token.IAMUserPolicy:            nothing,
	token.IAMUserPolicyAttachment:  nothing,
	token.IAMUserGroupMembership:   nothing,
	token.IAMGroup:                 nothing,
	token.IAMGroupMembership:       nothing,
	token.IAMGroupPolicy:           nothing,
	token.IAMGroupPolicyAttachment: nothing,
	// AWS fetches the certificate of the address by itself.
	token.IAMOpenIdConnectProvider: nothing,

	// Functions that it calls may be opened to it later.
	token.CognitoUserPool:                   nothing,
	token.CognitoUserPoolClient:             nothing,
	token.CognitoUserPoolDomain:             nothing,
	token.CognitoUserGroup:                  nothing,
	token.CognitoIdentityPool:               nothing,
	token.CognitoIdentityPoolRoleAttachment: nothing,

	token.KMSKey:        keyPolicy,
	token.KMSReplicaKey: keyPolicy,
	token.KMSKeyPolicy:  keyPolicy,
	token.KMSAlias:      nothing,
	token.KMSGrant:      needs("the role that it is for", "InvalidArnException").with(granteeExists),

	token.SecretsManagerSecret: needs("the roles that its policy names", "MalformedPolicyDocumentException").
		with(principalsExist("policy", "MalformedPolicyDocumentException",
			"This resource policy contains an unsupported principal")),
	token.SecretsManagerSecretPolicy: needs("the roles that it names", "MalformedPolicyDocumentException").
		with(principalsExist("policy", "MalformedPolicyDocumentException",
			"This resource policy contains an unsupported principal")),
	token.SecretsManagerSecretVersion: nothing,
	// The leave to call the function is not simulated.
	token.SecretsManagerSecretRotation: nothing,
}

// keyPolicy: a service-linked role that no service has made yet is no principal.
var keyPolicy = needs("the roles that the policy names, service-linked ones among them",
	"MalformedPolicyDocumentException")
