package tests

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/redis"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/store"
)

// between does something right after the copy of a session was read.
type between struct {
	*store.Store
	once atomic.Pointer[func()]
}

func (b *between) Session(ctx context.Context, hash []byte) (store.Session, error) {
	found, err := b.Store.Session(ctx, hash)
	if do := b.once.Swap(nil); do != nil {
		(*do)()
	}
	return found, err
}

// Who logs out is logged out, also while another request finds the session's
// copy or keeps it from expiring.
func TestEndedSessionsStayEnded(t *testing.T) {
	c, name := apptest.Database(t)
	pools, err := database.Open(t.Context(), database.Config{Primary: c.Primary.URL(name), MaxConns: 5})
	require.NoError(t, err)
	t.Cleanup(pools.Close)
	r := apptest.NewRedis(t)
	client, err := redis.Open(t.Context(), redis.Config{URL: r.URL()})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	at := &between{Store: store.New(pools)}
	sessions := session.New(client, at, slog.New(slog.DiscardHandler))
	begin := func() string {
		token, _, err := sessions.Begin(t.Context(), store.NewID(), "ann", database.Seen{})
		require.NoError(t, err)
		return token
	}
	redisDoes := func(do func(rueidis.Client) rueidis.Completed) {
		require.NoError(t, client.Do(t.Context(),
			func(ctx context.Context, r rueidis.Client) error { return r.Do(ctx, do(r)).Error() }))
	}
	flush := func(r rueidis.Client) rueidis.Completed { return r.B().Flushall().Build() }

	token := begin()
	redisDoes(flush) // so that the copy is asked
	end := func() { assert.NoError(t, sessions.End(t.Context(), token)) }
	at.once.Store(&end)
	_, err = sessions.Find(t.Context(), token)
	require.ErrorIs(t, err, session.ErrNone)
	_, err = sessions.Find(t.Context(), token)
	require.ErrorIs(t, err, session.ErrNone)

	token = begin()
	redisDoes(flush)
	_, err = sessions.Find(t.Context(), token)
	require.NoError(t, err, "the copy answers")
	found, err := sessions.Find(t.Context(), token)
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), found.Saved, time.Minute)
	_, err = pools.Primary().Exec(t.Context(), "DELETE FROM sessions") // as End begins
	require.NoError(t, err)
	require.ErrorIs(t, at.ProlongSession(t.Context(), []byte("gone"), time.Now()), store.ErrNotFound)
	redisDoes(flush)
	_, err = sessions.Find(t.Context(), token)
	require.ErrorIs(t, err, session.ErrNone)
}
