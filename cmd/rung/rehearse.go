package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/lab"
)

// rehearseFlags are those of a climb that is tried out on the lab.
type rehearseFlags struct {
	size          string
	files         int
	writes, reads int
	settle, pause time.Duration
	keep          bool
	// bytes is the size, read.
	bytes uint64
}

func (a *app) rehearseCommand() *cobra.Command {
	var f rehearseFlags
	c := &cobra.Command{
		Use:   "rehearse FROM TO",
		Short: "Try a climb and its move on the lab: real servers, rows, a load, there and back",
		Long: `Brings stage 2 up on the lab in a directory of its own (.rung/rehearsal), fills its database
with made rows, puts the site under a load that remembers every write it got acknowledged,
climbs to stage 3 and moves the rows there, back and there again, as rung handover does it,
with the files that were uploaded and the sessions. At the end every acknowledged write is
read back from the site. Nothing of yours is touched, and all of it goes at the end.

From stage 3 to 4 the users' tables move to the users service, while people sign up by the
API and by the page; the balancer leads them with each change of sides, and the posts
service tells the search service of all posts after each switch (app events replay).

Before it climbs it looks for some seconds whether this machine carries the load, and gives
up where it does not. A tenth of the writes, two a second at most, are log-ins.

Exit code 0: all holds that should; 1: something does not, or the climb or the move failed.`,
		Example: "  rung rehearse 2 3 --size 200MB --output rehearsal.html\n  rung rehearse 3 4 --size 50MB",
		Args:    cobra.ExactArgs(2),
	}
	c.RunE = a.finishes(func(ctx context.Context, args []string) error { return a.rehearseClimb(ctx, args, f) })
	set := c.Flags()
	set.StringVar(&f.size, "size", "20MB", "`size` of the made rows, such as 2GB; 0 makes none")
	set.IntVar(&f.files, "files", defaultRehearsedFiles, "`number` of files of 20 kB to make beside what people send; those of "+
		"stage 3 stay where they are")
	set.IntVar(&f.writes, "writes", defaultRehearsedWrites, "`number` of requests a second that write")
	set.IntVar(&f.reads, "reads", defaultRehearsedReads, "`number` of requests a second that read")
	set.DurationVar(&f.settle, "settle", 5*time.Second, "for how long the load runs before and after each change")
	set.DurationVar(&f.pause, "max-pause", 0, "longest time to hold writes back, 100ms to 1m; 0 means 2s")
	set.BoolVar(&f.keep, "keep", false, "leave the lab running at the end, in .rung/rehearsal, to look around")
	return c
}

// The load of a rehearsal: what two cores carry beside the servers of stage 3.
const (
	defaultRehearsedWrites = 10
	defaultRehearsedReads  = 30
	defaultRehearsedFiles  = 100
)

// check reports every wrong value at once.
func (f *rehearseFlags) check(args []string) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, usageError{fmt.Sprintf(format, args...)}) }
	if !slices.Contains([]string{"2 3", "3 4"}, strings.Join(args, " ")) {
		bad("rehearse: got %s %s, want 2 3 or 3 4: the other climbs move no rows, or are not rehearsed yet", args[0], args[1])
	}
	bytes, err := humanize.ParseBytes(f.size)
	if err != nil || bytes > 100<<30 {
		bad("--size: got %q, want a size such as 200MB, up to 100GB", f.size)
	}
	f.bytes = bytes
	if f.files < 0 || f.files > 100_000 {
		bad("--files: got %d, want 0 to 100000", f.files)
	}
	for flag, n := range map[string]int{"--writes": f.writes, "--reads": f.reads} {
		if n < 1 || n > 1000 {
			bad("%s: got %d a second, want 1 to 1000", flag, n)
		}
	}
	if f.settle < 0 || f.settle > time.Minute {
		bad("--settle: got %s, want 0 to 1m", f.settle)
	}
	if f.pause != 0 && (f.pause < 100*time.Millisecond || f.pause > time.Minute) {
		bad("--max-pause: got %s, want 100ms to 1m", f.pause)
	}
	return errors.Join(errs...)
}

func (a *app) rehearseClimb(ctx context.Context, args []string, f rehearseFlags) (err error) {
	if err := f.check(args); err != nil {
		return err
	}
	to, _ := strconv.Atoi(args[1]) // it was checked
	if err := lab.Check(to); err != nil {
		return err
	}
	dir, err := filepath.Abs(filepath.Join(a.flags.dir, ".rung", "rehearsal"))
	if err != nil {
		return fmt.Errorf("find the directory of the rehearsal: %w", err)
	}
	t := &stageTrial{app: a, flags: f, dir: dir, from: to - 1, to: to}
	t.what = map[int]moved{3: &serverMoved{trial: t}, 4: &usersMoved{trial: t}}[to]
	if err := t.begin(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.end(context.WithoutCancel(ctx))) }()
	result, err := t.run(ctx)
	if err != nil {
		return err
	}
	return a.verdict(result)
}
