// Package demands holds what AWS needs beside what a resource's properties name: policies of whoever
// is written, read or published to, and certificates behind a CDN. They read the resources
// of several services, and so stand above the tables.
package demands

import (
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// demands are what AWS needs beside what a resource's properties name, and does
// not always refuse when it is missing: the policy of whoever is written, read or
// published to, and what must stand before. Each is refused here with the code
// that AWS answers with, then or later.
//
// Those that were found while the tables of a service were written stand there,
// among them the internet gateway of a NAT gateway, the validation of a
// certificate and the log policy of a search domain.
var demands = map[string][]func(*sim.Op) error{
	token.CloudWatchMetricAlarm:       publishedByAlarms(),
	token.CloudWatchCompositeAlarm:    publishedByAlarms(),
	token.BudgetsBudget:               {publishesInto("notifications.subscriberSnsTopicArns", budgetPublisher)},
	token.ElastiCacheReplicationGroup: {publishesInto("notificationTopicArn", cachePublisher)},
	token.ElastiCacheCluster:          {publishesInto("notificationTopicArn", cachePublisher)},
	token.RDSEventSubscription:        {publishesInto("snsTopic", databasePublisher)},
	token.S3BucketNotification: {
		publishesInto("topics.topicArn", bucketPublisher), publishesInto("queues.queueArn", bucketPublisher),
	},
	token.CloudWatchEventTarget: {publishesInto("arn", eventPublisher)},
	token.SNSTopicSubscription:  {subscriberLets},

	token.RDSInstance:              {monitoringMayWrite, publicNeedsGateway},
	token.RDSClusterInstance:       {monitoringMayWrite, publicNeedsGateway},
	token.AutoScalingGroup:         {scalingKeyOpens},
	token.AutoScalingLifecycleHook: {hookReaches},
	token.LambdaFunction:           {functionMay},

	token.CloudWatchLogGroup:           {groupKeyOpens, onCreate(notMadeByAService)},
	token.EC2FlowLog:                   {flowLogDelivered},
	token.CloudWatchLogDelivery:        {logDelivered},
	token.S3BucketLoggingV2:            {requestsLogged},
	token.CloudFrontDistribution:       {originsTrusted, oldLogsTaken},
	token.GlobalAcceleratorAccelerator: {flowsLogged},
}

func publishedByAlarms() []func(*sim.Op) error {
	var all []func(*sim.Op) error
	for _, path := range []string{"alarmActions", "okActions", "insufficientDataActions"} {
		all = append(all, publishesInto(path, alarmPublisher))
	}
	return all
}

// onCreate asks a demand of what comes, and not of what changes.
func onCreate(demand func(*sim.Op) error) func(*sim.Op) error {
	return func(o *sim.Op) error {
		if o.Verb != sim.Create {
			return nil
		}
		return demand(o)
	}
}

// AddTo adds the demands to the tables, after the rules of each kind.
func AddTo(kinds []sim.Kind) []sim.Kind {
	for i, k := range kinds {
		kinds[i].Rules = append(k.Rules[:len(k.Rules):len(k.Rules)], sim.Many(sim.Create|sim.Update, demands[k.Token]...)...)
	}
	return kinds
}
