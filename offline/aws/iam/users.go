package iam

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// people are users and groups, what they may do, and who logs in from elsewhere.
func people() []sim.Kind {
	return []sim.Kind{
		user(), accessKey(), group(), groupMembership(), userGroups(), openIDProvider(),
		inline(token.IAMUserPolicy, "User", "user", token.IAMUser), attached(token.IAMUserPolicyAttachment, "User", "user",
			token.IAMUser),
		inline(token.IAMGroupPolicy, "Group", "group", token.IAMGroup), attached(token.IAMGroupPolicyAttachment, "Group",
			"group", token.IAMGroup),
	}
}

func user() sim.Kind {
	return sim.Kind{
		Token: token.IAMUser, Service: "IAM", API: "User", Global: true, Verbs: map[sim.Verb]string{sim.Update: "UpdateUser"},
		Name:     &sim.Name{Auto: true, Max: 64, Pattern: iamName, Taken: "EntityAlreadyExists"},
		Defaults: sim.Props{"forceDestroy": false, "path": "/"}, Patterns: map[string]sim.Pattern{"path": iamPath},
		ID: namedAtFirst,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": iamARN(o, "user"), "uniqueId": "AIDA" + o.Upper(17, "user")}
		},
		Changing: movedARN,
		Rules:    sim.Many(sim.Delete, userIsBare),
		Quota:    &sim.Quota{Key: "iam.users", Default: 5000, Code: "LimitExceeded"},
	}
}

// namedAtFirst is the name that something was made with: IAM renames users and groups in place, and
// the provider follows with their id, which an update cannot change here.
func namedAtFirst(o *sim.Op) string {
	if o.ID != "" {
		return o.ID
	}
	return o.NameOf()
}

func movedARN(o *sim.Op) []string {
	if o.Changed("name") || o.Changed("path") {
		return []string{"arn"}
	}
	return nil
}

// userIsBare refuses to delete a user that has something. The provider takes it out of its groups by
// itself, and with forceDestroy takes keys away, not policies.
func userIsBare(o *sim.Op) error {
	what := map[string]string{token.IAMUserPolicyAttachment: "detach all policies", token.IAMUserPolicy: "delete policies"}
	if !o.In.Bool("forceDestroy") {
		what[token.IAMAccessKey] = "delete access keys"
	}
	return bare(o, "user", what)
}

// bare refuses to delete what others still belong to.
func bare(o *sim.Op, by string, what map[string]string) error {
	for kind, words := range what {
		if other, ok := o.FindBy(kind, by, o.In.Str("name")); ok {
			return sim.Refuse("DeleteConflict", "Cannot delete entity, must "+words+" first.",
				"Delete "+other.Str("id")+" first.")
		}
	}
	return nil
}

func userRef(path string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: token.IAMUser, By: "name"}}, Missing: missingEntity}
}

func groupRef(path string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: token.IAMGroup, By: "name"}}, Missing: missingEntity}
}

func accessKey() sim.Kind {
	return sim.Kind{
		Token: token.IAMAccessKey, Service: "IAM", API: "AccessKey", Noun: "IAM Access Key", Global: true,
		Verbs:    map[sim.Verb]string{sim.Update: "UpdateAccessKey"},
		Defaults: sim.Props{"status": "Active"}, Enums: map[string][]string{"status": {"Active", "Inactive"}},
		ReplaceOn: []string{"pgpKey", "user"}, Secrets: []string{"secret", "sesSmtpPasswordV4"},
		ID:   func(o *sim.Op) string { return "AKIA" + o.Upper(16, "key") },
		Refs: []sim.Ref{userRef("user")},
		Outputs: func(o *sim.Op) sim.Props {
			out := sim.Props{
				"createDate": iamCreated, "secret": secretOf(o, "secret", 40), "sesSmtpPasswordV4": secretOf(o, "smtp", 44),
				"encryptedSecret": "", "encryptedSesSmtpPasswordV4": "", "keyFingerprint": "",
			}
			if o.In.Has("pgpKey") { // what a PGP key encrypts is not simulated: it is no cipher text
				out["secret"], out["sesSmtpPasswordV4"] = "", ""
				out["encryptedSecret"], out["keyFingerprint"] = secretOf(o, "secret", 40), o.Hex(40, "pgp")
			}
			return out
		},
		Quota: &sim.Quota{Key: "iam.access-keys-per-user", Default: 2, Code: "LimitExceeded",
			Within: func(o *sim.Op) string { return o.In.Str("user") }},
	}
}

