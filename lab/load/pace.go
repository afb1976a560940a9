package load

import (
	"math"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// pace says when each request is due: at a rate that grows evenly from one to
// another, or is the same.
type pace struct {
	from, to float64 // requests/s
	over     time.Duration
}

var _ vegeta.Pacer = pace{}

// total is how many requests are due in all.
func (p pace) total() uint64 { return uint64((p.from + p.to) / 2 * p.over.Seconds()) }

// due is when the request of a number, from 0, is due after the beginning.
func (p pace) due(n uint64) time.Duration {
	grows := (p.to - p.from) / p.over.Seconds() // requests/s²
	if grows == 0 {
		return seconds(float64(n) / p.from)
	}
	// n = from·t + grows·t²/2
	return seconds((math.Sqrt(p.from*p.from+2*grows*float64(n)) - p.from) / grows)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// Pace is how long to wait before the next request, and whether there is none.
func (p pace) Pace(elapsed time.Duration, sent uint64) (wait time.Duration, stop bool) {
	if sent >= p.total() {
		return 0, true
	}
	return max(p.due(sent)-elapsed, 0), false
}

// Rate is the rate after some time.
func (p pace) Rate(elapsed time.Duration) float64 {
	return p.from + (p.to-p.from)*min(elapsed.Seconds()/p.over.Seconds(), 1)
}
