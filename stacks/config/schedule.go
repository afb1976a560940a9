package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // the zones' names are known on every machine
)

const schedulesAllowed = `a list of objects: [{"name":"morning","recurrence":"0 8 * * 1-5","timeZone":"Europe/Berlin","min":4}]`

var scheduleName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// schedules takes a JSON list; a field that does not exist is refused.
func schedules(put func(*Config, []Schedule)) setter {
	return setter{"list of objects", schedulesAllowed, func(c *Config, v string) error {
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
	case len(strings.Fields(s.Recurrence)) != 5:
		return fmt.Errorf("item %d: recurrence %q: want a cron expression of five fields, 0 8 * * 1-5 say", i+1, s.Recurrence)
	case s.Min < 1:
		return fmt.Errorf("item %d: min %d: want at least 1", i+1, s.Min)
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil {
		return fmt.Errorf("item %d: timeZone %q: want an IANA name, Europe/Berlin say", i+1, s.TimeZone)
	}
	return nil
}
