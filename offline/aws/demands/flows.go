package demands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/s3"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// machineMayLog: Step Functions asks whether the role may have logs delivered (Step Functions
// developer guide, "Logging to CloudWatch Logs").
func machineMayLog(o *sim.Op) error {
	if level := o.In.Str("loggingConfiguration.level"); level == "" || level == "OFF" {
		return nil
	}
	return refuseUnless(o, o.In.Str("roleArn"), "logs:CreateLogDelivery", "*", "AccessDeniedException",
		"The state machine IAM Role is not authorized to access the Log Destination", "the state machine")
}

// deliveryMayRead: Firehose reads its source when it is made (aws/aws-cdk issue 5221 has the words).
func deliveryMayRead(o *sim.Op) error {
	source := o.In.Str("kinesisSourceConfiguration.kinesisStreamArn")
	if source == "" {
		return nil
	}
	role := o.In.Str("kinesisSourceConfiguration.roleArn")
	return refuseUnless(o, role, "kinesis:DescribeStream", source, "InvalidArgumentException",
		fmt.Sprintf("Role %s is not authorized to perform: kinesis:DescribeStream on resource %s.", role, source),
		"the delivery stream")
}

// filesMounted: Lambda mounts a file system by its target in the zone of each of its subnets, when the
// function is made (Lambda developer guide, "Configuring file system access"). The wording is from memory.
func filesMounted(o *sim.Op) error {
	point, ours := o.FindBy(token.EFSAccessPoint, "arn", o.In.Str("fileSystemConfig.arn"))
	if !ours {
		return nil
	}
	var zones []string
	for _, target := range o.All(token.EFSMountTarget) {
		if target.Props.Str("fileSystemId") == point.Str("fileSystemId") {
			zones = append(zones, target.Props.Str("availabilityZoneName"))
		}
	}
	for _, zone := range place.ZonesOfSubnets(o, o.In.Strs("vpcConfig.subnetIds")) {
		if !slices.Contains(zones, zone) {
			return sim.Refuse("InvalidParameterValueException", fmt.Sprintf("EFS file system %s referenced by access point %s "+
				"does not have mount targets created in all availability zones the function will execute in",
				point.Str("fileSystemArn"), point.Str("arn")),
				"Make a mount target in "+zone+" first, and let the function depend on it.")
		}
	}
	return nil
}

// accountMayLog: API Gateway tries at once whether it may write logs (API Gateway developer guide,
// "Set up CloudWatch logging for REST APIs").
func accountMayLog(o *sim.Op) error {
	return refuseUnless(o, o.In.Str("cloudwatchRoleArn"), "logs:PutLogEvents", "*", "BadRequestException",
		"The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add "+
			"the required role policy.", "the account")
}

// logsMayCall: CloudWatch Logs tries a function when it is to be told (CloudWatch Logs user guide,
// "Log group-level subscription filters").
func logsMayCall(o *sim.Op) error {
	f, ours := o.FindBy(token.LambdaFunction, "arn", o.In.Str("destinationArn"))
	if !ours {
		return nil
	}
	for _, p := range o.All(token.LambdaPermission) {
		name, who := p.Props.Str("function"), p.Props.Str("principal")
		if (name == f.Str("name") || name == f.Str("arn")) && strings.HasPrefix(who, "logs.") {
			return nil
		}
	}
	return sim.Refuse("InvalidParameterException", "Could not execute the lambda function. Make sure you have given "+
		"CloudWatch Logs permission to execute your function.",
		"Let logs.amazonaws.com call it in a lambda.Permission, and let the filter depend on that.")
}

// trailMayWrite: CloudTrail tries its bucket at once (CloudTrail user guide, "Amazon S3 bucket policy for
// CloudTrail").
func trailMayWrite(o *sim.Op) error {
	const trails = "cloudtrail.amazonaws.com"
	bucket, ours := s3.Named(o, o.In.Str("s3BucketName"))
	if !ours {
		return nil
	}
	document, _ := bucketPolicyOf(o, bucket)
	source, text := o.ARN("cloudtrail", "trail/"+o.NameOf()), policy.Text(document.Props, "policy")
	path := strings.TrimPrefix(o.In.Str("s3KeyPrefix")+"/AWSLogs/"+o.Account+"/CloudTrail/log.json.gz", "/")
	if writes(o, trails, bucket, path, source).Allowed(o, text) &&
		policy.From(o, trails, "s3:GetBucketAcl", bucket.Props.Str("arn"), source).Allowed(o, text) {
		return nil
	}
	return sim.Refuse("InsufficientS3BucketPolicyException",
		"Incorrect S3 bucket policy is detected for bucket: "+bucket.ID,
		"Let "+trails+" get the ACL of the bucket and put objects below "+path[:strings.LastIndex(path, "/")]+
			" in its policy, and depend on that.")
}
