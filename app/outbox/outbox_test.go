package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/outbox"
	"github.com/rung-dev/rung/app/product/copies"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// newStore is a service's own store.
func newStore(t *testing.T) (*posts.Store, *pgxpool.Pool) {
	t.Helper()
	c, name := apptest.Database(t)
	pools, err := database.Open(t.Context(), database.Config{Primary: c.Primary.URL(name), MinConns: 2, MaxConns: 10})
	require.NoError(t, err)
	t.Cleanup(pools.Close)
	return posts.New(account.New(store.New(pools), nil)), pools.Primary()
}

func newUser(name string) account.User {
	return account.User{ID: store.NewID(), Name: name, Email: name + "@example.com", Hash: "x"}
}

func write(t *testing.T, s *posts.Store, by account.User, title string) uuid.UUID {
	t.Helper()
	p := posts.Post{ID: store.NewID(), UserID: by.ID, Author: by.Name, Title: title, Body: "of the " + title}
	_, err := s.CreatePost(t.Context(), p)
	require.NoError(t, err)
	return p.ID
}

func count(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), sql, args...).Scan(&n))
	return n
}

// run starts something that goes on until the context or the test ends.
func run(t *testing.T, fn func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); fn(ctx) }()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

func TestDecode(t *testing.T) {
	id := "018f0000-0000-7000-8000-000000000001"
	raw := `{"id":"` + id + `","topic":"user.created","payload":{"name":"ada"}}`
	for name, tt := range map[string]struct {
		give string
		ok   bool
	}{
		"raw":          {raw, true},
		"in envelope":  {`{"Type":"Notification","Message":` + fmt.Sprintf("%q", raw) + `}`, true},
		"no id":        {`{"topic":"user.created","payload":{}}`, false},
		"no topic":     {`{"id":"` + id + `","payload":{}}`, false},
		"no payload":   {`{"id":"` + id + `","topic":"x"}`, false},
		"no JSON":      {`hello`, false},
		"nothing":      {``, false},
		"far too long": {raw[:len(raw)-2] + strings.Repeat(" ", 600<<10) + "}}", false},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := outbox.Decode([]byte(tt.give))
			if !tt.ok {
				assert.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, id, e.ID.String())
			assert.JSONEq(t, `{"name":"ada"}`, string(e.Payload))
		})
	}
}

func TestWhatIsUndoneTellsNobody(t *testing.T) {
	s, pool := newStore(t)
	require.NoError(t, s.CreateUser(t.Context(), newUser("ada")))
	require.ErrorAs(t, s.CreateUser(t.Context(), newUser("ada")), &account.ErrTaken{})
	assert.Equal(t, 1, count(t, pool, "SELECT count(*) FROM outbox"))
}

