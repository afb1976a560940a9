// Package demands holds what AWS needs beside what a resource's properties name: policies of whoever
// is written, read or published to, and certificates behind a CDN. They read the resources
// of several services, and so stand above the tables.
package demands

import (
	"github.com/rung-dev/rung/offline/aws/internal/token"
	"github.com/rung-dev/rung/offline/sim"
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
	"aws:cloudwatch/metricAlarm:MetricAlarm":       publishedByAlarms(),
	"aws:cloudwatch/compositeAlarm:CompositeAlarm": publishedByAlarms(),
	token.Budget:           {publishesInto("notifications.subscriberSnsTopicArns", budgetPublisher)},
	token.ReplicationGroup: {publishesInto("notificationTopicArn", cachePublisher)},
	token.CacheCluster:     {publishesInto("notificationTopicArn", cachePublisher)},
	"aws:rds/eventSubscription:EventSubscription": {publishesInto("snsTopic", databasePublisher)},
	"aws:s3/bucketNotification:BucketNotification": {
		publishesInto("topics.topicArn", bucketPublisher), publishesInto("queues.queueArn", bucketPublisher),
	},
	token.EventTarget:  {publishesInto("arn", eventPublisher)},
	token.Subscription: {subscriberLets},

	token.DBInstance:    {monitoringMayWrite, publicNeedsGateway},
	token.ClusterMember: {monitoringMayWrite, publicNeedsGateway},
	token.ScalingGroup:  {scalingKeyOpens},
	token.LifecycleHook: {hookReaches},
	token.Lambda:        {functionMay},

	token.LogGroup:                           {groupKeyOpens, onCreate(notMadeByAService)},
	"aws:ec2/flowLog:FlowLog":                {flowLogDelivered},
	token.LogDelivery:                        {logDelivered},
	"aws:s3/bucketLoggingV2:BucketLoggingV2": {requestsLogged},
	token.Distribution:                       {originsTrusted, oldLogsTaken},
	token.Accelerator:                        {flowsLogged},
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
