package dev

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/product/seed"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/store"
)

// Password is everybody's.
const Password = seed.Password

// Email is the address of somebody of the world.
func Email(name string) string { return name + "@example.com" }

// populate fills an empty world before anybody can have looked at it: some people
// with posts, one to log in as, who follows a few of them, and one who operates.
func populate(ctx context.Context, s settings.Settings, o Options, hash string) error {
	app, err := product.Open(ctx, s, server.Options{})
	if err != nil {
		return err
	}
	defer app.Close()
	if _, err := app.Store.UserByName(ctx, "demo"); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	err = seed.Run(ctx, app.Store.Pools().Primary(),
		seed.Config{Users: cmp.Or(o.Users, 20), Posts: cmp.Or(o.Posts, 200), Hash: hash})
	if err != nil {
		return err
	}
	me := account.User{ID: store.NewID(), Name: "demo", Email: Email("demo"), Hash: hash, CreatedAt: time.Now()}
	boss := account.User{ID: store.NewID(), Name: "operator", Email: Email("operator"), Hash: hash, CreatedAt: time.Now()}
	if err := errors.Join(app.Store.CreateUser(ctx, me), app.Store.CreateUser(ctx, boss)); err != nil {
		return fmt.Errorf("make who logs in: %w", err)
	}
	if err := app.Store.ChangeUser(ctx, boss.ID, account.Operator(true)); err != nil {
		return err
	}
	posts, err := app.Posts.Newest(ctx, uuid.Nil, 5)
	if err != nil {
		return err
	}
	for _, p := range posts {
		if err := app.Posts.Follow(ctx, me.ID, p.UserID); err != nil {
			return err
		}
	}
	return nil
}
