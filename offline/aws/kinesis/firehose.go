package kinesis

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	// firehoseBad is Firehose's code for what it does not take, a role that it may not assume
	// among it. The provider tries those again for minutes.
	firehoseBad = "InvalidArgumentException"
	firehose    = "firehose.amazonaws.com"
)

// destinations are where records go, each with the property that says how.
var destinations = map[string]string{
	"elasticsearch": "elasticsearchConfiguration", "extended_s3": "extendedS3Configuration", "http_endpoint": "httpEndpointConfiguration",
	"iceberg": "icebergConfiguration", "opensearch": "opensearchConfiguration", "opensearchserverless": "opensearchserverlessConfiguration",
	"redshift": "redshiftConfiguration", "snowflake": "snowflakeConfiguration", "splunk": "splunkConfiguration",
}

// bucketDefaults are how records go into a bucket where nothing is said.
var bucketDefaults = sim.Props{
	"extendedS3Configuration.bufferingInterval": 300.0, "extendedS3Configuration.bufferingSize": 5.0,
	"extendedS3Configuration.compressionFormat": "UNCOMPRESSED", "extendedS3Configuration.customTimeZone": "UTC",
	"extendedS3Configuration.s3BackupMode": "Disabled",
}

func delivery() sim.Kind {
	refs := []sim.Ref{
		{Path: "kinesisSourceConfiguration.kinesisStreamArn", To: []sim.Target{{Token: token.KinesisStream}}, Missing: "ResourceNotFoundException"},
		refer.Key("serverSideEncryption.keyArn", firehoseBad), refer.Role("kinesisSourceConfiguration.roleArn", firehoseBad),
	}
	defaults := sim.Props{"serverSideEncryption.enabled": false, "serverSideEncryption.keyType": "AWS_OWNED_CMK"}
	names := []string{}
	for name, path := range destinations {
		names = append(names, name)
		if name != "splunk" { // which has a role for the bucket of what failed only
			refs = append(refs, refer.Role(path+".roleArn", firehoseBad))
		}
	}
	maps.Copy(defaults, bucketDefaults)
	slices.Sort(names)
	return sim.Kind{
		Token: token.KinesisFirehoseDeliveryStream, Service: "Firehose", API: "DeliveryStream", Noun: "Kinesis Firehose Delivery Stream",
		Verbs:    map[sim.Verb]string{sim.Update: "UpdateDestination"},
		Name:     &sim.Name{Auto: true, Max: 64, Pattern: streamName, Taken: "ResourceInUseException"},
		Defaults: defaults,
		Enums: map[string][]string{
			"destination": names, "extendedS3Configuration.s3BackupMode": {"Disabled", "Enabled"},
			"extendedS3Configuration.compressionFormat": {"UNCOMPRESSED", "GZIP", "ZIP", "Snappy", "HADOOP_SNAPPY"},
			"serverSideEncryption.keyType":              {"AWS_OWNED_CMK", "CUSTOMER_MANAGED_CMK"},
		},
		Checks:    []sim.Check{destinationSaid},
		ReplaceOn: []string{"destination", "kinesisSourceConfiguration", "mskSourceConfiguration", "name"},
		ID:        deliveryARN,
		Outputs:   deliveryOutputs,
		Changing: func(o *sim.Op) []string {
			if destinationChanges(o) {
				return []string{"versionId"}
			}
			return nil
		},
		Refs:  refs,
		Rules: sim.Many(sim.Create|sim.Update, oneSource, rolesTrusted),
	}
}

func deliveryARN(o *sim.Op) string { return o.ARN("firehose", "deliverystream/"+o.NameOf()) }

// destinationSaid is the provider's own check, made in previews too.
func destinationSaid(in sim.Props) []sim.Failure {
	path := destinations[in.Str("destination")]
	if path == "" || in.Has(path) {
		return nil
	}
	return check.Wrong(path, "required when destination is %q", in.Str("destination"))
}

// destinationChanges compares what is given: the rest is filled in.
func destinationChanges(o *sim.Op) bool {
	path := destinations[o.In.Str("destination")]
	for key := range o.In.Map(path) {
		if o.Old != nil && o.Changed(path+"."+key) {
			return true
		}
	}
	return false
}

func deliveryOutputs(o *sim.Op) sim.Props {
	version := 1
	if old := o.Old.Str("versionId"); old != "" {
		fmt.Sscan(old, &version) //nolint:errcheck // always a number of ours
		if destinationChanges(o) {
			version++
		}
	}
	return sim.Props{
		"arn": deliveryARN(o), "destinationId": "destinationId-000000000001", "versionId": fmt.Sprint(version),
		"extendedS3Configuration.cloudwatchLoggingOptions": map[string]any{"enabled": false},
	}
}

// oneSource: the wording is from memory.
func oneSource(o *sim.Op) error {
	if o.In.Has("kinesisSourceConfiguration") && o.In.Bool("serverSideEncryption.enabled") {
		return sim.Refuse(firehoseBad, "Server-side encryption of a delivery stream is not supported when its source is a "+
			"Kinesis stream", "Encrypt the stream, and take serverSideEncryption away.")
	}
	return nil
}

// rolesTrusted: Firehose assumes each of its roles when the stream is made.
func rolesTrusted(o *sim.Op) error {
	arns := o.In.Strs("kinesisSourceConfiguration.roleArn")
	arns = append(arns, o.In.Strs(destinations[o.In.Str("destination")]+".roleArn")...)
	for _, arn := range arns {
		role, ours := o.FindBy(token.IAMRole, "arn", arn)
		if ours && !strings.Contains(role.Str("assumeRolePolicy"), firehose) {
			return sim.Refuse(firehoseBad, fmt.Sprintf("Firehose is unable to assume role %s. Please check the role provided.",
				arn),
				"Let "+firehose+" assume it.")
		}
	}
	return nil
}
