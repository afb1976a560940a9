package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/product/seed"
)

// What the ladder keeps warm.
const (
	warmUsers = 1000
	warmPosts = 5000
	// noHash is the password's hash of the people who were made for it.
	noHash = "nobody logs in"
)

// looked has the newest posts of the seed looked at most, each by somebody else than most.
const looked = `INSERT INTO post_views (post_id, views) SELECT id, 1000000 FROM posts WHERE user_id IN
	(SELECT id FROM users WHERE password_hash = $2)
	ORDER BY id DESC LIMIT $1 ON CONFLICT DO NOTHING`

// warming starts a server beside a Redis that is empty, and then asks for what it has
// warmed.
func warming(ctx context.Context, t *trial) []row {
	if t.fails(seed.Run(ctx, t.pool, seed.Config{Users: warmUsers, Posts: warmPosts, Hash: noHash})) {
		return nil
	}
	t.exec(ctx, looked, warmPosts, noHash)
	empty, err := apptest.StartRedis()
	if t.fails(err) {
		return nil
	}
	defer empty.Close()
	begin := time.Now()
	web, err := t.startApp(ctx, contract.RoleWeb, changed{redis: empty})
	if t.fails(err) {
		return nil
	}
	defer web.Stop() //nolint:errcheck // nothing of it is kept
	misses := func(family string) int {
		return int(testutil.ToFloat64(web.Metrics.Cache.WithLabelValues(family, "miss")))
	}
	users := 0
	for users < warmUsers*9/10 || misses("user") > users { // not every one of them has written
		users = misses("user")
		time.Sleep(20 * time.Millisecond)
		if time.Since(begin) > time.Minute {
			t.fails(fmt.Errorf("warm the cache: %d posts and %d users within a minute", misses("post"), users))
			return nil
		}
	}
	took, posts := time.Since(begin), misses("post")
	first := t.times(1, func(int) error {
		_, _, err := ask(ctx, http.MethodGet, "http://"+web.Address+contract.APIPrefix+"posts", "", nil)
		return err
	})
	return []row{{tool: "cache warming",
		claim: "1,000 users and 5,000 posts at the start and every hour (no figure given)",
		measured: fmt.Sprintf("%d users and %d posts within %s of the start of a server, which answers meanwhile; the "+
			"first request after it takes %s", users, posts, ms(took), ms(first.Mean())), got: float64(posts) / warmPosts,
		why: "The most read posts and their authors, 250 at a time, into a Redis that was empty."}}
}
