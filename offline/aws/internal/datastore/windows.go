package datastore

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
)

var (
	dailyForm  = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$`)
	weeklyForm = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$`)
)

// DailyWindow checks a daily window in UTC, such as "03:00-04:00".
func DailyWindow(property string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		if !in.Known(property) || dailyForm.MatchString(in.Str(property)) {
			return nil
		}
		return check.Wrong(property, "got %q, must satisfy the format of \"hh24:mi-hh24:mi\"", in.Str(property))
	}
}

// WeeklyWindow checks a weekly window in UTC, such as "sun:04:30-sun:05:30".
func WeeklyWindow(property string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		if !in.Known(property) || weeklyForm.MatchString(strings.ToLower(in.Str(property))) {
			return nil
		}
		return check.Wrong(property, "got %q, must satisfy the format of \"ddd:hh24:mi-ddd:hh24:mi\"", in.Str(property))
	}
}

// week is the number of minutes in a week, day in a day.
const (
	day  = 24 * 60
	week = 7 * day
)

// windowMinutes gives the minutes of the week, from Monday, that windows cover:
// a daily one is covered every day.
func windowMinutes(window string) [][2]int {
	from, to, _ := strings.Cut(strings.ToLower(window), "-")
	if len(from) == len("ddd:hh:mm") {
		return [][2]int{{weekMinute(from), weekMinute(to)}}
	}
	var all [][2]int
	for d := range 7 {
		all = append(all, [2]int{d*day + minutes(from), d*day + minutes(to)})
	}
	return all
}

func weekMinute(text string) int {
	name, clock, _ := strings.Cut(text, ":")
	return strings.Index("mon tue wed thu fri sat sun", name)/4*day + minutes(clock)
}

func minutes(clock string) int {
	h, m, _ := strings.Cut(clock, ":")
	hours, _ := strconv.Atoi(h) // checked against the form before
	rest, _ := strconv.Atoi(m)
	return hours*60 + rest
}

// Overlap reports whether two windows share a minute. A window that ends before
// it begins runs past midnight.
func Overlap(a, b string) bool {
	busy := map[int]bool{}
	for _, w := range windowMinutes(a) {
		each(w, func(m int) { busy[m] = true })
	}
	found := false
	for _, w := range windowMinutes(b) {
		each(w, func(m int) { found = found || busy[m] })
	}
	return found
}

func each(window [2]int, do func(minute int)) {
	length := window[1] - window[0]
	for length <= 0 {
		length += day
	}
	for i := range length {
		do((window[0] + i) % week)
	}
}
