package s3

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// versioningStays: versioning can be suspended but never switched off, and not
// even that while object lock stands.
func versioningStays(o *sim.Op) error {
	old, status := o.Old.Str("versioningConfiguration.status"), o.In.Str("versioningConfiguration.status")
	if status == "Disabled" && (old == "Enabled" || old == "Suspended") {
		return sim.Refuse("InvalidArgument",
			fmt.Sprintf("versioning_configuration.status cannot be updated from '%s' to '%s'", old, status),
			"Set it to Suspended: versions that exist stay.")
	}
	own := bucket(o, o.In.Str("bucket"))
	if _, locked := o.Find(token.S3BucketObjectLockConfigurationV2, o.In.Str("bucket")); status != "Enabled" &&
		(locked || lockable(own)) {
		return sim.Refuse("InvalidBucketState",
			"An Object Lock configuration is present on this bucket, so the versioning state cannot be changed",
			"Leave versioning Enabled.")
	}
	if _, replicated := o.Find(token.S3BucketReplicationConfig, o.In.Str("bucket")); status != "Enabled" && replicated {
		return sim.Refuse("InvalidBucketState",
			"A replication configuration is present on this bucket, so the versioning state cannot be changed",
			"Leave versioning Enabled, or delete the replication configuration first.")
	}
	return nil
}

func keyNeedsKMS(o *sim.Op) error {
	for _, rule := range o.In.Maps("rules") {
		by := rule.Map("applyServerSideEncryptionByDefault")
		if by.Str("kmsMasterKeyId") != "" && by.Str("sseAlgorithm") == "AES256" {
			return sim.Refuse("InvalidArgument",
				"a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
				"Set sseAlgorithm to aws:kms, or take kmsMasterKeyId away.")
		}
	}
	return nil
}

func lifecycleIDs(o *sim.Op) error {
	seen := map[string]bool{}
	for _, rule := range o.In.Maps("rules") {
		if id := rule.Str("id"); seen[id] {
			return sim.Refuse("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule",
				fmt.Sprintf("Rename one of the rules %q.", id))
		}
		seen[rule.Str("id")] = true
	}
	return nil
}

// infrequentAfter is how many days an object must be old for the infrequent
// access classes (S3 user guide, "Transitioning objects").
const infrequentAfter = 30

func lifecycleDays(o *sim.Op) error {
	for _, rule := range o.In.Maps("rules") {
		last := -1
		for _, move := range rule.Maps("transitions") {
			if move.Has("date") {
				continue
			}
			days, class := move.Int("days"), move.Str("storageClass")
			if strings.HasSuffix(class, "_IA") && days < infrequentAfter {
				return sim.Refuse("InvalidArgument", fmt.Sprintf(
					"'Days' in Transition action must be greater than or equal to %d for storageClass '%s'", infrequentAfter, class),
					fmt.Sprintf("Rule %q moves objects after %d days.", rule.Str("id"), days))
			}
			last = max(last, days)
		}
		if days := rule.Int("expiration.days"); days > 0 && days <= last {
			return sim.Refuse("InvalidArgument", fmt.Sprintf(
				"'Days' in the Expiration action for filter '(prefix=%s)' must be greater than 'Days' in the Transition action",
				rule.Str("filter.prefix")),
				fmt.Sprintf("Let rule %q expire objects after more than %d days.", rule.Str("id"), last))
		}
	}
	return nil
}

// lockable reports whether a bucket was made for locked objects.
func lockable(bucket sim.Props) bool {
	return bucket.Bool("objectLockEnabled") || bucket.Str("objectLockConfiguration.objectLockEnabled") == "Enabled"
}

func lockPeriod(in sim.Props) []sim.Failure {
	r := in.Map("rule.defaultRetention")
	if r == nil || r.Has("days") != r.Has("years") {
		return nil
	}
	return []sim.Failure{{Property: "rule.defaultRetention",
		Reason: "rule.defaultRetention: give exactly one of days, years"}}
}

