package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib" // goose speaks database/sql
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/rung-dev/rung/app/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the database at url up to date and returns how many steps it
// took. Servers that migrate at the same time wait for each other.
func Migrate(ctx context.Context, url string) (int, error) {
	return MigrateFrom(ctx, url, migrations, "goose_db_version")
}

// MigrateFrom does the same with the directory migrations of other files,
// which note their steps in a table of their own.
func MigrateFrom(ctx context.Context, url string, from fs.FS, table string) (int, error) {
	config, err := database.ParseURL(url)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()
	files, err := fs.Sub(from, "migrations")
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker),
		goose.WithTableName(table))
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	steps, err := provider.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	return len(steps), nil
}
