package server

import (
	"context"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/work"
)

// UserCopied is to be called for each copy of a person that arrives.
func (a *App) UserCopied(ctx context.Context, name string) error { return a.web.UserCopied(ctx, name) }

// EraseUser has somebody removed who is gone elsewhere.
func (a *App) EraseUser(ctx context.Context, user uuid.UUID, name string) error {
	job, err := work.NewErase(user, name)
	if err != nil {
		return err
	}
	return a.Queue.Enqueue(ctx, job)
}

// Operator makes somebody one who operates the app, or no longer.
func (a *App) Operator(ctx context.Context, name string, is bool) error {
	u, err := a.UserByName(ctx, name)
	if err != nil {
		return err
	}
	return a.people.ChangeUser(ctx, u.ID, store.Operator(is))
}

// UserByName finds somebody, whichever database they are in.
func (a *App) UserByName(ctx context.Context, name string) (store.User, error) {
	return a.people.UserByName(ctx, name)
}
