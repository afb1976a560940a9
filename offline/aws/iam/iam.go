// Package iam simulates IAM: roles, policies, instance profiles and service-linked roles, users with their
// keys and groups, and providers of identities.
package iam

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// iamCreated stands for the creation date of everything in IAM: the offline
// cloud knows no time.
const iamCreated = "2026-01-01T00:00:00Z"

// missingEntity, conflict and malformedDocument are IAM's error codes.
const (
	missingEntity     = "NoSuchEntity"
	malformedDocument = "MalformedPolicyDocument"
)

var iamName = sim.Pattern{Match: regexp.MustCompile(`^[\w+=,.@-]+$`), Want: "letters, digits and +=,.@-_"}

var iamPath = sim.Pattern{Match: regexp.MustCompile(`^/(?:[\x21-\x7e]+/)?$`),
	Want: "a path that begins and ends with a slash"}

// iamNamed is how IAM names: 26 characters follow a prefix.
func iamNamed(longest int) *sim.Name {
	return &sim.Name{Prefix: "namePrefix", Auto: true, Max: longest, Pattern: iamName, Taken: "EntityAlreadyExists"}
}

// ownRoleRef names a role by its name, as IAM itself does.
func ownRoleRef() sim.Ref {
	return sim.Ref{Path: "role", To: []sim.Target{{Token: token.IAMRole}}, Missing: missingEntity}
}

// Kinds is the table of identities.
func Kinds() []sim.Kind {
	return slices.Concat(roles(), people())
}