// secretOf stands for a secret: it follows from the URN, and is none.
func secretOf(o *sim.Op, salt string, length int) string {
	sum := sha256.Sum256([]byte(o.Hex(64, salt)))
	return strings.Repeat(base64.StdEncoding.EncodeToString(sum[:]), 2)[:length]
}

func group() sim.Kind {
	return sim.Kind{
		Token: token.IAMGroup, Service: "IAM", API: "Group", Global: true, Verbs: map[sim.Verb]string{sim.Update: "UpdateGroup"},
		Name:     &sim.Name{Auto: true, Max: 128, Pattern: iamName, Taken: "EntityAlreadyExists"},
		Defaults: sim.Props{"path": "/"}, Patterns: map[string]sim.Pattern{"path": iamPath}, ID: namedAtFirst,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": iamARN(o, "group"), "uniqueId": "AGPA" + o.Upper(17, "group")}
		},
		Changing: movedARN,
		Rules: sim.Many(sim.Delete, func(o *sim.Op) error {
			return bare(o, "group", map[string]string{token.IAMGroupPolicyAttachment: "detach all policies",
				token.IAMGroupPolicy: "delete policies", token.IAMGroupMembership: "remove users from group"})
		}),
		Quota: &sim.Quota{Key: "iam.groups", Default: 300, Code: "LimitExceeded"},
	}
}

func groupMembership() sim.Kind {
	return sim.Kind{
		Token: token.IAMGroupMembership, Service: "IAM", API: "UserToGroup", Noun: "IAM Group Membership", Global: true,
		Verbs: map[sim.Verb]string{sim.Create: "AddUserToGroup", sim.Update: "AddUserToGroup", sim.Delete: "RemoveUserFromGroup"},
		Name:  &sim.Name{Auto: true, Max: 128}, Required: []string{"users"}, ReplaceOn: []string{"group", "name"},
		Refs: []sim.Ref{groupRef("group"), userRef("users")},
	}
}

func userGroups() sim.Kind {
	return sim.Kind{
		Token: token.IAMUserGroupMembership, Service: "IAM", API: "UserToGroup", Noun: "IAM User Group Membership", Global: true,
		Verbs:    map[sim.Verb]string{sim.Create: "AddUserToGroup", sim.Update: "AddUserToGroup", sim.Delete: "RemoveUserFromGroup"},
		ID:       func(o *sim.Op) string { return "terraform-" + o.Digits(18, "groups") + o.Hex(8, "groups") },
		Required: []string{"groups"}, ReplaceOn: []string{"user"},
		Refs: []sim.Ref{userRef("user"), groupRef("groups")},
	}
}

// inline is a policy within a user or a group.
func inline(kind, api, of, to string) sim.Kind {
	return sim.Kind{
		Token: kind, Service: "IAM", API: api + "Policy", Noun: "IAM " + api + " Policy", Global: true,
		Verbs:       map[sim.Verb]string{sim.Create: "Put" + api + "Policy", sim.Update: "Put" + api + "Policy"},
		Name:        &sim.Name{Prefix: "namePrefix", Auto: true, Max: 128, Pattern: iamName},
		AtMostOneOf: [][]string{{"name", "namePrefix"}}, Required: []string{"policy"}, JSON: []string{"policy"},
		ReplaceOn: []string{"name", "namePrefix", of},
		ID:        func(o *sim.Op) string { return o.In.Str(of) + ":" + o.NameOf() },
		Outputs:   func(*sim.Op) sim.Props { return sim.Props{"namePrefix": ""} },
		Refs:      []sim.Ref{{Path: of, To: []sim.Target{{Token: to, By: "name"}}, Missing: missingEntity}},
		Rules:     sim.Many(sim.Create|sim.Update, policy.Good("policy", malformedDocument, policy.Identity)),
	}
}

