package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the zones' names are known on every machine
)

const schedulesAllowed = `a list of objects: [{"name":"morning","recurrence":"0 8 * * 1-5","timeZone":"Europe/Berlin","min":4}]`

var scheduleName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// schedules takes a JSON list; a field that does not exist is refused.
func schedules(put func(*Config, []Schedule)) setter {
	return setter{typ: "list of objects", allowed: schedulesAllowed, set: func(c *Config, v string) error {
		var list []Schedule
		d := json.NewDecoder(strings.NewReader(v))
		d.DisallowUnknownFields()
		if err := d.Decode(&list); err != nil || d.More() {
			return want(schedulesAllowed)
		}
		var errs []error
		seen := map[string]bool{}
		for i, s := range list {
			errs = append(errs, s.check(i))
			if seen[s.Name] {
				errs = append(errs, fmt.Errorf("item %d: the name %q stands twice", i+1, s.Name))
			}
			seen[s.Name] = true
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		put(c, list)
		return nil
	}}
}

func (s Schedule) check(i int) error {
	switch {
	case !scheduleName.MatchString(s.Name):
		return fmt.Errorf("item %d: name %q: want lower-case letters, digits and dashes", i+1, s.Name)
	case !isCron(s.Recurrence):
		return fmt.Errorf("item %d: recurrence %q: want a cron expression of five fields, 0 8 * * 1-5 say", i+1, s.Recurrence)
	case s.Min < 1:
		return fmt.Errorf("item %d: min %d: want at least 1", i+1, s.Min)
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "Local" {
		return fmt.Errorf("item %d: timeZone %q: want an IANA name, Europe/Berlin say", i+1, s.TimeZone)
	}
	return nil
}

// cronField is one of the five: the numbers that it may have, and the names for them.
type cronField struct {
	low, high int
	names     string
}

// cronFields are minute, hour, day of the month, month and day of the week.
var cronFields = []cronField{
	{0, 59, ""}, {0, 23, ""}, {1, 31, ""}, {1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"}, {0, 7, "SUN MON TUE WED THU FRI SAT"},
}

func isCron(text string) bool {
	fields := strings.Fields(text)
	if len(fields) != len(cronFields) {
		return false
	}
	for i, f := range cronFields {
		for _, part := range strings.Split(fields[i], ",") {
			if !f.takes(part) {
				return false
			}
		}
	}
	return true
}

// takes reads "*", "5", "MON", "1-5", "*/15" and "0-30/10".
func (f cronField) takes(part string) bool {
	span, step, stepped := strings.Cut(part, "/")
	if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1 || n > f.high) {
		return false
	}
	from, to, ranged := strings.Cut(span, "-")
	switch {
	case span == "*":
		return true
	case ranged:
		low, lowOK := f.value(from)
		high, highOK := f.value(to)
		return lowOK && highOK && low <= high
	}
	_, ok := f.value(from)
	return ok && !stepped
}

func (f cronField) value(text string) (int, bool) {
	if i := slices.Index(strings.Fields(f.names), strings.ToUpper(text)); i >= 0 {
		return f.low + i, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= f.low && n <= f.high && strings.Trim(text, "0123456789") == ""
}
