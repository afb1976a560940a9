package server

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/internal/boot"
	"github.com/rung-dev/rung/components/internal/boot/boottest"
	"github.com/rung-dev/rung/components/ownapp"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// good are args in which nothing is wrong.
func good() Args {
	return Args{
		Region:          "us-east-1",
		VPCID:           pulumi.String("vpc-1"),
		VPCCIDR:         "10.0.0.0/16",
		Subnet:          part.Subnet{ID: pulumi.String("subnet-1").ToStringOutput(), Zone: "us-east-1a"},
		ImageID:         pulumi.String("ami-0abc"),
		BackupBucket:    pulumi.String("backups"),
		BackupBucketARN: pulumi.String("arn:aws:s3:::backups"),
		Program: ownapp.Program(contract.RoleAll, part.Artifact{
			Bucket: pulumi.String("artifacts"), BucketARN: pulumi.String("arn:aws:s3:::artifacts"),
			Key: pulumi.String("app/1"), SHA256: strings.Repeat("a", 64),
		}),
		Files: &boottest.Bucket{},
		Open:  []int{80},
	}
}

func run(t *testing.T, args Args) *record.Recording {
	t.Helper()
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "server", args)
		return err
	})
}

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Server", Token) }

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		change func(*Args)
		want   []string // parts of the error; none means valid
	}{
		"defaults":           {change: func(*Args) {}},
		"a larger type":      {change: func(a *Args) { a.InstanceType = "m7g.xlarge" }},
		"a type with disks":  {change: func(a *Args) { a.InstanceType = "c6gn.medium" }},
		"Intel":              {func(a *Args) { a.InstanceType = "t3.small" }, []string{"InstanceType", `"t3.small"`, "t4g.small"}},
		"a graphics card":    {func(a *Args) { a.InstanceType = "g4dn.xlarge" }, []string{"InstanceType", "g4dn.xlarge"}},
		"too little memory":  {func(a *Args) { a.InstanceType = "t4g.nano" }, []string{"t4g.nano", "0.5 GiB"}},
		"no size":            {func(a *Args) { a.InstanceType = "t4g" }, []string{`"t4g"`}},
		"a tiny volume":      {func(a *Args) { a.DataGiB = 7 }, []string{"DataGiB: got 7, want 8 to 16384"}},
		"a negative volume":  {func(a *Args) { a.DataGiB = -1 }, []string{"DataGiB: got -1"}},
		"too many snapshots": {func(a *Args) { a.SnapshotDays = 1001 }, []string{"SnapshotDays: got 1001"}},
		"SSH":                {func(a *Args) { a.Open = []int{22} }, []string{"Open[0]: got 22"}},
		"a port twice":       {func(a *Args) { a.Open = []int{80, 80} }, []string{"Open[1]"}},
		"a bad hash":         {func(a *Args) { a.Program.Artifact.SHA256 = "abc" }, []string{"Artifact.SHA256", `"abc"`}},
		"no password":        {func(a *Args) { a.Clients = []part.Client{{Name: "web"}} }, []string{"DatabaseSecret: required"}},
		"a bad variable":     {func(a *Args) { a.Program.Environment = []part.Variable{{Name: "a b", Value: pulumi.String("")}} }, []string{"Environment[0]", `"a b"`}},
		"a variable twice": {func(a *Args) {
			a.Program.Environment = []part.Variable{{Name: "A", Value: pulumi.String("")}, {Name: "A", Value: pulumi.String("")}}
		}, []string{"Environment[1]: A stands twice"}},
		"a variable of nil":     {func(a *Args) { a.Program.Environment = []part.Variable{{Name: "A"}} }, []string{"A has no value"}},
		"everything is missing": {func(a *Args) { *a = Args{} }, []string{"Region", "VPCID", "VPCCIDR", "Subnet.ID", "Subnet.Zone", "ImageID", "BackupBucket:", "BackupBucketARN", "Program: want an Artifact or a Command", "Program.Port", "Files"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			args := good()
			tt.change(&args)
			err := args.withDefaults("server").validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
				return
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestDataOutlivesTheInstance(t *testing.T) {
	rec := run(t, good())
	volume := recordtest.Only(t, rec, token.EBSVolume)
	assert.Equal(t, "server-data", volume.Name)
	assert.True(t, volume.Protect)
	assert.True(t, volume.Bool("encrypted"))
	assert.True(t, volume.Bool("finalSnapshot"))
	assert.Equal(t, "us-east-1a", volume.String("availabilityZone"))
	attachment := recordtest.Only(t, rec, token.EC2VolumeAttachment)
	assert.True(t, attachment.Bool("stopInstanceBeforeDetaching"))
	assert.True(t, attachment.DeleteBeforeReplace)
	policy := recordtest.Only(t, rec, token.DLMLifecyclePolicy)
	assert.Equal(t, 7.0, policy.Number("policyDetails.schedules[0].retainRule.count"))
	mark := volume.Inputs["tags"].(map[string]any)[tagSnapshot]
	assert.Equal(t, "dev/server", mark)
	assert.Equal(t, mark, policy.Inputs["policyDetails"].(map[string]any)["targetTags"].(map[string]any)[tagSnapshot])
}

func TestConfirmedVolumeMayGo(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		g, err := guard.New(ctx, []string{"server-data"})
		if err != nil {
			return err
		}
		args := good()
		args.Guard = g
		_, err = New(ctx, "server", args)
		return err
	})
	assert.False(t, recordtest.Only(t, rec, token.EBSVolume).Protect)
}

func TestInstanceIsHardened(t *testing.T) {
	i := recordtest.Only(t, run(t, good()), token.EC2Instance)
	assert.Equal(t, "required", i.String("metadataOptions.httpTokens"))
	assert.Equal(t, 1.0, i.Number("metadataOptions.httpPutResponseHopLimit"))
	assert.True(t, i.Bool("rootBlockDevice.encrypted"))
	assert.False(t, i.Has("keyName"), "no SSH")
	assert.Equal(t, []string{"ami", "userData"}, i.IgnoreChanges)
	assert.Equal(t, "unlimited", i.String("creditSpecification.cpuCredits"))
}

func TestOnlyBurstableTypesHaveCredits(t *testing.T) {
	args := good()
	args.InstanceType = "m7g.large"
	rec := run(t, args)
	assert.False(t, recordtest.Only(t, rec, token.EC2Instance).Has("creditSpecification"))
	assert.Empty(t, rec.Named("server-credits-charged"))
}

func TestUserDataIsTheSameForEveryRelease(t *testing.T) {
	before := recordtest.Only(t, run(t, good()), token.EC2Instance).String("userData")
	args := good()
	args.Program.Artifact.Key, args.Program.Artifact.SHA256 = pulumi.String("app/2"), strings.Repeat("b", 64)
	args.Program.Environment = append(args.Program.Environment,
		part.Variable{Name: "CDN", Value: pulumi.String("cloudfront")})
	args.InstanceType, args.Open, args.CDNPrefixList = "t4g.large", nil, pulumi.String("pl-1")
	rec := run(t, args)
	assert.Equal(t, before, recordtest.Only(t, rec, token.EC2Instance).String("userData"))

	release := recordtest.JSON(t, recordtest.Only(t, rec, token.SSMParameter), "value")
	assert.Equal(t, "app/2", release["key"])
	assert.Equal(t, strings.Repeat("b", 64), release["sha256"])
	env := release["environment"].(map[string]any)
	assert.Equal(t, "cloudfront", env["CDN"])
	assert.Equal(t, "all", env["APP_ROLE"])
	assert.Equal(t, "postgres://app@/app?host=/run/postgresql", env["DATABASE_URL"])
}

func TestServerKnowsItsOwnName(t *testing.T) {
	open := good()
	open.Open = []int{80}
	closed := good()
	closed.Open = nil
	named := open
	named.Program.Environment = []part.Variable{{Name: contract.EnvPublicURL, Value: pulumi.String("http://example.com")}}
	for name, tt := range map[string]struct {
		give Args
		want any
	}{
		"open to the world":       {open, "http://ec2-"},
		"the caller knows better": {named, "http://example.com"},
		"closed":                  {closed, nil},
	} {
		t.Run(name, func(t *testing.T) {
			rec := run(t, tt.give)
			env := recordtest.JSON(t, recordtest.Only(t, rec, token.SSMParameter),
				"value")["environment"].(map[string]any)
			if tt.want == nil {
				assert.NotContains(t, env, contract.EnvPublicURL)
				return
			}
			assert.Contains(t, env[contract.EnvPublicURL], tt.want)
		})
	}
}

func TestCallersEnvironmentWins(t *testing.T) {
	args := good()
	args.Program.Environment = []part.Variable{{Name: "UPLOADS_DIR", Value: pulumi.String("/elsewhere")}}
	release := recordtest.JSON(t, recordtest.Only(t, run(t, args), token.SSMParameter), "value")
	assert.Equal(t, "/elsewhere", release["environment"].(map[string]any)["UPLOADS_DIR"])
}

func TestIngress(t *testing.T) {
	tests := map[string]struct {
		change func(*Args)
		want   []string
	}{
		"closed by default": {func(a *Args) { a.Open = nil }, nil},
		"stage 1":           {func(*Args) {}, []string{"server-from-world-80"}},
		"while DNS follows": {func(a *Args) { a.CDNPrefixList = pulumi.String("pl-1") }, []string{"server-from-cdn-list", "server-from-world-80"}},
		"locked to the CDN": {func(a *Args) { a.CDNPrefixList, a.Open = pulumi.String("pl-1"), nil }, []string{"server-from-cdn-list"}},
		"handover": {func(a *Args) {
			a.Open, a.DatabaseSecret = nil, pulumi.String("arn:aws:secretsmanager:us-east-1:1:secret:db")
			a.Clients = []part.Client{{Name: "web", SecurityGroupID: pulumi.String("sg-web")}}
		}, []string{"server-from-database-web"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			args := good()
			tt.change(&args)
			var got []string
			rec := run(t, args)
			for _, r := range rec.All(token.VPCSecurityGroupIngressRule) {
				got = append(got, r.Name)
				assert.Equal(t, r.Number("fromPort"), r.Number("toPort"))
			}
			assert.Equal(t, tt.want, got)
			for _, group := range rec.All(token.EC2SecurityGroup) {
				assert.False(t, group.Has("ingress") || group.Has("egress"), "rules are resources of their own")
			}
		})
	}
}

func TestHandoverNamesTheSecret(t *testing.T) {
	args := good()
	args.DatabaseSecret = pulumi.String("arn:secret")
	rec := run(t, args)
	assert.Equal(t, "arn:secret",
		recordtest.JSON(t, recordtest.Only(t, rec, token.SSMParameter), "value")["databaseSecret"])
	recordtest.Named(t, rec, token.IAMRolePolicy, "server-secrets-read")
}

func TestRoleIsNarrow(t *testing.T) {
	args := good()
	args.Permissions = []part.Permission{{Name: "queue-send", Actions: []string{"sqs:SendMessage"},
		Resources: pulumi.StringArray{pulumi.String("arn:q")}}}
	rec := run(t, args)
	var names []string
	for _, p := range rec.All(token.IAMRolePolicy) {
		names = append(names, p.Name)
		for _, s := range recordtest.JSON(t, p, "policy")["Statement"].([]any) {
			st := s.(map[string]any)
			if st["Resource"] == "*" {
				assert.Contains(t, st, "Condition", p.Name)
			}
		}
	}
	assert.Equal(t, []string{"server-artifact-read", "server-backup-write", "server-boot-read", "server-metrics",
		"server-metrics-write", "server-queue-send", "server-release-read"}, names)
	backup := recordtest.JSON(t, recordtest.Named(t, rec, token.IAMRolePolicy, "server-backup-write"), "policy")
	assert.Equal(t, []any{"arn:aws:s3:::backups/server/*"}, backup["Statement"].([]any)[0].(map[string]any)["Resource"])
}

func TestAlarmsActAndNotify(t *testing.T) {
	args := good()
	args.Alerts = pulumi.String("arn:aws:sns:us-east-1:1:alerts")
	rec := run(t, args)
	const alarmType = token.CloudWatchMetricAlarm
	assert.Len(t, rec.All(alarmType), 8+len(good().Program.Metrics.Names))
	slow := recordtest.Named(t, rec, alarmType, "server-app-slow")
	assert.Equal(t, contract.MetricP95, slow.String("metricName"))
	assert.Equal(t, map[string]any{"Stack": "rung-dev", "Component": "server"}, slow.Value("dimensions"))
	system := recordtest.Named(t, rec, alarmType, "server-status-system")
	assert.Equal(t, []any{"arn:aws:sns:us-east-1:1:alerts", "arn:aws:automate:us-east-1:ec2:recover"},
		system.Inputs["alarmActions"])
	assert.Equal(t, "breaching", recordtest.Named(t, rec, alarmType, "server-backup-old").String("treatMissingData"))
}

// What the CDN needs of the server must not wait for the instance, nor the
// instance for what is in the environment: that would be a circle.
func TestInstanceDoesNotWaitForTheRelease(t *testing.T) {
	args, files := good(), &boottest.Bucket{}
	args.Files = files
	rec := run(t, args)
	parameter := recordtest.Only(t, rec, token.SSMParameter)
	instance := recordtest.Only(t, rec, token.EC2Instance)
	assert.NotContains(t, instance.Dependencies, parameter.URN)
	assert.Contains(t, files.Text("server"), parameter.String("name"))
	want, err := boot.UserData(files.Text("server"), boottest.Name, boottest.Key("server"), boottest.Version)
	require.NoError(t, err)
	assert.Equal(t, want, instance.String("userData"))
	assert.NotContains(t, recordtest.Only(t, rec, token.EC2Eip).Dependencies, instance.URN)
}

// What is created must not depend on what is known only after the deployment.
func TestPreviewHasTheSameShape(t *testing.T) {
	preview := recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "server", good())
		return err
	}, record.Preview(true))
	assert.Len(t, preview.Resources, len(run(t, good()).Resources))
}

