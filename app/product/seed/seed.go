// Package seed fills a database with people and posts, to look at, to try the app
// and to measure it. Its people write whole sentences, those of posts.txt. What it
// makes follows from its numbers only, so that two runs can be compared. It is for
// machines of one's own: everybody has the same password.
package seed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/store"
)

// Password is everybody's.
const Password = "correct horse battery"

// chunk is how many rows are sent at a time.
const chunk = 10_000

// Config says how much to make.
type Config struct {
	Users, Posts int
	// Hash is of Password.
	Hash string
	// Progress is called after each chunk; may be nil.
	Progress func(what string, done, all int)
}

// Run adds users and posts. Posts begin a year back and are spread evenly.
func Run(ctx context.Context, pool *pgxpool.Pool, c Config) error {
	if c.Users < 1 || c.Posts < 0 {
		return fmt.Errorf("seed: got %d users and %d posts, want at least one user", c.Users, c.Posts)
	}
	if c.Progress == nil {
		c.Progress = func(string, int, int) {}
	}
	again, err := somebody(ctx, pool)
	if err != nil {
		return err
	}
	source := rand.New(rand.NewPCG(1, 2))
	begin := time.Now().AddDate(-1, 0, 0)
	users := make([]uuid.UUID, c.Users)
	err = copyRows(ctx, pool, "users", []string{"id", "slot", "email", "name", "password_hash"}, c.Users, c.Progress,
		func(i int) []any {
			users[i] = idAt(begin, source)
			name := name(i) + again
			return []any{users[i], store.SlotOf(users[i]), address(name), name, c.Hash}
		})
	if err != nil {
		return err
	}
	step := time.Since(begin) / time.Duration(max(c.Posts, 1))
	return copyRows(ctx, pool, "posts", []string{"id", "slot", "user_id", "author", "title", "body", "created_at"},
		c.Posts, c.Progress, func(i int) []any {
			at := begin.Add(time.Duration(i) * step)
			by := source.IntN(c.Users)
			title, body := write(source)
			return []any{idAt(at, source), store.SlotOf(users[by]), users[by], name(by) + again, title, body, at}
		})
}

// somebody is what names end in so that none is anybody's: nothing in a database without people.
func somebody(ctx context.Context, pool *pgxpool.Pool) (string, error) {
	var people bool
	if err := pool.QueryRow(ctx, "SELECT EXISTS (SELECT FROM users)").Scan(&people); err != nil || !people {
		return "", err
	}
	return fmt.Sprintf("-%x", time.Now().Unix()&0xfffff), nil
}

// address is the e-mail address of somebody by that name.
func address(name string) string { return name + "@example.com" }

func copyRows(ctx context.Context, pool *pgxpool.Pool, table string, columns []string, all int,
	progress func(string, int, int), row func(int) []any) error {
	for done := 0; done < all; {
		n := min(chunk, all-done)
		_, err := pool.CopyFrom(ctx, pgx.Identifier{table}, columns,
			pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(done + i), nil }))
		if err != nil {
			return fmt.Errorf("seed %s: %w", table, err)
		}
		done += n
		progress(table, done, all)
	}
	return nil
}

// idAt is a UUID of version 7 for a moment.
func idAt(at time.Time, source *rand.Rand) uuid.UUID {
	var id uuid.UUID
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	for i := 6; i < 16; i++ {
		id[i] = byte(source.Uint32())
	}
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}
