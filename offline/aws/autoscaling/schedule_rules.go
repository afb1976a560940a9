package autoscaling

import (
	"fmt"
	"strings"
	"time"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
)

// cronGood checks the five fields of a recurrence.
func cronGood(in sim.Props) []sim.Failure {
	text := in.Str("recurrence")
	if n := len(strings.Fields(text)); text != "" && n != 5 {
		return check.Wrong("recurrence", "got %q with %d fields, want five: minute, hour, day of month, month, day of week",
			text,
			n)
	}
	return nil
}

func timeZoneGood(in sim.Props) []sim.Failure {
	zone := in.Str("timeZone")
	if _, err := time.LoadLocation(zone); zone != "" && err != nil {
		return check.Wrong("timeZone", "got %q, want a name of the IANA time zone database such as Europe/Berlin", zone)
	}
	return nil
}

// unchanged is how a scheduled action says that a number stays.
const unchanged = -1

func actionSays(o *sim.Op) error {
	said := false
	for _, key := range []string{"minSize", "maxSize", "desiredCapacity"} {
		said = said || (o.In.Has(key) && o.In.Int(key) != unchanged)
	}
	low, high := o.In.Int("minSize"), o.In.Int("maxSize")
	switch {
	case !said:
		return scalingRefuse("At least one of desired capacity, min size and max size must be specified",
			"Give one of them other than -1.")
	case !o.In.Has("recurrence") && !o.In.Has("startTime"):
		return scalingRefuse("A scheduled action needs a start time or a recurrence", "Give recurrence or startTime.")
	case o.In.Has("minSize") && o.In.Has("maxSize") && high != unchanged && low > high:
		return scalingRefuse(fmt.Sprintf("Max bound, %d, must be greater than or equal to min bound, %d", high, low),
			"Change minSize or maxSize.")
	}
	return nil
}

func actionTaken(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("autoscalingGroupName") == o.In.Str("autoscalingGroupName") && o.In.Has("recurrence") &&
			other.Props.Str("recurrence") == o.In.Str("recurrence") && other.Props.Str("timeZone") == o.In.Str("timeZone") {
			return sim.Refuse("AlreadyExists",
				fmt.Sprintf("Two scheduled actions cannot start at the same time: %s has the recurrence %q",
					other.ID, o.In.Str("recurrence")), "Start one of them a minute later.")
		}
	}
	return nil
}
