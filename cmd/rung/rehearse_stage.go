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
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/rehearsal"
	"github.com/rung-dev/rung/lab"
	"github.com/rung-dev/rung/lab/hand"
	"github.com/rung-dev/rung/lab/state"
)

// stageTrial is a climb that is tried out on a lab of its own.
type stageTrial struct {
	app   *app
	flags rehearseFlags
	dir   string
	// from and to are the stages, what is what moves between them.
	from, to int
	what     moved
	lab      lab.Lab
	result   rehearsal.Result
	course   rehearsal.Course
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
		t.app.say("Ending the lab of the rehearsal.")
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
		text = text[max(0, len(text)-most):]
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == codeUsage {
			return usageError{fmt.Sprintf("rung %s %s: %s", args[0], args[1], text)}
		}
		return fmt.Errorf("rung %s %s: %w: %s", args[0], args[1], err, text)
	}
	return nil
}

// moved is what a climb moves.
type moved interface {
	// fill makes what is moved, on the stage of before.
	fill(ctx context.Context, h *hand.Hand) error
	// begin looks for both sides on the next stage, says what the move is between, and begins
	// what runs beside it.
	begin(ctx context.Context, h *hand.Hand) (hosts.Spec, error)
	// end ends what runs beside the move, when the last switch is over, and adds what it has
	// shown.
	end(ctx context.Context, r *rehearsal.Result) error
}

// run climbs under a load and moves the rows.
func (t *stageTrial) run(ctx context.Context) (rehearsal.Result, error) {
	t.app.say("Bringing stage %d up on the lab.", t.from)
	t.ran = true
	if err := t.rung(ctx, "up", strconv.Itoa(t.from)); err != nil {
		return t.result, err
	}
	h, err := t.lab.Hand()
	if err != nil {
		return t.result, err
	}
	if err := t.what.fill(ctx, h); err != nil {
		return t.result, err
	}
	load, err := t.beginLoad(ctx)
	if err != nil {
		return t.result, err
	}
	if err = load.carried(ctx, t.flags); err == nil {
		err = t.underLoad(ctx, h, load)
	}
	if err = errors.Join(err, load.end(&t.result)); err != nil {
		return t.result, err
	}
	defer inEnvironment(t.cloud)()
	return t.result, t.course.Finish(ctx, &t.result)
}

// underLoad climbs and moves.
func (t *stageTrial) underLoad(ctx context.Context, h *hand.Hand, load *climbLoad) (err error) {
	t.app.say("Climbing to stage %d under %d writes and %d reads a second.", t.to, t.flags.writes, t.flags.reads)
	began := time.Now()
	if err := t.rung(ctx, "up", strconv.Itoa(t.to)); err != nil {
		return err
	}
	t.result.Climb = &rehearsal.Climb{From: t.from, To: t.to, Seconds: time.Since(began).Seconds()}
	spec, err := t.what.begin(ctx, h)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.what.end(context.WithoutCancel(ctx), &t.result)) }()
	t.course = rehearsal.Course{Settle: t.flags.settle, Began: load.began, Journal: filepath.Join(t.dir, "journal"),
		Tell: t.app.log, Spec: spec}
	defer inEnvironment(t.cloud)()
	return t.course.Run(ctx, &t.result)
}

// door is where people come in: by the CDN where there is one.
func (t *stageTrial) door() (string, error) {
	s, err := t.lab.State()
	if err != nil {
		return "", err
	}
	if len(s.Doors) == 0 {
		return "", errors.New("look for the site's address: the lab has none")
	}
	at := max(0, slices.IndexFunc(s.Doors, func(d state.Door) bool { return strings.Contains(d.Name, "cdn") }))
	return s.Doors[at].URL, nil
}
