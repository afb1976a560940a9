package fleet

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/internal/boot/boottest"
	"github.com/rung-dev/rung/components/ownapp"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
)

func subnets(zones ...string) []part.Subnet {
	var all []part.Subnet
	for _, z := range zones {
		all = append(all, part.Subnet{ID: pulumi.String("subnet-" + z).ToStringOutput(), Zone: z})
	}
	return all
}

func spotTypes() []string { return []string{"m7g.large", "m6g.large", "c7g.large", "r7g.large"} }

func artifact() part.Artifact {
	return part.Artifact{
		Bucket: pulumi.String("artifacts"), BucketARN: pulumi.String("arn:aws:s3:::artifacts"),
		Key: pulumi.String("app-0a1b.bin"), SHA256: strings.Repeat("0a", 32),
	}
}

// web are args of a good web fleet; change makes each case's own.
func web(change func(*Args)) Args {
	a := Args{
		Program: ownapp.Program(contract.RoleWeb, artifact()), VPCID: pulumi.String("vpc-1"), Subnets: subnets("us-east-1a", "us-east-1b"),
		TargetGroups: pulumi.StringArray{pulumi.String("arn:tg")},
		ImageID:      pulumi.String("ami-1"), InstanceTypes: []string{"m7g.large"}, MinSize: 2, MaxSize: 6,
		Files: &boottest.Bucket{},
	}
	if change != nil {
		change(&a)
	}
	return a
}

