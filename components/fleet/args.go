package fleet

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
)

const (
	// DefaultDiskGiB holds the operating system, the app and a week of log.
	DefaultDiskGiB = 20
	// DefaultCPUPercent is the toolkit's figure: scale out at 70 % CPU.
	DefaultCPUPercent = 70
	// DefaultWatchSeconds is long enough for alarms that look at three minutes.
	DefaultWatchSeconds = 300
	// DefaultLogDays is long enough to look into what users report.
	DefaultLogDays = 30
	// MinSpotTypes is how many types spot needs: AWS takes back one type in
	// one zone at a time, and the others must carry on.
	MinSpotTypes = 4
)

// Requests scales on requests for each machine and minute. Either figure is enough.
type Requests struct {
	// LoadBalancerSuffix and TargetGroupSuffix are the ARN suffixes of the
	// balancer and of its group of these machines.
	LoadBalancerSuffix, TargetGroupSuffix pulumi.StringInput
	// PeakPerSecond is the load that MaxSize machines must carry together.
	PeakPerSecond float64
	// PerInstancePerSecond is what one machine was measured to carry. It wins
	// over PeakPerSecond, and the group aims at 70 % of it.
	PerInstancePerSecond float64
}

// Backlog scales on the jobs that wait for each machine, so that a job is
// started within an acceptable delay.
type Backlog struct {
	// QueueName is the queue's name.
	QueueName pulumi.StringInput
	// AcceptableDelaySeconds is how long a job may wait.
	AcceptableDelaySeconds float64
	// SecondsPerJob is how long a machine works on a job, on average.
	SecondsPerJob float64
	// JobsAtOnce is how many jobs a machine works on at the same time. Zero means 1.
	JobsAtOnce int
}

// Schedule changes the group's minimum at set times. A stack with schedules
// leaves the minimum to them: a changed MinSize only applies to a new group.
type Schedule struct {
	// Name is the schedule's part of the logical name: "morning" say.
	Name string
	// Recurrence is a cron expression of five fields: "0 8 * * 1-5".
	Recurrence string
	// TimeZone is its IANA time zone. Empty means UTC.
	TimeZone string
	// MinSize is the minimum from then on.
	MinSize int
}

// Predictive is how far forecasts may go.
type Predictive string

const (
	// PredictiveForecast only draws the forecast, so that it can be judged.
	PredictiveForecast Predictive = "ForecastOnly"
	// PredictiveScale also acts on it.
	PredictiveScale Predictive = "ForecastAndScale"
)

func (a Args) withDefaults(name string) Args {
	a.Program = a.Program.WithDefaults(name)
	a.DiskGiB = cmp.Or(a.DiskGiB, DefaultDiskGiB)
	a.LogDays = cmp.Or(a.LogDays, DefaultLogDays)
	if a.Backlog == nil {
		a.CPUPercent = cmp.Or(a.CPUPercent, DefaultCPUPercent)
		return a
	}
	b := *a.Backlog // the caller's own stays as it is
	b.JobsAtOnce = cmp.Or(b.JobsAtOnce, 1)
	a.Backlog = &b
	return a
}

func (a Args) validate() error {
	return errors.Join(a.checkPlace(), a.checkSize(), a.checkTypes(), a.checkScaling(), a.checkSchedules(),
		a.checkProgram())
}

// checkPlace is about where the machines stand.
func (a Args) checkPlace() error {
	var errs []error
	if a.VPCID == nil {
		errs = append(errs, errors.New("VPCID: required"))
	}
	if len(a.Subnets) == 0 {
		errs = append(errs, errors.New("Subnets: required"))
	}
	if a.ImageID == nil {
		errs = append(errs, errors.New("ImageID: required"))
	}
	errs = append(errs, part.Between("DiskGiB", a.DiskGiB, 8, 16_384))
	errs = append(errs, part.CheckLogDays(a.LogDays))
	return errors.Join(errs...)
}

// mostWatchSeconds is how long Auto Scaling waits at a checkpoint at the most: two days.
// See https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html.
const mostWatchSeconds = 172_800

// checkSize is about how many machines there are.
func (a Args) checkSize() error {
	errs := []error{
		part.Between("MaxSize", a.MaxSize, 1, 1_000),
		part.Between("CanaryPercent", a.CanaryPercent, 0, 99),
		part.Between("WatchSeconds", a.WatchSeconds, 0, mostWatchSeconds),
		part.Between("SpotShare", a.SpotShare, 0, 100),
	}
	switch {
	case a.MinSize < 0 || a.MinSize > a.MaxSize:
		errs = append(errs, fmt.Errorf("MinSize: got %d, want 0 to MaxSize, which is %d", a.MinSize, a.MaxSize))
	case a.MinSize == 0 && a.Backlog == nil:
		errs = append(errs, errors.New("MinSize: got 0, want 1 or more: only waiting jobs (Backlog) can wake a group that "+
			"is empty"))
	}
	if a.ReservedInstances < 0 || a.ReservedInstances > a.MaxSize {
		errs = append(errs, fmt.Errorf("ReservedInstances: got %d, want 0 to MaxSize, which is %d: a reservation that "+
			"nothing uses is paid for all the same",
			a.ReservedInstances, a.MaxSize))
	}
	return errors.Join(errs...)
}

