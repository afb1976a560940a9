// Package kms simulates KMS: keys, their policies and aliases, and replicas in other regions.
package kms

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// keyWindow bounds the days that a deleted key waits (KMS API, ScheduleKeyDeletion).
var keyWindow = sim.Range{Min: 7, Max: 30}

// Kinds is the table of encryption keys. A deleted key is gone at once here, where
// AWS keeps it disabled for its deletion window.
func Kinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.KMSKey, Service: "KMS", API: "Key", Noun: "KMS Key",
			Verbs: map[sim.Verb]string{sim.Update: "UpdateKeyDescription", sim.Delete: "ScheduleKeyDeletion"},
			ID: func(o *sim.Op) string {
				if o.In.Bool("multiRegion") {
					return "mrk-" + o.Hex(32, "key")
				}
				return o.UUID("key")
			},
			Defaults: sim.Props{
				"bypassPolicyLockoutSafetyCheck": false, "customerMasterKeySpec": "SYMMETRIC_DEFAULT", "enableKeyRotation": false,
				"isEnabled": true, "keyUsage": "ENCRYPT_DECRYPT",
			},
			Enums: map[string][]string{
				"keyUsage": {"ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"},
				"customerMasterKeySpec": {
					"SYMMETRIC_DEFAULT", "RSA_2048", "RSA_3072", "RSA_4096", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512",
					"ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "SM2",
				},
			},
			Ranges:    map[string]sim.Range{"deletionWindowInDays": keyWindow, "rotationPeriodInDays": {Min: 90, Max: 2560}},
			Lengths:   map[string]sim.Range{"description": {Max: 8192}},
			JSON:      []string{"policy"},
			ReplaceOn: []string{"customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"},
			Outputs: func(o *sim.Op) sim.Props {
				out := sim.Props{
					"arn": o.ARN("kms", "key/"+o.ID), "keyId": o.ID, "multiRegion": false, "policy": defaultKeyPolicy(o), "description": "",
				}
				if o.In.Bool("enableKeyRotation") {
					out["rotationPeriodInDays"] = 365
				}
				return out
			},
			Rules: sim.Many(sim.Create|sim.Update, keyPolicyValid, rotationSymmetric),
		},
		{
			Token: token.KMSAlias, Service: "KMS", API: "Alias", Noun: "KMS Alias",
			ID: func(o *sim.Op) string { return cmp.Or(o.NameOf(), "alias/"+o.Name+"-"+o.Hex(7, "name")) },
			Name: &sim.Name{Prefix: "namePrefix", Max: 256, Pattern: sim.Pattern{
				Match: regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]+$`), Want: "alias/ and then letters, digits and /_-",
			}},
			AtMostOneOf: [][]string{{"name", "namePrefix"}},
			ReplaceOn:   []string{"name", "namePrefix"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"name": o.ID, "namePrefix": "", "arn": o.ARN("kms", o.ID),
					"targetKeyArn": o.ARN("kms", "key/"+lastPart(o.In.Str("targetKeyId"))),
				}
			},
			Refs:  []sim.Ref{refer.Key("targetKeyId", "NotFoundException")},
			Rules: sim.Many(sim.Create, aliasNotReserved, refer.TakenID("AlreadyExistsException")),
		},
		{
			Token: token.KMSReplicaKey, Service: "KMS", API: "ReplicaKey", Noun: "KMS Replica Key",
			Verbs:    map[sim.Verb]string{sim.Create: "ReplicateKey", sim.Delete: "ScheduleKeyDeletion"},
			ID:       func(o *sim.Op) string { return lastPart(o.In.Str("primaryKeyArn")) },
			Defaults: sim.Props{"bypassPolicyLockoutSafetyCheck": false, "deletionWindowInDays": 30.0, "enabled": true},
			Ranges:   map[string]sim.Range{"deletionWindowInDays": keyWindow},
			JSON:     []string{"policy"}, ReplaceOn: []string{"primaryKeyArn"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.ARN("kms", "key/"+o.ID), "keyId": o.ID, "keyRotationEnabled": false, "keySpec": "SYMMETRIC_DEFAULT",
					"keyUsage": "ENCRYPT_DECRYPT", "policy": defaultKeyPolicy(o),
				}
			},
			Refs: []sim.Ref{{
				Path: "primaryKeyArn", To: []sim.Target{{Token: token.KMSKey, By: "arn"}}, Missing: "NotFoundException",
				InUse: "KMSInvalidStateException", AnyRegion: true,
			}},
			Rules: slices.Concat(sim.Many(sim.Create, refer.TakenID("AlreadyExistsException"), replicaElsewhere), sim.Many(sim.Create|sim.Update, keyPolicyValid)),
		},
		{
			Token: token.KMSKeyPolicy, Service: "KMS", API: "KeyPolicy", Noun: "KMS Key Policy",
			Verbs: map[sim.Verb]string{sim.Create: "PutKeyPolicy", sim.Update: "PutKeyPolicy", sim.Delete: "PutKeyPolicy"},
			ID:    func(o *sim.Op) string { return o.In.Str("keyId") }, JSON: []string{"policy"},
			Defaults: sim.Props{"bypassPolicyLockoutSafetyCheck": false},
			Refs:     []sim.Ref{refer.Key("keyId", "NotFoundException")}, Rules: sim.Many(sim.Create|sim.Update, keyPolicyValid),
		},
		{
			Token: token.KMSGrant, Service: "KMS", API: "Grant", Noun: "KMS Grant",
			ID:       func(o *sim.Op) string { return o.In.Str("keyId") + ":" + o.Hex(64, "grant") },
			Required: []string{"operations"}, Verbs: map[sim.Verb]string{sim.Delete: "RevokeGrant"},
			ReplaceOn: []string{
				"constraints", "grantCreationTokens", "granteePrincipal", "keyId", "name", "operations", "retireOnDelete",
				"retiringPrincipal",
			},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"grantId": o.Hex(64, "grant"), "grantToken": o.Lower(64, "token")}
			},
			Refs: []sim.Ref{refer.Key("keyId", "NotFoundException")},
		},
	}
}

func lastPart(arn string) string { return arn[strings.LastIndexAny(arn, "/:")+1:] }

func defaultKeyPolicy(o *sim.Op) string {
	return `{"Id":"key-default-1","Statement":[{"Action":"kms:*","Effect":"Allow","Principal":{"AWS":"arn:` + o.Partition +
		`:iam::` +
		o.Account + `:root"},"Resource":"*","Sid":"Enable IAM User Permissions"}],"Version":"2012-10-17"}`
}

// keyPolicyValid refuses what KMS refuses: a policy that is none, principals that
// do not exist, and one that would lock its owner out of the key.
func keyPolicyValid(o *sim.Op) error {
	if !o.In.Has("policy") {
		return nil
	}
	statements, err := policy.Grants(o.In.Str("policy"))
	if err != nil {
		return sim.Refuse("MalformedPolicyDocumentException", err.Error(), "Mend the key's policy.")
	}
	managed := o.In.Bool("bypassPolicyLockoutSafetyCheck")
	for _, s := range statements {
		for _, p := range s.Principals {
			if !policy.PrincipalExists(o, p) {
				return sim.Refuse("MalformedPolicyDocumentException",
					"Policy contains a statement with one or more invalid principals",
					fmt.Sprintf("%q is no principal that exists.", p))
			}
		}
		own := s.Names(o, o.Account) || slices.Contains(s.Principals, o.GlobalARN("iam", "user/offline"))
		managed = managed || (s.Effect == "Allow" && own && policy.Matches(s.Actions, "kms:PutKeyPolicy"))
	}
	if managed {
		return nil
	}
	return sim.Refuse("MalformedPolicyDocumentException",
		"The new key policy will not allow you to update the key policy in the future",
		"Keep a statement that allows kms:* to arn:aws:iam::"+o.Account+":root.")
}

func rotationSymmetric(o *sim.Op) error {
	if !o.In.Bool("enableKeyRotation") || o.In.Str("customerMasterKeySpec") == "SYMMETRIC_DEFAULT" {
		return nil
	}
	return sim.Refuse("UnsupportedOperationException",
		"Automatic key rotation is only supported for symmetric encryption keys",
		"Set enableKeyRotation to false for "+o.In.Str("customerMasterKeySpec")+".")
}

func aliasNotReserved(o *sim.Op) error {
	if !strings.HasPrefix(o.ID, "alias/aws/") {
		return nil
	}
	return sim.Refuse("NotAuthorizedException", "Aliases that begin with alias/aws/ are reserved", "Choose another name.")
}

func replicaElsewhere(o *sim.Op) error {
	arn := o.In.Str("primaryKeyArn")
	if !strings.Contains(arn, "key/mrk-") {
		return sim.Refuse("UnsupportedOperationException", arn+" is not a multi-Region primary key",
			"Make the primary with multiRegion; a key cannot become one later.")
	}
	if strings.Contains(arn, ":"+o.Region+":") {
		return sim.Refuse("AlreadyExistsException", "The replica region must differ from the primary's",
			"Give the replica a provider of another region.")
	}
	return nil
}
