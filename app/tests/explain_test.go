package tests

import (
	"encoding/json"
	"fmt"
	"go/constant"
	"go/types"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/shard"
)

// How many posts there are, how many rows of what goes with them, how many people; and
// of how many rows a table is that no query may look through. On a tenth of it PostgreSQL
// rightly looks through whole tables.
const (
	million = 1_000_000
	beside  = million / 5
	members = million / 10
	large   = 100_000
)

// fill makes posts, and as much beside them as goes with those, the fastest way:
// rows first, indexes after.
const fill = `
DROP INDEX posts_search, posts_user_newest, post_views_most, posts_slot;
DROP TRIGGER posts_note_change ON posts;
DROP TRIGGER users_note_change ON users;
DROP TRIGGER users_note_login ON users;
DROP TRIGGER follows_note_change ON follows;
DROP INDEX users_slot, follows_slot;
SET synchronous_commit = off;
INSERT INTO users (id, slot, email, name, password_hash)
	SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, i % 1024, 'user-' || i || '@example.com', 'user-' || i, 'x' FROM generate_series(1, {users}) i;
INSERT INTO posts (id, slot, user_id, author, title, body)
	SELECT ('00000000-0000-7000-9000-' || lpad(to_hex(i), 12, '0'))::uuid, i % 1024, ('00000000-0000-7000-8000-' || lpad(to_hex(1 + i % {users}), 12, '0'))::uuid,
		'user-' || (1 + i % {users}), 'title ' || i, 'word' || (i % 1000) || ' term' || (i % 7919) FROM generate_series(1, {posts}) i;
INSERT INTO post_views (post_id, views) SELECT id, ('x' || right(id::text, 5))::bit(20)::int FROM posts;
INSERT INTO follows (follower_id, followee_id, slot)
	SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(1 + i % {users}), 12, '0'))::uuid, ('00000000-0000-7000-8000-' || lpad(to_hex(1 + i * 7 % {prime}), 12, '0'))::uuid, i % 1024
	FROM generate_series(1, {rows}) i ON CONFLICT DO NOTHING;
INSERT INTO sessions (token_hash, user_id, user_name, expires_at)
	SELECT sha256(i::text::bytea), gen_random_uuid(), 'x', now() + (i - 100) * interval '1 second' FROM generate_series(1, {rows}) i;
INSERT INTO jobs (id, user_id, kind, args, state) SELECT gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad(to_hex(1 + i % {users}), 12, '0'))::uuid, 'mail', '{}',
	CASE WHEN i % 1000 = 0 THEN 'queued' ELSE 'done' END FROM generate_series(1, {rows}) i;
INSERT INTO outbox (id, topic, payload, sent_at) SELECT gen_random_uuid(), 'post.created', '{}', CASE WHEN i % 1000 > 0 THEN now() END FROM generate_series(1, {rows}) i;
INSERT INTO consumed (event_id, consumed_at) SELECT gen_random_uuid(), now() - i * interval '2 seconds' FROM generate_series(1, {rows}) i;
INSERT INTO river_job (kind, args, max_attempts, state, finalized_at, scheduled_at) SELECT 'job', '{}', 3, 'completed', now(), now() FROM generate_series(1, {rows}) i;
INSERT INTO logins (user_id, email, name) SELECT id, email, name FROM users;
INSERT INTO slots_owned SELECT generate_series(0, 1023);
INSERT INTO slot_maps SELECT i, array_fill(0::smallint, ARRAY[1024]) FROM generate_series(1, 2000) i;
INSERT INTO slot_changes (slot, "table", key) SELECT i % 1024, 'posts', '{}' FROM generate_series(1, {rows}) i;
INSERT INTO removed (id, removed_at) SELECT gen_random_uuid(), now() - i * interval '1 minute' FROM generate_series(1, {rows}) i;
INSERT INTO mails (job_id) SELECT gen_random_uuid() FROM generate_series(1, {users}) i;
CREATE INDEX posts_user_newest ON posts (user_id, id DESC);
CREATE INDEX posts_slot ON posts (slot, id);
CREATE INDEX users_slot ON users (slot, id);
CREATE INDEX follows_slot ON follows (slot, follower_id, followee_id);
CREATE INDEX posts_search ON posts USING gin (search);
CREATE INDEX post_views_most ON post_views (magnitude DESC);
ANALYZE`

// plan is what EXPLAIN says, as far as the test wants to know.
type plan struct {
	Type     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Plans    []plan
}