// attached is a policy of its own that a user or a group has.
func attached(kind, api, of, to string) sim.Kind {
	return sim.Kind{
		Token: kind, Service: "IAM", API: api + "Policy", Noun: "IAM " + api + " Policy Attachment", Global: true,
		Verbs:    map[sim.Verb]string{sim.Create: "Attach" + api + "Policy", sim.Delete: "Detach" + api + "Policy"},
		Required: []string{of}, ReplaceOn: []string{"policyArn", of},
		ID: func(o *sim.Op) string { return o.In.Str(of) + "-" + o.Digits(26, "attachment") },
		Refs: []sim.Ref{{Path: of, To: []sim.Target{{Token: to, By: "name"}}, Missing: missingEntity}, {
			Path: "policyArn", To: []sim.Target{{Token: token.IAMPolicy, By: "arn"}}, Missing: missingEntity, InUse: "DeleteConflict",
			Unless: IsAWSPolicy,
		}},
		Quota: &sim.Quota{Key: "iam.attached-policies-per-" + of, Default: 10, Code: "LimitExceeded",
			Within: func(o *sim.Op) string { return o.In.Str(of) }},
		Rules: sim.Many(sim.Create, awsPolicyExists("policyArn")),
	}
}

var issuer = regexp.MustCompile(`^https://[^?]+$`)

// openIDProvider is who vouches for people and machines of elsewhere, such as a forge's pipelines.
func openIDProvider() sim.Kind {
	arn := func(o *sim.Op) string {
		return o.GlobalARN("iam", "oidc-provider/"+strings.TrimPrefix(o.In.Str("url"), "https://"))
	}
	return sim.Kind{
		Token: token.IAMOpenIdConnectProvider, Service: "IAM", API: "OpenIDConnectProvider", Noun: "IAM OIDC Provider", Global: true,
		Verbs: map[sim.Verb]string{sim.Update: "UpdateOpenIDConnectProviderThumbprint"}, Required: []string{"clientIdLists"},
		Patterns:  map[string]sim.Pattern{"url": {Match: issuer, Want: "an address that begins with https:// and has no query"}},
		Lengths:   map[string]sim.Range{"clientIdLists": {Min: 1, Max: 255}},
		Checks:    []sim.Check{thumbprints},
		ReplaceOn: []string{"url"}, Ordered: []string{"thumbprintLists"}, ID: arn,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": arn(o), "thumbprintLists": sim.List(o.Hex(40, "thumbprint"))}
		},
		Rules: sim.Many(sim.Create, func(o *sim.Op) error {
			if _, taken := o.Find(token.IAMOpenIdConnectProvider, o.ID); !taken {
				return nil
			}
			return sim.Refuse("EntityAlreadyExists", "Provider with url "+o.In.Str("url")+" already exists.",
				"An account has one provider for each address: use that one.")
		}),
		Quota: &sim.Quota{Key: "iam.oidc-providers", Default: 100, Code: "LimitExceeded"},
	}
}

// thumbprints have 40 digits, as the provider checks.
func thumbprints(in sim.Props) (failures []sim.Failure) {
	for _, print := range in.Strs("thumbprintLists") {
		if len(print) != 40 {
			failures = append(failures, check.Wrong("thumbprintLists", "%q has %d characters, want 40", print, len(print))...)
		}
	}
	return failures
}
