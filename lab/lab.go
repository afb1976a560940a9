// Package lab makes the offline cloud come alive: a supervisor starts real servers on
// this machine for what the cloud's file says, and changes them as it changes. It is
// one process for a directory, with everything under .rung/lab; what it cannot stand
// in for it lists.
//
// A lab needs Linux, and the programs that it starts: see Check. Its servers listen on
// addresses of 127.0.0.0/8, which no other machine reaches.
package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/container"
	"github.com/rung-dev/rung/lab/hand"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/state"
)

// ErrSetup is a machine or a directory in which no lab can run as things are; nothing
// was started.
var ErrSetup = errors.New("the lab cannot run")

// Check fails when this machine lacks what a stage needs; the error says what to do. The ports
// are those on which the app listens, as far as they are known.
func Check(stage int, app ...int) error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("%w on %s: it needs Linux, for addresses and processes of its own; "+
			"without --cloud lab everything else works here", ErrSetup, runtime.GOOS)
	}
	if err := site.Find().Missing(stage); err != nil {
		return fmt.Errorf("%w: %w", ErrSetup, err)
	}
	return checkPorts(stage, listens(app))
}

// Lab is the lab of a directory.
type Lab struct{ at place.Place }

// Of is the lab of a user's directory, whether it runs or not.
func Of(dir string) (Lab, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Lab{}, fmt.Errorf("find the directory %q: %w", dir, err)
	}
	return Lab{place.Of(abs)}, nil
}

// Stands reports whether there is a lab to start or to stop: a supervisor runs, or a stack was
// made in the directory.
func (l Lab) Stands() bool {
	_, err := os.Stat(l.at.Cloud())
	s, none := l.State()
	return err == nil || none == nil && s.Runs()
}

// tagStage is the tag by which resources say their stage; it stands in every stack.
const tagStage = "rung:stage"

// Stage is the stage of what was made in the directory, the highest of several stacks'; 0
// where nothing was, or nothing says so.
func (l Lab) Stage() (stage int) {
	c, err := cloud.Read(l.at.Cloud())
	if err != nil {
		return 0 // the supervisor says what is wrong with it
	}
	for _, t := range c.Types() {
		for _, r := range c.All(t) {
			n, _ := strconv.Atoi(r.Map("tags").Str(tagStage))
			stage = max(stage, n)
		}
	}
	return stage
}

// State is what the lab tells; fs.ErrNotExist where none ever ran.
func (l Lab) State() (state.State, error) {
	s, err := state.Read(l.at.Status())
	return s, asSetup(err)
}

// asSetup is an error, which is one of setup where another rung keeps the lab.
func asSetup(err error) error {
	if errors.Is(err, ledger.ErrOther) {
		return fmt.Errorf("%w: %w", ErrSetup, err)
	}
	return err
}

// Ours fails where another rung keeps the lab of the directory: this one would not know what to
// end and what to keep.
func (l Lab) Ours() error {
	_, err := ledger.Read(l.at.Ledger())
	return asSetup(err)
}

// Room fails where the disk has too little of it for a lab that does not run yet.
func (l Lab) Room() error {
	if led, err := ledger.Read(l.at.Ledger()); err == nil && led.Supervisor.Alive() {
		return nil
	}
	return roomy(l.at.Dir)
}

// Hand is what breaks the lab's servers on purpose, and restores their backups. What an
// earlier one has left broken, it takes back.
func (l Lab) Hand() (*hand.Hand, error) { return hand.Of(l.at) }

// Databases are the URLs of the primary and of the replicas that serve, as their superuser;
// none where the lab runs none.
func (l Lab) Databases(ctx context.Context) (primary string, replicas []string, err error) {
	return hand.Databases(ctx, l.at)
}

// startWithin is how long a supervisor may take to come up.
const startWithin = time.Minute

// Start starts the supervisor, by an executable of rung, unless it runs.
func (l Lab) Start(ctx context.Context, executable string) error {
	led, err := ledger.Read(l.at.Ledger())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSetup, err)
	}
	if led.Supervisor.Alive() {
		return nil
	}
	if err := roomy(l.at.Dir); err != nil {
		return err
	}
	if err := os.MkdirAll(l.at.Logs(), 0o755); err != nil {
		return fmt.Errorf("%w: make the lab's directory: %w", ErrSetup, err)
	}
	if err := l.spawn(executable); err != nil {
		return err
	}
	for end := time.Now().Add(startWithin); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
		if s, err := l.State(); err == nil && s.Runs() {
			return nil
		}
		if text := l.refusal(); text != "" {
			return fmt.Errorf("%w: %s", ErrSetup, text)
		}
	}
	return errors.Join(ctx.Err(), fmt.Errorf("start the lab: its supervisor did not come up within %v; see %s",
		startWithin,
		l.at.Log(place.Own)))
}

