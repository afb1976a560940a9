package database

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Under load connections come back all the time; a pool whose connections
// never do is stuck.
func TestStuckIsNotLoad(t *testing.T) {
	now := time.Now()
	s := NewStuck()
	s.now = func() time.Time { return now }
	p := &Pools{}
	for taken := range int64(100) {
		assert.False(t, s.note(p, true, taken))
		now = now.Add(stuckAfter / 2)
	}
	assert.False(t, s.note(p, true, 99))
	now = now.Add(stuckAfter)
	assert.True(t, s.note(p, true, 99))
	assert.False(t, s.note(p, false, 99), "one has come back")
	now = now.Add(stuckAfter)
	assert.False(t, s.note(p, true, 99), "counted anew")
}
