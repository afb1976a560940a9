package events

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const namespace = "AWS/SNS"

// Producer is what a role needs that publishes these kinds. It fails for a
// kind that there is no topic for.
func (e *Events) Producer(kinds ...string) ([]part.Permission, error) {
	arns := make(pulumi.StringArray, len(kinds))
	for i, kind := range kinds {
		arn, ok := e.Topics[kind]
		if !ok {
			return nil, fmt.Errorf("permit publishing %q: unknown topic, want one of %v", kind,
				slices.Sorted(maps.Keys(e.Topics)))
		}
		arns[i] = arn
	}
	if len(arns) == 0 {
		return nil, nil
	}
	return []part.Permission{{Name: "events-publish", Actions: []string{"sns:Publish"}, Resources: arns}}, nil
}

// Consumer is what a role needs that takes the events of the named consumer.
// It fails for a name that has no queue.
func (e *Events) Consumer(name string) ([]part.Permission, error) {
	q, ok := e.Queues[name]
	if !ok {
		return nil, fmt.Errorf("permit consuming as %q: unknown consumer, want one of %v", name,
			slices.Sorted(maps.Keys(e.Queues)))
	}
	list := q.Consumer()
	for i := range list {
		list[i].Name = "events-" + list[i].Name // a role may also have a queue of jobs
	}
	return list, nil
}

func (e *Events) watch(ctx *pulumi.Context, _ []*Events) error {
	var list []alarms.Alarm
	for _, kind := range e.cell.Args.Topics {
		list = append(list, alarms.Alarm{
			Name: slug(kind) + "-undelivered", Why: "SNS could not deliver " + kind + " events into a queue: they are lost to that consumer. Look at the queue's policy first.",
			Namespace: namespace, Metric: "NumberOfNotificationsFailed", Dimensions: pulumi.StringMap{"TopicName": e.names[kind]}, Statistic: "Sum",
			Periods: 1, Missing: alarms.MissingIsGood,
		})
	}
	_, err := alarms.Create(ctx, e, e.cell.Name, e.cell.Args.Common, list...)
	return err
}

// Widgets are the graphs of the topics, and of each consumer's queue.
func (e *Events) Widgets() []part.Widget {
	published := part.Widget{Title: "Events published"}
	for _, kind := range slices.Sorted(maps.Keys(e.names)) {
		published.Metrics = append(published.Metrics, part.Metric{
			Namespace: namespace, Name: "NumberOfMessagesPublished", Dimensions: pulumi.StringMap{"TopicName": e.names[kind]}, Statistic: "Sum", Label: kind,
		})
	}
	list := []part.Widget{published}
	for _, name := range slices.Sorted(maps.Keys(e.Queues)) {
		waiting := e.Queues[name].Widgets()[0]
		waiting.Title = "Events for " + name
		list = append(list, waiting)
	}
	return list
}
