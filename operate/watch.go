package operate

import (
	"context"
	"fmt"
	"time"
)

// Watching is how a rollout is watched.
type Watching struct {
	// Since is when it began.
	Since time.Time
	// Patience is how long it may take; zero waits for ever.
	Patience time.Duration
	// Every is how often is looked; zero is two seconds.
	Every time.Duration
	// Tell is called for each part when something is new.
	Tell func(Progress)
}

// Watch looks until a rollout has ended. One that takes longer than its patience is given
// as it stands, with an error.
func Watch(ctx context.Context, d Driver, s Stack, w Watching) (Rollout, error) {
	if w.Every == 0 {
		w.Every = 2 * time.Second
	}
	said := map[string]string{}
	for begin := time.Now(); ; {
		r, err := d.Rollout(ctx, s, w.Since)
		if err != nil {
			return r, err
		}
		for _, p := range r.Parts {
			if line := p.String(); line != said[p.Part] {
				said[p.Part] = line
				w.Tell(p)
			}
		}
		switch {
		case r.Ended(), r.State == Failed:
			return r, nil
		case w.Patience > 0 && time.Since(begin) > w.Patience:
			return r, fmt.Errorf("the machines have not come to the release within %v", w.Patience)
		}
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(w.Every):
		}
	}
}
