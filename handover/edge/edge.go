// Package edge holds an application's writes back while a move changes sides, and
// leads it to the other side.
//
// How depends on what stands there. PgBouncer holds its clients' transactions back
// by itself: reads and writes wait, none fails, and no application takes part.
// [File] is what an application can offer, PAUSE_WRITES in its environment: while the
// file of that name is there it lets writes wait and goes on to answer reads.
// [URLFile] is the other: DATABASE_URL_FILE, by which it is led to its database
// without being started anew. [Command] runs whatever else there is. With none of them the
// database refuses writes for the moment, and counts them.
package edge

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Edge is one place at which writes can be held back. Each of its verbs may be
// called any number of times.
type Edge interface {
	// Pause holds writes back: when it returns, those that were let through before
	// have ended, or will be refused.
	Pause(ctx context.Context) error
	// Point leads the application to the database at this URL.
	Point(ctx context.Context, url string) error
	// Resume lets writes go on.
	Resume(ctx context.Context) error
	// Says names it for people.
	Says() string
}

// Config is what there is; the zero value has nothing.
type Config struct {
	// PauseFile is the file that the application knows as PAUSE_WRITES.
	PauseFile string `json:"pause_file,omitempty"`
	// URLFile is the file that the application knows as DATABASE_URL_FILE. Its directory
	// must be there.
	URLFile string `json:"url_file,omitempty"`
	// Grace is how long writes that were let through have to end; zero means
	// [DefaultGrace].
	Grace time.Duration `json:"grace,omitempty"`
	// PgBouncer is the URL of its console, postgres://admin@host:6432/pgbouncer, and
	// Ini and Database are its file and the entry there.
	PgBouncer string `json:"pgbouncer,omitempty"`
	Ini       string `json:"pgbouncer_ini,omitempty"`
	Database  string `json:"pgbouncer_database,omitempty"`
	// OnPause, OnSwitch and OnResume are commands for the shell; OnSwitch has the URL
	// of the side to go to in RUNG_TO.
	OnPause  string `json:"on_pause,omitempty"`
	OnSwitch string `json:"on_switch,omitempty"`
	OnResume string `json:"on_resume,omitempty"`
	// Lead leads the application as OnSwitch does, for programs that use the package; it is
	// kept nowhere.
	Lead func(ctx context.Context, url string) error `json:"-"`
}

// DefaultGrace is the time for writes that were let through: more than the P99 of a
// request that the ladder refers to, 0.5 s, would make the pause long; what takes
// longer is refused.
const DefaultGrace = 200 * time.Millisecond

// Check reports every wrong value at once.
func (c Config) Check() error {
	var errs []error
	if c.PgBouncer != "" && (c.Ini == "" || c.Database == "") {
		errs = append(errs, errors.New("--pgbouncer: wants --pgbouncer-ini, its file, and --pgbouncer-database, the entry "+
			"there"))
	}
	for _, file := range [][3]string{{"--pause-file", c.PauseFile, "PAUSE_WRITES"},
		{"--url-file", c.URLFile, "DATABASE_URL_FILE"}} {
		if file[1] != "" && !filepath.IsAbs(file[1]) {
			errs = append(errs, fmt.Errorf("%s: got %q, want an absolute path, the application's %s", file[0], file[1], file[2]))
		}
	}
	if c.Grace < 0 || c.Grace > time.Second {
		errs = append(errs, fmt.Errorf("--grace: got %s, want 0 to 1s", c.Grace))
	}
	return errors.Join(errs...)
}

// Leads says whether anything leads the application to the other database.
func (c Config) Leads() bool {
	return c.URLFile != "" || c.PgBouncer != "" || c.OnSwitch != "" || c.Lead != nil
}

