package s3

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/sim"
)

func malformedPolicy(message, hint string) error { return sim.Refuse("MalformedPolicy", message, hint) }

// bucketPolicyValid refuses what S3 refuses as malformed.
func bucketPolicyValid(o *sim.Op) error { return policyValid(o, o.In.Str("bucket")) }

func policyValid(o *sim.Op, bucket string) error {
	statements, err := policy.Grants(policy.Text(o.In, "policy"))
	if err != nil {
		return malformedPolicy(err.Error(), "Mend the policy document of bucket "+bucket+".")
	}
	arn := "arn:" + o.Partition + ":s3:::" + bucket
	for _, s := range statements {
		for _, p := range s.Principals {
			if !policy.PrincipalExists(o, p) {
				return malformedPolicy("Invalid principal in policy",
					fmt.Sprintf("%q is no principal that exists: name an account, a role, a service or \"*\".", p))
			}
		}
		for _, r := range s.Resources {
			if r != arn && !strings.HasPrefix(r, arn+"/") && r != arn+"*" {
				return malformedPolicy("Policy has invalid resource",
					fmt.Sprintf("%q is not in this bucket: use %s or %s/*.", r, arn, arn))
			}
		}
		for _, a := range s.Actions {
			if a != "*" && !strings.HasPrefix(strings.ToLower(a), "s3:") {
				return malformedPolicy("Policy has invalid action", fmt.Sprintf("%q is no action of S3.", a))
			}
		}
	}
	return nil
}

// bucketPolicyPrivate refuses a public policy while public policies are blocked.
func bucketPolicyPrivate(o *sim.Op) error { return policyPrivate(o, o.In.Str("bucket")) }

func policyPrivate(o *sim.Op, bucket string) error {
	statements, err := policy.Grants(policy.Text(o.In, "policy"))
	if err != nil || !slices.ContainsFunc(statements, policy.Grant.Public) || !blocks(o, bucket, "blockPublicPolicy") {
		return nil
	}
	return sim.Refuse("AccessDenied",
		fmt.Sprintf("User: %s is not authorized to perform: s3:PutBucketPolicy on resource: "+
			"\"arn:%s:s3:::%s\" because public policies are blocked by the BlockPublicPolicy block public access setting",
			o.GlobalARN("iam", "user/offline"), o.Partition, bucket),
		"Narrow the principal or add a condition; or set blockPublicPolicy to false in the bucket's public access block "+
			"and depend on it.")
}