func lockNeedsVersions(o *sim.Op) error {
	if lockable(bucket(o, o.In.Str("bucket"))) || versioned(o, o.In.Str("bucket")) {
		return nil
	}
	return sim.Refuse("InvalidBucketState",
		"Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
		"Enable versioning first, and let this depend on it.")
}

func replicationNeedsVersions(o *sim.Op) error {
	if !versioned(o, o.In.Str("bucket")) {
		return sim.Refuse("InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
			"Enable versioning first, and let this depend on it.")
	}
	for _, arn := range o.In.Strs("rules.destination.bucket") {
		if !versionedAnywhere(o, arn) {
			return sim.Refuse("InvalidRequest", "Destination bucket must have versioning enabled",
				fmt.Sprintf("Enable versioning on %s first.", arn))
		}
	}
	return nil
}

// replicationRules: rules with a filter follow the newer schema, which wants a
// word on delete markers and a priority of each rule's own.
func replicationRules(o *sim.Op) error {
	ids, priorities := map[string]bool{}, map[int]bool{}
	for _, rule := range o.In.Maps("rules") {
		id := rule.Str("id")
		if id != "" && ids[id] {
			return sim.Refuse("InvalidRequest", "Rule Id must be unique", fmt.Sprintf("Rename one of the rules %q.", id))
		}
		ids[id] = true
		if rule.Map("filter") == nil {
			continue
		}
		if !rule.Has("deleteMarkerReplication") {
			return sim.Refuse("InvalidRequest",
				"DeleteMarkerReplication must be specified for this version of Cross Region Replication configuration schema",
				fmt.Sprintf("Say Enabled or Disabled in deleteMarkerReplication of rule %q.", id))
		}
		if priorities[rule.Int("priority")] {
			return sim.Refuse("InvalidRequest", "Found duplicate priority in Replication configuration",
				fmt.Sprintf("Give rule %q another priority.", id))
		}
		priorities[rule.Int("priority")] = true
	}
	return nil
}

func replicationElsewhere(o *sim.Op) error {
	own := bucket(o, o.In.Str("bucket"))
	if !slices.Contains(o.In.Strs("rules.destination.bucket"), own.Str("arn")) {
		return nil
	}
	return sim.Refuse("InvalidRequest", "Destination bucket cannot be the source bucket", "Replicate into another bucket.")
}

// aclsAllowed: a new bucket has no ACLs since April 2023, until its ownership
// controls say otherwise.
func aclsAllowed(o *sim.Op) error {
	controls, _ := o.Find(token.S3BucketOwnershipControls, o.In.Str("bucket"))
	return aclAllowed(o, o.In.Str("bucket"), controls.Str("rule.objectOwnership"))
}

func aclAllowed(o *sim.Op, bucket, ownership string) error {
	if ownership == "" || ownership == "BucketOwnerEnforced" {
		return sim.Refuse("AccessControlListNotSupported", "The bucket does not allow ACLs",
			"Use a bucket policy; or set objectOwnership to BucketOwnerPreferred in its ownership controls, and depend on them.")
	}
	if acl := o.In.Str("acl"); strings.HasPrefix(acl, "public-") && blocks(o, bucket, "blockPublicAcls") {
		return sim.Refuse("AccessDenied", "Access Denied",
			"Public ACLs are blocked on this bucket: set blockPublicAcls to false in its public access block.")
	}
	return nil
}

// blocks reports whether a bucket or its account has a public access setting on.
// A new bucket has them all on since April 2023, so without a block of the
// program's own they count as on.
func blocks(o *sim.Op, bucket, setting string) bool {
	for _, account := range o.Anywhere(token.S3AccountPublicAccessBlock) {
		if account.Props.Bool(setting) {
			return true
		}
	}
	block, given := o.Find(token.S3BucketPublicAccessBlock, bucket)
	return !given || block.Bool(setting)
}
