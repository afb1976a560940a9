// Package made gives what AWS and its provider fill in by themselves, the same in every run.
package made

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// Digits are hexadecimal digits that follow from the parts.
func Digits(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "0" + hex.EncodeToString(sum[:])
}

// IDWithin is the id of what the real provider keeps apart by its parent: the
// name, or where another parent has one of the same name, the parent before it.
func IDWithin(parent string, name func(*sim.Op) string) func(*sim.Op) string {
	return func(o *sim.Op) string {
		for _, other := range o.All(o.Kind.Token) {
			if other.ID == name(o) && other.Props.Str(parent) != o.In.Str(parent) {
				return o.In.Str(parent) + "/" + name(o)
			}
		}
		return name(o)
	}
}

// At stands for creation times: a fixed moment, so that the same program
// gives the same state.
const At = "2026-01-01T00:00:00.000Z"

// Key is the id of the region's AWS-managed key of a service.
func Key(o *sim.Op, service string) string { return keyOf(o.Account, o.Region, service) }

func keyOf(account, region, service string) string {
	h := Digits("aws-managed", account, region, service)
	return h[1:9] + "-" + h[9:13] + "-4" + h[13:16] + "-a" + h[16:19] + "-" + h[19:31]
}

// keyServices are those of which every region has an AWS-managed key that programs may look up.
var keyServices = []string{
	"acm", "backup", "dynamodb", "ebs", "ecr", "elasticfilesystem", "es", "fsx", "glue", "kafka", "kinesis", "lambda",
	"rds", "redshift",
	"s3", "secretsmanager", "sns", "sqs", "ssm", "xray",
}

// IsKey reports whether an ARN is that of an AWS-managed key, which nobody made.
func IsKey(arn string) bool {
	parts := strings.Split(arn, ":") // arn:aws:kms:REGION:ACCOUNT:key/ID
	if len(parts) != 6 || parts[2] != "kms" {
		return false
	}
	return slices.ContainsFunc(keyServices, func(service string) bool {
		return parts[5] == "key/"+keyOf(parts[4], parts[3], service)
	})
}

// KeptOr gives the value that an output had before, or its first one.
func KeptOr(o *sim.Op, key, first string) string { return cmp.Or(o.Old.Str(key), first) }

// KeptList is KeptOr for lists.
func KeptList(o *sim.Op, key string, first []any) []any {
	if old, ok := o.Old.Get(key).([]any); ok {
		return old
	}
	return first
}

// ByPulumi is the description that the Pulumi provider gives where the
// program gives none.
const ByPulumi = "Managed by Pulumi"
