package purge

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// flaky is a CDN that refuses so many purges.
type flaky struct {
	mu      sync.Mutex
	refuses int
	ids     []string
	purged  [][]string
}

func (f *flaky) Purge(_ context.Context, id string, paths []string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ids = append(f.ids, id)
	if f.refuses > 0 {
		f.refuses--
		return errors.New("too many requests")
	}
	f.purged = append(f.purged, paths)
	return nil
}

func (f *flaky) done() [][]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([][]string{}, f.purged...)
}

// A purge that fails comes again under the same id; one that fails for ever is given up,
// so that those behind it are sent.
func TestAFailingPurgeIsTriedAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		refuses, calls int
		want           [][]string
		logged         bool
	}{
		"never":    {0, 2, [][]string{{"/a"}, {"/b"}}, false},
		"twice":    {2, 4, [][]string{{"/a"}, {"/b"}}, false},
		"for long": {attempts, attempts + 1, [][]string{{"/b"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			cdn := &flaky{refuses: tt.refuses}
			p := New(cdn, slog.New(slog.NewTextHandler(&log, nil)))
			p.Changed(t.Context(), "/a", "/a")
			require.Eventually(t, func() bool { // the first batch is over
				cdn.mu.Lock()
				defer cdn.mu.Unlock()
				return cdn.refuses == 0 && len(cdn.ids) >= tt.calls-1
			}, time.Minute, 5*time.Millisecond)
			p.Changed(t.Context(), "/b")
			require.NoError(t, p.Close(t.Context()))
			assert.Equal(t, tt.want, cdn.done())
			assert.Len(t, cdn.ids, tt.calls)
			for _, id := range cdn.ids[:tt.calls-1] {
				assert.Equal(t, cdn.ids[0], id, "the same batch has the same id")
			}
			assert.Equal(t, tt.logged, log.Len() > 0, log.String())
		})
	}
}
