package cost

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/shopspring/decimal"
	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/outside/figure"
	"github.com/rung-dev/rung/resource/token"
)

// usageVersion is that of the files of usage that are written.
const usageVersion = 1

// usageFile is a file of usage: rung's, or Infracost's.
type usageFile struct {
	Version   any                             `yaml:"version"`
	Users     int                             `yaml:"users"`
	Peak      float64                         `yaml:"peakRequestsPerSecond"`
	Resources map[string]map[string]yaml.Node `yaml:"resources"`

	Infracost map[string]map[string]yaml.Node `yaml:"resource_usage"`
	Defaults  map[string]map[string]yaml.Node `yaml:"resource_type_default_usage"`
}

// ReadUsage reads a file of usage, as `rung usage init` writes it, or Infracost's as
// far as its resources have a counterpart. It fails with every bad line at once.
func ReadUsage(r io.Reader) (Usage, error) {
	raw, err := utf8Of(r, maxUsage)
	if err != nil {
		return Usage{}, err
	}
	var f usageFile
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return Usage{}, fmt.Errorf("it is no file of usage: %w", err)
	}
	if f.Users < 0 || f.Peak < 0 {
		return Usage{}, errors.New("users and peakRequestsPerSecond: want numbers of zero or more")
	}
	u := Usage{Users: f.Users, Peak: f.Peak, Resources: map[string]map[string]decimal.Decimal{}}
	u.foreign = len(f.Infracost)+len(f.Defaults) > 0
	var errs []error
	for name, keys := range f.Resources {
		for key, value := range keys {
			errs = append(errs, u.say(name, key, value))
		}
	}
	for address, keys := range f.Infracost {
		errs = append(errs, u.sayInfracost(address, keys))
	}
	for typ, keys := range f.Defaults {
		errs = append(errs, u.sayInfracost(typ, keys))
	}
	return u, errors.Join(errs...)
}

// maxUsage is how large a file of usage may be, in bytes.
const maxUsage = 16 << 20

// say takes one quantity. An empty one is left open.
func (u Usage) say(name, key string, value yaml.Node) error {
	if value.Tag == "!!null" {
		return nil
	}
	n, err := figure.Parse(strings.ReplaceAll(value.Value, "_", ""))
	if err != nil || n.IsNegative() || value.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: %s of %s: got %.40q, want a number of zero or more", value.Line, key, name, value.Value)
	}
	if u.Resources[name] == nil {
		u.Resources[name] = map[string]decimal.Decimal{}
	}
	u.Resources[name][key] = n
	return nil
}

// infracostTypes are Infracost's types, which are Terraform's, and the names of
// their quantities, with a dot where they are nested.
var infracostTypes = map[string]struct {
	typ  string
	keys map[string]string
}{
	"aws_s3_bucket": {token.S3Bucket, map[string]string{"standard.storage_gb": "storage_gb",
		"standard.monthly_tier_1_requests": "put_requests", "standard.monthly_tier_2_requests": "get_requests"}},
	"aws_sqs_queue":             {token.SQSQueue, map[string]string{"monthly_requests": "requests"}},
	"aws_sns_topic":             {token.SNSTopic, map[string]string{"monthly_requests": "requests"}},
	"aws_lambda_function":       {token.LambdaFunction, map[string]string{"monthly_requests": "requests"}},
	"aws_nat_gateway":           {token.EC2NatGateway, map[string]string{"monthly_data_processed_gb": "data_gb"}},
	"aws_vpc_endpoint":          {token.EC2VpcEndpoint, map[string]string{"monthly_data_processed_gb": "data_gb"}},
	"aws_dynamodb_table":        {token.DynamoDBTable, map[string]string{"monthly_write_request_units": "write_request_units", "monthly_read_request_units": "read_request_units", "storage_gb": "storage_gb"}},
	"aws_cloudwatch_log_group":  {token.CloudWatchLogGroup, map[string]string{"storage_gb": "storage_gb", "monthly_data_ingested_gb": "ingested_gb"}},
	"aws_cloudwatch_event_bus":  {token.CloudWatchEventBus, map[string]string{"monthly_custom_events": "events"}},
	"aws_ecr_repository":        {token.ECRRepository, map[string]string{"storage_gb": "storage_gb"}},
	"aws_efs_file_system":       {token.EFSFileSystem, map[string]string{"storage_gb": "storage_gb"}},
	"aws_rds_cluster":           {token.RDSCluster, map[string]string{"storage_gb": "storage_gb"}},
	"aws_apigatewayv2_api":      {token.APIGatewayV2Api, map[string]string{"monthly_requests": "requests"}},
	"aws_api_gateway_rest_api":  {token.APIGatewayRestApi, map[string]string{"monthly_requests": "requests"}},
	"aws_wafv2_web_acl":         {token.WAFv2WebAcl, map[string]string{"monthly_requests": "requests"}},
	"aws_secretsmanager_secret": {token.SecretsManagerSecret, map[string]string{"monthly_requests": "requests"}},
}

// sayInfracost takes what Infracost's file says of one address, whose last part is
// the resource's name, or of a type. What has no counterpart is left out.
func (u Usage) sayInfracost(address string, keys map[string]yaml.Node) error {
	typ, name, named := strings.Cut(address, ".")
	of, known := infracostTypes[typ]
	if !known {
		return nil
	}
	if name = strings.Trim(name, `[]"*`); !named || name == "" {
		name = of.typ
	}
	var errs []error
	for key, value := range flat("", keys) {
		if ours, has := of.keys[key]; has {
			errs = append(errs, u.say(name, ours, value))
		}
	}
	return errors.Join(errs...)
}

// flat opens nested quantities, their names joined by dots.
func flat(prefix string, keys map[string]yaml.Node) map[string]yaml.Node {
	out := map[string]yaml.Node{}
	for key, value := range keys {
		var inner map[string]yaml.Node
		if value.Kind == yaml.MappingNode && value.Decode(&inner) == nil {
			for k, v := range flat(prefix+key+".", inner) {
				out[k] = v
			}
			continue
		}
		out[prefix+key] = value
	}
	return out
}

// WriteUsage writes a file of usage to fill in: every resource of which something is
// paid by use, with what the estimate takes for it, or nothing.
func WriteUsage(w io.Writer, all []UsedResource, users int, peak float64) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# What a month uses, for `rung cost --file … --usage THIS`. Leave a value empty where it is not known.\nversion: %d\n", usageVersion)
	if users > 0 {
		fmt.Fprintf(&b, "users: %d\npeakRequestsPerSecond: %g\n", users, peak)
	} else {
		b.WriteString("# users: 10000                # registered users\n# peakRequestsPerSecond: 100\n")
	}
	b.WriteString("\n# By logical name, by URN where a name stands twice, or by type for all of a type.\nresources:\n")
	if len(all) == 0 {
		b.WriteString("  {}\n")
	}
	twice := map[string]int{}
	for _, r := range all {
		twice[r.Name]++
	}
	for _, r := range all {
		name := r.Name
		if twice[name] > 1 {
			name = r.URN
		}
		fmt.Fprintf(&b, "  %q: # %s\n", name, oneLine(r.Type))
		for _, m := range r.Things {
			value := ""
			if n, known := r.Known[m.Key]; known {
				value = n.Round(3).String()
			}
			fmt.Fprintf(&b, "    %s: %s # %s\n", m.Key, value, oneLine(m.Item))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// oneLine is a text without ends of lines, which would end a comment.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
