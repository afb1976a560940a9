//go:build linux

package supervisor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/unit"
)

// What people still come to goes on for a while, unless it is another's turn or the lab ends.
func TestWhatNobodyWantsLingers(t *testing.T) {
	lingers := ledger.Process{Stop: unit.Stop{Linger: 6}}
	for name, tt := range map[string]struct {
		do     verb
		of     ledger.Process
		ending bool
		want   time.Duration
	}{
		"nothing wants it":        {do: end, of: lingers, want: 6 * time.Second},
		"it says nothing of it":   {do: end},
		"it is wanted otherwise":  {do: again, of: lingers},
		"the whole of it is over": {do: end, of: lingers, ending: true},
	} {
		s := &Supervisor{ending: tt.ending}
		assert.Equal(t, tt.want, s.linger(action{do: tt.do, unit: "E1/cdn"}, tt.of), name)
	}
}
