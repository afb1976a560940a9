package cost

import (
	"slices"

	"github.com/shopspring/decimal"
)

// busyHours is the range of hours a day at peak load. The profile gives the
// peak but not how long it lasts.
var busyHours = span{zero, one, num(4)}

// busyShare is how much of a day's requests may come in those hours.
var busyShare = span{zero, decimal.New(5, -1), one}

// curveNote says on a line what a day is taken to be like.
const curveNote = "up to an hour a day at peak load, which holds half of the day's requests at most; the rest of the day evenly"

// day is how the requests of a day come: for some hours at the peak, else at one
// calm rate. Together they are all that a day brings.
type day struct{ hours, peak, calm decimal.Decimal }

// dayOf spreads a day of the given average over at most busy hours at the peak,
// which hold at most a share of it.
func dayOf(average, peak, busy, share decimal.Decimal) day {
	if peak.LessThanOrEqual(average) {
		return day{zero, average, average}
	}
	all := average.Mul(dayHours)
	hours := decimal.Min(busy, all.Mul(share).Div(peak))
	calm := all.Sub(hours.Mul(peak)).Div(dayHours.Sub(hours))
	return day{hours.Round(9), peak, atLeastZero(calm).Round(9)}
}

// mean is what f says of a rate, averaged over the day.
func (d day) mean(f func(rate decimal.Decimal) decimal.Decimal) decimal.Decimal {
	return f(d.peak).Mul(d.hours).Add(f(d.calm).Mul(dayHours.Sub(d.hours))).Div(dayHours).Round(9)
}

// overDays averages what f says of a rate over a calm, a usual and a busy day at
// the servers, or at a part of them.
func (st *stack) overDays(part decimal.Decimal, f func(rate decimal.Decimal) decimal.Decimal) span {
	average, peak := st.load.appAverage.Mul(part), st.load.appPeak.Mul(part)
	at := func(usage, busy, share decimal.Decimal) decimal.Decimal {
		return dayOf(average.Mul(usage), peak, busy, share).mean(f)
	}
	return inOrder(
		at(st.spread.Low, busyHours.Low, busyShare.Low),
		at(st.spread.Expected, busyHours.Expected, busyShare.Expected),
		at(st.spread.High, busyHours.High, busyShare.High))
}

// inOrder makes a span of an expected figure and two others on whichever side of it.
func inOrder(a, expected, b decimal.Decimal) span {
	all := []decimal.Decimal{a, expected, b}
	slices.SortFunc(all, decimal.Decimal.Cmp)
	return span{all[0], expected, all[2]}
}

// curve is how much of what scales between two bounds runs over a day: at its
// largest it carries what it was built for, and each part of it as much.
func (st *stack) curve(least, most decimal.Decimal) span {
	if !st.load.built.IsPositive() {
		return exactly(least)
	}
	return st.overDays(one, func(rate decimal.Decimal) decimal.Decimal {
		return decimal.Min(most, decimal.Max(least, most.Mul(rate).Div(st.load.built)))
	})
}
