// Package foreign does what the app must not: it calls others while a
// transaction holds its connection.
package foreign

import (
	"context"
	"net"
	"net/http"

	"github.com/jackc/pgx/v5"
)

func directly(ctx context.Context, db interface {
	Begin(context.Context) (pgx.Tx, error)
}) error {
	return pgx.BeginFunc(ctx, db, func(pgx.Tx) error {
		_, err := http.Get("http://example.com")
		return err
	})
}

func behind(_ context.Context, _ pgx.Tx) error { return ask() }

func ask() error {
	if _, err := http.Get("http://example.com"); err != nil {
		return err
	}
	_, err := net.Dial("tcp", "example.com:80")
	return err
}

var _, _ = directly, behind
