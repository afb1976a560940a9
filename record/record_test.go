package record_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

const (
	compType = "rung:components:Network"
)

type component struct{ pulumi.ResourceState }

// vpc has the outputs that a program reads.
type vpc struct {
	pulumi.CustomResourceState
	Arn       pulumi.StringOutput `pulumi:"arn"`
	CidrBlock pulumi.StringOutput `pulumi:"cidrBlock"`
}

// network is a component with a VPC and a database in it.
func network(ctx *pulumi.Context) error {
	var c component
	if err := ctx.RegisterComponentResource(compType, "network", &c); err != nil {
		return err
	}
	var v vpc
	err := ctx.RegisterResource(token.EC2Vpc, "network-vpc", pulumi.Map{"cidrBlock": pulumi.String("10.0.0.0/16")}, &v,
		pulumi.Parent(&c))
	if err != nil {
		return err
	}
	var db pulumi.CustomResourceState
	err = ctx.RegisterResource(token.RDSInstance, "database-primary", pulumi.Map{
		"password": pulumi.ToSecret(pulumi.String("hunter2")),
		"vpcArn":   v.Arn,
		"ports":    pulumi.ToMapArray([]map[string]any{{"from": 5432}}),
		"tags":     pulumi.StringMap{"Name": pulumi.String("db")},
	}, &db, pulumi.Protect(true), pulumi.IgnoreChanges([]string{"password"}), pulumi.Parent(&c),
		pulumi.DependsOn([]pulumi.Resource{&v}))
	ctx.Export("arn", v.Arn)
	return err
}

func TestRunKeepsWhatTheProgramSaid(t *testing.T) {
	rec := recordtest.Run(t, network)

	db := recordtest.Only(t, rec, token.RDSInstance)
	assert.Equal(t, "urn:pulumi:dev::rung::rung:components:Network$aws:rds/instance:Instance::database-primary", db.URN)
	assert.Equal(t, "network", db.Component)
	assert.Equal(t, "us-east-1", db.Region)
	assert.True(t, db.Protect)
	assert.Equal(t, []string{"password"}, db.IgnoreChanges)
	assert.Equal(t, "hunter2", db.String("password"))
	assert.True(t, db.Secret("password"))
	assert.Equal(t, 5432.0, db.Number("ports[0].from"))
	assert.Nil(t, db.Value("ports[1].from"))
	vpc := recordtest.Only(t, rec, token.EC2Vpc).URN
	assert.Contains(t, db.Dependencies, vpc)
	assert.Equal(t, map[string][]string{"vpcArn": {vpc}}, db.MadeFrom)
	assert.Equal(t, []string{token.EC2Vpc, token.RDSInstance, compType}, rec.Types())
	assert.Len(t, rec.In("network"), 3)
	assert.Len(t, rec.Custom(), 2)
}

func TestOutputsFlowIntoOtherResources(t *testing.T) {
	rec := recordtest.Run(t, network)
	v := recordtest.Only(t, rec, token.EC2Vpc)
	assert.Regexp(t, `^vpc-[0-9a-f]{17}$`, v.ID)
	assert.Equal(t, "arn:aws:ec2:us-east-1:123456789012:vpc/"+v.ID,
		recordtest.Only(t, rec, token.RDSInstance).String("vpcArn"))
	assert.Equal(t, v.Output("arn"), rec.Exports["arn"])
}

func TestPreviewKnowsNothingComputed(t *testing.T) {
	rec := recordtest.Run(t, network, record.Preview(true))
	assert.Empty(t, recordtest.Only(t, rec, token.EC2Vpc).ID)
	assert.Equal(t, record.Unknown{}, recordtest.Only(t, rec, token.RDSInstance).Value("vpcArn"))
	assert.Equal(t, "hunter2", recordtest.Only(t, rec, token.RDSInstance).Value("password"))
}