func TestEverythingIsTagged(t *testing.T) {
	for _, r := range run(t, good()).Custom() {
		if r.Has("tags") {
			assert.Equal(t, "dev", r.Inputs["tags"].(map[string]any)["rung:stack"], r.Name)
			assert.Equal(t, "server", r.Inputs["tags"].(map[string]any)["rung:component"], r.Name)
		}
	}
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "server", Args{InstanceType: "t3.micro"})
		return err
	})
	assert.ErrorContains(t, err, "server server: ")
	assert.Empty(t, rec.Custom())
}

func TestAnyBinaryRunsAsItsOwnerSays(t *testing.T) {
	args := good()
	args.Program = program.Spec{Artifact: args.Program.Artifact, Command: []string{"serve"}, Port: 9000, StopSeconds: 5}
	require.NoError(t, args.withDefaults("server").validate())
	text, err := script(settings{Program: args.Program.WithDefaults("server")})
	require.NoError(t, err)
	assert.Contains(t, text, "\nExecStart=/opt/app/current/app serve\n")
	assert.Contains(t, text, "redirect to :9000\n")
	assert.Contains(t, text, "\nRUNG_HEALTH=''\n")
	assert.Contains(t, text, "\nTimeoutStopSec=20\n")
	assert.NotContains(t, text, "APP_INTERNAL_LISTEN")
	rec := run(t, args)
	for _, alarm := range rec.All(token.CloudWatchMetricAlarm) {
		assert.NotContains(t, alarm.Name, "-app-", "it tells nothing of itself")
	}
}

func TestAProgramOfTheImageIsNotFetched(t *testing.T) {
	args := good()
	args.Program = program.Spec{Command: []string{"/usr/bin/shop"}, Port: 9000, HealthPath: "/"}
	rec := run(t, args)
	for _, p := range rec.All(token.IAMRolePolicy) {
		assert.NotContains(t, p.Name, "artifact-read")
	}
	release := recordtest.JSON(t, recordtest.Only(t, rec, token.SSMParameter), "value")
	assert.NotContains(t, release, "key")
	assert.Contains(t, release, "environment")
}

func TestTheServerRefusesWhatItCannotRun(t *testing.T) {
	for name, tt := range map[string]struct {
		give program.Spec
		want string
	}{
		"nothing":       {program.Spec{Port: 9000}, "want an Artifact or a Command"},
		"no port":       {program.Spec{Command: []string{"/bin/a"}}, "Program.Port: required"},
		"finishes work": {program.Spec{Command: []string{"/bin/a"}, Port: 9000, FinishesWork: true}, "are a fleet's"},
	} {
		t.Run(name, func(t *testing.T) {
			args := good()
			args.Program = tt.give
			require.ErrorContains(t, args.withDefaults("server").validate(), tt.want)
		})
	}
}
