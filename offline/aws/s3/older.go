package s3

import (
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Tokens are the kinds of buckets: the one whose settings are resources of their own, and the
// older one, which has them all within it.
var Tokens = []string{token.S3BucketV2, token.S3Bucket}

// Named is a bucket of any region and of either kind, by its name.
func Named(o *sim.Op, name string) (sim.Found, bool) {
	for _, kind := range Tokens {
		if f, ok := refer.Anywhere(o, kind, name); ok {
			return f, true
		}
	}
	return sim.Found{}, false
}

// bucket is one that the operation sees, of either kind.
func bucket(o *sim.Op, name string) sim.Props {
	for _, kind := range Tokens {
		if props, ok := o.Find(kind, name); ok {
			return props
		}
	}
	return nil
}

// olderBucket is the bucket with all its settings within it, which the provider calls Bucket up to
// its version 6. What the settings say is checked as far as it is for their own kinds.
func olderBucket() sim.Kind {
	k := bucketKind()
	k.Token = token.S3Bucket
	k.Defaults = sim.Props{
		"acl": "private", "forceDestroy": false, "versioning.enabled": false, "versioning.mfaDelete": false,
		"serverSideEncryptionConfiguration.rule.bucketKeyEnabled": false,
	}
	k.AtMostOneOf = [][]string{{"bucket", "bucketPrefix"}}
	k.Enums = map[string][]string{
		"acl": cannedACLs, "accelerationStatus": {"Enabled", "Suspended"}, "requestPayer": {"Requester", "BucketOwner"},
		"corsRules.allowedMethods":                  corsMethods,
		"objectLockConfiguration.objectLockEnabled": {"Enabled"},
		"lifecycleRules.transitions.storageClass":   storageClasses,
		"replicationConfiguration.rules.status":     {"Enabled", "Disabled"},
		sseOfOlder:                                  {"AES256", "aws:kms"},
	}
	k.ReplaceOn = []string{"bucket", "bucketPrefix", "objectLockConfiguration.objectLockEnabled"}
	k.Sets = []string{"grants", "loggings"}
	outputs := k.Outputs
	k.Outputs = func(o *sim.Op) sim.Props { return olderOutputs(o, outputs(o)) }
	k.Refs = []sim.Ref{
		refer.Key("serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.kmsMasterKeyId",
			"KMS.NotFoundException"),
		{Path: "loggings.targetBucket", To: named(""), Missing: "InvalidTargetBucketForLogging"},
		refer.Role("replicationConfiguration.role", "InvalidArgument"),
	}
	k.Rules = append(k.Rules, sim.Many(sim.Create|sim.Update, olderACL, olderPolicy, olderReplication)...)
	return k
}

const sseOfOlder = "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm"

// named are what a reference to a bucket may name.
func named(by string) (to []sim.Target) {
	for _, kind := range Tokens {
		to = append(to, sim.Target{Token: kind, By: by})
	}
	return to
}

func olderOutputs(o *sim.Op, out sim.Props) sim.Props {
	delete(out, "objectLockEnabled")
	out["accelerationStatus"] = ""
	out["versioning"] = map[string]any{"enabled": false, "mfaDelete": false}
	out["serverSideEncryptionConfiguration"] = map[string]any{"rule": map[string]any{
		"applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": "AES256"}, "bucketKeyEnabled": false,
	}}
	if o.In.Has("website") {
		domain := "s3-website-" + o.Region + ".amazonaws.com"
		out["websiteDomain"], out["websiteEndpoint"] = domain, o.NameOf()+"."+domain
	}
	return out
}

// olderACL: a bucket is made with its ACL, and a new one has none but the private one since April
// 2023; a later ACL is judged by the ownership controls that stand then.
func olderACL(o *sim.Op) error {
	acl := o.In.Str("acl")
	switch {
	case acl == "private" && !o.In.Has("grants"):
		return nil
	case o.Verb == sim.Create:
		return sim.Refuse("InvalidBucketAclWithObjectOwnership",
			"Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
			"Use a bucket policy; or a BucketAclV2 that depends on ownership controls.")
	case o.Changed("acl"):
		controls, _ := o.Find(token.S3BucketOwnershipControls, o.ID)
		return aclAllowed(o, o.ID, controls.Str("rule.objectOwnership"))
	}
	return nil
}

// olderPolicy judges the policy within a bucket like one of its own.
func olderPolicy(o *sim.Op) error {
	if !o.In.Has("policy") {
		return nil
	}
	if err := policyValid(o, o.ID); err != nil {
		return err
	}
	return policyPrivate(o, o.ID)
}

func olderReplication(o *sim.Op) error {
	if len(o.In.Maps("replicationConfiguration.rules")) == 0 || o.In.Bool("versioning.enabled") {
		return nil
	}
	return sim.Refuse("InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
		"Set enabled in versioning.")
}

// olderUsesKMS reports whether a bucket with its settings within it is encrypted under a KMS key.
func olderUsesKMS(o *sim.Op, name string) bool {
	return strings.HasPrefix(bucket(o, name).Str(sseOfOlder), "aws:kms")
}
