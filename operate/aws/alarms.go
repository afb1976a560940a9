package aws

import (
	"context"
	"strconv"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// mostAlarms is how many alarms are asked for at a time.
const mostAlarms = 100

// alarms ask for those of the stack, a hundred of a region at a time.
func (d *Driver) alarms(s operate.Stack) (all []question) {
	byRegion := map[string][]string{}
	for _, a := range s.Alarms {
		byRegion[a.Region] = append(byRegion[a.Region], a.Name)
	}
	for region, names := range byRegion {
		for begin := 0; begin < len(names); begin += mostAlarms {
			some := names[begin:min(begin+mostAlarms, len(names))]
			all = append(all, question{"ask for the alarms in " + region, "cloudwatch:DescribeAlarms",
				func(ctx context.Context) (func(*operate.Found), error) { return d.firing(ctx, region, some) }})
		}
	}
	return all
}

func (d *Driver) firing(ctx context.Context, region string, names []string) (func(*operate.Found), error) {
	form := members("AlarmNames", names...)
	form.Set("MaxRecords", strconv.Itoa(mostAlarms))
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.CloudWatch, Region: region,
		Action: "DescribeAlarms", Form: form})
	if err != nil {
		return nil, err
	}
	var list []operate.Alarm
	for _, a := range tree.All("MetricAlarms") {
		since, _ := time.Parse(time.RFC3339, a.Child("StateUpdatedTimestamp")) // or not known
		if state := a.Child("StateValue"); state == "ALARM" {
			list = append(list, operate.Alarm{Name: a.Child("AlarmName"), State: state, Since: since,
				Reason: a.Child("StateReason")})
		}
	}
	return func(f *operate.Found) {
		f.Alarms, f.AlarmsWatched = append(f.Alarms, list...), f.AlarmsWatched+len(names)
	}, nil
}
