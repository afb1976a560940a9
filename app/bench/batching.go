package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/store"
)

// batching adds views one by one and by the hundred, as the app does.
func batching(ctx context.Context, t *trial) []row {
	const size = 100
	posts, ones := make([]uuid.UUID, size), slices.Repeat([]int64{1}, size)
	for i := range posts {
		posts[i] = store.NewID()
	}
	single := t.times(t.queries, func(i int) error {
		return t.app.Posts.AddViews(ctx, store.NewID(), posts[i%size:i%size+1], ones[:1])
	})
	batch := t.times(max(t.queries/10, 3),
		func(int) error { return t.app.Posts.AddViews(ctx, store.NewID(), posts, ones) })
	a, b := single.Mean(), batch.Mean()/size
	return []row{{tool: "batching", claim: "many small writes in one: flush at 100 items or after 5 s (no figure given)",
		measured: fmt.Sprintf("a view: %s alone, %s in a batch of 100 (%.0fx)", ms(a), ms(b), ratio(a, b)), got: ratio(a, b),
		why: "Without waiting for the disk (fsync is off here); with it, a single write is slower by one wait for the " +
			"disk and the batch shares it."}}
}
