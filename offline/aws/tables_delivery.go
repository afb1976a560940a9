package aws

import (
	"slices"

	"github.com/rung-dev/rung/offline/sim"
)

// deliveryKinds are the tables of the services that run and watch a system: load
// balancing, autoscaling, IAM, queues, topics, alarms, logs, events and SSM.
func deliveryKinds() []sim.Kind {
	return slices.Concat(iamKinds(), ssmKinds(), snsKinds(), sqsKinds(), cloudwatchKinds(), logKinds(), logDeliveryKinds(),
		eventKinds(), elbKinds(), scalingKinds(),
		discoveryKinds(), apiKinds(), searchKinds(), wafKinds())
}

// deliveryInvokes are the functions of those services, by token.
func deliveryInvokes() map[string]sim.Invoke { return nil }