// scans lists the tables of which the plan reads every row.
func (p plan) scans() []string {
	var out []string
	if p.Type == "Seq Scan" || p.Type == "Parallel Seq Scan" {
		out = append(out, p.Relation)
	}
	for _, below := range p.Plans {
		out = append(out, below.scans()...)
	}
	return out
}

// queriesOf are the constants of some packages that are queries, by name; those that a
// shard is asked otherwise are there in both forms.
func queriesOf(t *testing.T, below ...string) map[string]string {
	t.Helper()
	for i, name := range below {
		below[i] = "github.com/rung-dev/rung/app/" + name
	}
	found, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax}, below...)
	require.NoError(t, err)
	out := map[string]string{}
	for _, p := range found {
		require.Empty(t, p.Errors)
		for _, name := range p.Types.Scope().Names() {
			c, is := p.Types.Scope().Lookup(name).(*types.Const)
			if !is || c.Val().Kind() != constant.String || !query.MatchString(constant.StringVal(c.Val())) {
				continue
			}
			require.NotContains(t, out, name, "two packages have a query of this name")
			out[name] = constant.StringVal(c.Val())
			if strings.Contains(out[name], shard.Owned) {
				out["shards."+name] = shard.Everywhere(out[name])
			}
		}
	}
	return out
}

var query = regexp.MustCompile(`^(SELECT|INSERT|UPDATE|DELETE|WITH) `)