// Two relays and two consumers carry what four writers make, over an SNS that
// loses calls and answers, while relays and consumers stop and start again.
// Everything acknowledged arrives, and has effect once.
func TestEveryEventHasEffectOnce(t *testing.T) {
	began := time.Now().Add(-time.Second)
	posts, postsPool := newStore(t)
	search, searchPool := newStore(t)
	cloud := awsapitest.New(t)
	queue, _ := cloud.Queue("search", 50)
	topics := map[string]string{outbox.UserCreated: cloud.Topic("user-created", queue),
		outbox.PostCreated: cloud.Topic("post-created", queue)}
	sns, config := newLossySNS(t, cloud)

	relay := func(ctx context.Context) {
		(&outbox.Relay{Pool: postsPool, Publisher: outbox.NewSNS(config, topics), Pause: 20 * time.Millisecond}).Run(ctx)
	}
	var refuse atomic.Int64 // makes every tenth event fail in its transaction
	inbox := &outbox.Inbox{Pool: searchPool, Handlers: map[string]outbox.Handler{
		outbox.UserCreated: copies.CopyUsers,
		outbox.PostCreated: func(ctx context.Context, tx pgx.Tx, e outbox.Event) error {
			if err := copies.CopyPosts(ctx, tx, e); err != nil {
				return err
			}
			// An effect that shows when it is had twice.
			if _, err := tx.Exec(ctx,
				"INSERT INTO post_views SELECT ($1::jsonb->>'id')::uuid, 1 ON CONFLICT (post_id) DO UPDATE SET views = "+
					"post_views.views + 1", e.Payload); err != nil {
				return err
			}
			if refuse.Add(1)%10 == 0 {
				return errors.New("not today")
			}
			return nil
		}}}
	consume := func(ctx context.Context) {
		(&outbox.SQS{Config: cloud.Config(), URL: queue, Taker: inbox, Pause: time.Millisecond}).Run(ctx)
	}
	run(t, relay)
	run(t, consume)
	stopRelay, stopConsumer := run(t, relay), run(t, consume)

	var mu sync.Mutex
	var made []uuid.UUID
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			u := newUser(fmt.Sprintf("writer-%d", w))
			if !assert.NoError(t, posts.CreateUser(t.Context(), u)) {
				return
			}
			for i := range 100 {
				id := write(t, posts, u, fmt.Sprintf("post %d", i))
				mu.Lock()
				made = append(made, id)
				mu.Unlock()
				time.Sleep(time.Duration(rand.IntN(4)) * time.Millisecond)
			}
		})
	}
	for range 4 {
		time.Sleep(80 * time.Millisecond)
		stopRelay()
		stopConsumer()
		stopRelay, stopConsumer = run(t, relay), run(t, consume)
	}
	writers.Wait()
	sns.sound.Store(true)
	require.Eventually(t, func() bool {
		return count(t, searchPool, "SELECT count(*) FROM posts WHERE id = ANY($1)", made) == len(made)
	},
		2*time.Minute, 50*time.Millisecond)
	require.Eventually(t,
		func() bool {
			return count(t, postsPool, "SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0
		}, time.Minute, 50*time.Millisecond)
	assert.Len(t, made, 400)
	assert.Zero(t, count(t, searchPool, "SELECT count(*) FROM post_views WHERE views <> 1"), "no event has effect twice")
	require.Eventually(t, func() bool { return count(t, searchPool, "SELECT count(*) FROM users") == 4 }, time.Minute,
		50*time.Millisecond, "they may come after their posts")
	assert.Greater(t, sns.calls.Load(), int64(40))
	found, err := search.Search(t.Context(), "post 7", uuid.Nil, 100)
	require.NoError(t, err)
	assert.Len(t, found, 4, "the copy is searched like the original")
	assert.WithinRange(t, found[0].CreatedAt, began, time.Now())
}

// The local driver keeps an event while any subscriber is away, and goes on
// with the others.
func TestPushWaitsForSubscribers(t *testing.T) {
	users, usersPool := newStore(t)
	_, postsPool := newStore(t)
	inbox := &outbox.Inbox{Pool: postsPool, Handlers: map[string]outbox.Handler{outbox.UserCreated: copies.CopyUsers}}
	up := httptest.NewServer(outbox.Receiver{Taker: inbox})
	t.Cleanup(up.Close)
	late := httptest.NewUnstartedServer(outbox.Receiver{Taker: inbox})
	push := &outbox.Push{Subscribers: map[string][]string{outbox.UserCreated: {up.URL,
		"http://" + late.Listener.Addr().String()}},
		Client: up.Client()}
	push.Client.Timeout = 5 * time.Second // which who is there keeps on any machine
	relay := &outbox.Relay{Pool: usersPool, Publisher: push, Pause: 20 * time.Millisecond}
	require.NoError(t, users.CreateUser(t.Context(), newUser("ada")))
	sent, err := relay.Once(t.Context())
	assert.Error(t, err)
	assert.Zero(t, sent)
	assert.Equal(t, 1, count(t, postsPool, "SELECT count(*) FROM users WHERE name = 'ada'"), "who is there has it")
	const unsent = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
	assert.Equal(t, 1, count(t, usersPool, unsent))

	late.Start()
	t.Cleanup(late.Close)
	run(t, relay.Run)
	require.Eventually(t, func() bool { return count(t, usersPool, unsent) == 0 }, time.Minute, 20*time.Millisecond)
	assert.Equal(t, 1, count(t, postsPool, "SELECT count(*) FROM users"))
}

// refusing publishes all but one event.
type refusing struct {
	not   uuid.UUID
	tried atomic.Int64
	sent  atomic.Int64
}