// A secret that is not known yet is what the SDK's own mocks fail on.
func TestPreviewKeepsUnknownSecrets(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		var v vpc
		if err := ctx.RegisterResource(token.EC2Vpc, "network-vpc", pulumi.Map{}, &v); err != nil {
			return err
		}
		var db pulumi.CustomResourceState
		return ctx.RegisterResource(token.RDSInstance, "db", pulumi.Map{"password": pulumi.ToSecret(v.Arn)}, &db)
	}, record.Preview(true))
	db := recordtest.Only(t, rec, token.RDSInstance)
	assert.Equal(t, record.Unknown{}, db.Value("password"))
	assert.True(t, db.Secret("password"))
}

// What a provider computes from a secret is one too, where the resource says so.
func TestSecretOutputsStaySecret(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		var v vpc
		err := ctx.RegisterResource(token.EC2Vpc, "vpc", pulumi.Map{}, &v, pulumi.AdditionalSecretOutputs([]string{"arn"}))
		if err != nil {
			return err
		}
		var db pulumi.CustomResourceState
		ctx.Export("arn", v.Arn)
		return ctx.RegisterResource(token.RDSInstance, "db", pulumi.Map{"name": v.Arn}, &db)
	})
	db := recordtest.Only(t, rec, token.RDSInstance)
	assert.True(t, db.Secret("name"))
	assert.Equal(t, db.Value("name"), rec.Exports["arn"])
}

func TestAReferenceFindsWhatWasPublished(t *testing.T) {
	for name, tt := range map[string]struct {
		opts []record.Option
		want map[string]any
	}{
		"a stack that never was": {nil, map[string]any{}},
		"a stack that is up":     {[]record.Option{record.Published(map[string]any{"host": "db"})}, map[string]any{"host": "db"}},
	} {
		t.Run(name, func(t *testing.T) {
			rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
				_, err := pulumi.NewStackReference(ctx, "organization/rung/other", nil)
				return err
			}, tt.opts...)
			assert.Equal(t, tt.want, recordtest.Only(t, rec, token.StackReference).Output("outputs"))
		})
	}
}

func TestRegionFollowsTheProvider(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		var p pulumi.ProviderResourceState
		err := ctx.RegisterResource("pulumi:providers:aws", "frankfurt", pulumi.Map{"region": pulumi.String("eu-central-1")},
			&p)
		if err != nil {
			return err
		}
		var a, b vpc
		return errors.Join(
			ctx.RegisterResource(token.EC2Vpc, "there", pulumi.Map{}, &a, pulumi.Provider(&p)),
			ctx.RegisterResource(token.EC2Vpc, "here", pulumi.Map{}, &b),
		)
	}
	rec := recordtest.Run(t, program, record.Config(map[string]string{"aws:region": "us-west-2"}))
	assert.Equal(t, "eu-central-1", recordtest.Named(t, rec, token.EC2Vpc, "there").Region)
	assert.Equal(t, "us-west-2", recordtest.Named(t, rec, token.EC2Vpc, "here").Region)
	assert.Contains(t, recordtest.Named(t, rec, token.EC2Vpc, "there").Output("arn"), ":eu-central-1:")
}

func TestConfigReachesTheProgram(t *testing.T) {
	var stage string
	recordtest.Run(t, func(ctx *pulumi.Context) error {
		stage = config.Require(ctx, "rung:stage")
		return nil
	}, record.Config(map[string]string{"rung:stage": "3"}))
	assert.Equal(t, "3", stage)
}

func TestFailuresAreErrors(t *testing.T) {
	boom := errors.New("no such stage")
	tests := map[string]struct {
		program pulumi.RunFunc
		want    string
	}{
		"error": {func(*pulumi.Context) error { return boom }, "no such stage"},
		"panic": {func(*pulumi.Context) error { panic("lost") }, "the program panicked: lost"},
		"unknown function": {func(ctx *pulumi.Context) error {
			var out map[string]any
			return ctx.Invoke("aws:x/getCrater:getCrater", nil, &out)
		}, "aws:x/getCrater:getCrater"},
		"unknown managed policy": {func(ctx *pulumi.Context) error {
			return invoke(ctx, token.CloudFrontGetCachePolicy, map[string]any{"name": "Managed-Imagined"},
				&map[string]any{})
		}, "Managed-Imagined"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := recordtest.Fails(t, tt.program)
			assert.ErrorContains(t, err, tt.want)
			assert.ErrorContains(t, err, "run the program of stack dev")
			assert.NotContains(t, err.Error(), "1 error occurred")
			assert.NotContains(t, err.Error(), "rpc error")
		})
	}
}