// Every query of the app is answered by an index on large tables.
func TestQueriesUseIndexes(t *testing.T) {
	c, name := apptest.Database(t)
	require.NoError(t, shard.Prepare(t.Context(), c.Primary.URL(name)))
	conn, err := pgx.Connect(t.Context(), c.Primary.URL(name))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(t.Context()) }) //nolint:errcheck // the database is dropped next
	begin := time.Now()
	filling := strings.NewReplacer("{posts}", fmt.Sprint(million), "{rows}", fmt.Sprint(beside), "{users}",
		fmt.Sprint(members),
		"{prime}", fmt.Sprint(members-9)).Replace(fill)
	for statement := range strings.SplitSeq(filling, ";\n") {
		_, err := conn.Exec(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	t.Logf("filled in %v", time.Since(begin).Round(time.Second))
	sizes := map[string]int{}
	rows, err := conn.Query(t.Context(), "SELECT relname, reltuples::int FROM pg_class WHERE relkind = 'r'")
	require.NoError(t, err)
	var table string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&table, &n}, func() error { sizes[table] = n; return nil })
	require.NoError(t, err)
	require.Greater(t, sizes["posts"], million*9/10)

	user := uuid.MustParse("00000000-0000-7000-8000-000000000007")
	post, id := uuid.MustParse("00000000-0000-7000-9000-000000010007"), uuid.New()
	ids := []uuid.UUID{post, uuid.MustParse("00000000-0000-7000-9000-000000020007")}
	samples := map[string][]any{
		"insertUser": {id, 1, "e", "n", "h"}, "userByEmail": {"user-7@example.com"}, "userByName": {"user-7"}, "userByID": {user},
		"setPassword": {user, "h"}, "setAbout": {user, "a"}, "confirm": {user}, "setOperator": {user, true},
		"erasePosts": {user, 500}, "eraseFollows": {user}, "eraseViews": {ids}, "eraseFiles": {user}, "eraseJobs": {user}, "eraseUser": {user}, "insertFollow": {user, id, 1, 1000}, "follows": {user, id}, "deleteFollow": {user, id},
		"insertPost": {id, 1, user, "a", "t", "b", "", ""}, "updatePost": {post, user, "t", "b", "c"}, "deletePost": {post, user}, "setThumbnail": {post, "k"},
		"postsByID": {ids}, "shards.postsByID": {ids}, "newestPosts": {uuid.Max, 20}, "postsOfUser": {user, uuid.Max, 20}, "writtenBy": {user, uuid.Max, 20}, "searchPosts": {"word7 term14", uuid.Max, 20}, "feed": {user, uuid.Max, 20},
		"mostRead": {100}, "viewsOfPost": {post}, "addViews": {ids, []int64{1, 2}},
		"saveSession": {[]byte("x"), user, "n", time.Now()}, "prolongSession": {[]byte("x"), time.Now()}, "sessionByHash": {[]byte("x")}, "endSessions": {user}, "deleteSession": {[]byte("x")}, "deleteExpired": {1000},
		"insertJob": {id, user, "k", []byte("{}")}, "jobByID": {id}, "jobsOfUser": {user, 20}, "startJob": {id, 1}, "progressJob": {id, 5},
		"finishJob": {id, "done", "", ""}, "claimMail": {id, time.Minute}, "mailSent": {id}, "settleMail": {id}, "releaseMail": {id},
		"insertEvent": {id, "t", []byte("{}"), ""}, "consumeOnce": {id}, "deleteConsumed": {1000}, "deleteRemoved": {1000}, "deleteSent": {1000}, "deleteUntold": {1000, []string{"post.deleted"}}, "tellUsers": {user, 1000}, "tellPosts": {post, 1000},
		"addUpload": {"k", user, 1, 2}, "showUpload": {"k", post}, "dropUpload": {"k"}, "looseUploads": {time.Minute, 10}, "showsUpload": {user, "k"},
		"adoptUploads": {[]string{"k"}, []uuid.UUID{user}, []int64{1}, []time.Time{time.Now()}}, "hasAdopted": nil, "noteAdopted": nil,
		"noteDiscarded": {user, []string{"k"}}, "takeDiscarded": {10}, "forgetDiscarded": {"k"},
		"giveUpJobs": {3, time.Minute}, "unsentJobs": {time.Minute, 100}, "markSent": {ids},
		"takeEvents": {100, ids, []string{"post.created"}, time.Minute}, "markEvents": {ids}, "giveBack": {ids}, "copyUser": {id, 1, "e", "n"},
		"copyPost": {id, 1, user, "a", "t", "b", "", "", time.Now(), 2, "c"}, "noteRemoved": {id}, "removePost": {post},
		"newestMap": {}, "addMap": {1, []int16{0}}, "addLogin": {id, "e", "n", nil}, "dropLogin": {user}, "loginByEmail": {"user-7@example.com"},
		"loginByName": {"user-7"}, "slotsOf": {ids}, "anyPlaced": {}, "ownsSlot": {7}, "ownedNow": {},
		"beginMove": {7, 1}, "stillMine": {7, 1}, "disown": {7}, "followees": {user, 5000}, "shards.newestPosts": {uuid.Max, 20},
		"feedOf": {[]uuid.UUID{user, id}, uuid.Max, 20}, "shards.feedOf": {[]uuid.UUID{user, id}, uuid.Max, 20}, "shards.searchPosts": {"word7 term14", uuid.Max, 20}, "hasTrigger": {"t"}, "readChanges": {7, 1000}, "forgetChanges": {[]int64{1, 2}},
		"renewLeases": {[]int64{1, 2}}, "expireLeases": {time.Second, time.Minute}, "queueLength": nil, "lockCopy": {id}, "knowsUser": {id}, "nameOf": {user},
	}
	for table, key := range map[string]string{"users": `{"id":"` + user.String() + `"}`,
		"posts":   `{"id":"` + post.String() + `"}`,
		"follows": `{"follower_id":"` + user.String() + `","followee_id":"` + id.String() + `"}`} {
		keys := []byte("[" + key + "]")
		samples["next "+table], samples["one "+table], samples["put "+table] = []any{7, []byte(key),
			1000}, []any{keys}, []any{keys}
		samples["drop "+table], samples["clean "+table], samples["remove "+table] = []any{keys}, []any{7, 1000}, []any{7}
	}
	queries := queriesOf(t, "store", "account", "shard", "jobs", "outbox", "product/posts", "product/copies")
	for _, of := range append(posts.Tables, shard.Users) {
		maps.Copy(queries, of.Queries())
	}
	for name, sql := range queries {
		args, ok := samples[name]
		require.True(t, ok, "give the query %s a sample", name)
		var text []byte
		require.NoError(t, conn.QueryRow(t.Context(), "EXPLAIN (FORMAT JSON) "+sql, args...).Scan(&text), name)
		var plans []struct{ Plan plan }
		require.NoError(t, json.Unmarshal(text, &plans))
		for _, scanned := range plans[0].Plan.scans() {
			assert.Less(t, sizes[scanned], large, fmt.Sprintf("%s reads all of %s: %s", name, scanned, text))
		}
	}
	// The test would notice: without the index the same query reads everything.
	_, err = conn.Exec(t.Context(), "DROP INDEX posts_user_newest")
	require.NoError(t, err)
	var text []byte
	require.NoError(t, conn.QueryRow(t.Context(), "EXPLAIN (FORMAT JSON) SELECT count(*) FROM posts WHERE user_id = $1",
		user).Scan(&text))
	var plans []struct{ Plan plan }
	require.NoError(t, json.Unmarshal(text, &plans))
	assert.Contains(t, plans[0].Plan.scans(), "posts")
}
