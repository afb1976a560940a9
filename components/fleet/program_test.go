package fleet

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/internal/boot/boottest"
	"github.com/rung-dev/rung/components/internal/signals"
	"github.com/rung-dev/rung/components/ownapp"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestAServiceIsAFleetOfItsOwn(t *testing.T) {
	rec, _ := run(t, web(func(a *Args) { a.Program = ownapp.Program(contract.RoleSearch, artifact()) }))
	recordtest.Only(t, rec, token.EC2LaunchTemplate)
	recordtest.Only(t, rec, token.AutoScalingGroup)
	recordtest.Only(t, rec, token.IAMRole)
}

// scriptOf is what sets up a machine of that program.
func scriptOf(t *testing.T, spec program.Spec) string {
	t.Helper()
	m := machine{program: spec.WithDefaults("shop"),
		app: signals.App{Metrics: spec.Metrics, Stack: "s", Component: "shop"}}
	if spec.Artifact != nil {
		m.bucket, m.key = "artifacts", "shop/1"
	}
	text, err := m.script()
	require.NoError(t, err)
	return text
}

func TestAnyBinaryIsStartedAsItsOwnerSays(t *testing.T) {
	a := artifact()
	text := scriptOf(t, program.Spec{
		Artifact: &a, Command: []string{"serve", `--title=100 % "ours"`, "$HOME"}, Setup: []string{"schema", "up"},
		Port: 9000, StopSeconds: 45,
	})
	assert.Contains(t, text, "\nExecStart=/opt/rung/app serve \"--title=100 %% \\\"ours\\\"\" \"$$HOME\"\n")
	assert.Contains(t, text, "\nExecStartPre=/opt/rung/app schema up\nTimeoutStartSec=600\n")
	assert.Contains(t, text, "\nTimeoutStopSec=45\n")
	assert.Contains(t, text, "\nRUNG_PROGRAM=shop\n")
	assert.NotContains(t, text, "APP_", "rung's own app is nobody else's")
	assert.NotContains(t, text, signals.ScrapePath, "it tells nothing of itself")
}

func TestAProgramOfTheImageIsNotFetched(t *testing.T) {
	rec, _ := run(t, web(func(a *Args) {
		a.Program = program.Spec{Name: "shop", Command: []string{"/usr/bin/java", "-jar", "/srv/shop.jar"}, Port: 9000}
		a.Clients = []part.Client{{Name: "front", SecurityGroupID: pulumi.String("sg-1")}}
	}))
	for _, p := range rec.All(token.IAMRolePolicy) {
		assert.NotContains(t, p.Name, "artifact", "there is none to read")
	}
	rule := recordtest.Only(t, rec, token.VPCSecurityGroupIngressRule)
	assert.EqualValues(t, 9000, rule.Number("fromPort"), "the program's own port")
	text := scriptOf(t, program.Spec{Command: []string{"/usr/bin/java", "-jar", "/srv/shop.jar"}})
	assert.Contains(t, text, "\nExecStart=/usr/bin/java -jar /srv/shop.jar\n")
	assert.Contains(t, text, "\nRUNG_KEY=\n")
}

func TestAnImageMayStartItsProgramItself(t *testing.T) {
	text := scriptOf(t, program.Spec{})
	assert.NotContains(t, text, "put /etc/systemd/system/")
	assert.Contains(t, text, "put "+program.EnvironmentPath+" ")
}

func TestBootTimeIsTheProgramsOwn(t *testing.T) {
	rec, _ := run(t, web(func(a *Args) { a.Program.BootSeconds = 300 }))
	group := recordtest.Only(t, rec, token.AutoScalingGroup)
	assert.EqualValues(t, 300, group.Number("defaultInstanceWarmup"))
	assert.EqualValues(t, 450, group.Number("healthCheckGracePeriod"))
}

func TestAdmitOpensTheProgramsPort(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		args := web(nil)
		args.Files = &boottest.Bucket{}
		f, err := New(ctx, "web", args)
		if err != nil {
			return err
		}
		return f.Admit(part.Client{Name: "late", SecurityGroupID: pulumi.String("sg-1")})
	})
	rule := recordtest.Only(t, rec, token.VPCSecurityGroupIngressRule)
	assert.Equal(t, "web-from-late", rule.Name)
	assert.EqualValues(t, contract.Port, rule.Number("toPort"))
}