// workers are args of a good worker fleet that sleeps when there is nothing to do.
func workers(change func(*Args)) Args {
	return web(func(a *Args) {
		a.Program, a.TargetGroups, a.MinSize = ownapp.Program(contract.RoleWorker, artifact()), nil, 0
		a.Backlog = &Backlog{QueueName: pulumi.String("jobs"), AcceptableDelaySeconds: 60, SecondsPerJob: 5}
		if change != nil {
			change(a)
		}
	})
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		give Args
		want []string
	}{
		"a web fleet":                {give: web(nil)},
		"workers that may sleep":     {give: workers(nil)},
		"spot of 120 %":              {give: web(func(a *Args) { a.SpotShare, a.InstanceTypes = 120, spotTypes() }), want: []string{"SpotShare: got 120, want 0 to 100"}},
		"spot of few types":          {give: web(func(a *Args) { a.SpotShare = 50 }), want: []string{"InstanceTypes: got 1 with a SpotShare of 50 %, want at least 4"}},
		"all spot over four types":   {give: web(func(a *Args) { a.SpotShare, a.InstanceTypes = 100, spotTypes() })},
		"two architectures":          {give: web(func(a *Args) { a.InstanceTypes = []string{"m7g.large", "m7i.large"} }), want: []string{"[m7g.large] are arm64 and [m7i.large] are x86_64"}},
		"a type twice":               {give: web(func(a *Args) { a.InstanceTypes = []string{"m7g.large", "m7g.large"} }), want: []string{"InstanceTypes[1]: m7g.large stands twice"}},
		"a web fleet cannot sleep":   {give: web(func(a *Args) { a.MinSize = 0 }), want: []string{"MinSize: got 0, want 1 or more"}},
		"more at least than at most": {give: web(func(a *Args) { a.MinSize = 7 }), want: []string{"MinSize: got 7, want 0 to MaxSize, which is 6"}},
		"reserved beyond need":       {give: web(func(a *Args) { a.ReservedInstances = 8 }), want: []string{"ReservedInstances: got 8"}},
		"an impatient backlog": {
			give: workers(func(a *Args) { a.Backlog.AcceptableDelaySeconds = 2 }),
			want: []string{"Backlog.AcceptableDelaySeconds: got 2, want at least SecondsPerJob, which is 5"},
		},
		"tags that a worker cannot read": {
			give: workers(func(a *Args) { a.Tags = map[string]string{"cost center": "7"} }),
			want: []string{`Tags: key "cost center"`},
		},
		"tags that only the console reads": {give: web(func(a *Args) { a.Tags = map[string]string{"cost center": "7"} })},
		"a schedule of four fields": {
			give: web(func(a *Args) { a.Schedules = []Schedule{{Name: "morning", Recurrence: "0 8 * *", MinSize: 4}} }),
			want: []string{`Schedules[0].Recurrence: got "0 8 * *", want five fields`},
		},
		"permission twice": {
			give: web(func(a *Args) {
				p := part.Permission{Name: "send", Actions: []string{"sqs:SendMessage"},
					Resources: pulumi.StringArray{pulumi.String("arn")}}
				a.Permissions = []part.Permission{p, p}
			}),
			want: []string{`Permissions[1]: got "send"`},
		},
		"clients of nothing": {
			give: web(func(a *Args) { a.Program = program.Spec{Command: []string{"/bin/a"}} }),
			want: []string{"Program.Port: required with Clients or TargetGroups"},
		},
		"slow to stop on spot": {
			give: workers(func(a *Args) { a.Program.StopSeconds, a.SpotShare, a.InstanceTypes = 111, 50, spotTypes() }),
			want: []string{"Program.StopSeconds: got 111 on spot, want at most 110"},
		},
		"an image that starts itself": {give: web(func(a *Args) { a.Program, a.TargetGroups = program.Spec{}, nil })},
		"everything at once": {
			give: Args{SpotShare: -1, LogDays: 10, Predictive: "Maybe", Requests: &Requests{}, CPUPercent: 99,
				Program: program.Spec{Artifact: &part.Artifact{}, Environment: []part.Variable{{Name: "a"}}}},
			want: []string{"VPCID: required", "Subnets: required", "ImageID: required", "InstanceTypes: required",
				"MaxSize: got 0", "SpotShare: got -1", "LogDays: got 10", `Predictive: got "Maybe"`, "Requests: PeakPerSecond",
				"Artifact: Bucket", "Files: required", "Artifact.SHA256", "CPUPercent: got 99", `Environment[0]: got name "a"`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults("web").validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestDefaultsLeaveTheCallersBacklogAlone(t *testing.T) {
	given := &Backlog{}
	got := Args{Backlog: given}.withDefaults("web")
	assert.Zero(t, given.JobsAtOnce)
	assert.Equal(t, 1, got.Backlog.JobsAtOnce)
	assert.Zero(t, got.CPUPercent, "CPU says nothing about a worker that waits for jobs")
}

func TestArchitecture(t *testing.T) {
	for give, want := range map[string]string{
		"m7g.large": arm64, "t4g.small": arm64, "c6gn.xlarge": arm64, "c7gd.medium": arm64, "a1.large": arm64,
		"m7i.large": x86, "t3.micro": x86, "c5.large": x86, "m6a.large": x86, "g5.xlarge": x86, "g4dn.xlarge": x86,
		"g5g.xlarge": arm64, "x2gd.large": arm64, "m7i-flex.large": x86,
	} {
		assert.Equal(t, want, Architecture(give), give)
	}
}

func TestOnDemandBase(t *testing.T) {
	tests := map[string]struct {
		give Args
		want int
	}{
		"the minimum":                     {give: web(nil), want: 2},
		"what is reserved":                {give: web(func(a *Args) { a.ReservedInstances = 4 }), want: 4},
		"one in each zone behind the ALB": {give: web(func(a *Args) { a.MinSize = 1 }), want: 2},
		"never more than the group":       {give: web(func(a *Args) { a.MinSize, a.MaxSize = 1, 1 }), want: 1},
		"workers may be all spot":         {give: workers(nil), want: 0},
		"one worker is always there":      {give: workers(func(a *Args) { a.MinSize = 1 }), want: 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, tt.give.onDemandBase()) })
	}
}

// The worst that spot can do is to go all at once.
func TestMinimumSurvivesLosingAllSpot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 50).Draw(t, "MaxSize")
		a := web(func(a *Args) {
			a.MaxSize = most
			a.MinSize = rapid.IntRange(1, most).Draw(t, "MinSize")
			a.ReservedInstances = rapid.IntRange(0, most).Draw(t, "ReservedInstances")
			a.SpotShare, a.InstanceTypes = rapid.IntRange(0, 100).Draw(t, "SpotShare"), spotTypes()
		})
		require.NoError(t, a.withDefaults("web").validate())
		base := a.onDemandBase()
		require.GreaterOrEqual(t, base, a.MinSize)
		require.GreaterOrEqual(t, base, a.ReservedInstances)
		require.LessOrEqual(t, base, a.MaxSize)
	})
}

