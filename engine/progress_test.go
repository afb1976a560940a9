package engine

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
)

func began(urn string) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{
		Metadata: apitype.StepEventMetadata{Op: apitype.OpCreate, URN: urn},
	}}}
}

var ended = events.EngineEvent{EngineEvent: apitype.EngineEvent{ResOutputsEvent: &apitype.ResOutputsEvent{}}}

func TestPlainProgressSpeaksNowAndThen(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(0, 0)
	l := &line{w: &out, every: 5 * time.Second, now: func() time.Time { return clock }}
	l.Start("up")
	for i := range 20 {
		clock = time.Unix(int64(i), 0)
		l.Event(began("urn:pulumi:dev::rung::aws:ec2/vpc:Vpc::network-vpc"))
		l.Event(ended)
	}
	l.Stop()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	assert.Len(t, lines, 3)
	assert.Equal(t, "up: 5 of 6 resources, 5s, create network-vpc (Vpc)", lines[0])
}

func TestLiveProgressRenewsOneLineAndWipesIt(t *testing.T) {
	var out bytes.Buffer
	p := NewProgress(&out, true)
	p.Start("preview")
	p.Event(began("urn:pulumi:dev::rung::aws:ec2/vpc:Vpc::" + strings.Repeat("long", 50)))
	p.Stop()
	assert.NotContains(t, out.String(), "\n")
	assert.True(t, strings.HasSuffix(out.String(), "\r\x1b[K"))
	for _, frame := range strings.Split(out.String(), "\r\x1b[K") {
		assert.LessOrEqual(t, len([]rune(frame)), 100)
	}
}

func TestDiagnosticsLeaveOutWhatSaysNothing(t *testing.T) {
	say := func(urn, severity, text string) events.EngineEvent {
		return events.EngineEvent{EngineEvent: apitype.EngineEvent{DiagnosticEvent: &apitype.DiagnosticEvent{URN: urn,
			Severity: severity, Message: text}}}
	}
	vpc := "urn:pulumi:dev::rung::aws:ec2/vpc:Vpc::network-vpc"
	got := Diagnostics([]events.EngineEvent{
		say("", "warning", "using a plugin from $PATH"),
		say(vpc, "error", "<{%reset%}>VpcLimitExceeded: ask for more<{%reset%}>\n"),
		say(vpc, "error", "VpcLimitExceeded: ask for more\n"),
		say("", "error", "update failed\n"),
	})
	assert.Equal(t, []Diagnostic{{URN: vpc, Name: "network-vpc", Message: "VpcLimitExceeded: ask for more"}}, got)
	assert.Len(t, Diagnostics([]events.EngineEvent{say("", "error", "update failed")}), 1, "better than nothing")
}
