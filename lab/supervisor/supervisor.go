//go:build linux

// Package supervisor is the lab's control loop: what ought to run is decided from the
// offline cloud, what runs stands in the lab's own record, and the difference is
// carried out, again and again. It is one process for a directory. When it is killed,
// what it started goes on, and the next one takes it over by the record.
package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/rung-dev/rung/lab/address"
	"github.com/rung-dev/rung/lab/certificate"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/container"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/plan"
	"github.com/rung-dev/rung/lab/process"
	"github.com/rung-dev/rung/lab/share"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/state"
)

const (
	// quick is how often the loop turns while something is under way, slow otherwise.
	quick = 100 * time.Millisecond
	slow  = time.Second
	// rotateEvery is how often the loop looks at the logs' sizes, in turns.
	rotateEvery = 30
)

// Supervisor makes this machine agree with an offline cloud.
type Supervisor struct {
	at        place.Place
	site      site.Site
	authority *certificate.Authority
	// executable is rung's, or that of the test that stands for it.
	executable string
	database   *syscall.Credential
	out        io.Writer

	mu       sync.Mutex
	led      *ledger.Ledger
	busy     map[string]bool
	failures map[string]failure
	health   map[string]health
	tasks    sync.WaitGroup
	// wake lets the loop turn at once: a process has ended.
	wake chan struct{}

	cloud   cloud.Cloud
	stamp   state.Stamp
	kept    map[string]string // the secrets of the app, as its user has set them
	told    string
	want    plan.Output
	decided string // what was known when that was decided
	// readAt and decidedAt are when the cloud was read and when something was decided.
	readAt, decidedAt time.Time
	trouble           error // of the last turn
	ending            bool
	turns             int
	scaler            scaler
	ringing           map[string]string // the alarms that ring, with what they say

	shares  *share.Shares // of the processors
	unbound error         // why there are none
}

// failure is how often a unit failed in a row, and when it may be tried again.
type failure struct {
	times int
	until time.Time
	err   error
}

// health is what a unit answered last.
type health struct {
	err error
	// lacks is what it does not do yet although it answers; see have.
	lacks error
	when  time.Time
	// bad is since when it has not answered as it should; zero while it does.
	bad time.Time
	of  process.Identity
}

// Run supervises a lab until the context is done; then it ends everything that it has
// started. A second supervisor of the same lab is refused.
func Run(ctx context.Context, at place.Place, out io.Writer) error {
	lock := flock.New(at.Lock())
	got, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock the lab in %s: %w", at.Dir, err)
	}
	if !got {
		return fmt.Errorf("%w: %s", ErrRuns, at.Dir)
	}
	defer lock.Unlock() //nolint:errcheck // the process ends
	s, err := open(at, out)
	if err != nil {
		return err
	}
	s.takeOver()
	return s.loop(ctx)
}

// ErrRuns is a lab that has a supervisor already.
var ErrRuns = errors.New("another supervisor has this lab")

func open(at place.Place, out io.Writer) (*Supervisor, error) {
	led, err := ledger.Read(at.Ledger())
	if err != nil {
		return nil, err
	}
	database, err := databaseUser()
	if err != nil {
		return nil, err
	}
	if err := reachable(at.Dir, database); err != nil {
		return nil, err
	}
	authority, err := certificate.Open(filepath.Join(at.Dir, "ca"))
	if err != nil {
		return nil, err
	}
	executable, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the running executable: %w", err)
	}
	if err := (container.Containers{Dir: at.Dir}).Provide(executable); err != nil {
		return nil, err
	}
	s := &Supervisor{at: at, executable: executable, authority: authority, database: database, out: out, led: led,
		busy:     map[string]bool{},
		failures: map[string]failure{}, health: map[string]health{}, wake: make(chan struct{}, 1)}
	s.site = site.Site{Dir: at.Dir, Programs: site.Find(), Address: s.address, Privileged: address.Privileged(),
		Account: account()}
	s.bind()
	led.Supervisor = process.Identify(os.Getpid())
	return s, s.note()
}

// account is root where this process is root's.
func account() string {
	if os.Getuid() == 0 {
		return "root"
	}
	return ""
}

// takeOver ends what a killed supervisor has left half done; what runs stays.
func (s *Supervisor) takeOver() {
	for name, p := range s.led.Processes {
		switch {
		case strings.HasSuffix(name, preparing):
			_ = p.End(syscall.SIGKILL, 0) // it is begun anew
			delete(s.led.Processes, name)
		case p.Alive():
			s.log("%s runs as process %d: taken over", name, p.PID)
		}
	}
}

func (s *Supervisor) loop(ctx context.Context) error {
	s.log("supervises %s as process %d", s.at.Dir, os.Getpid())
	for {
		if ctx.Err() != nil && !s.ending {
			s.ending = true
			s.log("asked to end: ends what it has started")
			s.endCommands()
		}
		settled := s.turn(ctx)
		if s.ending && s.gone() {
			s.tasks.Wait()
			s.log("ended")
			return s.finish()
		}
		wait := slow
		if !settled {
			wait = quick
		}
		select {
		case <-time.After(wait):
		case <-s.wake:
		case <-done(ctx, s.ending):
		}
	}
}

// done is closed when the end is asked for, once.
func done(ctx context.Context, ending bool) <-chan struct{} {
	if ending {
		return nil
	}
	return ctx.Done()
}

// atOnce is how many servers may start at the same time.
func atOnce() int { return max(6, 3*runtime.NumCPU()) }

// turn looks and acts once, and reports whether all is as it should be.
func (s *Supervisor) turn(ctx context.Context) (settled bool) {
	s.look(ctx)
	has, busy := s.has()
	s.scale(ctx, has)
	s.trouble = s.decide(has, busy)
	now := time.Now()
	for _, a := range few(difference(s.want.Units, has, busy, now), has, busy, atOnce(), now) {
		s.act(a)
	}
	settled = s.trouble == nil && s.settled(has)
	if s.trouble == nil && !s.ending {
		s.trouble = s.sweep(s.want.Keep)
	}
	if s.turns++; s.turns%rotateEvery == 0 {
		s.rotate()
	}
	if err := s.tell(has, settled); err != nil {
		s.log("%v", err)
	}
	return settled
}

func (s *Supervisor) log(format string, args ...any) {
	fmt.Fprintf(s.out, "%s %s\n", time.Now().Format("2006-01-02T15:04:05.000"), fmt.Sprintf(format, args...)) //nolint:errcheck // nobody is left to tell
}
