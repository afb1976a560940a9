package aws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestQueueSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	dead := c.Settled(token.SQSQueue, "jobs-dead", sim.Props{"sqsManagedSseEnabled": true})
	assert.Equal(t, "https://sqs.us-east-1.amazonaws.com/123456789012/"+dead.Str("name"), dead.ID)
	assert.Equal(t, "arn:aws:sqs:us-east-1:123456789012:"+dead.Str("name"), dead.Str("arn"))
	in := sim.Props{"redrivePolicy": `{"deadLetterTargetArn":"` + dead.Str("arn") + `","maxReceiveCount":5}`}
	main := c.Settled(token.SQSQueue, "jobs-main", in)
	c.Settled(token.SQSQueuePolicy, "main",
		sim.Props{"queueUrl": main.ID,
			"policy": `{"Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"` + main.Str("arn") + `"}]}`})
	c.Settled(token.SQSRedriveAllowPolicy, "dead",
		sim.Props{"queueUrl": dead.ID,
			"redriveAllowPolicy": `{"redrivePermission":"byQueue","sourceQueueArns":["` + main.Str("arn") + `"]}`})
	_, err := c.Update(main, in)
	require.NoError(t, err, "the queue that the dead letters are allowed from")
	_, err = c.Create(token.SQSQueue, "stranger", in)
	require.ErrorContains(t, err, "does not allow")
	fifo := c.Settled(token.SQSQueue, "ordered", sim.Props{"fifoQueue": true})
	assert.Regexp(t, `^ordered-[0-9a-f]{7}\.fifo$`, fifo.Str("name"))
	assert.Equal(t, "perQueue", fifo.Str("fifoThroughputLimit"))
}

func TestQueueReplaceOrUpdate(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"name": "jobs"}
	replacedBy(t, c, c.Must(token.SQSQueue, "jobs", in), in, map[string]sim.Props{
		"name": {"name": "other"}, "fifo": {"name": "jobs.fifo", "fifoQueue": true}, "prefix": {"name": nil, "namePrefix": "jobs-"},
		"visibility": {"visibilityTimeoutSeconds": 60.0}, "retention": {"messageRetentionSeconds": 60.0},
	}, map[string]bool{"name": true, "fifo": true, "prefix": true})
}

func TestQueueRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	taken := c.Must(token.SQSQueue, "taken", sim.Props{"name": "taken"})
	fifo := c.Must(token.SQSQueue, "fifo", sim.Props{"fifoQueue": true})
	redrive := func(arn, count string) sim.Props {
		return sim.Props{"redrivePolicy": `{"deadLetterTargetArn":"` + arn + `","maxReceiveCount":` + count + `}`}
	}
	allow := func(doc string) sim.Props { return sim.Props{"queueUrl": taken.ID, "redriveAllowPolicy": doc} }
	const invalid = "InvalidParameterValue"
	allRefused(t, c, map[string]mistake{
		"taken":        {token.SQSQueue, sim.Props{"name": "taken"}, []string{"QueueAlreadyExists"}},
		"long":         {token.SQSQueue, sim.Props{"name": strings.Repeat("q", 81)}, []string{"at most 80"}},
		"characters":   {token.SQSQueue, sim.Props{"name": "a.b"}, []string{"letters"}},
		"fifo name":    {token.SQSQueue, sim.Props{"name": "a", "fifoQueue": true}, []string{".fifo"}},
		"no fifo":      {token.SQSQueue, sim.Props{"name": "a.fifo"}, []string{"fifoQueue"}},
		"dedup":        {token.SQSQueue, sim.Props{"contentBasedDeduplication": true}, []string{"fifoQueue"}},
		"throughput":   {token.SQSQueue, sim.Props{"fifoThroughputLimit": "perQueue"}, []string{"fifoQueue"}},
		"per group":    {token.SQSQueue, sim.Props{"fifoQueue": true, "fifoThroughputLimit": "perMessageGroupId", "deduplicationScope": "queue"}, []string{"messageGroup"}},
		"encryption":   {token.SQSQueue, sim.Props{"kmsMasterKeyId": "alias/aws/sqs", "sqsManagedSseEnabled": true}, []string{"conflicts"}},
		"visibility":   {token.SQSQueue, sim.Props{"visibilityTimeoutSeconds": 43201.0}, []string{"43200"}},
		"retention":    {token.SQSQueue, sim.Props{"messageRetentionSeconds": 59.0}, []string{"60"}},
		"delay":        {token.SQSQueue, sim.Props{"delaySeconds": 901.0}, []string{"900"}},
		"wait":         {token.SQSQueue, sim.Props{"receiveWaitTimeSeconds": 21.0}, []string{"20"}},
		"size":         {token.SQSQueue, sim.Props{"maxMessageSize": 1.0}, []string{"1024"}},
		"no target":    {token.SQSQueue, redrive("arn:aws:sqs:us-east-1:123456789012:none", "5"), []string{invalid, "does not exist"}},
		"other type":   {token.SQSQueue, redrive(fifo.Str("arn"), "5"), []string{invalid, "same type"}},
		"count low":    {token.SQSQueue, redrive(taken.Str("arn"), "0"), []string{invalid, "maxReceiveCount"}},
		"count high":   {token.SQSQueue, redrive(taken.Str("arn"), "1001"), []string{invalid, "1000"}},
		"redrive JSON": {token.SQSQueue, sim.Props{"redrivePolicy": "{"}, []string{invalid, "JSON"}},
		"policy":       {token.SQSQueuePolicy, sim.Props{"queueUrl": taken.ID, "policy": "{"}, []string{"InvalidAttributeValue"}},
		"policy queue": {token.SQSQueuePolicy, sim.Props{"queueUrl": "https://none", "policy": readAll}, []string{"NonExistentQueue"}},
		"allow what":   {token.SQSRedriveAllowPolicy, allow(`{"redrivePermission":"some"}`), []string{invalid, "some"}},
		"allow nobody": {token.SQSRedriveAllowPolicy, allow(`{"redrivePermission":"byQueue"}`), []string{invalid, "sourceQueueArns"}},
		"allow many":   {token.SQSRedriveAllowPolicy, allow(`{"redrivePermission":"byQueue","sourceQueueArns":[` + strings.TrimSuffix(strings.Repeat(`"arn:aws:sqs:x",`, 11), ",") + `]}`), []string{"at most 10"}},
		"allow no ARN": {token.SQSRedriveAllowPolicy, allow(`{"redrivePermission":"byQueue","sourceQueueArns":["x"]}`), []string{"no ARN"}},
		"allow JSON":   {token.SQSRedriveAllowPolicy, allow(`{`), []string{invalid, "JSON"}},
	})
}
