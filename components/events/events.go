// Package events carries what happened in one service to the others: an SNS
// topic for each kind of event, and for each consumer an SQS queue with dead
// letters that takes the kinds it asked for.
//
// A system needs it as soon as it is several services: stage 4. The producer
// publishes and goes on; a consumer that is down finds the events in its queue
// when it is back, and a further consumer is one more queue, with no change in
// the producer. It costs $0.50 for a million published events and $0.40 for a
// million requests to a queue (us-east-1); deliveries from SNS to SQS are free,
// and so is all of it while nothing happens.
//
// The package refuses consumers without topics, topics without a form, queues
// that anybody but their topics fills, and plain HTTP. Delivery is at least
// once and in no strict order: consumers must be idempotent, and an event must
// carry all that a consumer has to know.
package events

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/queue"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:Events"

var _ pulumi.ComponentResource = (*Events)(nil)

// Args describe the topics and who listens. Topics are required.
type Args struct {
	part.Common
	// Topics are the kinds of events, "user.created" say: lower-case words
	// with dots between. Each is frozen with the first deployment.
	Topics []string
	// Consumers are those that take events from them.
	Consumers []Consumer
}

// Consumer is a service that takes events from a queue of its own.
type Consumer struct {
	// Name is the service's name, "search" say; it is frozen with the first
	// deployment, because the queue holds data.
	Name string
	// Topics are the kinds that it takes; at least one.
	Topics []string
	// Everywhere takes the events of all cells ([Across]), not those of its
	// own alone. A consumer needs it whose work has effect in its own cell only,
	// an index or a cache there. Every cell's queue then gets every event, so
	// work that has effect for all of them must know an event by its id.
	Everywhere bool
	// Filter keeps only events whose message attributes have one of the
	// values: {"visibility": {"public"}}. Nil takes every event.
	Filter map[string][]string
	// JobSeconds is the longest that work on one event may take, in seconds.
	// Zero means contract.JobSeconds.
	JobSeconds int
	// AlarmDepth is how many waiting events raise an alarm. Zero means
	// queue.DefaultAlarmDepth.
	AlarmDepth int
}

// Events are the topics and their queues.
type Events struct {
	pulumi.ResourceState

	// Topics are the topics' ARNs by kind.
	Topics map[string]pulumi.StringOutput
	// Queues are the consumers' queues by the consumer's name.
	Queues map[string]*queue.Queue

	names map[string]pulumi.StringOutput // the topics' names by kind
	cell  Cell
}

// New builds the topics and queues. It fails before touching the cloud when
// args are inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Events, error) {
	made, err := build(ctx, []Cell{{Name: name, Args: args}}, opts...)
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

