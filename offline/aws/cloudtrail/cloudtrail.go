// Package cloudtrail simulates CloudTrail: trails, which write nothing.
package cloudtrail

import (
	"regexp"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/aws/s3"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Kinds is the table of CloudTrail.
func Kinds() []sim.Kind {
	return []sim.Kind{{
		Token: token.CloudTrailTrail, Service: "CloudTrail", API: "Trail", Verbs: map[sim.Verb]string{sim.Update: "UpdateTrail"},
		Name: &sim.Name{Auto: true, Max: 128, Taken: "TrailAlreadyExistsException", Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]+[A-Za-z0-9]$`), Want: "at least 3 letters, digits, dots, hyphens and underscores",
		}},
		Defaults: sim.Props{
			"enableLogFileValidation": false, "enableLogging": true, "includeGlobalServiceEvents": true, "isMultiRegionTrail": false,
			"isOrganizationTrail": false, "eventSelectors.includeManagementEvents": true, "eventSelectors.readWriteType": "All",
		},
		Enums: map[string][]string{
			"eventSelectors.readWriteType": {"All", "ReadOnly", "WriteOnly"}, "insightSelectors.insightType": {"ApiCallRateInsight", "ApiErrorRateInsight"},
			"eventSelectors.dataResources.type": {"AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table"},
		},
		AtMostOneOf: [][]string{{"eventSelectors", "advancedEventSelectors"}},
		Checks:      []sim.Check{logsWhole}, ReplaceOn: []string{"name"},
		ID: arn,
		Outputs: func(o *sim.Op) sim.Props {
			out := sim.Props{"arn": arn(o), "homeRegion": o.Region, "snsTopicArn": ""}
			if topic := o.In.Str("snsTopicName"); topic != "" {
				out["snsTopicArn"] = o.ARN("sns", topic)
			}
			return out
		},
		Refs: []sim.Ref{refer.Key("kmsKeyId", "KmsKeyNotFoundException"),
			refer.Role("cloudWatchLogsRoleArn", "InvalidCloudWatchLogsRoleArnException")},
		Rules: sim.Many(sim.Create|sim.Update, bucketStands, globalEverywhere),
		Quota: &sim.Quota{Key: "cloudtrail.trails", Default: 5, Code: "MaximumNumberOfTrailsExceededException"},
	}}
}

func arn(o *sim.Op) string { return o.ARN("cloudtrail", "trail/"+o.NameOf()) }

// logsWhole: a log group is written to by a role.
func logsWhole(in sim.Props) []sim.Failure {
	if in.Has("cloudWatchLogsGroupArn") == in.Has("cloudWatchLogsRoleArn") {
		return nil
	}
	return check.Wrong("cloudWatchLogsRoleArn", "give it together with cloudWatchLogsGroupArn")
}

func bucketStands(o *sim.Op) error {
	name := o.In.Str("s3BucketName")
	if _, ok := s3.Named(o, name); ok {
		return nil
	}
	return sim.Refuse("S3BucketDoesNotExistException", "S3 bucket "+name+" does not exist!",
		"Give the name of a bucket that stands.")
}

// globalEverywhere: the wording is from memory.
func globalEverywhere(o *sim.Op) error {
	if !o.In.Bool("isMultiRegionTrail") || o.In.Bool("includeGlobalServiceEvents") {
		return nil
	}
	return sim.Refuse("InvalidParameterCombinationException", "Multi-Region trail must include global service events.",
		"Leave includeGlobalServiceEvents out.")
}