func roles() []sim.Kind {
	oneName := [][]string{{"name", "namePrefix"}}
	return []sim.Kind{
		{
			Token: token.IAMRole, Service: "IAM", API: "Role", Global: true,
			Verbs: map[sim.Verb]string{sim.Update: "UpdateRole"},
			Name:  iamNamed(64), AtMostOneOf: oneName,
			Defaults: sim.Props{"forceDetachPolicies": false, "maxSessionDuration": 3600.0, "path": "/"},
			Required: []string{"assumeRolePolicy"},
			Lengths:  map[string]sim.Range{"description": {Max: 1000}, "namePrefix": {Min: 1, Max: 38}},
			Ranges:   map[string]sim.Range{"maxSessionDuration": {Min: 3600, Max: 43200}},
			Patterns: map[string]sim.Pattern{"path": iamPath},
			JSON:     []string{"assumeRolePolicy", "inlinePolicies.policy"}, Sets: []string{"inlinePolicies"},
			ReplaceOn: []string{"name", "namePrefix", "path"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": iamARN(o, "role"), "createDate": iamCreated, "uniqueId": "AROA" + o.Upper(17, "role"), "namePrefix": "",
					"managedPolicyArns": []any{}, "inlinePolicies": []any{},
				}
			},
			Rules: append(sim.Many(sim.Create|sim.Update,
				policy.Good("assumeRolePolicy", malformedDocument, policy.Trust), trustSize, awsPolicyExists("managedPolicyArns")),
				sim.Many(sim.Delete, roleIsBare)...),
		},
		{
			Token: token.IAMRolePolicy, Service: "IAM", API: "RolePolicy", Noun: "IAM Role Policy", Global: true,
			Verbs: map[sim.Verb]string{sim.Create: "PutRolePolicy", sim.Update: "PutRolePolicy"},
			// PutRolePolicy overwrites a policy of the same name.
			Name:        &sim.Name{Prefix: "namePrefix", Auto: true, Max: 128, Pattern: iamName},
			AtMostOneOf: oneName, Required: []string{"policy", "role"}, JSON: []string{"policy"},
			ReplaceOn: []string{"name", "namePrefix", "role"},
			ID:        func(o *sim.Op) string { return o.In.Str("role") + ":" + o.NameOf() },
			Outputs:   func(*sim.Op) sim.Props { return sim.Props{"namePrefix": ""} },
			Refs:      []sim.Ref{ownRoleRef()},
			Rules:     sim.Many(sim.Create|sim.Update, policy.Good("policy", malformedDocument, policy.Identity), inlineSize),
		},
		{
			Token: token.IAMRolePolicyAttachment, Service: "IAM", API: "RolePolicy", Noun: "IAM Role Policy Attachment", Global: true,
			Verbs:     map[sim.Verb]string{sim.Create: "AttachRolePolicy", sim.Delete: "DetachRolePolicy"},
			Required:  []string{"role"},
			ReplaceOn: []string{"policyArn", "role"},
			ID:        func(o *sim.Op) string { return o.In.Str("role") + "-" + o.Digits(26, "attachment") },
			Refs: []sim.Ref{ownRoleRef(), {
				Path: "policyArn", To: []sim.Target{{Token: token.IAMPolicy, By: "arn"}}, Missing: missingEntity, InUse: "DeleteConflict",
				Unless: IsAWSPolicy,
			}},
			Quota: &sim.Quota{
				Key: "iam.attached-policies-per-role", Default: 10, Code: "LimitExceeded",
				Within: func(o *sim.Op) string { return o.In.Str("role") },
			},
			Rules: sim.Many(sim.Create, awsPolicyExists("policyArn")),
		},
		{
			Token: token.IAMInstanceProfile, Service: "IAM", API: "InstanceProfile", Noun: "IAM Instance Profile", Global: true,
			Name: iamNamed(128), AtMostOneOf: oneName,
			Defaults:  sim.Props{"path": "/"},
			Lengths:   map[string]sim.Range{"namePrefix": {Min: 1, Max: 102}},
			Patterns:  map[string]sim.Pattern{"path": iamPath},
			ReplaceOn: []string{"name", "namePrefix", "path"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": iamARN(o, "instance-profile"), "createDate": iamCreated, "uniqueId": "AIPA" + o.Upper(17, "profile"), "namePrefix": "",
				}
			},
			Refs: []sim.Ref{ownRoleRef()},
		},
		{
			Token: token.IAMPolicy, Service: "IAM", API: "Policy", Global: true,
			Verbs: map[sim.Verb]string{sim.Update: "CreatePolicyVersion"},
			Name:  iamNamed(128), AtMostOneOf: oneName, Required: []string{"policy"},
			Defaults: sim.Props{"path": "/"}, JSON: []string{"policy"},
			Lengths:   map[string]sim.Range{"description": {Max: 1000}, "namePrefix": {Min: 1, Max: 102}},
			Patterns:  map[string]sim.Pattern{"path": iamPath},
			ReplaceOn: []string{"description", "name", "namePrefix", "path"},
			ID:        func(o *sim.Op) string { return iamARN(o, "policy") },
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": iamARN(o, "policy"), "policyId": "ANPA" + o.Upper(17, "policy"), "attachmentCount": 0, "namePrefix": "",
				}
			},
			Rules: sim.Many(sim.Create|sim.Update, policy.Good("policy", malformedDocument, policy.Identity), managedSize),
		},
		{
			Token: token.IAMServiceLinkedRole, Service: "IAM", API: "ServiceLinkedRole", Global: true,
			Patterns: map[string]sim.Pattern{"awsServiceName": {
				Match: regexp.MustCompile(`\.amazonaws\.com(?:\.cn)?$`), Want: "the name of a service, such as opensearchservice.amazonaws.com",
			}},
			ReplaceOn: []string{"awsServiceName", "customSuffix"},
			ID:        serviceRoleARN,
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": serviceRoleARN(o), "createDate": iamCreated, "name": serviceRoleName(o), "uniqueId": "AROA" + o.Upper(17, "role"),
					"path": "/aws-service-role/" + o.In.Str("awsServiceName") + "/",
				}
			},
			Rules: sim.Many(sim.Create, serviceRoleFree),
		},
	}
}

// serviceRoleNames are the names of the roles of services; the others are taken
// to end in the first word of the service's name.
var serviceRoleNames = map[string]string{
	"opensearchservice": "AmazonOpenSearchService", "autoscaling": "AutoScaling", "elasticloadbalancing": "ElasticLoadBalancing", "rds": "RDS",
	"elasticache": "ElastiCache", "spot": "EC2Spot", "es": "AmazonElasticsearchService",
}

func serviceRoleName(o *sim.Op) string {
	word, _, _ := strings.Cut(o.In.Str("awsServiceName"), ".")
	name := "AWSServiceRoleFor" + cmp.Or(serviceRoleNames[word], word)
	if suffix := o.In.Str("customSuffix"); suffix != "" {
		name += "_" + suffix
	}
	return name
}

func serviceRoleARN(o *sim.Op) string {
	return o.GlobalARN("iam", "role/aws-service-role/"+o.In.Str("awsServiceName")+"/"+serviceRoleName(o))
}

