package queues

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestChoose(t *testing.T) {
	now := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	waits := func(number uint64, receives int) message {
		return message{Number: number, ID: "m", Sent: now.Add(-time.Minute), Visible: now, Receives: receives}
	}
	hidden, old := waits(1, 1), waits(1, 0)
	hidden.Visible, old.Sent = now.Add(time.Second), now.Add(-5*24*time.Hour)
	for name, tt := range map[string]struct {
		give []message
		n    int
		got  int
		dead int
		gone int
	}{
		"nothing there":         {n: 10},
		"one of two":            {give: []message{waits(1, 0), waits(2, 0)}, n: 1, got: 1},
		"hidden":                {give: []message{hidden}, n: 10},
		"too old":               {give: []message{old}, n: 10, gone: 1},
		"tried often enough":    {give: []message{waits(1, 3), waits(2, 2)}, n: 10, got: 1, dead: 1, gone: 1},
		"one more try is there": {give: []message{waits(1, 2)}, n: 10, got: 1},
	} {
		t.Run(name, func(t *testing.T) {
			q := &queue{Queue: Queue{ARN: "main", DeadLetters: "dead", MaxReceives: 3}.withDefaults(), messages: tt.give}
			got, changes := q.choose(now, tt.n, time.Minute)
			assert.Len(t, got, tt.got)
			dead, gone := 0, 0
			for _, c := range changes {
				if c.arn == "dead" {
					dead++
					assert.Zero(t, c.message.Receives)
					assert.Equal(t, "main", c.message.Source)
				}
				if c.gone {
					gone++
				}
			}
			assert.Equal(t, []int{tt.dead, tt.gone}, []int{dead, gone})
			for _, m := range got {
				assert.Equal(t, now.Add(time.Minute), m.Visible)
			}
		})
	}
}

func TestAttributesThatWereAskedFor(t *testing.T) {
	m := message{Attributes: map[string]Attribute{"a.b": {}, "a.c": {}, "d": {}}}
	for want, names := range map[int][]string{0: nil, 1: {"d", "e"}, 2: {"a.*"}, 3: {"All"}} {
		assert.Len(t, m.asked(names), want)
	}
}
