package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// one is a definition of one state.
const one = `{"StartAt":"Do","States":{"Do":{"Type":"Pass","End":true}}}`

func TestStateMachineSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	role := trusting(c, "flow", "states.amazonaws.com")
	in := sim.Props{"name": "flow", "roleArn": role.Str("arn"), "definition": one, "publish": true}
	m := c.Settled(token.SFNStateMachine, "flow", in)
	assert.Equal(t, "arn:aws:states:us-east-1:"+account+":stateMachine:flow", m.ID)
	assert.Equal(t, m.ID+":1", m.Str("stateMachineVersionArn"))
	replacedBy(t, c, m, in, map[string]sim.Props{"name": {"name": "other"}, "type": {"type": "EXPRESS"},
		"traced":     {"tracingConfiguration": obj{"enabled": true}},
		"definition": {"definition": `{"StartAt":"It","States":{"It":{"Type":"Succeed"}}}`}}, map[string]bool{"name": true, "type": true})
	next := with(in, sim.Props{"definition": `{"StartAt":"It","States":{"It":{"Type":"Succeed"}}}`})
	second, err := c.Update(m, next)
	require.NoError(t, err)
	assert.Equal(t, m.ID+":2", second.Str("stateMachineVersionArn"))
	assert.NotEqual(t, m.Str("revisionId"), second.Str("revisionId"))
	prefixed := c.Settled(token.SFNStateMachine, "p", sim.Props{"namePrefix": "p-", "roleArn": role.Str("arn"),
		"definition": one})
	assert.Regexp(t, `^p-\d{18}[0-9a-f]{8}$`, prefixed.Str("name"))
	a := c.Settled(token.SFNActivity, "hand", sim.Props{})
	assert.Regexp(t, `:activity:hand-[0-9a-f]{7}$`, a.ID)
}

func TestStateMachineRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	role, other := trusting(c, "flow", "states.us-east-1.amazonaws.com"), trusting(c, "other", "lambda.amazonaws.com")
	group := c.Must(token.CloudWatchLogGroup, "flow", sim.Props{})
	in := sim.Props{"name": "flow", "roleArn": role.Str("arn"), "definition": one}
	c.Must(token.SFNStateMachine, "flow", in)
	bad := func(changes sim.Props, want ...string) mistake {
		return mistake{token.SFNStateMachine, with(with(in, sim.Props{"name": "bad"}), changes), want}
	}
	logged := func(to string) sim.Props {
		return sim.Props{"loggingConfiguration": obj{"level": "ALL", "logDestination": to}}
	}
	defined := func(states string) sim.Props {
		return sim.Props{"definition": `{"StartAt":"A","States":{` + states + `}}`}
	}
	allRefused(t, c, map[string]mistake{
		"taken":       bad(sim.Props{"name": "flow"}, "StateMachineAlreadyExists"),
		"name":        bad(sim.Props{"name": "a.b"}, "hyphens"),
		"trust":       bad(sim.Props{"roleArn": other.Str("arn")}, "AccessDeniedException", "Neither the global service principal"),
		"no JSON":     bad(sim.Props{"definition": "{"}, "INVALID_JSON_DESCRIPTION"),
		"start":       bad(defined(`"B":{"Type":"Succeed"}`), "Missing 'Next' target: A at /StartAt", `State "B" is not reachable. at /States/B`),
		"next":        bad(defined(`"A":{"Type":"Pass","Next":"B"}`), "Missing 'Next' target: B at /States/A/Next"),
		"default":     bad(defined(`"A":{"Type":"Choice","Choices":[{"Next":"C"}],"Default":"B"},"B":{"Type":"Succeed"}`), "C at /States/A/Choices[0]/Next"),
		"catch":       bad(defined(`"A":{"Type":"Task","End":true,"Catch":[{"Next":"Z"}]}`), "Z at /States/A/Catch[0]/Next"),
		"branch":      bad(defined(`"A":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"X","States":{}}]}`), "X at /States/A/StartAt"),
		"each":        bad(defined(`"A":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"X","States":{}}}`), "X at /States/A/StartAt"),
		"log":         bad(logged(group.Str("arn")), "InvalidLoggingConfiguration", ":*"),
		"may not log": bad(logged(group.Str("arn")+":*"), "AccessDeniedException", "not authorized to access the Log Destination"),
	})
	allows(c, "flow", "log", "logs:*", "*")
	c.Settled(token.SFNStateMachine, "logged", with(with(in, sim.Props{"name": "logged"}), logged(group.Str("arn")+":*")))
}
