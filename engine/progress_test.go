package engine

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
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

// A line that is as long as the terminal is wide would begin the next one, and what is
// wiped then is not what was written.
func TestLiveProgressRenewsOneLineAndWipesIt(t *testing.T) {
	for width, most := range map[int]int{0: 79, 5: 19, 80: 79, 132: 131} {
		for _, letter := range []string{"long", "長い"} {
			var out bytes.Buffer
			p := NewProgress(&out, true, func() int { return width })
			p.Start("preview")
			p.Event(began("urn:pulumi:dev::rung::aws:ec2/vpc:Vpc::" + strings.Repeat(letter, 50)))
			p.Stop()
			assert.NotContains(t, out.String(), "\n")
			assert.True(t, strings.HasSuffix(out.String(), "\r\x1b[K"))
			for _, frame := range strings.Split(out.String(), "\r\x1b[K") {
				assert.LessOrEqual(t, text.StringWidth(frame), most, "%d columns: %s", width, frame)
			}
			assert.Contains(t, out.String(), "…")
		}
	}
}

func TestDiagnosticsLeaveOutWhatSaysNothing(t *testing.T) {
	say := func(urn, severity, words string) events.EngineEvent {
		return events.EngineEvent{EngineEvent: apitype.EngineEvent{DiagnosticEvent: &apitype.DiagnosticEvent{URN: urn,
			Severity: severity, Message: words}}}
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
