package assets

import (
	"encoding/json"
	"fmt"

	"github.com/rung-dev/rung/region"
)

// elbPrincipal is who delivers a load balancer's logs in the region.
func elbPrincipal(name string) map[string]any {
	if r, _ := region.Get(name); r.BalancerAccount != "" {
		return map[string]any{"AWS": "arn:aws:iam::" + r.BalancerAccount + ":root"}
	}
	return map[string]any{"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
}

// denyPlain refuses every request that did not come over TLS.
func denyPlain(bucketARN string) map[string]any {
	return map[string]any{
		"Sid": "DenyPlainHTTP", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
		"Resource":  []string{bucketARN, bucketARN + "/*"},
		"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
	}
}

// requestLogs is the prefix of lines about requests to other buckets.
const requestLogs = "s3/"

// logDelivery lets load balancers, flow logs and CloudFront's standard logs
// (v2) of one account write below AWSLogs, and its buckets below requestLogs.
// It needs no ACLs. S3 takes a bucket without the last statement as a target
// too, and then writes nothing without an error.
//
// The two in the middle are what AWS itself appends to a policy in which it does
// not find them, which the next deployment would take away again: they have
// AWS's own names, paths and conditions ("Logs sent to Amazon S3" in CloudWatch
// Logs' guide). The logs of a CDN come from us-east-1, wherever the bucket is.
func logDelivery(bucketARN, account, region string) []any {
	fromAccount := map[string]any{"aws:SourceAccount": account}
	fromLogs := map[string]any{"aws:SourceArn": "arn:aws:logs:*:" + account + ":*"}
	return []any{
		map[string]any{
			"Sid": "LoadBalancerLogs", "Effect": "Allow", "Principal": elbPrincipal(region), "Action": "s3:PutObject",
			"Resource": []string{bucketARN + "/AWSLogs/" + account + "/*", bucketARN + "/*/AWSLogs/" + account + "/*"},
		},
		map[string]any{
			"Sid": "AWSLogDeliveryWrite", "Effect": "Allow", "Action": "s3:PutObject",
			"Principal": map[string]any{"Service": "delivery.logs.amazonaws.com"},
			"Resource":  bucketARN + "/AWSLogs/" + account + "/*",
			"Condition": map[string]any{
				"StringEquals": map[string]any{"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account},
				"ArnLike":      fromLogs,
			},
		},
		map[string]any{
			"Sid": "AWSLogDeliveryAclCheck", "Effect": "Allow", "Action": []string{"s3:GetBucketAcl", "s3:ListBucket"},
			"Principal": map[string]any{"Service": "delivery.logs.amazonaws.com"},
			"Resource":  bucketARN,
			"Condition": map[string]any{"StringEquals": fromAccount, "ArnLike": fromLogs},
		},
		map[string]any{
			"Sid": "BucketLogs", "Effect": "Allow", "Action": "s3:PutObject",
			"Principal": map[string]any{"Service": "logging.s3.amazonaws.com"},
			"Resource":  bucketARN + "/" + requestLogs + "*",
			"Condition": map[string]any{"StringEquals": fromAccount},
		},
	}
}

// policyDocument is the bucket's whole policy: what the package demands, the
// statements of its purpose, and the caller's own (JSON objects; empty ones
// are left out). It fails for a statement that is no JSON object.
func policyDocument(bucketARN string, ours []any, theirs []string) (string, error) {
	statements := append([]any{denyPlain(bucketARN)}, ours...)
	for i, text := range theirs {
		if text == "" {
			continue
		}
		var statement map[string]any
		if err := json.Unmarshal([]byte(text), &statement); err != nil {
			return "", fmt.Errorf("read statement %d of the bucket policy: %w", i+1, err)
		}
		statements = append(statements, statement)
	}
	document, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		return "", fmt.Errorf("write the bucket policy: %w", err)
	}
	return string(document), nil
}
