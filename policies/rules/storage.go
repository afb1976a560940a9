package rules

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

// aclTypes are what may give a bucket or an object to everybody by an ACL.
var aclTypes = []string{token.S3Bucket, token.S3BucketAcl, token.S3BucketObject, token.S3BucketObjectv2,
	token.S3ObjectCopy}

// blocks are the four ways of public access that a block closes.
var blocks = []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"}

func storage() []rule.Rule {
	return []rule.Rule{
		{
			ID: "s3-public-access-block", Title: "Every bucket blocks public access in all four ways", Severity: rule.High, Kind: rule.OnStack,
			Why: "It overrules any policy or ACL that somebody adds later.", Default: mandatory,
			Types: slices.Concat([]string{token.S3Bucket, token.S3BucketPublicAccessBlock, token.S3AccountPublicAccessBlock}, aclTypes), Stack: accessBlock,
			Equivalents: eq(ids("S3.8"), ids("CKV2_AWS_6", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"), nil, ids("AWS-0086", "AWS-0087", "AWS-0091", "AWS-0093", "AWS-0094")),
		},
		{
			ID: "s3-tls-only", Title: "Bucket policies deny plain HTTP", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "S3 answers without TLS unless it is told not to.", Default: advisory,
			Types: []string{token.S3Bucket, token.S3BucketPolicy}, Stack: bucketTLS,
			Equivalents: eq(ids("S3.5"), ids("CKV_AWS_379"), nil, nil),
		},
		{
			ID: "s3-lifecycle", Title: "Originals are versioned; old versions and broken uploads go", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "Without versions a mistake is final, without an end they are paid for ever.", Default: advisory,
			Types: []string{token.S3Bucket, token.S3BucketVersioning, token.S3BucketLifecycleConfiguration}, Stack: lifecycle,
			Equivalents: eq(ids("S3.13", "S3.10", "S3.14"), ids("CKV_AWS_21", "CKV2_AWS_61", "CKV_AWS_300"), nil, ids("AWS-0090")),
		},
		{
			ID: "s3-access-logs", Title: "Buckets log who read them", Severity: rule.Low, Kind: rule.OnStack,
			Why: "They tell what was read after a key got lost. A bucket of logs needs none.", Default: advisory,
			Types: []string{token.S3Bucket, token.S3BucketLogging}, Stack: bucketLogs,
			Equivalents: eq(ids("S3.9"), ids("CKV_AWS_18"), ids("s3-bucket-logging-enabled"), ids("AWS-0089")),
		},
	}
}

// accessBlock wants a block for each bucket, or one for the whole account.
func accessBlock(c *rule.Check, s *rule.Stack) {
	for _, r := range s.Of(aclTypes...) {
		c.Refuse(r.Input("acl").Is("public-read", "public-read-write", "authenticated-read"), r, "acl",
			"leave it out: the owner has all, others get a policy")
	}
	account := accountBlocked(s)
	for _, b := range s.Of(token.S3Bucket) {
		found, there := s.Pointing(token.S3BucketPublicAccessBlock, "bucket", b)
		c.Missing(rule.Any(there, account), b, "public access block",
			"add an aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock with all four flags")
		for _, block := range found {
			for _, flag := range blocks {
				c.Require(rule.Any(block.At(flag).Flag(), account), block, flag, "set it to true")
			}
		}
	}
}

// accountBlocked says whether the stack closes all four ways for every bucket
// of the account.
func accountBlocked(s *rule.Stack) rule.Tri {
	got := rule.No
	for _, block := range s.Of(token.S3AccountPublicAccessBlock) {
		all := rule.Yes
		for _, flag := range blocks {
			all = rule.All(all, block.At(flag).Flag())
		}
		got = rule.Any(got, all)
	}
	return got
}

// bucketTLS takes the policy of a resource beside the bucket, or the bucket's own.
func bucketTLS(c *rule.Check, s *rule.Stack) {
	for _, b := range s.Of(token.S3Bucket) {
		policies, there := s.Pointing(token.S3BucketPolicy, "bucket", b)
		own := deniesPlainHTTP(b.At("policy"), b)
		if own == rule.Yes {
			continue
		}
		for _, p := range policies {
			c.Require(deniesPlainHTTP(p.At("policy"), b), p, "policy", "deny every action where aws:SecureTransport is false")
		}
		c.Missing(rule.Any(there, own), b, "bucket policy",
			"add one that denies every action where aws:SecureTransport is false")
	}
}

// lifecycle takes a resource beside the bucket, or the bucket's own blocks.
func lifecycle(c *rule.Check, s *rule.Stack) {
	for _, b := range s.Of(token.S3Bucket) {
		configs, there := s.Pointing(token.S3BucketLifecycleConfiguration, "bucket", b)
		if own := b.Input("lifecycleRules"); len(configs) == 0 && own.Given() == rule.Yes {
			c.Require(anyBlock(own, "abortIncompleteMultipartUploadDays"), b, "lifecycleRules",
				"abort unfinished uploads after 7 days")
			continue
		}
		c.Missing(there, b, "lifecycle", "abort unfinished uploads after 7 days and expire old versions after 30")
		for _, l := range configs {
			c.Require(anyRule(l, "abortIncompleteMultipartUpload.daysAfterInitiation"), l, "rules",
				"abort unfinished uploads after 7 days")
			checkVersions(c, s, b, l)
		}
	}
}

// anyBlock says whether an enabled one of a bucket's own rules gives the number.
func anyBlock(rules rule.Value, prop string) rule.Tri {
	if rules.Unknown() {
		return rule.Unknown
	}
	got := rule.No
	for _, r := range rules.Items() {
		got = rule.Any(got, rule.All(r.At("enabled").Flag(), r.At(prop).Present()))
	}
	return got
}

// checkVersions wants versions, and an end to them, where objects do not go by
// themselves: what expires is a log or a dump, not an original.
func checkVersions(c *rule.Check, s *rule.Stack, b, l *rule.Resource) {
	if rule.Any(anyRule(l, "expiration.days"), anyRule(l, "expiration.date")) != rule.No {
		return
	}
	versions, there := s.Pointing(token.S3BucketVersioning, "bucket", b)
	c.Missing(rule.Any(there, b.Input("versioning.enabled").Flag()), b, "versioning",
		"enable it, or let objects expire if they are no originals")
	for _, v := range versions {
		c.Require(v.At("versioningConfiguration.status").Is("Enabled"), v, "versioningConfiguration.status",
			`set it to "Enabled"`)
	}
	c.Require(anyRule(l, "noncurrentVersionExpiration.noncurrentDays"), l, "rules", "expire old versions after 30 days")
}

// anyRule says whether an enabled lifecycle rule gives the number at path.
func anyRule(l *rule.Resource, path string) rule.Tri {
	all, there := l.At("rules").List()
	if there != rule.Yes {
		return there
	}
	got := rule.No
	for _, r := range all {
		if r.Unknown() {
			got = rule.Any(got, rule.Unknown)
			continue
		}
		got = rule.Any(got, rule.All(r.At("status").Is("Disabled").Not(), r.At(path).Present()))
	}
	return got
}

func bucketLogs(c *rule.Check, s *rule.Stack) {
	for _, b := range s.Of(token.S3Bucket) {
		_, target := s.Pointing(token.S3BucketLogging, "targetBucket", b)
		if target == rule.Yes || holdsLogs(b) {
			continue
		}
		_, there := s.Pointing(token.S3BucketLogging, "bucket", b)
		c.Missing(rule.Any(there, b.Input("loggings").Given()), b, "access logging",
			"add an aws:s3/bucketLogging:BucketLogging to a bucket of logs")
	}
}

// holdsLogs goes by the words of the name: a bucket that receives logs must not
// log itself. A blog or a catalogue is none.
func holdsLogs(b *rule.Resource) bool {
	words := strings.FieldsFunc(strings.ToLower(b.Name), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(words, func(w string) bool { return logWord.MatchString(w) })
}

var logWord = regexp.MustCompile(`^((access|flow|audit)?(log|logs|logging)|cloudtrail|trail)$`)
