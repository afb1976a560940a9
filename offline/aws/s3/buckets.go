// Package s3 simulates S3: buckets, their settings and policies, and objects.
package s3

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// storageClasses are what lifecycles may move objects to.
var storageClasses = []string{"STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER",
	"DEEP_ARCHIVE"}

// corsMethods are what another site's pages may ask for.
var corsMethods = []string{"GET", "PUT", "HEAD", "POST", "DELETE"}

// cannedACLs are the access control lists that have a name.
var cannedACLs = []string{
	"private", "public-read", "public-read-write", "aws-exec-read", "authenticated-read", "bucket-owner-read",
	"bucket-owner-full-control", "log-delivery-write",
}

// Kinds is the table of buckets and what is configured on them.
func Kinds() []sim.Kind {
	return slices.Concat([]sim.Kind{bucketKind(), olderBucket()}, bucketSettings(), bucketObjects())
}

func bucketKind() sim.Kind {
	return sim.Kind{
		Token: token.S3BucketV2, Service: "S3", API: "Bucket", Noun: "S3 Bucket",
		Name: &sim.Name{
			Property: "bucket", Prefix: "bucketPrefix", Auto: true, Max: 63, Lower: true,
			Pattern: sim.Pattern{
				Match: regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`),
				Want:  "3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends",
			},
		},
		AtMostOneOf: [][]string{{"bucket", "bucketPrefix"}, {"acl", "grants"}},
		Lengths:     map[string]sim.Range{"bucketPrefix": {Max: 37}},
		Defaults:    sim.Props{"forceDestroy": false},
		Checks:      []sim.Check{bucketName},
		JSON:        []string{"policy"},
		ReplaceOn:   []string{"bucket", "bucketPrefix", "objectLockConfiguration.objectLockEnabled", "objectLockEnabled"},
		Outputs: func(o *sim.Op) sim.Props {
			name := o.NameOf()
			return sim.Props{
				"arn": "arn:" + o.Partition + ":s3:::" + name, "bucketDomainName": name + ".s3.amazonaws.com",
				"bucketRegionalDomainName": name + ".s3." + o.Region + ".amazonaws.com",
				"hostedZoneId":             bucketZones[o.Region], "region": o.Region, "objectLockEnabled": false,
				"requestPayer": "BucketOwner",
			}
		},
		Rules: append(sim.Many(sim.Create, bucketFree), sim.Many(sim.Delete, bucketEmpty)...),
		Quota: &sim.Quota{Key: "s3.buckets", Default: 10000, Code: "TooManyBuckets"},
	}
}

// bucketZones are the hosted zone ids of S3 website endpoints (AWS General
// Reference, "Amazon S3 endpoints and quotas"); a region that is missing here
// gives an empty id.
var bucketZones = map[string]string{
	"us-east-1": "Z3AQBSTGFYJSTF", "us-east-2": "Z2O1EMRO9K5GLX", "us-west-1": "Z2F56UZL2M1ACD", "us-west-2": "Z3BJ6K6RIION7M",
	"eu-west-1": "Z1BKCTXD74EZPE", "eu-west-2": "Z3GKZC51ZF0DB4", "eu-west-3": "Z3R1K369G5AVDG", "eu-central-1": "Z21DNDUVLTQW6Q",
	"eu-north-1": "Z3BAZG2TWCNX0D", "ap-south-1": "Z11RGJOFQNVJUP", "ap-northeast-1": "Z2M4EHUR26P7ZW",
	"ap-northeast-2": "Z3W03O7B5YMIYP", "ap-southeast-1": "Z3O0J2DXBE1FTB", "ap-southeast-2": "Z1WCIGYICN2BYD",
	"ca-central-1": "Z1QDHH18159H29", "sa-east-1": "Z7KQH4QJS55SO",
}

// bucketName holds the naming rules that an expression does not.
func bucketName(in sim.Props) []sim.Failure {
	name, bad := in.Str("bucket"), ""
	switch {
	case strings.Contains(name, ".."):
		bad = "no two dots in a row"
	case net.ParseIP(name) != nil:
		bad = "not the form of an IP address"
	case strings.HasPrefix(name, "xn--") || strings.HasPrefix(name, "sthree-"):
		bad = "not the prefix xn-- or sthree-"
	case strings.HasSuffix(name, "-s3alias") || strings.HasSuffix(name, "--ol-s3"):
		bad = "not the suffix -s3alias or --ol-s3"
	}
	if bad == "" {
		return nil
	}
	return []sim.Failure{{Property: "bucket", Reason: fmt.Sprintf("bucket: %q is no valid name, want %s", name, bad)}}
}

// bucketFree refuses a name that a bucket of any region has. The provider itself
// refuses it as BucketAlreadyExists in us-east-1, where S3 would take the call.
func bucketFree(o *sim.Op) error {
	if other, taken := Named(o, o.ID); taken {
		code, message := "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you "+
			"already own it"
		if o.Region == "us-east-1" {
			code, message = "BucketAlreadyExists", "The requested bucket name is not available"
		}
		return sim.Refuse(code, message,
			fmt.Sprintf("Bucket names are unique in all of AWS and %s stands in %s: give another name, "+
				"or none to have one generated.", o.ID, other.Region))
	}
	return nil
}

// bucketEmpty refuses to delete a bucket that holds objects; one that may be
// emptied takes them along.
func bucketEmpty(o *sim.Op) error {
	if o.In.Bool("forceDestroy") {
		o.Drop(objectsOf(o, o.ID)...)
		return nil
	}
	for _, object := range objectsOf(o, o.ID) {
		return sim.Refuse("BucketNotEmpty", "The bucket you tried to delete is not empty",
			fmt.Sprintf("Delete its objects first (%s is one), or set forceDestroy and deploy that before the delete.",
				object.Props.Str("key")))
	}
	return nil
}

// objectsOf are a bucket's objects.
func objectsOf(o *sim.Op, bucket string) []sim.Found {
	var out []sim.Found
	for _, typ := range []string{token.S3BucketObjectv2, token.S3BucketObject} {
		for _, object := range o.All(typ) {
			if object.Props.Str("bucket") == bucket {
				out = append(out, object)
			}
		}
	}
	return out
}

// onBucket is the reference of everything that belongs to a bucket.
func onBucket() []sim.Ref {
	return []sim.Ref{{Path: "bucket", To: named(""), Missing: "NoSuchBucket"}}
}

// bucketSetting starts a kind that is one part of a bucket's configuration: it
// has the bucket's name as its id, and another bucket is another resource.
func bucketSetting(token, api string, k sim.Kind) sim.Kind {
	k.Token, k.Service, k.API, k.Noun = token, "S3", api, "S3 "+strings.TrimPrefix(api, "Bucket")
	k.ID = func(o *sim.Op) string { return o.In.Str("bucket") }
	k.Verbs = map[sim.Verb]string{sim.Create: "Put" + api, sim.Update: "Put" + api, sim.Delete: "Delete" + api}
	k.ReplaceOn = append(k.ReplaceOn, "bucket")
	k.Refs = append(k.Refs, onBucket()...)
	return k
}

func bucketSettings() []sim.Kind {
	owner := []string{"expectedBucketOwner"}
	status := []string{"Enabled", "Disabled"}
	return []sim.Kind{
		bucketSetting(token.S3BucketVersioningV2, "BucketVersioning", sim.Kind{
			ReplaceOn: owner, Enums: map[string][]string{"versioningConfiguration.status": {"Enabled", "Suspended", "Disabled"}},
			Outputs: func(*sim.Op) sim.Props { return sim.Props{"versioningConfiguration.mfaDelete": "Disabled"} },
			Rules:   sim.Many(sim.Create|sim.Update, versioningStays),
		}),
		bucketSetting(token.S3BucketPublicAccessBlock, "PublicAccessBlock", sim.Kind{
			Defaults: sim.Props{"blockPublicAcls": false, "blockPublicPolicy": false, "ignorePublicAcls": false, "restrictPublicBuckets": false},
		}),
		bucketSetting(token.S3BucketOwnershipControls, "BucketOwnershipControls", sim.Kind{
			Enums: map[string][]string{"rule.objectOwnership": {"BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"}},
		}),
		bucketSetting(token.S3BucketServerSideEncryptionConfigurationV2, "BucketEncryption", sim.Kind{
			Required: []string{"rules"}, ReplaceOn: owner, Sets: []string{"rules"},
			Enums: map[string][]string{"rules.applyServerSideEncryptionByDefault.sseAlgorithm": {"AES256", "aws:kms", "aws:kms:dsse"}},
			Refs:  []sim.Ref{refer.Key("rules.applyServerSideEncryptionByDefault.kmsMasterKeyId", "KMS.NotFoundException")},
			Rules: sim.Many(sim.Create|sim.Update, keyNeedsKMS),
		}),
		bucketSetting(token.S3BucketLifecycleConfigurationV2, "BucketLifecycleConfiguration",
			sim.Kind{
				Required: []string{"rules"}, ReplaceOn: owner,
				Enums: map[string][]string{
					"rules.status": status, "rules.transitions.storageClass": storageClasses,
					"rules.noncurrentVersionTransitions.storageClass": storageClasses,
					"transitionDefaultMinimumObjectSize":              {"all_storage_classes_128K", "varies_by_storage_class"},
				},
				Lengths: map[string]sim.Range{"rules.id": {Min: 1, Max: 255}},
				Ranges: map[string]sim.Range{
					"rules.abortIncompleteMultipartUpload.daysAfterInitiation": {Min: 1, Max: maxDays},
					"rules.noncurrentVersionExpiration.noncurrentDays":         {Min: 1, Max: maxDays},
					"rules.expiration.days":                                    {Min: 0, Max: maxDays},
					"rules.transitions.days":                                   {Min: 0, Max: maxDays},
				},
				Outputs: func(*sim.Op) sim.Props {
					return sim.Props{"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"}
				},
				Rules: sim.Many(sim.Create|sim.Update, lifecycleIDs, lifecycleDays),
			}),
		bucketSetting(token.S3BucketPolicy, "BucketPolicy", sim.Kind{
			Required: []string{"policy"}, JSON: []string{"policy"},
			Rules: sim.Many(sim.Create|sim.Update, bucketPolicyValid, bucketPolicyPrivate),
		}),
		bucketSetting(token.S3BucketCorsConfigurationV2, "BucketCors", sim.Kind{
			Required: []string{"corsRules"}, ReplaceOn: owner, Sets: []string{"corsRules"},
			Enums: map[string][]string{"corsRules.allowedMethods": corsMethods},
		}),
		bucketSetting(token.S3BucketNotification, "BucketNotificationConfiguration", sim.Kind{
			Defaults: sim.Props{"eventbridge": false},
			Refs: []sim.Ref{
				{Path: "queues.queueArn", To: []sim.Target{{Token: token.SQSQueue, By: "arn"}}, Missing: "InvalidArgument"},
				{Path: "topics.topicArn", To: []sim.Target{{Token: token.SNSTopic, By: "arn"}}, Missing: "InvalidArgument"},
			},
		}),
		bucketSetting(token.S3BucketObjectLockConfigurationV2, "ObjectLockConfiguration", sim.Kind{
			ReplaceOn: append([]string{"objectLockEnabled"}, owner...), Defaults: sim.Props{"objectLockEnabled": "Enabled"},
			Enums: map[string][]string{
				"objectLockEnabled": {"Enabled"}, "rule.defaultRetention.mode": {"GOVERNANCE", "COMPLIANCE"},
			},
			Checks: []sim.Check{lockPeriod}, Rules: sim.Many(sim.Create|sim.Update, lockNeedsVersions),
		}),
		bucketSetting(token.S3BucketReplicationConfig, "BucketReplication", sim.Kind{
			Required: []string{"rules"}, Enums: map[string][]string{
				"rules.status": status, "rules.deleteMarkerReplication.status": status,
				"rules.sourceSelectionCriteria.replicaModifications.status": status, "rules.destination.storageClass": append([]string{"STANDARD"}, storageClasses...),
			},
			Refs: []sim.Ref{
				refer.Role("role", "InvalidArgument"),
				{Path: "rules.destination.bucket", To: named("arn"), Missing: "InvalidRequest", AnyRegion: true},
			},
			Rules: sim.Many(sim.Create|sim.Update, replicationNeedsVersions, replicationRules, replicationElsewhere),
		}),
		bucketSetting(token.S3BucketLoggingV2, "BucketLogging", sim.Kind{
			ReplaceOn: owner,
			Refs: []sim.Ref{{
				Path: "targetBucket", To: named(""), Missing: "InvalidTargetBucketForLogging",
			}},
		}),
		bucketSetting(token.S3BucketAclV2, "BucketAcl", sim.Kind{
			ReplaceOn: owner, ExactlyOneOf: [][]string{{"acl", "accessControlPolicy"}},
			Enums: map[string][]string{"acl": cannedACLs},
			Rules: sim.Many(sim.Create|sim.Update, aclsAllowed),
		}),
		bucketSetting(token.S3BucketWebsiteConfigurationV2, "BucketWebsite", sim.Kind{
			ReplaceOn: owner, ExactlyOneOf: [][]string{{"indexDocument", "redirectAllRequestsTo"}},
			Outputs: func(o *sim.Op) sim.Props {
				domain := "s3-website-" + o.Region + ".amazonaws.com"
				return sim.Props{"websiteDomain": domain, "websiteEndpoint": o.In.Str("bucket") + "." + domain}
			},
		}),
		{
			Token: token.S3AccountPublicAccessBlock, Service: "S3 Control", API: "PublicAccessBlock", Noun: "S3 Account Public Access Block", Global: true,
			Verbs:     map[sim.Verb]string{sim.Create: "PutPublicAccessBlock", sim.Update: "PutPublicAccessBlock"},
			ID:        func(o *sim.Op) string { return o.Account },
			Defaults:  sim.Props{"blockPublicAcls": false, "blockPublicPolicy": false, "ignorePublicAcls": false, "restrictPublicBuckets": false},
			ReplaceOn: []string{"accountId"}, Outputs: func(o *sim.Op) sim.Props { return sim.Props{"accountId": o.Account} },
		},
	}
}

// maxDays bounds days that S3 counts as a 32-bit number.
const maxDays = 1<<31 - 1
