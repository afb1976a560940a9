package alerts

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) {
	assert.Equal(t, "rung:components:Alerts", Token)
}

func TestValidateEmail(t *testing.T) {
	for give, good := range map[string]bool{
		"": true, "ops@example.com": true, "ops+rung@example.com": true,
		"ops": false, "ops@": false, "Ops <ops@example.com>": false, "a@b.c, d@e.f": false,
	} {
		t.Run(give, func(t *testing.T) {
			err := Args{Email: give}.validate()
			if good {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, "Email: got")
			assert.ErrorContains(t, err, give)
		})
	}
}

func run(t *testing.T, args Args) *record.Recording {
	t.Helper()
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "alerts", args)
		return err
	})
}

func TestTopicWithSubscriber(t *testing.T) {
	rec := run(t, Args{Email: "ops@example.com"})
	topic := recordtest.Only(t, rec, token.SNSTopic)
	assert.False(t, topic.Has("kmsMasterKeyId"))
	recordtest.None(t, rec, token.KMSKey)

	sub := recordtest.Only(t, rec, token.SNSTopicSubscription)
	assert.Equal(t, "email", sub.Value("protocol"))
	assert.Equal(t, topic.Output("arn"), sub.Value("topic"))
	assert.Contains(t, recordtest.Only(t, rec, token.SNSTopicPolicy).String("policy"), topic.Output("arn"))
}

func TestNobodyIsSubscribedWithoutAddress(t *testing.T) {
	recordtest.None(t, run(t, Args{}), token.SNSTopicSubscription)
}

func TestEncryptedTopicHasItsOwnKey(t *testing.T) {
	rec := run(t, Args{Encrypted: true})
	key := recordtest.Only(t, rec, token.KMSKey)
	assert.True(t, key.Protect)
	assert.True(t, key.Bool("enableKeyRotation"))
	assert.Equal(t, key.Output("arn"), recordtest.Only(t, rec, token.SNSTopic).Value("kmsMasterKeyId"))
}

type statement struct {
	Effect    string
	Principal any
	Condition map[string]map[string]string
}

func statements(t *testing.T, document string, err error) []statement {
	t.Helper()
	require.NoError(t, err)
	var parsed struct{ Statement []statement }
	require.NoError(t, json.Unmarshal([]byte(document), &parsed))
	return parsed.Statement
}

func TestTopicPolicyAllowsOnlyThisAccountsServices(t *testing.T) {
	doc, err := topicPolicy("arn:aws:sns:us-east-1:123456789012:alerts", Args{}.publishers("123456789012"))
	got := statements(t, doc, err)
	require.Len(t, got, 2)
	assert.Equal(t, map[string]any{"Service": []any{"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}},
		got[0].Principal)
	assert.Equal(t, "123456789012", got[0].Condition["StringEquals"]["aws:SourceAccount"])
	assert.Equal(t, "Deny", got[1].Effect)
}

// ElastiCache publishes into no encrypted topic, and sends aws:SourceOwner alone.
func TestATopicForCachesGoesByTheOwner(t *testing.T) {
	rec := run(t, Args{FromCaches: true})
	assert.False(t, recordtest.Only(t, rec, token.SNSTopic).Has("kmsMasterKeyId"))
	doc := recordtest.Only(t, rec, token.SNSTopicPolicy).String("policy")
	got := statements(t, doc, nil)
	assert.Equal(t, map[string]map[string]string{"StringEquals": {"AWS:SourceOwner": "123456789012"}}, got[0].Condition)
	assert.Equal(t, "Deny", got[1].Effect)
	err := Args{FromCaches: true, Encrypted: true}.validate()
	assert.ErrorContains(t, err, "no encrypted topic")
}

func TestKeyPolicyHasNoWildcardPrincipal(t *testing.T) {
	doc, err := keyPolicy("123456789012")
	for _, s := range statements(t, doc, err) {
		assert.NotEqual(t, "*", s.Principal)
	}
	assert.Contains(t, doc, "kms:GenerateDataKey*")
	assert.Contains(t, doc, "cloudwatch.amazonaws.com")
}
