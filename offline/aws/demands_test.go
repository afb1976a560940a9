package aws_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

const (
	account = "123456789012"
)

// lets is a policy with one statement for a principal, as JSON, and a condition.
func lets(effect, principal, action, resource, condition string) string {
	more := ""
	if condition != "" {
		more = `,"Condition":` + condition
	}
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":%q,"Principal":%s,"Action":%q,"Resource":%q%s}]}`,
		effect, principal, action, resource, more)
}

// keyFor is a key that the account manages and a service may use.
func keyFor(c *simtest.Cloud, name, service string) string {
	root := fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"kms:*","Resource":"*"}`,
		account)
	use := ""
	if service != "" {
		use = fmt.Sprintf(`,{"Effect":"Allow","Principal":{"Service":%q},"Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*"}`, service)
	}
	return c.Must(token.KMSKey, name,
		sim.Props{"policy": `{"Version":"2012-10-17","Statement":[` + root + use + `]}`}).Str("arn")
}

// ofAccount, ofOwner and ofSource are conditions that a policy may ask for.
const (
	ofAccount = `{"StringEquals":{"aws:SourceAccount":"` + account + `"}}`
	ofOwner   = `{"StringEquals":{"AWS:SourceOwner":"` + account + `"}}`
)

func service(name string) string { return `{"Service":"` + name + `"}` }

// publishers are who publishes: the resource that names a topic, and the service
// in whose name.
var publishers = map[string]struct {
	token, service string
	in             func(c *simtest.Cloud, topic string) sim.Props
}{
	"an alarm": {token.CloudWatchMetricAlarm, "cloudwatch.amazonaws.com", func(_ *simtest.Cloud, topic string) sim.Props {
		return with(busy(), sim.Props{"alarmActions": sim.List(topic)})
	}},
	"a budget": {token.BudgetsBudget, "budgets.amazonaws.com", func(_ *simtest.Cloud, topic string) sim.Props {
		return sim.Props{
			"budgetType": "COST", "limitAmount": "100", "limitUnit": "USD", "timeUnit": "MONTHLY",
			"notifications": list{obj{
				"comparisonOperator": "GREATER_THAN", "notificationType": "ACTUAL", "threshold": 80.0, "thresholdType": "PERCENTAGE",
				"subscriberSnsTopicArns": sim.List(topic),
			}},
		}
	}},
	"a database": {token.RDSEventSubscription, "events.rds.amazonaws.com", func(_ *simtest.Cloud, topic string) sim.Props {
		return sim.Props{"snsTopic": topic}
	}},
	"a bucket": {token.S3BucketNotification, "s3.amazonaws.com", func(c *simtest.Cloud, topic string) sim.Props {
		label := topic[strings.LastIndex(topic, ":")+1:]
		b := c.Must(token.S3BucketV2, label, sim.Props{"bucket": label + "-" + account})
		return sim.Props{"bucket": b.ID, "topics": list{obj{"topicArn": topic, "events": sim.List("s3:ObjectCreated:*")}}}
	}},
}

// What a service publishes is dropped without a word where the other side does
// not let it in; each of these is refused instead, or told once all stands.
func TestPublishersMustBeLetIn(t *testing.T) {
	for name, p := range publishers {
		t.Run(name, func(t *testing.T) {
			c := cloud(t, "us-east-1")
			told := func(label, policy, key string) error {
				tp := c.Must(token.SNSTopic, label, sim.Props{"name": label, "kmsMasterKeyId": key})
				if policy != "" {
					c.Must(token.SNSTopicPolicy, label, sim.Props{"arn": tp.ID, "policy": strings.ReplaceAll(policy, "TOPIC", tp.ID)})
				}
				return taken(t, c, p.token, label, p.in(c, tp.ID))
			}
			let := func(condition string) string {
				return lets("Allow", service(p.service), "sns:Publish", "TOPIC", condition)
			}
			require.NoError(t, told("let-in", let(ofAccount), ""))
			require.NoError(t, told("let-in-without-condition", let(""), ""))
			mustRefuse(t, told("another-service", lets("Allow", service("ses.amazonaws.com"), "sns:Publish", "TOPIC", ""), ""),
				"AuthorizationError", p.service)
			mustRefuse(t, told("another-account", let(`{"StringEquals":{"aws:SourceAccount":"999999999999"}}`), ""),
				"AuthorizationError", p.service)
			mustRefuse(t, told("another-topic",
				lets("Allow", service(p.service), "sns:Publish", "arn:aws:sns:us-east-1:"+account+":other", ""), ""),
				"AuthorizationError", p.service)
			mustRefuse(t, told("only-to-subscribe", lets("Allow", service(p.service), "sns:Subscribe", "TOPIC", ""), ""),
				"AuthorizationError", p.service)
			mustRefuse(t, told("aws-own-key", let(ofAccount), "alias/aws/sns"), "KMSAccessDenied", "a key of your own")
			mustRefuse(t, told("closed-key", let(ofAccount), keyFor(c, "closed", "")), "KMSAccessDenied", "kms:GenerateDataKey*")
			require.NoError(t, told("open-key", let(ofAccount), keyFor(c, "open", p.service)))
		})
	}
}

// ElastiCache publishes into no encrypted topic, and into none that goes by
// aws:SourceAccount.
func TestCachesPublishOnlyAsTheOwner(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := cacheIn(c)
	told := func(label, policy, key string) error {
		tp := c.Must(token.SNSTopic, label, sim.Props{"name": label, "kmsMasterKeyId": key})
		if policy != "" {
			c.Must(token.SNSTopicPolicy, label, sim.Props{"arn": tp.ID, "policy": strings.ReplaceAll(policy, "TOPIC", tp.ID)})
		}
		_, err := c.Create(token.ElastiCacheReplicationGroup, label,
			but(in, sim.Props{"notificationTopicArn": tp.ID}))
		return err
	}
	owner := lets("Allow", `{"AWS":"*"}`, "SNS:Publish", "TOPIC", ofOwner)
	require.NoError(t, told("owner", owner, ""))
	require.NoError(t, told("default", "", ""), "the policy that SNS gives to each topic")
	mustRefuse(t, told("by-account",
		lets("Allow", service("elasticache.amazonaws.com"), "sns:Publish", "TOPIC", ofAccount), ""), "AuthorizationError",
		"aws:SourceOwner")
	mustRefuse(t, told("encrypted", owner, keyFor(c, "k", "elasticache.amazonaws.com")), "KMSAccessDenied",
		"a topic of its own")
}

func TestQueuesMustLetTheTopicIn(t *testing.T) {
	c := cloud(t, "us-east-1")
	tp := c.Must(token.SNSTopic, "told", sim.Props{})
	heard := func(label, policy string, more sim.Props) error {
		q := c.Must(token.SQSQueue, label, but(sim.Props{"name": label}, more))
		if policy != "" {
			c.Must(token.SQSQueuePolicy, label,
				sim.Props{"queueUrl": q.ID, "policy": strings.ReplaceAll(policy, "QUEUE", q.Str("arn"))})
		}
		return taken(t, c, token.SNSTopicSubscription, label,
			sim.Props{"topic": tp.ID, "protocol": "sqs", "endpoint": q.Str("arn")})
	}
	let := lets("Allow", service("sns.amazonaws.com"), "sqs:SendMessage", "QUEUE",
		`{"ArnEquals":{"aws:SourceArn":"`+tp.ID+`"}}`)
	require.NoError(t, heard("open", let, nil))
	mustRefuse(t, heard("closed", "", nil), "AccessDenied", "sns.amazonaws.com")
	mustRefuse(t, heard("another",
		lets("Allow", service("sns.amazonaws.com"), "sqs:SendMessage", "QUEUE",
			`{"ArnEquals":{"aws:SourceArn":"`+tp.ID+`-other"}}`), nil),
		"AccessDenied", "sns.amazonaws.com")
	mustRefuse(t, heard("locked", let, sim.Props{"kmsMasterKeyId": keyFor(c, "locked", "")}), "KMSAccessDenied",
		"sns.amazonaws.com")
	require.NoError(t, heard("unlocked", let, sim.Props{"kmsMasterKeyId": keyFor(c, "unlocked", "sns.amazonaws.com")}))
}

func TestAKeyMustLetLogsIn(t *testing.T) {
	c := cloud(t, "us-east-1")
	logs := func(label, principal, condition string) error {
		root := fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"kms:*","Resource":"*"}`,
			account)
		let := fmt.Sprintf(`{"Effect":"Allow","Principal":{"Service":%q},"Action":["kms:Encrypt*","kms:Decrypt*","kms:ReEncrypt*","kms:GenerateDataKey*","kms:Describe*"],"Resource":"*"%s}`,
			principal, condition)
		k := c.Must(token.KMSKey, label, sim.Props{"policy": `{"Version":"2012-10-17","Statement":[` + root + `,` + let + `]}`})
		_, err := c.Create(token.CloudWatchLogGroup, label,
			sim.Props{"name": "/app/" + label, "kmsKeyId": k.Str("arn")})
		return err
	}
	const of = `,"Condition":{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:us-east-1:` + account +
		`:log-group:/app/`
	require.NoError(t, logs("open", "logs.us-east-1.amazonaws.com", ""))
	require.NoError(t, logs("mine", "logs.us-east-1.amazonaws.com", of+`mine"}}`))
	mustRefuse(t, logs("theirs", "logs.us-east-1.amazonaws.com", of+`other"}}`), "AccessDeniedException", "kms:Encrypt")
	mustRefuse(t, logs("abroad", "logs.eu-west-1.amazonaws.com", ""), "AccessDeniedException",
		"logs.us-east-1.amazonaws.com")
}

