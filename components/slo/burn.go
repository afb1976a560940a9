package slo

import (
	"math"
	"strconv"
)

// Window is a time over which a budget burns too fast.
type Window struct {
	// Name is its part of logical names: "1h".
	Name string
	// Seconds is its length. CloudWatch's longest is a day.
	Seconds int
	// Burn is how many times faster than a steady month the budget burns.
	Burn float64
}

// Pair is a long window and the short one that ends the alarm.
type Pair struct{ Long, Short Window }

// Level is how urgent it is.
type Level struct {
	// Name is the level's part of logical names.
	Name string
	// Why ends the alarm's text.
	Why string
	// Pairs are what it fires on: any of them.
	Pairs []Pair
}

const (
	pageLevel   = "page"
	ticketLevel = "ticket"

	minute, hour = 60, 3600
)

// Levels are the workbook's, without its fourth pair: three days are longer
// than CloudWatch looks back.
func Levels() []Level {
	return []Level{
		{Name: pageLevel, Why: "so often that the month's budget would last two to five days. Stop what was changed last; look at the alarms of the services and stores.", Pairs: []Pair{
			{Long: Window{"1h", hour, 14.4}, Short: Window{"5m", 5 * minute, 14.4}},
			{Long: Window{"6h", 6 * hour, 6}, Short: Window{"30m", 30 * minute, 6}},
		}},
		{Name: ticketLevel, Why: "so often that the month's budget would last ten days. Find the cause in the next working days.", Pairs: []Pair{
			{Long: Window{"1d", 24 * hour, 3}, Short: Window{"2h", 2 * hour, 3}},
		}},
	}
}

// failedPercent is the share of failed requests at which a promise of so many
// percent burns too fast, in percent.
func (w Window) failedPercent(promised float64) float64 { return round((100 - promised) * w.Burn) }

// percentile is the one that is too slow when too many requests are: with 1 %
// allowed and a burn of 6, 6 % of the requests, so p94.
func (w Window) percentile(promised float64) string {
	return "p" + strconv.FormatFloat(round(100-(100-promised)*w.Burn), 'f', -1, 64)
}

// round takes away what binary fractions add; CloudWatch takes percentiles
// with up to two decimals.
func round(v float64) float64 { return math.Round(v*100) / 100 }