func serviceRoleFree(o *sim.Op) error {
	if _, taken := o.Find(token.IAMServiceLinkedRole, o.ID); !taken {
		return nil
	}
	return sim.Refuse("InvalidInput",
		fmt.Sprintf("Service role name %s has been taken in this account, please try a different suffix", serviceRoleName(o)),
		"An account has one for each service: use the one that is there, or import it.")
}

// iamRoles finds roles by their path; the pattern of names is not simulated.
func iamRoles(o *sim.Op) (sim.Props, error) {
	if o.In.Has("nameRegex") {
		return nil, errors.New("the offline cloud finds roles by pathPrefix only")
	}
	var arns, names []string
	for _, token := range []string{token.IAMRole, token.IAMServiceLinkedRole} {
		for _, role := range o.All(token) {
			if strings.HasPrefix(role.Props.Str("path"), o.In.Str("pathPrefix")) {
				arns, names = append(arns, role.Props.Str("arn")), append(names, role.Props.Str("name"))
			}
		}
	}
	out := o.In.Copy()
	out["id"], out["arns"], out["names"] = o.Region, sim.List(arns...), sim.List(names...)
	return out, nil
}

// iamARN is an identity's ARN, with its path.
func iamARN(o *sim.Op, kind string) string {
	return o.GlobalARN("iam", kind+cmp.Or(o.In.Str("path"), "/")+o.NameOf())
}

// IsAWSPolicy reports whether a policy is one of AWS's own, by its ARN.
func IsAWSPolicy(arn string) bool { return strings.HasPrefix(arn, "arn:aws:iam::aws:policy/") }

// awsPolicyForm is how AWS names its policies: one level of path at most two
// deep. Whether a policy of the name exists is not known here.
var awsPolicyForm = regexp.MustCompile(`^arn:aws:iam::aws:policy/(?:[a-z-]+/)?[\w+=,.@-]+$`)

func awsPolicyExists(property string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		for _, arn := range o.In.Strs(property) {
			if IsAWSPolicy(arn) && !awsPolicyForm.MatchString(arn) {
				return sim.Refuse(missingEntity, "Policy "+arn+" does not exist or is not attachable",
					"Copy the ARN from the IAM console; service roles have the path service-role/.")
			}
		}
		return nil
	}
}

// The sizes are IAM's quotas (IAM user guide, "IAM and STS quotas"); the first
// one can be raised, the others not.
const (
	trustLimit   = 2048
	inlineLimit  = 10240
	managedLimit = 6144
)

func trustSize(o *sim.Op) error {
	if n := policy.Size(policy.Text(o.In, "assumeRolePolicy")); n > o.Quota("iam.role-trust-policy-length", trustLimit) {
		return sim.Refuse("LimitExceeded", fmt.Sprintf("Cannot exceed quota for ACLSizePerRole: %d (got %d)", trustLimit, n),
			"Shorten the document in assumeRolePolicy.")
	}
	return nil
}

func managedSize(o *sim.Op) error {
	if n := policy.Size(policy.Text(o.In, "policy")); n > managedLimit {
		return sim.Refuse("LimitExceeded", fmt.Sprintf("Cannot exceed quota for PolicySize: %d (got %d)", managedLimit, n),
			"Split the policy in two.")
	}
	return nil
}

// inlineSize counts all inline policies of the role together.
func inlineSize(o *sim.Op) error {
	n := policy.Size(policy.Text(o.In, "policy"))
	for _, other := range o.Others() {
		if other.Props.Str("role") == o.In.Str("role") {
			n += policy.Size(policy.Text(other.Props, "policy"))
		}
	}
	if n <= inlineLimit {
		return nil
	}
	return sim.Refuse("LimitExceeded", fmt.Sprintf("Maximum policy size of %d bytes exceeded for role %s (got %d)",
		inlineLimit, o.In.Str("role"), n), "Move statements into a managed policy.")
}

// roleIsBare refuses to delete a role that still has policies. The provider
// takes a role out of its instance profiles by itself, and its policies with
// forceDetachPolicies.
func roleIsBare(o *sim.Op) error {
	if o.In.Bool("forceDetachPolicies") {
		return nil
	}
	for token, what := range map[string]string{token.IAMRolePolicyAttachment: "detach all policies",
		token.IAMRolePolicy: "delete policies"} {
		if other, ok := o.FindBy(token, "role", o.ID); ok {
			return sim.Refuse("DeleteConflict", "Cannot delete entity, must "+what+" first",
				fmt.Sprintf("Delete %s first, or set forceDetachPolicies.", other.Str("id")))
		}
	}
	return nil
}
