package s3

import (
	"path"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// UsesKMS reports whether a bucket is encrypted under a KMS key.
func UsesKMS(o *sim.Op, bucket string) bool {
	encryption, _ := o.FindBy(token.S3BucketServerSideEncryptionConfigurationV2, "bucket", bucket)
	for _, algorithm := range encryption.Strs("rules.applyServerSideEncryptionByDefault.sseAlgorithm") {
		if strings.HasPrefix(algorithm, "aws:kms") {
			return true
		}
	}
	return olderUsesKMS(o, bucket)
}

// Allows reports whether a bucket's policy lets a principal put objects
// under "<prefix>/AWSLogs/<account>/", where AWS's services deliver logs. The
// principal is an account id (its root) or a service name such as
// "logdelivery.elasticloadbalancing.amazonaws.com". Conditions count only on
// aws:SourceAccount. It is false for a bucket that does not exist.
func Allows(o *sim.Op, bucket, principal, prefix string) bool {
	document, own := o.Find(token.S3BucketPolicy, bucket)
	if !own {
		document, _ = o.Find(token.S3Bucket, bucket)
	}
	statements, err := policy.Grants(policy.Text(document, "policy"))
	if err != nil {
		return false
	}
	key := path.Join("/"+prefix, "AWSLogs", o.Account, "test")
	resource := "arn:" + o.Partition + ":s3:::" + bucket + key
	allowed := false
	for _, s := range statements {
		if !s.Names(o, principal) || !policy.Matches(s.Actions, "s3:PutObject") || !policy.Matches(s.Resources, resource) {
			continue
		}
		if s.Effect == "Deny" && len(s.Conditions) == 0 {
			return false
		}
		allowed = allowed || (s.Effect == "Allow" && s.FromAccount(o.Account))
	}
	return allowed
}
