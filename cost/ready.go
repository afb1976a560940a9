package cost

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

const secondsPerHour = 3600

// priceReadyFunction prices what is kept ready of a function of Lambda: its memory by
// the second, called or not.
func priceReadyFunction(s *sheet) {
	ready, ok := s.props.num("provisionedConcurrentExecutions")
	if !ok {
		s.unpriced("", s.props.notKnown("provisionedConcurrentExecutions"))
		return
	}
	s.keptReady(ready)
}

// priceEventSource prices what asks a queue or a stream for a function: nothing, unless
// pollers are kept ready for it.
func priceEventSource(s *sheet) {
	if s.props.object("provisionedPollerConfig").mentions("minimumPollers") {
		s.unpriced("", "pollers kept ready are paid by the hour, at a price that the catalogue does not hold")
		return
	}
	s.free(partOf("the function"))
}

// priceFunctionVersion prices what a version of a function of aws-native keeps ready.
func priceFunctionVersion(s *sheet) {
	ready, ok := s.props.object("provisionedConcurrencyConfig").num("provisionedConcurrentExecutions")
	if !ok {
		s.free(partOf("the function"))
		return
	}
	s.keptReady(ready)
}

// keptReady bills so many runs of a function that are kept ready.
func (s *sheet) keptReady(ready decimal.Decimal) {
	f, _ := s.target(s.r, "functionName", token.LambdaFunction)
	if f == nil {
		s.unpriced("", "the memory of its function is not known, as it is not of this stack")
		return
	}
	sku := "provisioned concurrency x86"
	if slices.Contains(props(f.Props).list("architectures"), any("arm64")) {
		sku = "provisioned concurrency Arm"
	}
	memory := props(f.Props).numOr("memorySize", 128).Div(num(1024))
	s.bill(charge{item: "kept ready", service: Lambda, sku: sku, basis: Declared,
		count: exactly(ready.Mul(memory).Mul(hoursPerMonth).Mul(num(secondsPerHour)))})
}

// priceAppRunner prices the memory that a service of App Runner keeps ready for the
// instances that it has at least, which is paid whether anybody asks it or not.
func priceAppRunner(s *sheet) {
	least := one
	if a, _ := s.target(s.r, "autoScalingConfigurationArn", token.AppRunnerAutoScalingConfigurationVersion); a != nil {
		least = props(a.Props).numOr("minSize", 1)
	}
	memory, ok := taskNumber(s.props.object("instanceConfiguration"), "memory", 1024, "gb")
	if !ok {
		memory = two // the provider's default, in GB
	}
	s.bill(charge{item: "memory kept ready", service: AppRunner, sku: "memory", basis: basisOf(ok),
		count: exactly(least.Mul(memory).Mul(hoursPerMonth)), note: "of the least instances that it has"})
	s.besides("vCPUs and memory while it has requests")
}

// What a service of ECS Express has that says nothing of it (AWS's guide on Express Mode):
// one vCPU, 2 GB and one task.
var expressDefaults = props{"cpu": "1024", "memory": "2048"}

// priceExpress prices the tasks that an Express service of ECS has at least. Its load
// balancer is made by AWS for up to 25 services and is no resource of the stack.
func priceExpress(s *sheet) {
	task := s.props.over(expressDefaults)
	cpu, ok := taskNumber(task, "cpu", 1024, "vcpu")
	memory, ok2 := taskNumber(task, "memory", 1024, "gb")
	if !ok || !ok2 {
		s.unpriced("", s.props.notKnown("cpu"))
		return
	}
	scaling := s.props.object("scalingTarget").over(s.props.object("scalingTargets"))
	s.fargate(nil, cpu, memory, exactly(scaling.numOr("minTaskCount", 1)), basisOf(scaling.has("minTaskCount")),
		"the tasks that it has at least")
	s.unpriced("load balancer", "AWS makes one for up to 25 such services, paid by the hour and not of this stack")
}
