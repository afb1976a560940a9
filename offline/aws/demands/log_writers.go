package demands

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/aws/logs"
	"github.com/rung-dev/rung/offline/aws/s3"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// deliveryService delivers flow logs, and the logs of services that have no
// delivery of their own, CloudFront's among them.
const deliveryService = "delivery.logs.amazonaws.com"

// bucketNamed is a bucket of any region by its ARN, with or without a folder
// behind it.
func bucketNamed(o *sim.Op, arn string) (bucket sim.Found, ok bool) {
	name, _, _ := strings.Cut(strings.TrimPrefix(arn, "arn:"+o.Partition+":s3:::"), "/")
	return s3.Named(o, name)
}

func bucketPolicyOf(o *sim.Op, bucket sim.Found) (sim.Found, bool) {
	if own, ok := refer.AnywhereBy(o, token.S3BucketPolicy, "bucket", bucket.ID); ok {
		return own, true
	}
	return bucket, bucket.Token == token.S3Bucket // which may have one within it
}

// writes is the request of a service that puts a log below a path.
func writes(o *sim.Op, service string, bucket sim.Found, path, source string) policy.Request {
	return policy.From(o, service, "s3:PutObject", bucket.Props.Str("arn")+"/"+path, source).With("s3:x-amz-acl",
		"bucket-owner-full-control")
}

// flowLogDelivered and logDelivered: CloudWatch Logs writes into the bucket, and
// lets itself in where its policy does not (CloudWatch Logs user guide, "Logs
// sent to Amazon S3": the statement "is appended to the bucket's resource policy").
// The program that made the policy then finds it changed.
func flowLogDelivered(o *sim.Op) error {
	bucket, ok := bucketNamed(o, o.In.Str("logDestination"))
	if !ok || o.In.Str("logDestinationType") != "s3" {
		return nil
	}
	_, folder, _ := strings.Cut(strings.TrimPrefix(o.In.Str("logDestination"), "arn:"+o.Partition+":s3:::"), "/")
	return letsDeliver(o, bucket, folder, "vpcflowlogs", o.ARN("logs", "*"))
}

func logDelivered(o *sim.Op) error {
	destination, _ := o.FindBy(token.CloudWatchLogDeliveryDestination, "arn", o.In.Str("deliveryDestinationArn"))
	arn := destination.Str("deliveryDestinationConfiguration.destinationResourceArn")
	bucket, ok := bucketNamed(o, arn)
	if !ok || logs.ServiceOf(arn) != "s3" {
		return nil
	}
	_, folder, _ := strings.Cut(strings.TrimPrefix(arn, "arn:"+o.Partition+":s3:::"), "/")
	return letsDeliver(o, bucket, folder, "CloudFront", o.ARN("logs", "delivery-source:"+o.In.Str("deliverySourceName")))
}

func letsDeliver(o *sim.Op, bucket sim.Found, folder, kind, source string) error {
	path := strings.TrimPrefix(folder+"/AWSLogs/"+o.Account+"/"+kind+"/", "/")
	if err := keyTakes(o, bucket, deliveryService, source); err != nil {
		return err
	}
	document, given := bucketPolicyOf(o, bucket)
	text := policy.Text(document.Props, "policy")
	check := policy.From(o, deliveryService, "s3:GetBucketAcl", bucket.Props.Str("arn"), source)
	if !given || writes(o, deliveryService, bucket, path+"log.gz", source).Allowed(o, text) && check.Allowed(o, text) {
		return nil
	}
	amended, err := withDelivery(text, bucket.Props.Str("arn"), path, o.Account, source)
	if err != nil {
		return err
	}
	return o.Amend(document, sim.Props{"policy": amended})
}

// withDelivery is a bucket's policy with the statements that AWS appends.
func withDelivery(document, bucket, path, account, source string) (string, error) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		return "", fmt.Errorf("read the policy of %s: %w", bucket, err)
	}
	list, _ := doc["Statement"].([]any)
	number := 1 + len(slices.DeleteFunc(slices.Clone(list), func(s any) bool {
		m, _ := s.(map[string]any)
		sid, _ := m["Sid"].(string)
		return !strings.HasPrefix(sid, "AWSLogDeliveryWrite")
	}))
	statement := func(sid, action, resource string, equals map[string]any) map[string]any {
		return map[string]any{
			"Sid": fmt.Sprint(sid, number), "Effect": "Allow", "Principal": map[string]any{"Service": deliveryService},
			"Action": action, "Resource": resource,
			"Condition": map[string]any{"StringEquals": equals, "ArnLike": map[string]any{"aws:SourceArn": source}},
		}
	}
	doc["Statement"] = append(list,
		statement("AWSLogDeliveryWrite", "s3:PutObject", bucket+"/"+path+"*", map[string]any{
			"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account,
		}),
		statement("AWSLogDeliveryAclCheck", "s3:GetBucketAcl", bucket, map[string]any{"aws:SourceAccount": account}),
	)
	text, err := json.Marshal(doc)
	return string(text), err
}