func (r *refusing) Publish(_ context.Context, events []outbox.Event) []error {
	errs := make([]error, len(events))
	for i, e := range events {
		if e.ID == r.not {
			r.tried.Add(1)
			errs[i] = errors.New("never")
			continue
		}
		r.sent.Add(1)
	}
	return errs
}

// An event that nobody takes does not hold up the rest, and is tried again.
func TestOneBadEventHoldsUpNobody(t *testing.T) {
	s, pool := newStore(t)
	u := newUser("ada")
	require.NoError(t, s.CreateUser(t.Context(), u))
	bad := &refusing{}
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT id FROM outbox").Scan(&bad.not))
	run(t, (&outbox.Relay{Pool: pool, Publisher: bad, Pause: 10 * time.Millisecond}).Run)
	for i := range 300 {
		write(t, s, u, fmt.Sprintf("post %d", i))
	}
	require.Eventually(t, func() bool { return bad.sent.Load() == 300 && bad.tried.Load() >= 2 }, time.Minute,
		20*time.Millisecond)
	assert.Equal(t, 1, count(t, pool, "SELECT count(*) FROM outbox WHERE sent_at IS NULL"))
}

// Changes and deletions come in any order, and some twice: the last state
// stays, and what was deleted never comes back.
func TestCopiesFollowInAnyOrder(t *testing.T) {
	original, pool := newStore(t)
	u := newUser("ada")
	require.NoError(t, original.CreateUser(t.Context(), u))
	history := func(deleted bool) (id uuid.UUID, events []outbox.Event) {
		id = write(t, original, u, "first")
		_, err := original.UpdatePost(t.Context(), posts.Post{ID: id, UserID: u.ID, Title: "second", Body: "b"})
		require.NoError(t, err)
		require.NoError(t, original.SetThumbnail(t.Context(), id, "small.jpg"))
		if deleted {
			_, err := original.DeletePost(t.Context(), id, u.ID)
			require.NoError(t, err)
			require.ErrorIs(t, original.SetThumbnail(t.Context(), id, "late.jpg"), store.ErrNotFound)
		}
		rows, err := pool.Query(t.Context(),
			"SELECT id, topic, payload, trace FROM outbox WHERE payload->>'id' = $1 ORDER BY id", id.String())
		require.NoError(t, err)
		events, err = pgx.CollectRows(rows, pgx.RowToStructByPos[outbox.Event])
		require.NoError(t, err)
		return id, events
	}
	changed, changes := history(false)
	gone, all := history(true)
	require.Len(t, changes, 3)
	require.Len(t, all, 4)
	copied, copiesPool := newStore(t)
	take := outbox.Inbox{Pool: copiesPool,
		Handlers: map[string]outbox.Handler{outbox.PostCreated: copies.CopyPosts, outbox.PostUpdated: copies.CopyPosts,
			outbox.PostDeleted: copies.RemovePosts}}
	for range 40 {
		_, err := copiesPool.Exec(t.Context(), "TRUNCATE posts, removed, consumed")
		require.NoError(t, err)
		events := append(append(slices.Clone(changes), all...), changes[0], all[0])
		rand.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		var under sync.WaitGroup
		for _, e := range events {
			under.Go(func() { assert.NoError(t, take.Take(t.Context(), e)) })
		}
		under.Wait()
		p, err := copied.Post(t.Context(), changed)
		require.NoError(t, err)
		require.Equal(t, "second", p.Title)
		require.Equal(t, "small.jpg", p.Thumbnail)
		require.EqualValues(t, 3, p.Version)
		_, err = copied.Post(t.Context(), gone)
		require.ErrorIs(t, err, store.ErrNotFound)
	}
}

// Kinds for which no topic is given travel with what created their subject.
func TestChangesTravelWithCreations(t *testing.T) {
	cloud := awsapitest.New(t)
	queue, _ := cloud.Queue("search", 5)
	publisher := outbox.NewSNS(cloud.Config(), map[string]string{outbox.PostCreated: cloud.Topic("posts", queue)})
	e := outbox.Event{ID: uuid.New(), Topic: outbox.PostDeleted, Payload: []byte(`{}`)}
	assert.NoError(t, publisher.Publish(t.Context(), []outbox.Event{e})[0])
	e.Topic = outbox.UserCreated
	assert.ErrorContains(t, publisher.Publish(t.Context(), []outbox.Event{e})[0], "no topic")
}
