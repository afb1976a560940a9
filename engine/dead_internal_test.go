package engine

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
)

func TestFindDead(t *testing.T) {
	const urn = "urn:pulumi:dev::rung::random:index/thing:Thing::"
	begun := func(name string) events.EngineEvent {
		return events.EngineEvent{EngineEvent: apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{
			Metadata: apitype.StepEventMetadata{Op: apitype.OpCreate, URN: urn + name}}}}
	}
	said := []events.EngineEvent{begun("a"), begun("b")}
	lost := Diagnostic{URN: urn + "a", Message: "error reading from server: EOF"}
	refused := Diagnostic{URN: urn + "b", Message: "api error Throttling: slow down"}
	report := Diagnostic{Message: "Detected that /usr/bin/pulumi-resource-aws exited prematurely. \n" +
		"       This is *always* a bug in the provider. Please report the issue to the provider author as appropriate.\n" +
		"       To assist with debugging we have dumped the STDOUT and STDERR streams of the plugin:\nlast words\n"}
	for name, tt := range map[string]struct {
		all, rest []Diagnostic
		dead      *DeadPlugin
		output    string
	}{
		"nobody died":          {all: []Diagnostic{refused}, rest: []Diagnostic{refused}},
		"EOF is no death":      {all: []Diagnostic{lost}, rest: []Diagnostic{lost}},
		"one died":             {all: []Diagnostic{lost, report}, dead: &DeadPlugin{Name: "pulumi-resource-aws", Doing: []string{"create a", "create b"}}, output: "last words"},
		"and another went bad": {all: []Diagnostic{refused, lost, report}, rest: []Diagnostic{refused}, dead: &DeadPlugin{Name: "pulumi-resource-aws", Doing: []string{"create a"}}, output: "last words"},
	} {
		t.Run(name, func(t *testing.T) {
			dead, output, rest := findDead(tt.all, said)
			assert.Equal(t, tt.dead, dead)
			assert.Equal(t, tt.rest, rest)
			assert.Contains(t, output, tt.output)
		})
	}
}

func TestALongListIsCutShort(t *testing.T) {
	d := &DeadPlugin{Name: "p", Doing: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}}
	assert.Contains(t, d.String(), "at 1, 2, 3, 4, 5, 6, 7, 8 and 2 more.")
}
