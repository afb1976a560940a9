package fleet

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const (
	groupNamespace = "AWS/AutoScaling"
	// highCPUPercent is well above what scaling aims at: it has not helped.
	highCPUPercent = 90
)

func (f *Fleet) dimensions() pulumi.StringMap {
	return pulumi.StringMap{"AutoScalingGroupName": f.GroupName}
}

func (f *Fleet) watch(ctx *pulumi.Context, name string, args Args) error {
	list := f.alarms(args)
	made, err := alarms.Create(ctx, f, name, args.Common, list...)
	if err != nil {
		return err
	}
	f.Alarms = alarms.Named(list, made)
	return nil
}

func (f *Fleet) alarms(args Args) []alarms.Alarm {
	list := []alarms.Alarm{{
		Name: "cpu-high", Why: "The machines are busy although the group scales: it is at its maximum, or new machines do not become healthy.",
		Namespace: "AWS/EC2", Metric: "CPUUtilization", Dimensions: f.dimensions(),
		Threshold: highCPUPercent, Missing: alarms.MissingIsGood, PeriodSeconds: 300, Periods: 3,
	}}
	if args.MaxSize > args.MinSize {
		list = append(list, alarms.Alarm{
			Name: "at-max", Why: "The group has been at its maximum for a quarter of an hour: more load finds no more machines. Raise MaxSize, or climb.",
			Namespace: groupNamespace, Metric: "GroupInServiceInstances", Dimensions: f.dimensions(), Statistic: "Minimum",
			Compare: alarms.AtLeast, Threshold: float64(args.MaxSize), Periods: 15, Missing: alarms.MissingIsGood,
		})
	}
	if args.MinSize > 0 {
		list = append(list, alarms.Alarm{
			Name: "empty", Why: "No machine is in service. Read the group's activity history: a launch fails, or none becomes healthy.",
			Namespace: groupNamespace, Metric: "GroupInServiceInstances", Dimensions: f.dimensions(), Statistic: "Maximum",
			Compare: alarms.Below, Threshold: 1, Missing: alarms.MissingIsBad,
		})
	}
	return append(list, f.app.Alarms()...)
}

// Widgets are the fleet's graphs.
func (f *Fleet) Widgets() []part.Widget {
	count := func(name, label string) part.Metric {
		return part.Metric{Namespace: groupNamespace, Name: name, Dimensions: f.dimensions(), Statistic: "Maximum",
			Label: label}
	}
	return append([]part.Widget{
		{Title: "Machines", Metrics: []part.Metric{
			count("GroupInServiceInstances", "in service"), count("GroupDesiredCapacity", "wanted"),
			count("GroupPendingInstances", "starting"), count("GroupMaxSize", "maximum"),
		}},
		{Title: "CPU (%)", Metrics: []part.Metric{
			{Namespace: "AWS/EC2", Name: "CPUUtilization", Dimensions: f.dimensions(), Statistic: "Average", Label: "mean"},
			{Namespace: "AWS/EC2", Name: "CPUUtilization", Dimensions: f.dimensions(), Statistic: "Maximum", Label: "busiest"},
		}},
		{Title: "Memory and disk (%)", Metrics: []part.Metric{
			{Namespace: "Rung", Name: "mem_used_percent", Dimensions: f.dimensions(), Statistic: "Average", Label: "memory"},
			{Namespace: "Rung", Name: "disk_used_percent", Dimensions: f.dimensions(), Statistic: "Maximum", Label: "disk"},
		}},
	}, f.app.Widgets()...)
}
