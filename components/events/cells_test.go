package events

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// regions are the codes of those in which the tests stand.
var regions = map[string]string{"use1": "us-east-1", "euw1": "eu-west-1", "apse1": "ap-southeast-1"}

// world runs blog in each of the regions; what it looks for is heard everywhere,
// mail is not.
func world(t *testing.T, change func([]Cell), codes ...string) *record.Recording {
	t.Helper()
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		var cells []Cell
		for i, code := range codes {
			here, err := aws.NewProvider(ctx, "aws-"+regions[code], &aws.ProviderArgs{Region: pulumi.String(regions[code])})
			if err != nil {
				return err
			}
			c := Cell{Name: "events", Code: code, Args: blog(), Provider: here}
			if i > 0 {
				c.Name += "-" + code
			}
			c.Args.Consumers[0].Everywhere = true
			cells = append(cells, c)
		}
		if change != nil {
			change(cells)
		}
		_, err := Across(ctx, cells)
		return err
	})
}

// A subscription is made in its topic's region, and names a queue in another.
func TestWhatIsToldInOneCellIsHeardInAll(t *testing.T) {
	rec := world(t, nil, "use1", "euw1")
	for to, from := range map[string]struct{ name, topic, region string }{
		"events-search-main":      {"events-search-post-created-from-euw1", "events-euw1-post-created", "eu-west-1"},
		"events-euw1-search-main": {"events-euw1-search-post-created-from-use1", "events-post-created", "us-east-1"},
	} {
		sub := recordtest.Named(t, rec, token.SNSTopicSubscription, from.name)
		assert.Equal(t, from.region, sub.Region)
		assert.Equal(t, recordtest.Named(t, rec, token.SNSTopic, from.topic).Output("arn"), sub.Value("topic"))
		assert.Equal(t, recordtest.Named(t, rec, token.SQSQueue, to).Output("arn"), sub.Value("endpoint"))
		assert.True(t, sub.Bool("rawMessageDelivery"))
		policy := recordtest.Named(t, rec, token.SQSQueuePolicy, to+"-policy")
		assert.Contains(t, policy.String("policy"), sub.String("topic"), "SNS delivers only what the queue's policy lets in")
		assert.Contains(t, sub.Dependencies, policy.URN)
	}
	assert.Len(t, rec.All(token.SNSTopicSubscription), 2*(2*2+1))
}

func TestWhatIsHeardInOneCellStaysThere(t *testing.T) {
	rec := world(t, nil, "use1", "euw1")
	for _, s := range rec.All(token.SNSTopicSubscription) {
		assert.NotRegexp(t, `^events(-euw1)?-mail-.*-from-`, s.Name)
	}
	policy := recordtest.Named(t, rec, token.SQSQueuePolicy, "events-mail-main-policy").String("policy")
	assert.NotContains(t, policy, "eu-west-1")
}

// A cell that joins creates, and is let into the others' queues.
func TestACellMoreChangesPoliciesOnly(t *testing.T) {
	before, after := world(t, nil, "use1", "euw1"), world(t, nil, "use1", "euw1", "apse1")
	inputs := map[string]map[string]any{}
	for _, r := range after.Custom() {
		inputs[r.URN] = r.Inputs
	}
	var changed []string
	for _, r := range before.Custom() {
		require.Contains(t, inputs, r.URN)
		if !assert.ObjectsAreEqual(r.Inputs, inputs[r.URN]) {
			changed = append(changed, r.Name)
		}
	}
	assert.ElementsMatch(t, []string{"events-search-main-policy", "events-euw1-search-main-policy"}, changed)
}

// One cell alone is what New builds.
func TestOneCellIsAsNew(t *testing.T) {
	alone, _ := run(t, blog())
	one := world(t, nil, "use1")
	for _, r := range alone.Custom() {
		if r.Type != token.SQSQueuePolicy { // its apply runs in either
			assert.Equal(t, r.Inputs, recordtest.Named(t, one, r.Type, r.Name).Inputs, r.Name)
		}
	}
}

func TestCellsAreChecked(t *testing.T) {
	cell := func(change func(*Cell)) []Cell {
		list := []Cell{{Name: "events", Code: "use1", Args: blog(), Provider: &aws.Provider{}},
			{Name: "events-euw1", Code: "euw1", Args: blog(), Provider: &aws.Provider{}}}
		change(&list[1])
		return list
	}
	for name, tt := range map[string]struct {
		give []Cell
		want string
	}{
		"two that suit":   {cell(func(*Cell) {}), ""},
		"no code":         {cell(func(c *Cell) { c.Code = "" }), `cell 1: got code ""`},
		"the same code":   {cell(func(c *Cell) { c.Code = "use1" }), `cell 1: got code "use1"`},
		"no provider":     {cell(func(c *Cell) { c.Provider = nil }), "and a Provider"},
		"no topic abroad": {cell(func(c *Cell) { c.Args.Topics, c.Args.Consumers = c.Args.Topics[:1], nil }), ""},
		"not told abroad": {func() []Cell {
			list := cell(func(c *Cell) { c.Args.Topics, c.Args.Consumers = c.Args.Topics[:1], nil })
			list[0].Args.Consumers[0].Everywhere = true
			return list
		}(), "cell use1: consumer search asks for post.created, which cell euw1 has no topic for"},
	} {
		t.Run(name, func(t *testing.T) {
			err := checkCells(tt.give)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
		})
	}
}
