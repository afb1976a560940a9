package assets

import (
	"encoding/json"
	"fmt"
)

// elbAccounts are the accounts by which load balancers write access logs in
// the regions that existed before August 2022. In all others the service
// itself is the principal.
// Source: the Elastic Load Balancing user guide, "Enable access logs".
var elbAccounts = map[string]string{
	"us-east-1": "127311923021", "us-east-2": "033677994240", "us-west-1": "027434742980", "us-west-2": "797873946194",
	"af-south-1": "098369216593", "ap-east-1": "754344448648", "ap-south-1": "718504428378",
	"ap-northeast-1": "582318560864", "ap-northeast-2": "600734575887", "ap-northeast-3": "383597477331",
	"ap-southeast-1": "114774131450", "ap-southeast-2": "783225319266", "ap-southeast-3": "589379963580",
	"ca-central-1": "985666609251", "eu-central-1": "054676820928", "eu-north-1": "897822967062",
	"eu-south-1": "635631232127", "eu-west-1": "156460612806", "eu-west-2": "652711504416", "eu-west-3": "009996457667",
	"me-south-1": "076674570225", "sa-east-1": "507241528517",
}

// elbPrincipal is who delivers a load balancer's logs in the region.
func elbPrincipal(region string) map[string]any {
	if account, old := elbAccounts[region]; old {
		return map[string]any{"AWS": "arn:aws:iam::" + account + ":root"}
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
func logDelivery(bucketARN, account, region string) []any {
	fromAccount := map[string]any{"aws:SourceAccount": account}
	return []any{
		map[string]any{
			"Sid": "LoadBalancerLogs", "Effect": "Allow", "Principal": elbPrincipal(region), "Action": "s3:PutObject",
			"Resource": []string{bucketARN + "/AWSLogs/" + account + "/*", bucketARN + "/*/AWSLogs/" + account + "/*"},
		},
		map[string]any{
			"Sid": "DeliveredLogs", "Effect": "Allow", "Action": "s3:PutObject",
			"Principal": map[string]any{"Service": "delivery.logs.amazonaws.com"},
			"Resource":  bucketARN + "/*",
			"Condition": map[string]any{"StringEquals": map[string]any{
				"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account,
			}},
		},
		map[string]any{
			"Sid": "DeliveredLogsCheck", "Effect": "Allow", "Action": []string{"s3:GetBucketAcl", "s3:ListBucket"},
			"Principal": map[string]any{"Service": "delivery.logs.amazonaws.com"},
			"Resource":  bucketARN,
			"Condition": map[string]any{"StringEquals": fromAccount},
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
