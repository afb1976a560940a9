package services

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/awsapi/buckets"
	"github.com/rung-dev/rung/lab/awsapi/queues"
	"github.com/rung-dev/rung/lab/awsapi/topics"
	"github.com/rung-dev/rung/lab/awsapi/values"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/resource/token"
)

// objects are what the plan itself puts into buckets: files that were kept by their
// hash. Programs are none of them: machines find those without a bucket.
func objects(c cloud.Cloud, at site.Site) (all []object) {
	for _, r := range c.All(token.S3BucketObjectv2) {
		sum := cmp.Or(r.Str("sourceHash"), r.Str("source.hash"))
		if sum == "" || strings.HasPrefix(r.Str("key"), "app/") {
			continue
		}
		header := map[string]string{}
		for name, key := range map[string]string{"Content-Type": "contentType", "Cache-Control": "cacheControl",
			"Content-Encoding": "contentEncoding"} {
			if value := r.Str(key); value != "" {
				header[name] = value
			}
		}
		all = append(all, object{Bucket: r.Str("bucket"), Key: r.Str("key"), File: at.Object(sum), Header: header})
	}
	return all
}

// read is what the cloud has of the services.
func read(c cloud.Cloud) file {
	var f file
	for _, r := range c.All(token.SQSQueue) {
		f.Account = account(r.Str("arn"))
		f.Plan.Queues = append(f.Plan.Queues, queue(r))
	}
	for _, r := range c.All(token.SNSTopic) {
		f.Account = account(r.Str("arn"))
		t := topics.Topic{ARN: r.Str("arn")}
		for _, s := range c.Where(token.SNSTopicSubscription, "topic", r.Str("arn")) {
			if s.Str("protocol") == "sqs" {
				t.Subscriptions = append(t.Subscriptions, topics.Subscription{
					Queue: s.Str("endpoint"), Raw: s.Bool("rawMessageDelivery"), Filter: s.Str("filterPolicy"),
					DeadLetters: target(s.Str("redrivePolicy")),
				})
			}
		}
		f.Plan.Topics = append(f.Plan.Topics, t)
	}
	for _, r := range c.All(token.S3BucketV2) {
		f.Plan.Buckets = append(f.Plan.Buckets, buckets.Bucket{Name: r.ID, Region: r.Region, Replicas: replicas(c, r.ID),
			Origins: []string{"*"}})
	}
	for _, r := range c.All(token.SecretsManagerSecret) {
		if v, ok := c.First(token.SecretsManagerSecretVersion, "secretId", r.Str("arn")); ok {
			f.Plan.Secrets = append(f.Plan.Secrets, everywhere(r, v.Str("secretString"))...)
		}
	}
	for _, r := range c.All(token.SSMParameter) {
		f.Plan.Parameters = append(f.Plan.Parameters, values.Parameter{Name: r.Str("name"), ARN: r.Str("arn"),
			Type: r.Str("type"), Value: r.Str("value")})
	}
	for _, r := range c.All(token.CloudFrontDistribution) {
		f.Plan.Distributions = append(f.Plan.Distributions, r.ID)
	}
	return f
}

// everywhere are a secret and its copies in other regions, which differ in their ARN.
func everywhere(r cloud.Resource, value string) []values.Secret {
	all := []values.Secret{{ARN: r.Str("arn"), Name: r.Str("name"), Value: value}}
	for _, copied := range r.Maps("replicas") {
		arn := strings.Replace(r.Str("arn"), ":"+r.Region+":", ":"+copied.Str("region")+":", 1)
		all = append(all, values.Secret{ARN: arn, Name: r.Str("name"), Value: value})
	}
	return all
}

func account(arn string) string {
	const at = 4
	if parts := strings.Split(arn, ":"); len(parts) > at {
		return parts[at]
	}
	return ""
}

func queue(r cloud.Resource) queues.Queue {
	seconds := func(key string) time.Duration { return time.Duration(r.Int(key)) * time.Second }
	q := queues.Queue{ARN: r.Str("arn"), Visibility: seconds("visibilityTimeoutSeconds"),
		Retention: seconds("messageRetentionSeconds"), Delay: seconds("delaySeconds"), Wait: seconds("receiveWaitTimeSeconds"),
		MaxBytes: r.Int("maxMessageSize")}
	var redrive struct {
		DeadLetterTargetArn string
		MaxReceiveCount     json.Number
	}
	if json.Unmarshal([]byte(r.Str("redrivePolicy")), &redrive) == nil {
		q.DeadLetters = redrive.DeadLetterTargetArn
		n, _ := redrive.MaxReceiveCount.Int64()
		q.MaxReceives = int(n)
	}
	return q
}

func target(policy string) string {
	var redrive struct{ DeadLetterTargetArn string }
	_ = json.Unmarshal([]byte(policy), &redrive) // none is none
	return redrive.DeadLetterTargetArn
}
