package paper

import (
	"strconv"

	"github.com/dustin/go-humanize"
)

// Millis writes milliseconds, and seconds from two on.
func Millis(v float64) string {
	switch {
	case v >= 2000:
		return strconv.FormatFloat(v/1000, 'f', 1, 64) + " s"
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " ms"
}

// Percent writes a share of 0 to 1.
func Percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 0, 64) + " %" }

// Whole writes a count, in groups of three digits.
func Whole(n int) string { return humanize.Comma(int64(n)) }
