package demands

import "github.com/rung-dev/rung/resource/token"

// watchRows are alarms, logs, events, topics and queues. Alarms, targets of events and
// subscriptions are taken in any order, and what they send is dropped till somebody lets
// it in (re:Post, "Why didn't I receive an SNS notification for my CloudWatch alarm
// trigger?": the history of the alarm says so; EventBridge user guide, "Event retry policy
// and using dead-letter queues"; SNS guide, "Subscribing a queue to a topic").
var watchRows = map[string]Row{
	token.CloudWatchMetricAlarm: alarm,
	token.CloudWatchCompositeAlarm: needs("the alarms that its rule names; leave to publish in the topics' policies and "+
		"in their keys'", append([]string{"ValidationError"}, publishing...)...).dropping(publishedByAlarms...),
	token.CloudWatchDashboard: nothing,
	token.BudgetsBudget: needs("leave to publish in the topic's policy and in its key's", publishing...).
		with(publishesInto("notifications.subscriberSnsTopicArns", budgetPublisher)),

	token.CloudWatchLogGroup: needs("leave to use its key in that key's policy; and it comes before whoever would make "+
		"it", "AccessDeniedException", "ResourceAlreadyExistsException").
		with(groupKeyOpens, onCreate(notMadeByAService)),
	token.CloudWatchLogMetricFilter:        nothing,
	token.CloudWatchLogResourcePolicy:      nothing,
	token.CloudWatchLogDeliverySource:      nothing,
	token.CloudWatchLogDeliveryDestination: nothing,
	token.CloudWatchLogDelivery: needs("statements for log delivery in the bucket's policy, which AWS adds, and in "+
		"that of its key", "KMS.AccessDeniedException").with(logDelivered),

	token.CloudWatchEventBus:  nothing,
	token.CloudWatchEventRule: nothing,
	token.CloudWatchEventTarget: needs("leave in the policy of the topic, the queue or the log group",
		append([]string{"NO_PERMISSIONS"}, publishing...)...).
		dropping(publishesInto("arn", eventPublisher), eventsLogged),

	token.SNSTopic: needs("the roles that its policy names", "InvalidParameter").
		with(principalsExist("policy", "InvalidParameter", "Invalid parameter: Policy Error: PrincipalNotFound")),
	token.SNSTopicPolicy: needs("the roles that it names", "InvalidParameter").
		with(principalsExist("policy", "InvalidParameter", "Invalid parameter: Policy Error: PrincipalNotFound")),
	// One by e-mail stays pending until somebody confirms it; AWS refuses nothing.
	token.CloudTrailTrail: needs("leave to write in the bucket's policy", "InsufficientS3BucketPolicyException").with(trailMayWrite),

	// Whether they are verified is seen when mail is sent.
	token.SESDomainIdentity:     nothing,
	token.SESDomainDkim:         nothing,
	token.SESEmailIdentity:      nothing,
	token.SESv2EmailIdentity:    nothing,
	token.SESv2ConfigurationSet: nothing,

	token.CloudWatchLogStream:             nothing,
	token.CloudWatchLogSubscriptionFilter: needs("leave to call the function", "InvalidParameterException").with(logsMayCall),
	token.SNSTopicSubscription:            needs("leave for the topic in the queue's policy", publishing...).dropping(subscriberLets),
	token.SQSQueue: needs("the roles that its policy names; its queue of dead letters: a property names it",
		"InvalidAttributeValue").
		with(principalsExist("policy", "InvalidAttributeValue", "Invalid value for the parameter Policy.")),
	token.SQSQueuePolicy: needs("the roles that it names", "InvalidAttributeValue").
		with(principalsExist("policy", "InvalidAttributeValue", "Invalid value for the parameter Policy.")),
	token.SQSRedriveAllowPolicy: nothing,
}

// publishing are the refusals of topics, queues and keys.
var publishing = []string{"AuthorizationError", "AccessDenied", "KMSAccessDenied"}

var alarm = needs("leave to publish in the topics' policies and in their keys'", publishing...).
	dropping(publishedByAlarms...)