// Edge is all that there is, as one.
func (c Config) Edge() Edge {
	var all several
	if c.PauseFile != "" {
		grace := c.Grace
		if grace == 0 {
			grace = DefaultGrace
		}
		all = append(all, File{Path: c.PauseFile, Grace: grace})
	}
	if c.URLFile != "" {
		all = append(all, URLFile{Path: c.URLFile})
	}
	if c.PgBouncer != "" {
		all = append(all, PgBouncer{Console: c.PgBouncer, Ini: c.Ini, Database: c.Database})
	}
	if c.OnPause != "" || c.OnSwitch != "" || c.OnResume != "" {
		all = append(all, Command{OnPause: c.OnPause, OnSwitch: c.OnSwitch, OnResume: c.OnResume})
	}
	if c.Lead != nil {
		all = append(all, leads(c.Lead))
	}
	return all
}

// several are edges one behind the other: paused from the outside in, resumed from
// the inside out.
type several []Edge

func (s several) Pause(ctx context.Context) error {
	for _, e := range s {
		if err := e.Pause(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s several) Point(ctx context.Context, url string) error {
	for _, e := range s {
		if err := e.Point(ctx, url); err != nil {
			return err
		}
	}
	return nil
}

func (s several) Resume(ctx context.Context) error {
	var errs []error // whoever can go on does
	for i := range s {
		errs = append(errs, s[len(s)-1-i].Resume(ctx))
	}
	return errors.Join(errs...)
}

func (s several) Says() string {
	if len(s) == 0 {
		return "the database alone: it refuses writes for the moment, and counts them"
	}
	var names []string
	for _, e := range s {
		names = append(names, e.Says())
	}
	return strings.Join(names, ", ")
}

// File is the contract with an application: while the file is there, writes wait.
type File struct {
	Path  string
	Grace time.Duration
}

// Pause makes the file and waits for the writes that were let through.
func (f File) Pause(ctx context.Context) error {
	if _, err := os.Stat(f.Path); err == nil {
		return nil
	}
	if err := os.WriteFile(f.Path, []byte("rung handover\n"), 0o644); err != nil {
		return fmt.Errorf("pause writes: %w", err)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(f.Grace):
	}
	return nil
}

// Point leads nowhere: where the application's database is, is another's to say.
func (File) Point(context.Context, string) error { return nil }

// Resume takes the file away.
func (f File) Resume(context.Context) error {
	if err := os.Remove(f.Path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("resume writes: %w", err)
	}
	return nil
}

// Says names the file.
func (f File) Says() string { return "PAUSE_WRITES (" + f.Path + ")" }

// Command runs commands of the user's.
type Command struct{ OnPause, OnSwitch, OnResume string }

// Pause runs OnPause.
func (c Command) Pause(ctx context.Context) error { return shell(ctx, "--on-pause", c.OnPause) }

// Point runs OnSwitch, with the side to go to in RUNG_TO.
func (c Command) Point(ctx context.Context, url string) error {
	return shell(ctx, "--on-switch", c.OnSwitch, "RUNG_TO="+url)
}

// Resume runs OnResume.
func (c Command) Resume(ctx context.Context) error { return shell(ctx, "--on-resume", c.OnResume) }

// Says names it.
func (Command) Says() string { return "commands of your own" }

func shell(ctx context.Context, flag, line string, env ...string) error {
	_, err := Shell(ctx, flag, line, env...)
	return err
}

// Shell runs a command that the user has given by a flag, and gives what it wrote. An
// empty one is none.
func Shell(ctx context.Context, flag, line string, env ...string) (string, error) {
	if line == "" {
		return "", nil
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Env, cmd.WaitDelay = append(os.Environ(), env...), stragglers
	out, err := cmd.CombinedOutput()
	text := strings.TrimSpace(string(out))
	if err != nil {
		return text, fmt.Errorf("run %s: %w: %s", flag, err, text)
	}
	return text, nil
}

// stragglers is how long what a command has left behind may keep its output open after
// the command was ended.
const stragglers = 5 * time.Second