// A delivery of logs lets itself into the bucket, unless it is let in already;
// whoever made the bucket's policy finds it changed.
func TestADeliveryLetsItselfIn(t *testing.T) {
	const own = `{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control","aws:SourceAccount":"` + account +
		`"},"ArnLike":{"aws:SourceArn":"arn:aws:logs:*:` + account + `:*"}}`
	for name, tt := range map[string]struct {
		policy  string
		amended bool
	}{
		"nobody is let in": {`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["ARN","ARN/*"],` +
			`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`, true},
		"AWS's own statements": {`{"Version":"2012-10-17","Statement":[` +
			`{"Sid":"AWSLogDeliveryWrite","Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:PutObject","Resource":"ARN/AWSLogs/` + account + `/*","Condition":` + own + `},` +
			`{"Sid":"AWSLogDeliveryAclCheck","Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"ARN"}]}`, false},
		"to write, but not to look": {lets("Allow", service("delivery.logs.amazonaws.com"), "s3:PutObject", "ARN/*", own), true},
	} {
		t.Run(name, func(t *testing.T) {
			c := cloud(t, "us-east-1")
			b := c.Must(token.S3BucketV2, "logs", sim.Props{"bucket": "logs-" + account})
			policy := c.Must(token.S3BucketPolicy, "logs",
				sim.Props{"bucket": b.ID, "policy": strings.ReplaceAll(tt.policy, "ARN", b.Str("arn"))})
			v, _ := publicNetwork(c)
			c.Must(token.EC2FlowLog, "flows",
				sim.Props{"vpcId": v.ID, "trafficType": "ALL", "logDestinationType": "s3", "logDestination": b.Str("arn")})
			now, err := c.Read(policy)
			require.NoError(t, err)
			assert.Equal(t, tt.amended, now.Str("policy") != policy.Str("policy"), now.Str("policy"))
			if tt.amended {
				assert.Contains(t, now.Str("policy"), `"AWSLogDeliveryWrite1"`)
				assert.Contains(t, now.Str("policy"), b.Str("arn")+"/AWSLogs/"+account+"/vpcflowlogs/*")
			}
		})
	}
}

