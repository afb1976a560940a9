package work

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/store"
)

// EraseArgs is who is to be removed.
type EraseArgs struct {
	User uuid.UUID
	Name string
}

// NewErase is the one job that removes a person: asked for again, it is the same.
// It is nobody's, for what is the person's goes with it.
func NewErase(user uuid.UUID, name string) (store.Job, error) {
	j, err := New(uuid.Nil, Erase, EraseArgs{User: user, Name: name})
	j.ID = uuid.NewSHA1(user, []byte(Erase))
	return j, err
}

// erase removes all that is a person's. Files, copies and what a CDN has follow
// by what is noted with each row that goes.
func (w *Workshop) erase(ctx context.Context, j store.Job, progress func(int)) (string, error) {
	args, err := decode[EraseArgs](j)
	if err != nil {
		return "", err
	}
	ctx = database.WithSession(ctx, database.NewSession(0)) // who loads a list next must see this
	err = w.Store.Erase(ctx, args.User, func(posts []uuid.UUID) {
		for _, id := range posts {
			w.Changed(ctx, id)
		}
		progress(50)
	})
	if err != nil {
		return "", err
	}
	w.Gone(ctx, args.User, args.Name)
	return "erased", nil
}

// MoveArgs is a slot, and the database where it is to be, from 1.
type MoveArgs struct {
	Slot  int16
	Shard int
}

// move takes a slot to another database; after a crash it is finished by the next
// attempt.
func (w *Workshop) move(ctx context.Context, j store.Job, _ func(int)) (string, error) {
	args, err := decode[MoveArgs](j)
	if err != nil {
		return "", err
	}
	if w.Shards == nil {
		return "", errors.New("move a slot: there is one database only")
	}
	return "moved", w.Shards.Move(ctx, args.Slot, args.Shard-1)
}