func TestRolloutFitsTheSize(t *testing.T) {
	for name, tt := range map[string]struct {
		size, maxHealthy int
		stops            []int
	}{
		"asleep": {0, 200, nil}, "one": {1, 200, nil}, "two": {2, 150, []int{50, 100}}, "three": {3, 134, []int{33, 100}},
		"four": {4, 125, []int{25, 50, 100}}, "ten": {10, 110, []int{25, 50, 100}}, "fifty": {50, 110, []int{25, 50, 100}},
	} {
		t.Run(name, func(t *testing.T) {
			a := Args{MinSize: tt.size}
			assert.Equal(t, tt.maxHealthy, a.maxHealthyPercent())
			assert.Equal(t, tt.stops, a.checkpoints())
			assert.GreaterOrEqual(t, max(1, tt.size)*(a.maxHealthyPercent()-100), 100,
				"there is room for one whole machine more")
		})
	}
}

func TestCanariesAreWatched(t *testing.T) {
	for name, tt := range map[string]struct {
		size, canary, watch int
		want                []int
	}{
		"nothing is said":              {size: 4, want: []int{25, 50, 100}},
		"a tenth":                      {size: 20, canary: 10, want: []int{10, 100}},
		"never less than one machine":  {size: 3, canary: 10, want: []int{34, 100}},
		"one machine":                  {size: 1, canary: 10, want: []int{100}},
		"one machine that is watched":  {size: 1, watch: 600, want: []int{100}},
		"none":                         {},
		"what may be empty":            {canary: 20},
		"watched as long as was asked": {size: 2, watch: 600, want: []int{50, 100}},
	} {
		t.Run(name, func(t *testing.T) {
			a := Args{MinSize: tt.size, CanaryPercent: tt.canary, WatchSeconds: tt.watch}
			assert.Equal(t, tt.want, a.checkpoints())
		})
	}
}

func TestTargets(t *testing.T) {
	for name, tt := range map[string]struct{ got, want float64 }{
		"peak spread over the largest fleet": {Requests{PeakPerSecond: 1000}.perMinute(6), 10_000},
		"70 % of what was measured":          {Requests{PeakPerSecond: 1000, PerInstancePerSecond: 100}.perMinute(6), 4_200},
		"never nothing":                      {Requests{PeakPerSecond: 0.001}.perMinute(6), 1},
		"a minute of 5 s jobs":               {Backlog{AcceptableDelaySeconds: 60, SecondsPerJob: 5, JobsAtOnce: 1}.perInstance(), 12},
		"five at once":                       {Backlog{AcceptableDelaySeconds: 60, SecondsPerJob: 5, JobsAtOnce: 5}.perInstance(), 60},
		"not even one in time":               {Backlog{AcceptableDelaySeconds: 3, SecondsPerJob: 5, JobsAtOnce: 1}.perInstance(), 1},
	} {
		t.Run(name, func(t *testing.T) { assert.InDelta(t, tt.want, tt.got, 1e-9) })
	}
}

func TestGraceIsLongerThanTheBoot(t *testing.T) {
	assert.Greater(t, web(nil).graceSeconds(), contract.BootSeconds)
}
