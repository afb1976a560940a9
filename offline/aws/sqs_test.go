package aws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
)

const (
	queue        = "aws:sqs/queue:Queue"
	queuePolicy  = "aws:sqs/queuePolicy:QueuePolicy"
	redriveAllow = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
)

func TestQueueSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	dead := c.Settled(queue, "jobs-dead", sim.Props{"sqsManagedSseEnabled": true})
	assert.Equal(t, "https://sqs.us-east-1.amazonaws.com/123456789012/"+dead.Str("name"), dead.ID)
	assert.Equal(t, "arn:aws:sqs:us-east-1:123456789012:"+dead.Str("name"), dead.Str("arn"))
	in := sim.Props{"redrivePolicy": `{"deadLetterTargetArn":"` + dead.Str("arn") + `","maxReceiveCount":5}`}
	main := c.Settled(queue, "jobs-main", in)
	c.Settled(queuePolicy, "main",
		sim.Props{"queueUrl": main.ID,
			"policy": `{"Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"` + main.Str("arn") + `"}]}`})
	c.Settled(redriveAllow, "dead",
		sim.Props{"queueUrl": dead.ID,
			"redriveAllowPolicy": `{"redrivePermission":"byQueue","sourceQueueArns":["` + main.Str("arn") + `"]}`})
	_, err := c.Update(main, in)
	require.NoError(t, err, "the queue that the dead letters are allowed from")
	_, err = c.Create(queue, "stranger", in)
	require.ErrorContains(t, err, "does not allow")
	fifo := c.Settled(queue, "ordered", sim.Props{"fifoQueue": true})
	assert.Regexp(t, `^ordered-[0-9a-f]{7}\.fifo$`, fifo.Str("name"))
	assert.Equal(t, "perQueue", fifo.Str("fifoThroughputLimit"))
}

func TestQueueReplaceOrUpdate(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"name": "jobs"}
	replacedBy(t, c, c.Must(queue, "jobs", in), in, map[string]sim.Props{
		"name": {"name": "other"}, "fifo": {"name": "jobs.fifo", "fifoQueue": true}, "prefix": {"name": nil, "namePrefix": "jobs-"},
		"visibility": {"visibilityTimeoutSeconds": 60.0}, "retention": {"messageRetentionSeconds": 60.0},
	}, map[string]bool{"name": true, "fifo": true, "prefix": true})
}

func TestQueueRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	taken := c.Must(queue, "taken", sim.Props{"name": "taken"})
	fifo := c.Must(queue, "fifo", sim.Props{"fifoQueue": true})
	redrive := func(arn, count string) sim.Props {
		return sim.Props{"redrivePolicy": `{"deadLetterTargetArn":"` + arn + `","maxReceiveCount":` + count + `}`}
	}
	allow := func(doc string) sim.Props { return sim.Props{"queueUrl": taken.ID, "redriveAllowPolicy": doc} }
	const invalid = "InvalidParameterValue"
	allRefused(t, c, map[string]mistake{
		"taken":        {queue, sim.Props{"name": "taken"}, []string{"QueueAlreadyExists"}},
		"long":         {queue, sim.Props{"name": strings.Repeat("q", 81)}, []string{"at most 80"}},
		"characters":   {queue, sim.Props{"name": "a.b"}, []string{"letters"}},
		"fifo name":    {queue, sim.Props{"name": "a", "fifoQueue": true}, []string{".fifo"}},
		"no fifo":      {queue, sim.Props{"name": "a.fifo"}, []string{"fifoQueue"}},
		"dedup":        {queue, sim.Props{"contentBasedDeduplication": true}, []string{"fifoQueue"}},
		"throughput":   {queue, sim.Props{"fifoThroughputLimit": "perQueue"}, []string{"fifoQueue"}},
		"per group":    {queue, sim.Props{"fifoQueue": true, "fifoThroughputLimit": "perMessageGroupId", "deduplicationScope": "queue"}, []string{"messageGroup"}},
		"encryption":   {queue, sim.Props{"kmsMasterKeyId": "alias/aws/sqs", "sqsManagedSseEnabled": true}, []string{"conflicts"}},
		"visibility":   {queue, sim.Props{"visibilityTimeoutSeconds": 43201.0}, []string{"43200"}},
		"retention":    {queue, sim.Props{"messageRetentionSeconds": 59.0}, []string{"60"}},
		"delay":        {queue, sim.Props{"delaySeconds": 901.0}, []string{"900"}},
		"wait":         {queue, sim.Props{"receiveWaitTimeSeconds": 21.0}, []string{"20"}},
		"size":         {queue, sim.Props{"maxMessageSize": 1.0}, []string{"1024"}},
		"no target":    {queue, redrive("arn:aws:sqs:us-east-1:123456789012:none", "5"), []string{invalid, "does not exist"}},
		"other type":   {queue, redrive(fifo.Str("arn"), "5"), []string{invalid, "same type"}},
		"count low":    {queue, redrive(taken.Str("arn"), "0"), []string{invalid, "maxReceiveCount"}},
		"count high":   {queue, redrive(taken.Str("arn"), "1001"), []string{invalid, "1000"}},
		"redrive JSON": {queue, sim.Props{"redrivePolicy": "{"}, []string{invalid, "JSON"}},
		"policy":       {queuePolicy, sim.Props{"queueUrl": taken.ID, "policy": "{"}, []string{"InvalidAttributeValue"}},
		"policy queue": {queuePolicy, sim.Props{"queueUrl": "https://none", "policy": readAll}, []string{"NonExistentQueue"}},
		"allow what":   {redriveAllow, allow(`{"redrivePermission":"some"}`), []string{invalid, "some"}},
		"allow nobody": {redriveAllow, allow(`{"redrivePermission":"byQueue"}`), []string{invalid, "sourceQueueArns"}},
		"allow many":   {redriveAllow, allow(`{"redrivePermission":"byQueue","sourceQueueArns":[` + strings.TrimSuffix(strings.Repeat(`"arn:aws:sqs:x",`, 11), ",") + `]}`), []string{"at most 10"}},
		"allow no ARN": {redriveAllow, allow(`{"redrivePermission":"byQueue","sourceQueueArns":["x"]}`), []string{"no ARN"}},
		"allow JSON":   {redriveAllow, allow(`{`), []string{invalid, "JSON"}},
	})
}
