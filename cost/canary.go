package cost

import (
	"strings"

	"github.com/shopspring/decimal"
)

// priceCanary prices the runs of a canary of CloudWatch Synthetics by its schedule.
func priceCanary(s *sheet) {
	runs, ok := runsPerMonth(s.props.object("schedule").str("expression"))
	switch {
	case !ok:
		s.usage("paid per run of a canary, and its schedule does not tell how many there are")
	case s.props.has("startCanary") && !s.props.flag("startCanary"):
		s.usage("paid per run of a canary, and it is not started")
	case runs.IsZero():
		s.usage("paid per run of a canary, and it runs once only")
	default:
		s.bill(charge{item: "canary runs", service: CloudWatch, sku: "canary run", count: exactly(runs), basis: Declared,
			note: "without its function, its files and its logs"})
	}
}

// minutesOf are the units of a rate.
var minutesOf = map[string]int{"minute": 1, "minutes": 1, "hour": 60, "hours": 60, "day": 1440, "days": 1440}

// runsPerMonth is how often a schedule of the form "rate(5 minutes)" comes in a month;
// zero is once. It does not know other forms.
func runsPerMonth(expression string) (decimal.Decimal, bool) {
	inside, ok := strings.CutPrefix(strings.TrimSpace(expression), "rate(")
	words := strings.Fields(strings.TrimSuffix(inside, ")"))
	if !ok || len(words) != 2 {
		return zero, false
	}
	n, isNumber := props{"n": words[0]}.num("n")
	minutes := minutesOf[words[1]]
	switch {
	case !isNumber || minutes == 0 || n.IsNegative():
		return zero, false
	case n.IsZero():
		return zero, true
	}
	return hoursPerMonth.Mul(num(60)).Div(n.Mul(num(minutes))).Round(2), true
}
