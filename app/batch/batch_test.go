package batch_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/batch"
)

// sink keeps batches by id, as a table with a unique key would.
type sink struct {
	mu      sync.Mutex
	fail    atomic.Bool
	batches []map[int]int64
	ids     map[string]bool
}

func (s *sink) flush(_ context.Context, id string, items map[int]int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail.Load() {
		return errors.New("away")
	}
	if !s.ids[id] {
		s.ids[id] = true
		s.batches = append(s.batches, items)
	}
	return nil
}

func (s *sink) sizes() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	sizes := []int{}
	for _, b := range s.batches {
		sizes = append(sizes, len(b))
	}
	return sizes
}

func start(s *sink, capacity int) *batch.Batch[int] {
	s.ids = map[string]bool{}
	var n atomic.Int64
	return batch.New(batch.Config[int]{Size: 100, Every: 5 * time.Second, Capacity: capacity, Flush: s.flush,
		NewID: func() string { return strconv.FormatInt(n.Add(1), 10) }})
}

func add(t *testing.T, b *batch.Batch[int], n int) {
	t.Helper()
	for i := range n {
		require.NoError(t, b.Add(t.Context(), i))
	}
}

func TestFlushesAtSizeAndAfterTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		b := start(s, 1000)
		add(t, b, 250)
		synctest.Wait()
		assert.Equal(t, []int{100, 100}, s.sizes(), "at 100 items")
		time.Sleep(5*time.Second - time.Millisecond)
		synctest.Wait()
		assert.Len(t, s.sizes(), 2, "not before 5 seconds")
		time.Sleep(time.Millisecond)
		synctest.Wait()
		assert.Equal(t, []int{100, 100, 50}, s.sizes(), "after 5 seconds")
		add(t, b, 7)
		require.NoError(t, b.Close(t.Context()))
		assert.Equal(t, []int{100, 100, 50, 7}, s.sizes(), "at the end")
		assert.ErrorIs(t, b.Add(t.Context(), 1), batch.ErrClosed)
	})
}

// What is added again is counted, and takes no room of its own.
func TestCountsWhatIsAddedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		b := start(s, 1000)
		for range 3 {
			add(t, b, 99)
		}
		synctest.Wait()
		assert.Empty(t, s.sizes(), "there are 99 items")
		require.NoError(t, b.Add(t.Context(), 99))
		synctest.Wait()
		require.Equal(t, []int{100}, s.sizes())
		assert.Equal(t, int64(3), s.batches[0][7])
		assert.Equal(t, int64(1), s.batches[0][99])
		require.NoError(t, b.Close(t.Context()))
	})
}

func TestKeepsItemsWhileTheSinkIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		s.fail.Store(true)
		b := start(s, 300)
		add(t, b, 300)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		assert.ErrorIs(t, b.Add(ctx, 1), context.DeadlineExceeded, "memory is bounded: who adds must wait")
		s.fail.Store(false)
		time.Sleep(10 * time.Second)
		assert.Equal(t, []int{100, 100, 100}, s.sizes())
		require.NoError(t, b.Close(t.Context()))
	})
}

func TestCloseReportsWhatIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		s.fail.Store(true)
		b := start(s, 300)
		add(t, b, 20)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		assert.ErrorContains(t, b.Close(ctx), "batch of 20")
	})
}