// build makes the topics of all cells before the queues that they fill.
func build(ctx *pulumi.Context, cells []Cell, opts ...pulumi.ResourceOption) ([]*Events, error) {
	all := make([]*Events, len(cells))
	for i, c := range cells {
		var err error
		if all[i], err = register(ctx, c, opts...); err != nil {
			return nil, err
		}
	}
	for _, step := range []func(*Events, *pulumi.Context, []*Events) error{(*Events).buildTopics, (*Events).buildConsumers,
		(*Events).watch} {
		for _, e := range all {
			if err := step(e, ctx, all); err != nil {
				return nil, fmt.Errorf("events %s: %w", e.cell.Name, err)
			}
		}
	}
	for _, e := range all {
		if err := ctx.RegisterResourceOutputs(e, e.outputs(e.cell.Args)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func register(ctx *pulumi.Context, c Cell, opts ...pulumi.ResourceOption) (*Events, error) {
	if err := c.Args.validate(); err != nil {
		return nil, fmt.Errorf("events %s: %w", c.Name, err)
	}
	if c.Provider != nil {
		opts = append(opts, pulumi.Provider(c.Provider))
	}
	e := &Events{Topics: map[string]pulumi.StringOutput{}, Queues: map[string]*queue.Queue{},
		names: map[string]pulumi.StringOutput{}, cell: c}
	if err := ctx.RegisterComponentResource(Token, c.Name, e, opts...); err != nil {
		return nil, fmt.Errorf("register events %s: %w", c.Name, err)
	}
	return e, nil
}

func (e *Events) outputs(args Args) pulumi.Map {
	topics, queues := pulumi.Map{}, pulumi.Map{}
	for _, t := range args.Topics {
		topics[t] = e.Topics[t]
	}
	for _, c := range args.Consumers {
		queues[c.Name] = e.Queues[c.Name].URL
	}
	return pulumi.Map{"topics": topics, "queues": queues}
}

func (e *Events) buildTopics(ctx *pulumi.Context, _ []*Events) error {
	for _, t := range e.cell.Args.Topics {
		if err := e.topic(ctx, t); err != nil {
			return fmt.Errorf("topic %s: %w", t, err)
		}
	}
	return nil
}

func (e *Events) buildConsumers(ctx *pulumi.Context, all []*Events) error {
	for _, c := range e.cell.Args.Consumers {
		if err := e.consumer(ctx, c, c.sources(e, all)); err != nil {
			return fmt.Errorf("consumer %s: %w", c.Name, err)
		}
	}
	return nil
}

// awsKey is the key that AWS manages for SNS. It is free, and whoever may
// publish may also use it; only AWS's own services, which publish no events of
// ours, cannot.
const awsKey = "alias/aws/sns"

func (e *Events) topic(ctx *pulumi.Context, kind string) error {
	name := e.cell.Name
	child := name + "-" + slug(kind)
	topic, err := sns.NewTopic(ctx, child, &sns.TopicArgs{
		DisplayName:    pulumi.String(kind),
		KmsMasterKeyId: pulumi.String(awsKey),
		Tags:           e.cell.Args.TagsFor(ctx, name),
	}, pulumi.Parent(e))
	if err != nil {
		return err
	}
	e.Topics[kind], e.names[kind] = topic.Arn, topic.Name
	_, err = sns.NewTopicPolicy(ctx, child+"-policy", &sns.TopicPolicyArgs{
		Arn:    topic.Arn,
		Policy: topic.Arn.ApplyT(tlsOnly).(pulumi.StringOutput),
	}, pulumi.Parent(e))
	return err
}

// consumer builds the queue and subscribes it to each of its topics.
func (e *Events) consumer(ctx *pulumi.Context, c Consumer, sources []*Events) error {
	var arns pulumi.StringArray
	for _, from := range sources {
		for _, t := range c.Topics {
			arns = append(arns, from.Topics[t])
		}
	}
	q, err := queue.New(ctx, e.cell.Name+"-"+c.Name, queue.Args{
		Common: e.cell.Args.Common, JobSeconds: c.JobSeconds, AlarmDepth: c.AlarmDepth, Topics: arns,
	}, pulumi.Parent(e))
	if err != nil {
		return err
	}
	e.Queues[c.Name] = q
	for _, from := range sources {
		for _, t := range c.Topics {
			if err := e.subscribe(ctx, c, t, from); err != nil {
				return err
			}
		}
	}
	return nil
}

// subscribe delivers the event as it was published: raw, without SNS's own
// envelope around it.
func (e *Events) subscribe(ctx *pulumi.Context, c Consumer, kind string, from *Events) error {
	args := &sns.TopicSubscriptionArgs{
		Topic:              from.Topics[kind],
		Protocol:           pulumi.String("sqs"),
		Endpoint:           e.Queues[c.Name].Ready,
		RawMessageDelivery: pulumi.Bool(true),
	}
	if len(c.Filter) > 0 {
		filter, err := json.Marshal(c.Filter)
		if err != nil {
			return fmt.Errorf("write the filter: %w", err)
		}
		args.FilterPolicy = pulumi.String(string(filter))
		args.FilterPolicyScope = pulumi.String("MessageAttributes")
	}
	name, opts := e.cell.Name+"-"+c.Name+"-"+slug(kind), []pulumi.ResourceOption{pulumi.Parent(e)}
	if from != e {
		name, opts = name+"-from-"+from.cell.Code, append(opts, pulumi.Provider(from.cell.Provider))
	}
	_, err := sns.NewTopicSubscription(ctx, name, args, opts...)
	return err
}
