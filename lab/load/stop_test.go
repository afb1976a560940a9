package load

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// A load that is stopped takes the answers that are on their way, and counts writes and
// reads apart.
func TestALoadIsStopped(t *testing.T) {
	stop, asked, once := make(chan struct{}), atomic.Int64{}, sync.Once{}
	target := fakeSite(t, func(http.ResponseWriter, *http.Request) {
		if asked.Add(1) == 30 {
			once.Do(func() { close(stop) })
		}
		time.Sleep(20 * time.Millisecond)
	})
	c := attack(t, Plan{Target: target, Rate: 100, From: -1, Duration: time.Hour,
		Profile: Profile{ReadShare: 0.5, Skew: 1.1},
		Stop:    stop})
	r := c.result(Plan{})
	assert.GreaterOrEqual(t, r.Sent, 30)
	assert.Less(t, r.Sent, r.Planned)
	assert.EqualValues(t, asked.Load(), r.Sent, "nothing that was asked is left out")
	written, failed := 0, 0
	for _, s := range r.Timeline {
		written, failed = written+s.Written, failed+s.FailedWrites
	}
	of := map[string]int{}
	for _, k := range r.Kinds {
		of[k.Name] = k.Sent - k.Failed
	}
	assert.Equal(t, of[kindPublish]+of[kindFollow]+of[kindLogIn], written)
	assert.Positive(t, written+failed)
}
