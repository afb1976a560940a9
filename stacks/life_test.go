package stacks_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/tests/inprocess"
)

// lives are how many configurations make test draws, and make nightly.
const lives, nightlyLives = "120", "3000"

// drawn are how many configurations each other property is tried on, which builds each
// once or twice without a cloud.
const drawn, nightlyDrawn = "20", "1000"

// small draws the stages about as often as people have them: one of several
// regions takes as long as twenty servers.
var small = rapid.SampledFrom(strings.Split(strings.Repeat("1", 28)+strings.Repeat("2", 20)+strings.Repeat("3",
	12)+"4444"+"56", ""))

// What config accepts previews; what previews goes up; a second run changes
// nothing; and with everything confirmed it is destroyed, with nothing left.
func TestWhatIsAcceptedLives(t *testing.T) {
	often(t, lives, nightlyLives)
	rapid.Check(t, func(t *rapid.T) {
		s, c := drawOn(t, small)
		life(t, stackNamed.Draw(t, "stack"), s, c)
	})
}

// stackNamed are names that a stack may have.
var stackNamed = rapid.OneOf(rapid.Just("dev"), rapid.StringMatching(`[A-Za-z0-9_][A-Za-z0-9_-]{0,99}`))

func life(t require.TestingT, name string, s settings, c config.Config) {
	program := stacks.Program(app)
	with := func(s settings) record.Option { return record.Config(namespaced(s)) }
	stack, err := inprocess.NewStack(record.Stack(name))
	require.NoError(t, err)
	s = there(t, stack, s, c)

	plan, err := stack.Preview(program, with(s))
	require.NoError(t, err, "what config accepts previews: %v", s)
	made, err := stack.Up(program, with(s))
	require.NoError(t, err, "what previews goes up: %v", s)
	require.ElementsMatch(t, urnsOf(plan), urnsOf(made), "up makes what the preview shows: %v", s)
	again, err := stack.Up(program, with(s))
	require.NoError(t, err, "what is up goes up again: %v", s)
	require.Empty(t, again, "a second run changes nothing: %v", s)

	s["confirmDataLoss"] = strings.Join(confirmable(stack), ",")
	_, err = stack.Up(program, with(s))
	require.NoError(t, err, "protections are lifted: %v", s)
	require.NoError(t, stack.Destroy(), "what is up is destroyed: %v", s)
	require.Empty(t, remains(t, stack), "nothing is left: %v", s)
}

// there are the settings on an account that has what they name, and without
// confirmations.
func there(t require.TestingT, stack *inprocess.Stack, s settings, c config.Config) settings {
	s = maps.Clone(s)
	delete(s, "confirmDataLoss")
	if s["ami"] != "" {
		s["ami"] = otherImage(t, c.Home())
	}
	if s["hostedZone"] != "" {
		id, err := stack.Foreign(token.Route53Zone, c.Home(),
			resource.PropertyMap{"name": resource.NewProperty(c.Domain)})
		require.NoError(t, err)
		s["hostedZone"] = id
	}
	return s
}

// otherImage is a region's machine image that no stage takes by itself.
func otherImage(t require.TestingT, region string) string {
	image, err := offline.Call(token.SSMGetParameter, region, sim.MemoryStore(), resource.PropertyMap{
		"name": resource.NewProperty("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64"),
	})
	require.NoError(t, err)
	return image["value"].StringValue()
}

func urnsOf(steps []inprocess.Step) []string {
	var list []string
	for _, s := range steps {
		list = append(list, s.URN)
	}
	return list
}

// confirmable are the names of what holds data, and of what is protected for
// another reason, as rung destroy confirms them.
func confirmable(stack *inprocess.Stack) []string {
	var list []string
	for _, r := range stack.Held() {
		if _, holds := guard.HoldsData(r.Type); holds || r.Protect || r.Bool("enableDeletionProtection") {
			list = append(list, r.Name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// remains are what is left in the cloud of a stack that was destroyed, but for what
// stays by design.
func remains(t require.TestingT, stack *inprocess.Stack) []string {
	left, err := stack.Left()
	require.NoError(t, err)
	var list []string
	for _, e := range left {
		if !stacks.Stays(e.Type) {
			list = append(list, e.Type+" "+e.ID)
		}
	}
	return list
}
