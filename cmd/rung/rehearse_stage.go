package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/postgres"
	"github.com/rung-dev/rung/handover/rehearsal"
	"github.com/rung-dev/rung/lab"
	"github.com/rung-dev/rung/lab/hand"
)

// stageTrial is a climb that is tried out on a lab of its own.
type stageTrial struct {
	app    *app
	flags  rehearseFlags
	dir    string
	lab    lab.Lab
	result rehearsal.Result
	course rehearsal.Course
	// cloud is the environment in which the lab's bucket is reached.
	cloud map[string]string
	// ran says that the lab was begun.
	ran bool
}

// begin makes the directory. What a rehearsal that was killed has left there goes.
func (t *stageTrial) begin(ctx context.Context) (err error) {
	if t.lab, err = lab.Of(t.dir); err != nil {
		return err
	}
	if _, err := os.Stat(t.dir); err == nil {
		if err := t.end(ctx); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(t.dir, 0o755); err != nil { // whom PostgreSQL runs as must come in
		return fmt.Errorf("make the directory of the rehearsal: %w", err)
	}
	return nil
}

// end ends the lab and takes its directory away.
func (t *stageTrial) end(ctx context.Context) error {
	if t.flags.keep && t.ran {
		t.app.say("The lab goes on: `rung lab status --dir %s`, and `rung lab stop --dir %s` ends it.", t.dir, t.dir)
		return nil
	}
	if _, err := t.lab.State(); err == nil {
		if err := t.rung(ctx, "lab", "stop"); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.RemoveAll(t.dir); err != nil {
		return fmt.Errorf("take the rehearsal away: %w", err)
	}
	return nil
}

// endsWithin is how long a command of the rehearsal may take to end when it is told to.
const endsWithin = 2 * time.Minute

// rung runs this command on the rehearsal's own directory.
func (t *stageTrial) rung(ctx context.Context, args ...string) error {
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the running executable: %w", err)
	}
	args = append(args, "--cloud", "lab", "--dir", t.dir, "--stack", t.app.flags.stack)
	for _, set := range t.app.flags.set {
		args = append(args, "--set", set)
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, executable, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = endsWithin
	if err := cmd.Run(); err != nil {
		const most = 2000
		text := out.Bytes()
		return fmt.Errorf("rung %s %s: %w: %s", args[0], args[1], err, text[max(0, len(text)-most):])
	}
	return nil
}

// run climbs under a load and moves the rows.
func (t *stageTrial) run(ctx context.Context) (rehearsal.Result, error) {
	t.app.say("Bringing stage 2 up on the lab.")
	t.ran = true
	if err := t.rung(ctx, "up", "2"); err != nil {
		return t.result, err
	}
	h, err := t.lab.Hand()
	if err != nil {
		return t.result, err
	}
	sides, err := h.Sides(ctx)
	if err != nil {
		return t.result, err
	}
	if err := errors.Join(t.fill(ctx, sides.From), t.fillFiles(sides.FromFiles)); err != nil {
		return t.result, err
	}
	load, err := t.beginLoad(ctx)
	if err != nil {
		return t.result, err
	}
	err = t.underLoad(ctx, h, load)
	if err = errors.Join(err, load.end(&t.result)); err != nil {
		return t.result, err
	}
	defer inEnvironment(t.cloud)()
	return t.result, t.course.Finish(ctx, &t.result)
}

// fill makes the rows that are moved, as the app's own.
func (t *stageTrial) fill(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	defer conn.Close(ctx)
	const owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
	const rows = "CREATE TABLE rung_rehearsal_rows (id bigserial PRIMARY KEY, text text NOT NULL)"
	const more = `INSERT INTO rung_rehearsal_rows (text) SELECT repeat(md5(random()::text), 30) FROM generate_series(1, $1)`
	const size = "SELECT pg_database_size(current_database())"
	var role string
	if err := conn.QueryRow(ctx, owner).Scan(&role); err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	if _, err := conn.Exec(ctx, "SET ROLE "+pgx.Identifier{role}.Sanitize()+"; "+rows); err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	t.app.say("Making %d MB of rows.", t.flags.bytes/1_000_000)
	const piece = 50_000 // rows of about a kilobyte
	for left := int(t.flags.bytes >> 10); left > 0; left -= piece {
		if _, err := conn.Exec(ctx, more, min(left, piece)); err != nil {
			return fmt.Errorf("make rows: %w", err)
		}
	}
	return conn.QueryRow(ctx, size).Scan(&t.result.Bytes)
}

// underLoad climbs and moves.
func (t *stageTrial) underLoad(ctx context.Context, h *hand.Hand, load *climbLoad) error {
	t.app.say("Climbing to stage 3 under %d writes and %d reads a second.", t.flags.writes, t.flags.reads)
	began := time.Now()
	if err := t.rung(ctx, "up", "3"); err != nil {
		return err
	}
	t.result.Climb = &rehearsal.Climb{From: 2, To: 3, Seconds: time.Since(began).Seconds()}
	sides, err := h.Sides(ctx)
	if err != nil {
		return err
	}
	if sides.To == "" {
		return errors.New("look for the database to move to: stage 3 has none that serves")
	}
	if err := os.MkdirAll(filepath.Dir(sides.PauseFile), 0o755); err != nil { // as the server's setup does on AWS
		return fmt.Errorf("make the directory by which the app is held back: %w", err)
	}
	t.app.say("Moving the rows, files and sessions.")
	t.course = rehearsal.Course{Settle: t.flags.settle, Began: load.began, Journal: filepath.Join(t.dir, "journal"),
		Tell: t.app.log, Spec: t.spec(sides)}
	t.cloud = sides.Cloud
	defer inEnvironment(t.cloud)()
	return t.course.Run(ctx, &t.result)
}

// spec is the move from the server to the stage's own database, bucket and cache. What
// the cache has of the app beside sessions is made anew there.
func (t *stageTrial) spec(s hand.Sides) hosts.Spec {
	spec := hosts.Spec{Name: "rehearsal", From: s.From, To: s.To, MaxPause: t.flags.pause,
		Accept: []string{postgres.NotEmpty, "unlogged"}, Edge: edge.Config{PauseFile: s.PauseFile, URLFile: s.URLFile}}
	if s.FromRedis != "" && s.ToRedis != "" {
		spec.FromRedis, spec.ToRedis, spec.RedisCA = s.FromRedis, s.ToRedis, s.CA
		spec.RedisMatch = []string{contract.SessionKeys}
	}
	if s.FromFiles != "" && s.ToFiles != "" {
		spec.FromFiles, spec.ToFiles = s.FromFiles, s.ToFiles
	}
	return spec
}
