// Package aws simulates the AWS provider, one package per service.
//
// Each holds the table of what its service has (Kinds): which inputs force a replacement,
// what AWS fills in, what refers to what, and which of AWS's own refusals apply. What they
// share is in internal. Here they are put together; the package demands adds what AWS asks of
// several services at once. The tests stand here too: they drive the whole provider.
//
// It simulates one account, which the state file names, in all commercial regions. It refuses
// types that no table has; it costs nothing and reaches no network.
package aws

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/acm"
	"github.com/rung-dev/rung/offline/aws/apigateway"
	"github.com/rung-dev/rung/offline/aws/appautoscaling"
	"github.com/rung-dev/rung/offline/aws/apprunner"
	"github.com/rung-dev/rung/offline/aws/appsync"
	"github.com/rung-dev/rung/offline/aws/athena"
	"github.com/rung-dev/rung/offline/aws/autoscaling"
	"github.com/rung-dev/rung/offline/aws/backup"
	"github.com/rung-dev/rung/offline/aws/batch"
	"github.com/rung-dev/rung/offline/aws/budgets"
	"github.com/rung-dev/rung/offline/aws/cloudfront"
	"github.com/rung-dev/rung/offline/aws/cloudtrail"
	"github.com/rung-dev/rung/offline/aws/cloudwatch"
	"github.com/rung-dev/rung/offline/aws/codebuild"
	"github.com/rung-dev/rung/offline/aws/codepipeline"
	"github.com/rung-dev/rung/offline/aws/cognito"
	"github.com/rung-dev/rung/offline/aws/demands"
	"github.com/rung-dev/rung/offline/aws/dlm"
	"github.com/rung-dev/rung/offline/aws/docdb"
	"github.com/rung-dev/rung/offline/aws/dynamodb"
	"github.com/rung-dev/rung/offline/aws/ec2"
	"github.com/rung-dev/rung/offline/aws/ecr"
	"github.com/rung-dev/rung/offline/aws/ecs"
	"github.com/rung-dev/rung/offline/aws/efs"
	"github.com/rung-dev/rung/offline/aws/eks"
	"github.com/rung-dev/rung/offline/aws/elasticache"
	"github.com/rung-dev/rung/offline/aws/elb"
	"github.com/rung-dev/rung/offline/aws/events"
	"github.com/rung-dev/rung/offline/aws/globalaccelerator"
	"github.com/rung-dev/rung/offline/aws/glue"
	"github.com/rung-dev/rung/offline/aws/iam"
	"github.com/rung-dev/rung/offline/aws/internal/offer"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/kinesis"
	"github.com/rung-dev/rung/offline/aws/kms"
	"github.com/rung-dev/rung/offline/aws/lambda"
	"github.com/rung-dev/rung/offline/aws/logs"
	"github.com/rung-dev/rung/offline/aws/mq"
	"github.com/rung-dev/rung/offline/aws/msk"
	"github.com/rung-dev/rung/offline/aws/opensearch"
	"github.com/rung-dev/rung/offline/aws/rds"
	"github.com/rung-dev/rung/offline/aws/redshift"
	"github.com/rung-dev/rung/offline/aws/route53"
	"github.com/rung-dev/rung/offline/aws/s3"
	"github.com/rung-dev/rung/offline/aws/secretsmanager"
	"github.com/rung-dev/rung/offline/aws/servicediscovery"
	"github.com/rung-dev/rung/offline/aws/ses"
	"github.com/rung-dev/rung/offline/aws/sfn"
	"github.com/rung-dev/rung/offline/aws/sns"
	"github.com/rung-dev/rung/offline/aws/sqs"
	"github.com/rung-dev/rung/offline/aws/ssm"
	"github.com/rung-dev/rung/offline/aws/waf"
	"github.com/rung-dev/rung/offline/sim"
)

//go:generate go run ../schemagen github.com/pulumi/pulumi-aws/sdk/v6/go/aws types.txt schema.json

//go:embed schema.json
var schemaJSON []byte

// AccountID is the account that a new state file is of; another may be written
// into the file.
const AccountID = place.AccountID

// TypesEnv names the environment variable with machine types that the account has
// although the table does not know them, separated by commas.
const TypesEnv = offer.TypesEnv

// Package is the simulated AWS provider.
func Package() (*sim.Package, error) {
	schema, err := sim.ParseSchema(schemaJSON)
	if err != nil {
		return nil, err
	}
	p := &sim.Package{
		Name: "aws", Version: "6.83.4", Schema: schema, Account: AccountID,
		Invokes: invokes(), Configure: configure, ReplaceOn: []string{"region"},
		Standing:    ec2.Standing,
		Environment: map[string][]string{"region": {"AWS_REGION", "AWS_DEFAULT_REGION"}},
	}
	return p, p.Register(demands.AddTo(kinds()))
}

// kinds are the tables of all services.
func kinds() []sim.Kind {
	return slices.Concat(
		// The network, and what runs in it.
		ec2.Kinds(), globalaccelerator.Kinds(), ecr.Kinds(), ecs.Kinds(), eks.Kinds(), batch.Kinds(),
		apprunner.Kinds(),
		// What holds or serves data.
		s3.Kinds(), kms.Kinds(), secretsmanager.Kinds(), rds.Kinds(), elasticache.Kinds(), cloudfront.Kinds(),
		dynamodb.Kinds(), lambda.Kinds(), acm.Kinds(), route53.Kinds(), dlm.Kinds(), budgets.Kinds(), backup.Kinds(),
		efs.Kinds(), kinesis.Kinds(), glue.Kinds(), athena.Kinds(), docdb.Kinds(), redshift.Kinds(), mq.Kinds(), msk.Kinds(),
		// What runs and watches a system.
		iam.Kinds(), ssm.Kinds(), sns.Kinds(), sqs.Kinds(), cloudwatch.Kinds(), logs.Kinds(), events.Kinds(), elb.Kinds(),
		autoscaling.Kinds(), servicediscovery.Kinds(), apigateway.Kinds(), opensearch.Kinds(), waf.Kinds(), sfn.Kinds(),
		cognito.Kinds(), appautoscaling.Kinds(), appsync.Kinds(), cloudtrail.Kinds(), codebuild.Kinds(),
		ses.Kinds(), codepipeline.Kinds(),
	)
}

// configure reads the provider's inputs. Credentials are taken and not looked at.
func configure(account string, in sim.Props) (sim.Settings, []sim.Failure) {
	s := sim.Settings{Account: account, Partition: "aws", Region: in.Str("region")}
	var failures []sim.Failure
	fail := func(key, format string, args ...any) {
		failures = append(failures, sim.Failure{Property: key, Reason: fmt.Sprintf(format, args...)})
	}
	switch {
	case in.Known("region") && place.ZonesOf(s.Region) == nil:
		fail("region", "invalid AWS Region: %s; want one of %s", s.Region, strings.Join(place.Regions(), ", "))
	case !in.Has("region"):
		fail("region",
			"missing AWS region: set aws:region, for example \"pulumi config set aws:region us-east-1\", or AWS_REGION")
	}
	if allowed := in.Strs("allowedAccountIds"); len(allowed) > 0 && !slices.Contains(allowed, account) {
		fail("allowedAccountIds", "AWS account ID not allowed: %s; the offline cloud has only this account", account)
	}
	if slices.Contains(in.Strs("forbiddenAccountIds"), account) {
		fail("forbiddenAccountIds", "AWS account ID not allowed: %s; the offline cloud has only this account", account)
	}
	s.DefaultTags = in.Map("defaultTags.tags")
	return s, failures
}
