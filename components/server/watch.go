package server

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// backupAgeLimit is how old the last dump may be, in seconds: a day, and two
// hours for a dump that takes long.
const backupAgeLimit = 26 * 3600

func (b *builder) buildAlarms() error {
	list := append(b.machineAlarms(), b.contentAlarms()...)
	if isBurstable(b.args.InstanceType) {
		list = append(list, b.creditAlarm())
	}
	list = append(list, b.app.Alarms()...)
	b.server.Widgets = append(b.widgets(), b.app.Widgets()...)
	b.server.Requests = b.app.Requests()
	made, err := alarms.Create(b.ctx, b.server, b.name, b.args.Common, list...)
	if err != nil {
		return err
	}
	b.server.Alarms = alarms.Named(list, made)
	return nil
}

// metricsDays is how long the events of the app's metrics are kept: CloudWatch
// makes the metrics of them as they come in.
const metricsDays = 1

// buildLogGroup makes the log group before the agent would make one that never
// forgets.
func (b *builder) buildLogGroup() error {
	logs, err := cloudwatch.NewLogGroup(b.ctx, b.name+"-metrics", &cloudwatch.LogGroupArgs{
		RetentionInDays: pulumi.Int(metricsDays),
		Tags:            b.tags(b.name + "-metrics"),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the log group of the metrics: %w", err)
	}
	b.logGroup, b.logARN = logs.Name, logs.Arn
	return nil
}

func (b *builder) dimensions() pulumi.StringMap {
	return pulumi.StringMap{"InstanceId": b.server.InstanceID}
}

// diskDimensions are those under which the CloudWatch agent reports /data.
func (b *builder) diskDimensions() pulumi.StringMap {
	return pulumi.StringMap{
		"InstanceId": b.server.InstanceID, "path": pulumi.String("/data"), "fstype": pulumi.String("xfs"),
	}
}

// action is the ARN of something that EC2 does by itself when an alarm fires.
func (b *builder) action(verb string) pulumi.StringInput {
	return pulumi.String(fmt.Sprintf("arn:aws:automate:%s:ec2:%s", b.args.Region, verb))
}

func (b *builder) machineAlarms() []alarms.Alarm {
	return []alarms.Alarm{{
		Name:      "status-system",
		Why:       "AWS's hardware under the server failed; it is moved to other hardware by itself, with its disks and address.",
		Namespace: "AWS/EC2", Metric: "StatusCheckFailed_System", Dimensions: b.dimensions(),
		Statistic: "Maximum", Compare: alarms.AtLeast, Threshold: 1, Periods: 2, Recover: b.action("recover"),
	}, {
		Name:      "status-instance",
		Why:       "The server's operating system does not answer; it is rebooted by itself. If this comes again, look at its console output.",
		Namespace: "AWS/EC2", Metric: "StatusCheckFailed_Instance", Dimensions: b.dimensions(),
		Statistic: "Maximum", Compare: alarms.AtLeast, Threshold: 1, Periods: 3, Recover: b.action("reboot"),
	}, {
		Name:      "cpu-high",
		Why:       "CPU is over 80 % for 15 minutes. Take a larger instance type, or climb to the next stage if this is every day.",
		Namespace: "AWS/EC2", Metric: "CPUUtilization", Dimensions: b.dimensions(),
		Threshold: 80, PeriodSeconds: 300, Periods: 3,
	}, {
		Name:      "memory-high",
		Why:       "Memory is over 90 % used for 15 minutes. Take a larger instance type; PostgreSQL and Valkey grow with it.",
		Namespace: namespace, Metric: "mem_used_percent", Dimensions: b.dimensions(),
		Threshold: 90, PeriodSeconds: 300, Periods: 3,
	}}
}

func (b *builder) contentAlarms() []alarms.Alarm {
	return []alarms.Alarm{{
		Name:      "disk-full",
		Why:       "/data is over 80 % full. Raise the size of the data volume; the file system grows by itself within minutes. From stage 3 on the database's disk grows by itself.",
		Namespace: namespace, Metric: "disk_used_percent", Dimensions: b.diskDimensions(),
		Threshold: 80, PeriodSeconds: 300, Periods: 3,
	}, {
		Name:      "backup-old",
		Why:       "The last dump of the database is over 26 hours old, or nobody reports its age. See journalctl -u rung-backup.",
		Namespace: namespace, Metric: "BackupAge", Dimensions: b.dimensions(), Statistic: "Maximum",
		Threshold: backupAgeLimit, PeriodSeconds: 900, Periods: 2, Missing: alarms.MissingIsBad,
	}, {
		Name:      "release-stuck",
		Why:       "The server has not come to the wanted release within 15 minutes; the one before it is running. See journalctl -u rung-release.",
		Namespace: namespace, Metric: "ReleasePending", Dimensions: b.dimensions(), Statistic: "Minimum",
		Compare: alarms.AtLeast, Threshold: 1, PeriodSeconds: 300, Periods: 3,
	}}
}

func (b *builder) creditAlarm() alarms.Alarm {
	return alarms.Alarm{
		Name:      "credits-charged",
		Why:       "The server uses more CPU than its type includes and pays for it by the hour. Take a larger type, or one that is not burstable.",
		Namespace: "AWS/EC2", Metric: "CPUSurplusCreditsCharged", Dimensions: b.dimensions(),
		Statistic: "Maximum", PeriodSeconds: 300, Periods: 3,
	}
}

func (b *builder) widgets() []part.Widget {
	return []part.Widget{
		{Title: "Server: CPU and memory, %", Metrics: []part.Metric{
			{Namespace: "AWS/EC2", Name: "CPUUtilization", Dimensions: b.dimensions(), Statistic: "Average"},
			{Namespace: namespace, Name: "mem_used_percent", Dimensions: b.dimensions(), Statistic: "Average"},
		}},
		{Title: "Server: /data, %", Metrics: []part.Metric{
			{Namespace: namespace, Name: "disk_used_percent", Dimensions: b.diskDimensions(), Statistic: "Maximum"},
		}},
	}
}
