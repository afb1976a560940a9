package redis

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// Redis is asked seldom while all is well, and soon after something has failed.
func TestRedisIsAskedSoonWhereSomethingIsWrong(t *testing.T) {
	why := "OOM"
	for name, tt := range map[string]struct {
		set  func(*Client)
		want time.Duration
	}{
		"all is well":         {func(*Client) {}, quietEvery},
		"it is away":          {func(r *Client) { r.up.Store(false) }, retryEvery},
		"it takes no writes":  {func(r *Client) { r.refuses.Store(&why) }, retryEvery},
		"changes wait for it": {func(r *Client) { r.backlog.add("k", pending{}) }, retryEvery},
		"a call has failed":   {func(r *Client) { r.fails(); r.fails() }, retryEvery},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := &Client{failed: make(chan struct{}, 1), backlog: backlog{changes: map[string]pending{}}}
			r.up.Store(true)
			tt.set(r)
			begin := time.Now()
			assert.True(t, r.pause(t.Context()), name)
			assert.Equal(t, tt.want, time.Since(begin), name)
			ended, end := context.WithCancel(t.Context())
			end()
			assert.False(t, r.pause(ended), name)
		})
	}
}
