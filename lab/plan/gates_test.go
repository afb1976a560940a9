package plan

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/scaling"
	"github.com/rung-dev/rung/resource/token"
)

// At its checkpoint a replacement waits for longer than any alarm of its gate takes to
// ring, as on AWS: later there is no machine of before to go back to.
func TestGatesHaveTheTimeToRing(t *testing.T) {
	for _, stage := range []string{"stage3", "stage4"} {
		c := recorded(t, stage)
		alarms, _ := scaling.Alarms(c)
		bad := scaling.Readings{}
		for _, r := range c.All(token.LBTargetGroup) {
			bad[scaling.Errors(r.Str("name"))], bad[scaling.Slowness(r.Str("name"))] = 1e6, 1e6
		}
		var bells scaling.Bells
		rang := map[string]int{} // the look at which an alarm rang first
		for look := 1; look <= 10; look++ {
			ringing, err := bells.Ring(alarms, bad)
			require.NoError(t, err)
			for name := range ringing {
				if rang[name] == 0 {
					rang[name] = look
				}
			}
		}
		gates := 0
		for _, g := range machines.Groups(c, nil) {
			if len(g.Checkpoints) == 0 {
				continue
			}
			for _, name := range g.Gates {
				gates++
				require.Positive(t, rang[name], "%s of %s", name, g.Name)
				assert.Greater(t, g.Pause.Seconds(), float64(rang[name])*scaling.Look.Seconds(), "%s of %s", name, g.Name)
			}
		}
		assert.Positive(t, gates, stage)
	}
}