// instanceType is a family with a generation, a size: "m7g.large".
var instanceType = regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z0-9-]+$`)

// checkTypes is about what the machines are.
func (a Args) checkTypes() error {
	var errs []error
	architectures := map[string][]string{}
	for i, t := range a.InstanceTypes {
		if !instanceType.MatchString(t) {
			errs = append(errs, fmt.Errorf("InstanceTypes[%d]: got %q, want a type such as m7g.large", i, t))
			continue
		}
		if slices.Index(a.InstanceTypes, t) < i {
			errs = append(errs, fmt.Errorf("InstanceTypes[%d]: %s stands twice", i, t))
		}
		architectures[Architecture(t)] = append(architectures[Architecture(t)], t)
	}
	if len(a.InstanceTypes) == 0 {
		errs = append(errs, errors.New("InstanceTypes: required"))
	}
	if len(architectures) > 1 {
		errs = append(errs, fmt.Errorf("InstanceTypes: %v are arm64 and %v are x86_64, want one architecture: there is one "+
			"image and one artifact",
			architectures[arm64], architectures[x86]))
	}
	if a.SpotShare > 0 && len(a.InstanceTypes) < MinSpotTypes {
		errs = append(errs, fmt.Errorf("InstanceTypes: got %d with a SpotShare of %d %%, want at least %d: AWS takes back "+
			"spot instances by type",
			len(a.InstanceTypes), a.SpotShare, MinSpotTypes))
	}
	return errors.Join(errs...)
}

// checkScaling is about what the group follows.
func (a Args) checkScaling() error {
	var errs []error
	if a.CPUPercent != 0 {
		errs = append(errs, part.Between("CPUPercent", a.CPUPercent, 10, 90))
	}
	if r := a.Requests; r != nil {
		if r.LoadBalancerSuffix == nil || r.TargetGroupSuffix == nil {
			errs = append(errs, errors.New("Requests: LoadBalancerSuffix and TargetGroupSuffix are required"))
		}
		if r.PeakPerSecond <= 0 && r.PerInstancePerSecond <= 0 {
			errs = append(errs, errors.New("Requests: PeakPerSecond or PerInstancePerSecond must be more than 0"))
		}
	}
	if b := a.Backlog; b != nil {
		if b.QueueName == nil {
			errs = append(errs, errors.New("Backlog.QueueName: required"))
		}
		if b.SecondsPerJob <= 0 {
			errs = append(errs, fmt.Errorf("Backlog.SecondsPerJob: got %v, want more than 0", b.SecondsPerJob))
		}
		if b.AcceptableDelaySeconds < b.SecondsPerJob {
			errs = append(errs, fmt.Errorf("Backlog.AcceptableDelaySeconds: got %v, want at least SecondsPerJob, which is %v: "+
				"no number of machines is faster than one job",
				b.AcceptableDelaySeconds, b.SecondsPerJob))
		}
		errs = append(errs, part.Between("Backlog.JobsAtOnce", b.JobsAtOnce, 1, 1_000))
	}
	if a.Predictive != "" && a.Predictive != PredictiveForecast && a.Predictive != PredictiveScale {
		errs = append(errs, fmt.Errorf("Predictive: got %q, want %s, %s or nothing", a.Predictive, PredictiveForecast,
			PredictiveScale))
	}
	return errors.Join(errs...)
}

func (a Args) checkSchedules() error {
	var errs []error
	seen := map[string]bool{}
	for i, s := range a.Schedules {
		if s.Name == "" || seen[s.Name] {
			errs = append(errs, fmt.Errorf("Schedules[%d].Name: got %q, want a name of its own", i, s.Name))
		}
		seen[s.Name] = true
		if len(strings.Fields(s.Recurrence)) != 5 {
			errs = append(errs, fmt.Errorf("Schedules[%d].Recurrence: got %q, want five fields such as 0 8 * * 1-5", i,
				s.Recurrence))
		}
		errs = append(errs, part.Between(fmt.Sprintf("Schedules[%d].MinSize", i), s.MinSize, 0, a.MaxSize))
	}
	return errors.Join(errs...)
}

// metadataKey is what a tag's key may be where instances read their tags from the
// metadata service; others make the launch fail.
var metadataKey = regexp.MustCompile(`^[A-Za-z0-9+=.,_:@-]+$`)

// checkProgram is about what runs on the machines.
func (a Args) checkProgram() error {
	errs := []error{a.Program.Check()}
	if a.Files == nil {
		errs = append(errs, errors.New("Files: required"))
	}
	if (len(a.Clients) > 0 || len(a.TargetGroups) > 0) && !a.Program.Serves() {
		errs = append(errs, errors.New("Program.Port: required with Clients or TargetGroups, who connect to it"))
	}
	if a.SpotShare > 0 && a.Program.FinishesWork && a.Program.StopSeconds > program.MaxSpotSeconds {
		errs = append(errs, fmt.Errorf("Program.StopSeconds: got %d on spot, want at most %d: "+
			"AWS takes an instance back two "+
			"minutes after it said so", a.Program.StopSeconds, program.MaxSpotSeconds))
	}
	granted := map[string]bool{}
	for i, p := range a.Permissions {
		if p.Name == "" || granted[p.Name] || len(p.Actions) == 0 || len(p.Resources) == 0 {
			errs = append(errs, fmt.Errorf("Permissions[%d]: got %q, want a name that stands once, with actions and resources",
				i, p.Name))
		}
		granted[p.Name] = true
	}
	for _, key := range slices.Sorted(maps.Keys(a.Tags)) {
		if a.Program.FinishesWork && !metadataKey.MatchString(key) {
			errs = append(errs, fmt.Errorf("Tags: key %q cannot be read by an instance, want letters, digits and + - = . , _ "+
				": @", key))
		}
	}
	return errors.Join(errs...)
}
