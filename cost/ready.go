package cost

import (
	"slices"

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
