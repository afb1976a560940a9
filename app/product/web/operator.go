package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/product/work"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/store"
)

// Operation is what keeps the app running, for those who operate it.
type Operation struct {
	Waiting  int
	Dead     []jobs.Dead
	Replicas []Replica
	Caches   []CacheRate
	// Slots is how many each database has; empty where there is one.
	Slots []int
}

// Replica is a server that is read from.
type Replica struct {
	Name    string
	Lag     time.Duration
	Healthy bool
}

// CacheRate is how often a kind of value was read, and which part of that the
// cache answered.
type CacheRate struct {
	Family         string
	Reads, Percent int
}

// deadShown is how many dead letters the page lists, and movesMost how many slots
// it takes at a time: each is a job.
const (
	deadShown = 50
	movesMost = 64
)

// operator lets through who operates. To others there is no such page.
func (s *Server) operator(h site.Handler) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		u, err := s.me(r)
		if err != nil {
			return err
		}
		if !u.Operator {
			return store.ErrNotFound
		}
		if r.Method != http.MethodGet {
			s.Log.InfoContext(r.Context(), "operator", "request", site.Of(r).ID, "who", u.Name, "route", site.Of(r).Route)
		}
		return h(w, r)
	}
}

func (s *Server) pageOperator(w http.ResponseWriter, r *http.Request) error {
	o, err := s.operation(r.Context())
	if err != nil {
		return err
	}
	said := map[string]string{"replayed": "They are tried again.", "moving": "The slots are being moved."}
	return s.render(w, r, http.StatusOK, "operator", page{Title: "Operator", Operation: o, Done: said[r.URL.RawQuery]})
}

func (s *Server) operation(ctx context.Context) (o Operation, err error) {
	if s.Operate != nil {
		o = s.Operate(ctx)
	}
	if o.Waiting, err = s.Queue.Length(ctx); err != nil {
		return o, err
	}
	o.Dead, err = s.Queue.Dead(ctx, deadShown)
	return o, err
}

func (s *Server) formReplay(w http.ResponseWriter, r *http.Request) error {
	var ids []string
	if id := site.Typed(r, "job"); id != "" {
		ids = append(ids, id)
	}
	if _, err := s.Queue.Replay(r.Context(), ids...); err != nil {
		return err
	}
	return site.SeeOther(w, r, "/operator?replayed")
}

// formMove has slots moved, each by a job of its own.
func (s *Server) formMove(w http.ResponseWriter, r *http.Request) error {
	var c site.Check
	number := func(field string, low, high int) int {
		n, err := strconv.Atoi(site.Typed(r, field))
		if err != nil || n < low || n > high {
			c.Wrong(field, "must be a number from %d to %d", low, high)
		}
		return n
	}
	var shards int
	if s.Operate != nil {
		shards = len(s.Operate(r.Context()).Slots)
	}
	first := number("first", 0, store.Slots-1)
	last := number("last", max(first, 0), min(first+movesMost, store.Slots)-1)
	to := number("shard", 1, shards)
	if err := c.Err(); err != nil {
		return err
	}
	for slot := first; slot <= last; slot++ {
		job, err := work.New(site.Of(r).Session.UserID, work.Move, work.MoveArgs{Slot: int16(slot), Shard: to})
		if err == nil {
			err = s.Queue.Enqueue(r.Context(), job)
		}
		if err != nil {
			return err
		}
	}
	return site.SeeOther(w, r, "/operator?moving")
}