// keyTakes refuses a bucket under a key of one's own that the service cannot use.
func keyTakes(o *sim.Op, bucket sim.Found, service, source string) error {
	encryption, _ := refer.AnywhereBy(o, token.S3BucketServerSideEncryptionConfigurationV2, "bucket", bucket.ID)
	for _, key := range encryption.Props.Strs("rules.applyServerSideEncryptionByDefault.kmsMasterKeyId") {
		document, ours := keyPolicyOf(o, key)
		if ours && !policy.From(o, service, "kms:GenerateDataKey", "*", source).Allowed(o, document) {
			return sim.Refuse("KMS.AccessDeniedException",
				fmt.Sprintf("%s is not authorized to perform: kms:GenerateDataKey on resource: %s", service, key),
				fmt.Sprintf("Let %s do kms:GenerateDataKey* in the policy of the key under which bucket %s is, and depend on it.",
					service, bucket.ID))
		}
	}
	return nil
}

// requestsLogged refuses a bucket for the log of another bucket's requests that
// does not let S3 write there: S3 takes it, and writes nothing (S3 user guide,
// "Enabling Amazon S3 server access logging").
func requestsLogged(o *sim.Op) error {
	const code = "InvalidTargetBucketForLogging"
	bucket, ok := s3.Named(o, o.In.Str("targetBucket"))
	if !ok {
		return nil
	}
	if s3.UsesKMS(o, bucket.ID) {
		return sim.Refuse(code, "The target bucket for logging is encrypted with a KMS key",
			"Encrypt "+bucket.ID+" with AES256: the log is written with nothing else.")
	}
	document, _ := bucketPolicyOf(o, bucket)
	source := "arn:" + o.Partition + ":s3:::" + o.In.Str("bucket")
	if aclsTaken(o, bucket.ID) ||
		writes(o, "logging.s3.amazonaws.com", bucket, o.In.Str("targetPrefix")+"log", source).Allowed(o,
			policy.Text(document.Props, "policy")) {
		return nil
	}
	return sim.Refuse(code, "The target bucket for logging does not let the log delivery group write",
		fmt.Sprintf("Let logging.s3.amazonaws.com put objects below %s in the policy of %s, and depend on it.",
			o.In.Str("targetPrefix"), bucket.ID))
}

// aclsTaken reports whether a bucket takes ACLs at all.
func aclsTaken(o *sim.Op, bucket string) bool {
	controls, _ := refer.AnywhereBy(o, token.S3BucketOwnershipControls, "bucket", bucket)
	ownership := controls.Props.Str("rule.objectOwnership")
	return ownership != "" && ownership != "BucketOwnerEnforced"
}

// oldLogsTaken: CloudFront's older logs are written by ACL (developer guide,
// "Configure standard logging (legacy)").
func oldLogsTaken(o *sim.Op) error {
	name, _, _ := strings.Cut(o.In.Str("loggingConfig.bucket"), ".s3")
	if _, ours := s3.Named(o, name); !ours || aclsTaken(o, name) {
		return nil
	}
	return sim.Refuse("InvalidArgument",
		"The S3 bucket that you specified for CloudFront logs does not enable ACL access: "+o.In.Str("loggingConfig.bucket"),
		"Set objectOwnership to BucketOwnerPreferred in the bucket's ownership controls and depend on them, or deliver the "+
			"logs with a LogDelivery.")
}

// flowsLogged: Global Accelerator asks for a bucket that lets it write.
func flowsLogged(o *sim.Op) error {
	attributes := o.In.Map("attributes")
	bucket, ours := s3.Named(o, attributes.Str("flowLogsS3Bucket"))
	if !attributes.Bool("flowLogsEnabled") || !ours {
		return nil
	}
	document, _ := bucketPolicyOf(o, bucket)
	path := strings.TrimPrefix(strings.TrimSuffix(attributes.Str("flowLogsS3Prefix"),
		"/")+"/AWSLogs/"+o.Account+"/globalaccelerator/log.gz", "/")
	if writes(o, deliveryService, bucket, path, o.ARN("logs", "*")).Allowed(o, policy.Text(document.Props, "policy")) {
		return nil
	}
	return sim.Refuse("AccessDeniedException", fmt.Sprintf("Access Denied for bucket %s", bucket.ID),
		fmt.Sprintf("Let %s put objects below %s in the bucket's policy, and depend on it.", deliveryService, path))
}
