package stacks

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// delivered are the topics' logical names that really fill a queue: SNS takes
// a subscription of a queue whose policy does not let the topic in, and then
// delivers nothing.
func delivered(t *testing.T, rec *record.Recording, queue string) (names []string) {
	t.Helper()
	q := recordtest.Named(t, rec, token.SQSQueue, queue)
	admitted := admits(t, recordtest.Named(t, rec, token.SQSQueuePolicy, queue+"-policy").String("policy"),
		q.Output("arn"))
	for _, topic := range rec.All(token.SNSTopic) {
		arn := topic.Output("arn")
		subscribed := slices.ContainsFunc(rec.All(token.SNSTopicSubscription), func(s record.Resource) bool {
			return s.Value("topic") == arn && s.Value("endpoint") == q.Output("arn") && s.Region == topic.Region
		})
		if subscribed && slices.Contains(admitted, arn) {
			names = append(names, topic.Name)
		}
	}
	return names
}

// admits are the topics from which a queue's policy lets SNS send into it.
func admits(t *testing.T, policy string, queue any) (topics []any) {
	t.Helper()
	var doc struct {
		Statement []struct {
			Effect    string
			Principal any
			Action    string
			Resource  any
			Condition map[string]map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(policy), &doc))
	for _, s := range doc.Statement {
		who, _ := s.Principal.(map[string]any)
		if s.Effect == "Allow" && who["Service"] == "sns.amazonaws.com" && s.Action == "sqs:SendMessage" &&
			s.Resource == queue {
			list, _ := s.Condition["ArnEquals"]["aws:SourceArn"].([]any)
			topics = append(topics, list...)
		}
	}
	return topics
}

// A post that is written anywhere is found everywhere.
func TestEveryCellHearsEveryCell(t *testing.T) {
	for name, tt := range map[string]struct {
		regions string
		codes   []string
	}{
		"two":   {two, []string{"", "-euw1"}},
		"three": {"us-east-1,eu-west-1,ap-southeast-1", []string{"", "-euw1", "-apse1"}},
	} {
		t.Run(name, func(t *testing.T) {
			rec := built(t, 5, "regions", tt.regions)
			var posts, users []string
			for _, code := range tt.codes {
				posts, users = append(posts, "events"+code+"-post-created"), append(users, "events"+code+"-user-created")
			}
			for _, code := range tt.codes {
				assert.ElementsMatch(t, append(slices.Clone(users), posts...), delivered(t, rec, "events"+code+"-search-main"))
				assert.ElementsMatch(t, users, delivered(t, rec, "events"+code+"-posts-main"))
			}
		})
	}
}
