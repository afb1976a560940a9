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
const curveNote = "up to an hour a day at peak load, which holds half of the day's requests at most; the rest of the " +
	"day evenly"

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

// mean is what f says of a part of the rate, averaged over the day.
func (d day) mean(part decimal.Decimal, f func(rate decimal.Decimal) decimal.Decimal) decimal.Decimal {
	calm := f(d.calm.Mul(part))
	if d.hours.IsZero() {
		return calm.Round(9)
	}
	return f(d.peak.Mul(part)).Mul(d.hours).Add(calm.Mul(dayHours.Sub(d.hours))).Div(dayHours).Round(9)
}

// daysOf are a calm, a usual and a busy day at the servers.
func (l load) daysOf(spread span) [3]day {
	at := func(usage, busy, share decimal.Decimal) day {
		return dayOf(l.appAverage.Mul(usage), l.appPeak, busy, share)
	}
	return [3]day{
		at(spread.Low, busyHours.Low, busyShare.Low), at(spread.Expected, busyHours.Expected, busyShare.Expected),
		at(spread.High, busyHours.High, busyShare.High),
	}
}

// overDays averages what f says of a rate over a calm, a usual and a busy day at
// the servers, or at a part of them.
func (st *stack) overDays(part decimal.Decimal, f func(rate decimal.Decimal) decimal.Decimal) span {
	d := st.load.days
	return inOrder(d[0].mean(part, f), d[1].mean(part, f), d[2].mean(part, f))
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
