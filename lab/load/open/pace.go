package open

import (
	"math"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Pace says when each request is due: at a rate that grows evenly from one to
// another, or is the same.
type Pace struct {
	From, To float64 // requests/s
	Over     time.Duration
}

var _ vegeta.Pacer = Pace{}

// Even is the same rate throughout, in requests a second.
func Even(rate float64, over time.Duration) Pace { return Pace{From: rate, To: rate, Over: over} }

// Total is how many requests are due in all.
func (p Pace) Total() uint64 { return uint64((p.From + p.To) / 2 * p.Over.Seconds()) }

// Due is when the request of a number, from 0, is due after the beginning.
func (p Pace) Due(n uint64) time.Duration {
	grows := (p.To - p.From) / p.Over.Seconds() // requests/s²
	if grows == 0 {
		return seconds(float64(n) / p.From)
	}
	// n = from·t + grows·t²/2
	return seconds((math.Sqrt(p.From*p.From+2*grows*float64(n)) - p.From) / grows)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// Pace is how long to wait before the next request, and whether there is none.
func (p Pace) Pace(elapsed time.Duration, sent uint64) (wait time.Duration, stop bool) {
	if sent >= p.Total() {
		return 0, true
	}
	return max(p.Due(sent)-elapsed, 0), false
}

// Rate is the rate after some time.
func (p Pace) Rate(elapsed time.Duration) float64 {
	return p.From + (p.To-p.From)*min(elapsed.Seconds()/p.Over.Seconds(), 1)
}