// Word is the argument by which an executable of rung is a supervisor.
const Word = "supervise"

// spawn starts the supervisor as nobody's child: it outlives the command, and no
// signal for the command's children reaches it.
func (l Lab) spawn(executable string) error {
	_ = os.Remove(l.at.Refusal())
	cmd := exec.Command("/bin/sh", "-c", `"$@" >>"$LOG" 2>&1 </dev/null &`, "sh", executable, "lab", Word, l.at.Dir)
	cmd.Env = append(os.Environ(), "LOG="+l.at.Log(place.Own))
	cmd.Dir = "/"
	cmd.SysProcAttr = detached()
	alone()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("start the lab's supervisor: %w: %s", err, out)
	}
	return nil
}

// refusal is what a supervisor that did not start has said.
func (l Lab) refusal() string {
	text, _ := os.ReadFile(l.at.Refusal()) // none is written by one that runs
	return strings.TrimSpace(string(text))
}

// stopWithin is how long everything may take to end.
const stopWithin = 3 * time.Minute

// Stop ends the supervisor and all that it started; the data stays. Where the
// supervisor was killed before, its servers are ended by its record.
func (l Lab) Stop(ctx context.Context, executable string) error {
	led, err := ledger.Read(l.at.Ledger())
	if err != nil {
		return asSetup(err)
	}
	if !led.Supervisor.Alive() {
		if len(led.Processes) == 0 {
			return nil
		}
		if err := l.Start(ctx, executable); err != nil { // which takes over, and then ends
			return err
		}
		if led, err = ledger.Read(l.at.Ledger()); err != nil {
			return err
		}
	}
	boss := led.Supervisor
	if err := boss.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the lab: %w", err)
	}
	for end := time.Now().Add(stopWithin); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
		if !boss.Alive() {
			return nil
		}
	}
	return errors.Join(ctx.Err(), fmt.Errorf("stop the lab: process %d has not ended; see %s", boss.PID,
		l.at.Log(place.Own)))
}

// Keep puts a file where the lab's machines find it by the hash of its content, which
// is computed where it is not given.
func (l Lab) Keep(path, sum string) error {
	if sum == "" {
		var err error
		if sum, err = hash(path); err != nil {
			return fmt.Errorf("keep %s for the lab: %w", path, err)
		}
	}
	to := site.Site{Dir: l.at.Dir}.Object(sum)
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("keep %s for the lab: %w", path, err)
	}
	from, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("keep %s for the lab: %w", path, err)
	}
	defer from.Close()
	fresh, err := os.OpenFile(to+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755) //nolint:gosec // a program
	if err != nil {
		return fmt.Errorf("keep %s for the lab: %w", path, err)
	}
	_, err = io.Copy(fresh, from)
	if err := errors.Join(err, fresh.Close()); err != nil {
		return errors.Join(fmt.Errorf("keep %s for the lab: %w", path, err), os.Remove(to+".new"))
	}
	return os.Rename(to+".new", to)
}

// Fetch lays an image where the lab's machines find it, by its name with a digest. It
// fails where this machine runs none.
func (l Lab) Fetch(ctx context.Context, image string) error {
	if err := container.Probe(); err != nil {
		return err
	}
	return container.Containers{Dir: l.at.Dir}.Fetch(ctx, image)
}

func hash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}

// Clear removes all files of a lab that has ended and whose cloud is empty, those of rung
// itself among them, but its final snapshots. Whatever is made in a lab's directory is
// found there, not listed anywhere: so nothing is forgotten.
func (l Lab) Clear() error {
	entries, err := os.ReadDir(l.at.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("clear the lab: %w", err)
	}
	var errs []error
	for _, e := range entries {
		if path := filepath.Join(l.at.Dir, e.Name()); path != l.at.Snapshots() {
			errs = append(errs, os.RemoveAll(path))
		}
	}
	_ = os.Remove(l.at.Dir)               // where no snapshot is left
	_ = os.Remove(filepath.Dir(l.at.Dir)) // and nothing of another cloud
	return errors.Join(errs...)
}

// Log opens the log of a unit; an empty name is the supervisor's own.
func (l Lab) Log(unit string) (string, error) {
	if unit == "" {
		unit = place.Own
	}
	path := l.at.Log(unit)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the log of %s: there is none; `rung lab status` names the servers", unit)
	}
	return path, nil
}
