package cost_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

func used(t *testing.T, file string) cost.Usage {
	t.Helper()
	u, err := cost.ReadUsage(strings.NewReader(file))
	require.NoError(t, err)
	return u
}

// buckets are a stack whose cost is by use alone.
func buckets() []cost.Resource {
	return []cost.Resource{
		res("", token.S3BucketV2, "assets", m{}), res("", token.S3Bucket, "backups", m{}),
		res("", token.SQSQueue, "jobs", m{"fifoQueue": true}),
		res("", token.LambdaFunction, "thumbs", m{"architectures": l{"arm64"}}), res("", token.KMSKey, "key", m{}),
	}
}

func TestUsageOfAFile(t *testing.T) {
	u := used(t, `
version: 1
resources:
  assets: {storage_gb: 500, put_requests: 2_000_000}
  aws:s3/bucket:Bucket: {storage_gb: 10, get_requests: }
  jobs: {requests: 3000000}
  thumbs: {requests: 10000000, gb_seconds: 50000}
  key: {requests: 0}
`)
	e := estimate(t, cost.Options{Usage: u}, buckets()...)
	assert.Equal(t, map[string]string{
		"assets storage": "11.50", "assets writes": "10.00", // 500 × 0.023, 2,000 thousand × 0.005
		"backups storage": "0.23", "jobs requests": "1.50", "thumbs requests": "2.00", "thumbs duration": "0.67",
		"key key": "1.00", "key requests": "0.00",
	}, monthlies(e))
	assert.Empty(t, e.UsageBased)
	assert.Empty(t, u.Unmatched(buckets()))
}

func monthlies(e cost.Estimate) map[string]string {
	out := map[string]string{}
	for _, l := range e.Lines {
		out[l.Name+" "+l.Item] = l.Monthly.StringFixed(2)
	}
	return out
}

// What a file of usage says replaces what the profile would have, and nothing else.
func TestUsageReplacesWhatIsDerived(t *testing.T) {
	nat := res("", token.EC2NatGateway, "nat", m{"connectivityType": "private"})
	e := estimate(t, cost.Options{Traffic: profile(), Usage: used(t, "resources: {nat: {data_gb: 100}}")}, nat)
	assert.Equal(t, map[string]string{"nat NAT gateway hours": "32.85", "nat data through the NAT gateway": "4.50"},
		monthlies(e))
}

func TestUsersAndPeakOfAFile(t *testing.T) {
	api := res("", token.APIGatewayV2Api, "api", m{"protocolType": "HTTP"})
	few := estimate(t, cost.Options{Usage: used(t, "users: 10000")}, api)
	many := estimate(t, cost.Options{Usage: used(t, "users: 20000\npeakRequestsPerSecond: 500")}, api)
	require.Len(t, few.Lines, 1)
	assert.InDelta(t, 2*few.Expected.InexactFloat64(), many.Expected.InexactFloat64(), 0.02)
}

func TestUsageOfInfracost(t *testing.T) {
	u := used(t, `
version: 0.1
resource_type_default_usage:
  aws_sqs_queue: {monthly_requests: 1000000}
resource_usage:
  aws_s3_bucket.assets:
    object_tags: 10
    standard: {storage_gb: 100, monthly_tier_1_requests: 1000}
  aws_lambda_function.thumbs: {monthly_requests: 1000000, request_duration_ms: 100}
  azurerm_thing.x: {y: 1}
`)
	e := estimate(t, cost.Options{Usage: u}, buckets()...)
	assert.Equal(t, "2.30", monthlies(e)["assets storage"])
	assert.Equal(t, "0.50", monthlies(e)["jobs requests"])
	assert.Equal(t, "0.20", monthlies(e)["thumbs requests"])
}

func TestUsageSaysWhatMeansNothing(t *testing.T) {
	u := used(t, "resources: {assets: {storage_gb: 1, speed: 2}, nobody: {requests: 1}}")
	assert.Equal(t, []string{"assets: speed", "nobody"}, u.Unmatched(buckets()))
}

// What no quantity tells has a line in the file all the same, and costs what it says.
func TestUsageSaysWhatSomethingCosts(t *testing.T) {
	stack := []cost.Resource{
		res("", token.SFNStateMachine, "steps", m{}), res("", "acme:rocket:Launch", "near", m{}),
		res("", token.EC2Vpc, "net", m{}),
	}
	var b strings.Builder
	require.NoError(t, cost.WriteUsage(&b, cost.UsageOf(stack, estimate(t, cost.Options{}, stack...)), 0, 0))
	assert.Contains(t, b.String(), "\"steps\": # "+token.SFNStateMachine+"\n    monthly_usd:  # USD a month: paid per tran")
	assert.Contains(t, b.String(), "\"near\": # acme:rocket:Launch\n    monthly_usd:  # USD a month: unknown type")
	assert.NotContains(t, b.String(), "net")
	u := used(t, "resources: {steps: {monthly_usd: 12.345}, near: {monthly_usd: 300}}")
	assert.Empty(t, u.Unmatched(stack))
	e := estimate(t, cost.Options{Usage: u}, stack...)
	assert.Equal(t, "312.35", e.Expected.StringFixed(2))
	assert.Empty(t, append(e.UsageBased, e.Unpriced...))
}

func TestUsageRefuses(t *testing.T) {
	for file, want := range map[string]string{
		"": "empty", "resources: [1]": "no file of usage", "resource: {}": "field resource not found", "users: -1": "zero or more",
		"resources:\n  a: {storage_gb: many}\n  b: {x: -2}": `line 2: storage_gb of a: got "many"`,
		"resources:\n  a: {storage_gb: [1]}":                "line 2", "resources: {a: {x: 1e999999}}": "a number",
	} {
		_, err := cost.ReadUsage(strings.NewReader(file))
		assert.ErrorContains(t, err, want, file)
	}
}

// What init writes reads back, and says what the estimate took.
func TestWriteUsage(t *testing.T) {
	resources := buckets()
	e := estimate(t, cost.Options{Traffic: profile()}, resources...)
	var b strings.Builder
	require.NoError(t, cost.WriteUsage(&b, cost.UsageOf(resources, e), 0, 0))
	assert.Contains(t, b.String(), "  \"jobs\": # aws:sqs/queue:Queue\n    requests: ")
	assert.Contains(t, b.String(), "    gb_seconds:  # duration\n")
	u := used(t, b.String())
	assert.Empty(t, u.Unmatched(resources))
	again := estimate(t, cost.Options{Traffic: profile(), Usage: u}, resources...)
	assert.Equal(t, e.Expected.String(), again.Expected.String())
	b.Reset()
	require.NoError(t, cost.WriteUsage(&b, nil, 100, 1))
	assert.Equal(t, 100, used(t, b.String()).Users)
}

func FuzzReadUsage(f *testing.F) {
	f.Add("resources: {a: {b: 1}}")
	f.Add("resource_usage: {aws_s3_bucket.a: {standard: {storage_gb: 1}}}")
	f.Fuzz(func(t *testing.T, file string) {
		if u, err := cost.ReadUsage(strings.NewReader(file)); err == nil {
			u.Unmatched(buckets())
		}
	})
}