func TestABucketMustTakeTheLog(t *testing.T) {
	c := cloud(t, "us-east-1")
	own := c.Must(token.S3BucketV2, "own", sim.Props{"bucket": "own-" + account})
	logged := func(label, policy string) error {
		b := c.Must(token.S3BucketV2, label, sim.Props{"bucket": label + "-" + account})
		if policy != "" {
			c.Must(token.S3BucketPolicy, label,
				sim.Props{"bucket": b.ID, "policy": strings.ReplaceAll(policy, "ARN", b.Str("arn"))})
		}
		_, err := c.Create(token.S3BucketLoggingV2, label,
			sim.Props{"bucket": own.ID, "targetBucket": b.ID, "targetPrefix": "s3/"})
		return err
	}
	let := func(path string) string {
		return lets("Allow", service("logging.s3.amazonaws.com"), "s3:PutObject", "ARN/"+path, ofAccount)
	}
	require.NoError(t, logged("open", let("s3/*")))
	mustRefuse(t, logged("closed", ""), "InvalidTargetBucketForLogging", "logging.s3.amazonaws.com")
	mustRefuse(t, logged("elsewhere", let("other/*")), "InvalidTargetBucketForLogging", "below s3/")
}

func TestOldLogsOfCloudFrontNeedACLs(t *testing.T) {
	c := cloud(t, "us-east-1")
	b := c.Must(token.S3BucketV2, "logs", sim.Props{"bucket": "cdn-" + account})
	in := distributed(sim.Props{"loggingConfig": obj{"bucket": b.ID + ".s3.amazonaws.com"}})
	_, err := c.Create(token.CloudFrontDistribution, "cdn", in)
	mustRefuse(t, err, "InvalidArgument", "BucketOwnerPreferred")
	c.Must(token.S3BucketOwnershipControls, "logs",
		sim.Props{"bucket": b.ID, "rule": obj{"objectOwnership": "BucketOwnerPreferred"}})
	_, err = c.Create(token.CloudFrontDistribution, "cdn", in)
	assert.NoError(t, err)
}
