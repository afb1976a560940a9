package tests

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// load is a crowd that writes, reads and remembers every answer. What it was
// told is done must be there in the end.
type load struct {
	t       *testing.T
	cancel  context.CancelFunc
	all     sync.WaitGroup
	mu      sync.Mutex
	posts   []string // acknowledged
	written atomic.Int64
	read    atomic.Int64
	stale   atomic.Int64 // an own write that was not seen
	mu2     sync.Mutex
	failed  map[string]int // by status or error
}

// crowd starts n people at servers; each writes, looks at what it wrote, and
// reads what others wrote.
func crowd(t *testing.T, n int, bases ...string) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{t: t, cancel: cancel, failed: map[string]int{}}
	for i := range n {
		c := &client{t: t, base: bases[i%len(bases)], http: newHTTP()}
		c.signUp()
		l.all.Go(func() { l.person(ctx, c, bases) })
	}
	return l
}

func (l *load) person(ctx context.Context, c *client, bases []string) {
	for i := 0; ctx.Err() == nil; i++ {
		c.base = bases[rand.IntN(len(bases))]
		a, err := c.try("POST", "/api/posts", map[string]string{"title": fmt.Sprint("post ", i), "body": "under load"})
		if !l.ok(a, err, 201) {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		var p post
		a.into(l.t, &p)
		l.written.Add(1)
		l.mu.Lock()
		l.posts = append(l.posts, p.ID)
		other := l.posts[rand.IntN(len(l.posts))]
		l.mu.Unlock()
		c.base = bases[rand.IntN(len(bases))]
		a, err = c.try("GET", "/api/posts/"+p.ID, nil)
		if err == nil && a.status == 404 {
			l.stale.Add(1)
		}
		l.ok(a, err, 200)
		a, err = c.try("GET", "/api/posts/"+other, nil)
		l.ok(a, err, 200)
		a, err = c.try("GET", "/api/feed", nil)
		if l.ok(a, err, 200) {
			var feed listed
			a.into(l.t, &feed)
			if len(feed.Posts) == 0 || feed.Posts[0].ID != p.ID {
				l.stale.Add(1)
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (l *load) ok(a answer, err error, want int) bool {
	if err == nil && a.status == want {
		l.read.Add(1)
		return true
	}
	what := fmt.Sprint(a.status)
	if err != nil {
		what = "no answer"
	}
	l.mu2.Lock()
	defer l.mu2.Unlock()
	l.failed[what]++
	return false
}

func (l *load) failures() map[string]int {
	l.mu2.Lock()
	defer l.mu2.Unlock()
	out := map[string]int{}
	for k, v := range l.failed {
		out[k] = v
	}
	return out
}

// stop ends the crowd and checks that every post it was promised is in the
// database.
func (l *load) stop(databaseURL string) {
	l.t.Helper()
	l.cancel()
	l.all.Wait()
	conn, err := pgx.Connect(context.Background(), databaseURL)
	require.NoError(l.t, err)
	defer conn.Close(context.Background()) //nolint:errcheck // only read from
	rows, err := conn.Query(context.Background(), "SELECT id::text FROM posts")
	require.NoError(l.t, err)
	kept, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(l.t, err)
	slices.Sort(kept)
	lost := 0
	for _, id := range l.posts {
		if _, found := slices.BinarySearch(kept, id); !found {
			lost++
		}
	}
	l.t.Logf("%d posts, %d answers as wanted, others: %v", l.written.Load(), l.read.Load(), l.failures())
	assert.Zero(l.t, lost, "acknowledged and lost")
	assert.Zero(l.t, l.stale.Load(), "own writes that were not seen")
	assert.Positive(l.t, l.written.Load())
}

// goesOn waits until the crowd has written n posts more.
func (l *load) goesOn(n int64) {
	l.t.Helper()
	from := l.written.Load()
	require.Eventually(l.t, func() bool { return l.written.Load() >= from+n }, time.Minute, 10*time.Millisecond,
		"failures: %v", l.failures())
}