func invoke(ctx *pulumi.Context, token string, args map[string]any, out *map[string]any) error {
	return ctx.Invoke(token, args, out)
}

func TestCallsAnswerLikeAWS(t *testing.T) {
	tests := map[string]struct {
		token string
		args  map[string]any
		key   string
		want  any
	}{
		"account":        {token.AWSGetCallerIdentity, nil, "accountId", "123456789012"},
		"region":         {token.AWSGetRegion, nil, "name", "us-east-1"},
		"zones":          {token.AWSGetAvailabilityZones, nil, "names", []any{"us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e", "us-east-1f"}},
		"managed policy": {token.CloudFrontGetCachePolicy, map[string]any{"name": "Managed-CachingDisabled"}, "id", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"},
		"policy document": {token.IAMGetPolicyDocument, map[string]any{"statements": []any{map[string]any{
			"actions": []any{"s3:GetObject"}, "resources": []any{"*"},
			"principals": []any{map[string]any{"type": "Service", "identifiers": []any{"ec2.amazonaws.com"}}},
			"conditions": []any{map[string]any{"test": "StringEquals", "variable": "aws:SourceAccount", "values": []any{"1"}}},
		}}}, "minifiedJson", `{"Version":"2012-10-17","Statement":[{"Action":"s3:GetObject","Condition":{"StringEquals":{"aws:SourceAccount":"1"}},"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Resource":"*"}]}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			out := map[string]any{}
			recordtest.Run(t, func(ctx *pulumi.Context) error { return invoke(ctx, tt.token, tt.args, &out) })
			assert.Equal(t, tt.want, out[tt.key])
		})
	}
}

func TestPlan(t *testing.T) {
	plan := recordtest.Run(t, network).Plan()
	recordtest.Golden(t, "network", plan)
	assert.NotContains(t, plan, "hunter2")
	for range 20 {
		require.Equal(t, plan, recordtest.Run(t, network).Plan(), "the same on every run")
	}
}

// What a plan says of another resource is whose output it is, and no id.
func TestAPlanNamesWhatItRefersTo(t *testing.T) {
	plan := recordtest.Run(t, func(ctx *pulumi.Context) error {
		var v, bare vpc
		if err := ctx.RegisterResource(token.EC2Vpc, "network", pulumi.Map{}, &v); err != nil {
			return err
		}
		var topic, queue pulumi.CustomResourceState
		if err := ctx.RegisterResource(token.SNSTopic, "topic", pulumi.Map{"name": pulumi.String("a-given-name")},
			&topic); err != nil {
			return err
		}
		in := pulumi.Map{"policy": pulumi.Sprintf(`{"vpc":%q,"arn":%q,"arns":"%s/*"}`, v.ID(), v.Arn, v.Arn),
			"name": pulumi.String("vpc"), "tags": pulumi.Map{}, "kmsMasterKeyId": topic.ID()}
		return errors.Join(ctx.RegisterResource(token.EC2Vpc, "bare", pulumi.Map{}, &bare),
			ctx.RegisterResource(token.SQSQueue, "queue", in, &queue))
	}).Plan()
	assert.Contains(t, plan, `"{\"vpc\":\"${network.id}\",\"arn\":\"${network.arn}\",\"arns\":\"${network.arn}/*\"}"`)
	assert.Contains(t, plan, `kmsMasterKeyId: "${topic.arn}"`)
	assert.Contains(t, plan, `name: "a-given-name"`)
}

// A function or a type that the offline cloud does not have is no guess.
func TestUnknownTypesAreErrors(t *testing.T) {
	err := recordtest.Fails(t, func(ctx *pulumi.Context) error {
		var r pulumi.CustomResourceState
		return ctx.RegisterResource("aws:x/crater:Crater", "crater", pulumi.Map{}, &r)
	})
	assert.ErrorContains(t, err, "does not simulate aws:x/crater:Crater")
}
