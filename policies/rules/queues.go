package rules

import (
	"encoding/json"
	"fmt"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

// The bounds of a queue's attempts; workers on Lambda retry by themselves.
const (
	leastAttempts       = 3
	leastLambdaAttempts = 5
	mostAttempts        = 10
	// visibilityFactor is AWS's advice: six times the longest run.
	visibilityFactor = 6
)

func queueContract(c *rule.Check, s *rule.Stack) {
	for _, q := range s.Of(token.SQSQueue) {
		switch deadLetters(s, q) {
		case rule.Unknown:
			c.Undecided(q, "redrivePolicy")
			continue
		case rule.Yes:
			continue
		}
		redrive, holder := q.Input("redrivePolicy"), q
		if set, _ := s.Pointing(token.SQSRedrivePolicy, "queueUrl", q); len(set) > 0 {
			redrive, holder = set[0].Input("redrivePolicy"), set[0]
		}
		c.Require(redrive.Given(), holder, "redrivePolicy", "name a dead-letter queue and a maxReceiveCount of 3 to 10")
		checkAttempts(c, s, q, holder, redrive)
		checkRetention(c, s, q, holder)
		checkVisibility(c, s, q)
	}
}

// deadLetters says whether another queue sends its failures here.
func deadLetters(s *rule.Stack, q *rule.Resource) rule.Tri {
	got := rule.No
	for _, other := range s.Of(token.SQSQueue, token.SQSRedrivePolicy) {
		if other != q {
			got = rule.Any(got, s.Points(other, "redrivePolicy", q), rule.Of(redrivesTo(other, q)))
		}
	}
	return got
}

// redrivesTo reads the JSON of a redrive policy.
func redrivesTo(from, to *rule.Resource) bool {
	var policy struct{ DeadLetterTargetARN string }
	text, _ := from.At("redrivePolicy").Text()
	arn, there := to.At("arn").Text()
	return there == rule.Yes && json.Unmarshal([]byte(text), &policy) == nil && policy.DeadLetterTargetARN == arn
}

func checkAttempts(c *rule.Check, s *rule.Stack, q, holder *rule.Resource, redrive rule.Value) {
	text, there := redrive.Text()
	if there != rule.Yes {
		if there == rule.Unknown {
			c.Undecided(holder, "redrivePolicy")
		}
		return
	}
	var policy struct{ MaxReceiveCount json.Number }
	count := 0.0
	if json.Unmarshal([]byte(text), &policy) == nil {
		count, _ = policy.MaxReceiveCount.Float64()
	}
	least := float64(leastAttempts)
	if len(consumers(s, q)) > 0 {
		least = leastLambdaAttempts
	}
	if count < least || count > mostAttempts {
		c.Fail(holder, "redrivePolicy.maxReceiveCount", fmt.Sprint(count),
			fmt.Sprintf("try a message %g to %d times", least, mostAttempts))
	}
}

// checkRetention wants dead letters to be kept as long as the messages: their
// clock starts when the message was first sent.
func checkRetention(c *rule.Check, s *rule.Stack, q, holder *rule.Resource) {
	own, there := q.At("messageRetentionSeconds").Number()
	for _, dead := range s.Of(token.SQSQueue) {
		if s.Points(holder, "redrivePolicy", dead) != rule.Yes && !redrivesTo(holder, dead) {
			continue
		}
		kept, known := dead.At("messageRetentionSeconds").Number()
		if there == rule.Yes && known == rule.Yes && kept < own {
			c.Fail(dead, "messageRetentionSeconds", fmt.Sprint(kept),
				fmt.Sprintf("keep dead letters at least the %g s of %s", own, q.Name))
		}
	}
}

// consumers are the functions that take from the queue.
func consumers(s *rule.Stack, q *rule.Resource) []*rule.Resource {
	var all []*rule.Resource
	mappings, _ := s.Pointing(token.LambdaEventSourceMapping, "eventSourceArn", q)
	for _, m := range mappings {
		all = append(all, s.Targets(m, "functionName", token.LambdaFunction)...)
	}
	return all
}

func checkVisibility(c *rule.Check, s *rule.Stack, q *rule.Resource) {
	longest, who := 0.0, ""
	if c.Settings.Stage > 0 {
		longest, who = contract.JobSeconds, "the app's jobs"
	}
	for _, f := range consumers(s, q) {
		if n, there := f.At("timeout").Number(); there == rule.Yes && n > longest {
			longest, who = n, f.Name
		}
	}
	if longest > 0 {
		c.Require(q.At("visibilityTimeoutSeconds").AtLeast(visibilityFactor*longest), q, "visibilityTimeoutSeconds",
			fmt.Sprintf("hide a message for at least %g s, six times as long as %s take", visibilityFactor*longest, who))
	}
}
