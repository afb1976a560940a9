package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/postgres"
	"github.com/rung-dev/rung/handover/rehearsal"
	"github.com/rung-dev/rung/lab/hand"
)

// serverMoved is the climb from stage 2 to 3: the server's rows, files and sessions.
type serverMoved struct{ trial *stageTrial }

func (m *serverMoved) fill(ctx context.Context, h *hand.Hand) error {
	sides, err := h.Sides(ctx)
	if err != nil {
		return err
	}
	const rows = "CREATE TABLE rung_rehearsal_rows (id bigserial PRIMARY KEY, text text NOT NULL)"
	const more = `INSERT INTO rung_rehearsal_rows (text) SELECT repeat(md5(random()::text), 30) FROM generate_series(1, $1)`
	const size = "SELECT pg_database_size(current_database())"
	return errors.Join(m.trial.rows(ctx, sides.From, rows, more, size), m.trial.fillFiles(sides.FromFiles))
}

// rows makes what is moved by a table, as the app's own, and by rows of about a kilobyte,
// and measures it.
func (t *stageTrial) rows(ctx context.Context, url, table, more, size string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	defer conn.Close(ctx)
	const owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
	var role string
	if err := conn.QueryRow(ctx, owner).Scan(&role); err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	if _, err := conn.Exec(ctx, "SET ROLE "+pgx.Identifier{role}.Sanitize()+"; "+table); err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	t.app.say("Making %d MB of rows.", t.flags.bytes/1_000_000)
	const piece = 50_000 // rows of about a kilobyte
	for left := int(t.flags.bytes >> 10); left > 0; left -= piece {
		if _, err := conn.Exec(ctx, more, min(left, piece)); err != nil {
			return fmt.Errorf("make rows: %w", err)
		}
	}
	if _, err := conn.Exec(ctx, rehearsal.Settle); err != nil {
		return fmt.Errorf("make rows: %w", err)
	}
	return conn.QueryRow(ctx, size).Scan(&t.result.Bytes)
}

// begin is the move from the server to the stage's own database, bucket and cache. What
// the cache has of the app beside sessions is made anew there.
func (m *serverMoved) begin(ctx context.Context, h *hand.Hand) (hosts.Spec, error) {
	s, err := h.Sides(ctx)
	if err != nil {
		return hosts.Spec{}, err
	}
	if s.To == "" {
		return hosts.Spec{}, errors.New("look for the database to move to: stage 3 has none that serves")
	}
	if err := os.MkdirAll(filepath.Dir(s.PauseFile), 0o755); err != nil { // as the server's setup does on AWS
		return hosts.Spec{}, fmt.Errorf("make the directory by which the app is held back: %w", err)
	}
	m.trial.app.say("Moving the rows, files and sessions.")
	m.trial.cloud = s.Cloud
	spec := hosts.Spec{Name: "rehearsal", From: s.From, To: s.To, MaxPause: m.trial.flags.pause,
		Accept: []string{postgres.NotEmpty, "unlogged"}, Edge: edge.Config{PauseFile: s.PauseFile, URLFile: s.URLFile}}
	if s.FromRedis != "" && s.ToRedis != "" {
		spec.FromRedis, spec.ToRedis, spec.RedisCA = s.FromRedis, s.ToRedis, s.CA
		spec.RedisMatch = []string{contract.SessionKeys}
	}
	if s.FromFiles != "" && s.ToFiles != "" {
		spec.FromFiles, spec.ToFiles = s.FromFiles, s.ToFiles
	}
	return spec, nil
}

func (*serverMoved) end(context.Context, *rehearsal.Result) error { return nil }
