package failover

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/postgres"
)

// Way opens a way to a database: a URL that holds until done is called, which is never nil
// where err is.
type Way func(ctx context.Context) (url string, done func(), err error)

// Pair is one database of a stack: the primary that has its writes, and the copy that
// takes them over.
type Pair struct {
	// Name is the database's in the stack, as "users-database".
	Name     string
	From, To Way
}

// Stack moves the writes of all databases of a stack to their copies in another region,
// where the stack's own deployment promotes the copies and leads the machines. Every
// primary is closed by its fence, which its copy receives as it does everything else, and
// every copy has all that was written before the first of them is promoted.
type Stack struct {
	Pairs []Pair
	// MaxPause is how long the copies may take to have everything once the primaries are
	// closed, before those go on; zero means [hosts.DefaultMaxPause].
	MaxPause time.Duration
	// AcceptOthers lets servers with other databases change over, whose writers have no
	// fence.
	AcceptOthers bool
	// Lead promotes the copies, leads every machine to them, and makes new copies where the
	// writes were. It must be one that may run again. Required.
	Lead func(context.Context) error
	// Promoting says whether a copy is being promoted, or may be: a deployment that was ended
	// may have asked for it. Primaries are only let go on where it says that none is. Required.
	Promoting func(context.Context) (bool, error)
	// Dir is where the journal lies.
	Dir string
	// Tell is called with each entry of the journal; nil tells nobody.
	Tell func(handover.Entry)
	// Point ends it at a point, for tests.
	Point func(string) error

	run    handover.Run
	pairs  []*opened
	result StackResult
}

// StackResult is what was done.
type StackResult struct {
	Databases []string `json:"databases"`
	// ClosedMillis is from the first database that refused writes to the last that took them
	// in the other region; zero after a run that was killed in between. A machine writes again
	// when it is led there, which is within LedSeconds.
	ClosedMillis int64   `json:"closed_ms,omitempty"`
	LedSeconds   float64 `json:"led_s"`
}

// opened is a pair with the ways to both sides open.
type opened struct {
	Failover
	name string
	done []func()
	// primary says that the copy takes the writes, or may: it was promoted.
	primary bool
}

// Run moves the writes, and can be run again after whatever has ended it.
func (s *Stack) Run(ctx context.Context) (StackResult, error) {
	end, err := s.begin()
	if err != nil {
		return s.result, err
	}
	defer end()
	if err := s.move(ctx); err != nil {
		return s.result, fmt.Errorf("failover: %w", err)
	}
	return s.result, s.run.Note(handover.EventEnded, "the writes have moved")
}

// begin opens the journal; what it returns gives it back, and the ways.
func (s *Stack) begin() (func(), error) {
	if s.MaxPause == 0 {
		s.MaxPause = hosts.DefaultMaxPause
	}
	s.result = StackResult{}
	for _, p := range s.Pairs {
		s.result.Databases = append(s.result.Databases, p.Name)
	}
	journal, err := handover.OpenJournal(s.Dir)
	if err != nil {
		return nil, err
	}
	s.run = handover.Run{Journal: journal, Command: name, Tell: s.Tell, Point: s.Point}
	return func() {
		s.close()
		journal.Close() //nolint:errcheck // each entry is on the disk
	}, nil
}

func (s *Stack) move(ctx context.Context) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	if !s.anyPromoted() {
		if err := s.run.Steps(ctx, s.each((*Failover).checks, (*Failover).fence)...); err != nil {
			return err
		}
	}
	began := time.Now()
	if err := s.drain(ctx); err != nil {
		return err
	}
	s.close() // the machines by way of which they are reached may go
	if err := s.run.Steps(ctx, s.lead(began)); err != nil {
		return s.halfLed(ctx, err)
	}
	s.result.LedSeconds = time.Since(began).Seconds()
	if err := s.open(ctx); err != nil {
		return err
	}
	return s.run.Steps(ctx, s.each((*Failover).open, (*Failover).copies, (*Failover).sweep)...)
}

// open opens the ways to all databases.
func (s *Stack) open(ctx context.Context) error {
	s.close()
	for _, p := range s.Pairs {
		one, err := p.open(ctx, Spec{MaxPause: s.MaxPause, AcceptOthers: s.AcceptOthers})
		if one != nil {
			s.pairs = append(s.pairs, one)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	return nil
}

func (p Pair) open(ctx context.Context, spec Spec) (*opened, error) {
	one := &opened{Failover: Failover{Spec: spec}, name: p.Name}
	for _, end := range []struct {
		way  Way
		side **postgres.Side
		name string
	}{{p.From, &one.from, "from"}, {p.To, &one.to, "to"}} {
		url, done, err := end.way(ctx)
		if err != nil {
			return one, err
		}
		one.done = append(one.done, done)
		*end.side = &postgres.Side{Name: end.name, URL: url}
		if err := (*end.side).Open(ctx); err != nil {
			return one, err
		}
	}
	var err error
	one.primary, err = isPrimary(ctx, one.to)
	return one, err
}

func (o *opened) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for _, side := range []*postgres.Side{o.from, o.to} {
		if side != nil {
			side.Close(ctx) //nolint:errcheck // nothing hangs on it
		}
	}
	for _, done := range o.done {
		done()
	}
}

func (s *Stack) close() {
	for _, p := range s.pairs {
		p.close()
	}
	s.pairs = nil
}

func (s *Stack) anyPromoted() bool {
	for _, p := range s.pairs {
		if p.primary {
			return true
		}
	}
	return false
}

// each are steps for every database, a step of all of them before the next.
func (s *Stack) each(steps ...func(*Failover) handover.Step) (all []handover.Step) {
	for _, step := range steps {
		for _, p := range s.pairs {
			all = append(all, p.named(step))
		}
	}
	return all
}

// named is a step of one database.
func (o *opened) named(step func(*Failover) handover.Step) handover.Step {
	one := step(&o.Failover)
	one.Name = o.name + " " + one.Name
	return one
}

// drain closes the primaries and waits until the copies have everything. Where it fails the
// primaries go on.
func (s *Stack) drain(ctx context.Context) error {
	var steps []handover.Step
	for _, step := range []func(*Failover) handover.Step{(*Failover).closes, (*Failover).arrive} {
		for _, p := range s.pairs {
			if !p.primary { // an earlier run has drained all before it was promoted
				steps = append(steps, p.named(step))
			}
		}
	}
	err := s.run.Steps(ctx, steps...)
	if err != nil && !errors.Is(err, handover.ErrKilled) {
		err = s.undo(context.WithoutCancel(ctx), err)
	}
	return err
}

// mayGoOn fails where a copy has the writes, or may come to have them.
func (s *Stack) mayGoOn(ctx context.Context) error {
	if s.anyPromoted() {
		return errors.New("a copy was promoted and has the writes: run it again, which goes on")
	}
	promoting, err := s.Promoting(ctx)
	if err != nil {
		return fmt.Errorf("nobody knows whether a copy is being promoted: %w: run it again, which goes on", err)
	}
	if promoting {
		return errors.New("a copy is being promoted: run it again, which goes on")
	}
	return nil
}

// undo lets the primaries go on where no copy has the writes.
func (s *Stack) undo(ctx context.Context, why error) error {
	if err := s.mayGoOn(ctx); err != nil {
		return fmt.Errorf("%w; %w", why, err)
	}
	for _, p := range s.pairs {
		if gate, err := p.from.Gate(ctx); err != nil || !gate.Writes() {
			if err = errors.Join(err, p.from.OpenGate(ctx, s.MaxPause)); err != nil {
				return fmt.Errorf("%w; and letting %s go on failed: %w: run it again, or with --abort", why, p.name, err)
			}
		}
	}
	return fmt.Errorf("%w; the primaries take writes as before", why)
}

// lead lets the copies be promoted and opens each as soon as it is, while the machines are
// led there.
func (s *Stack) lead(began time.Time) handover.Step {
	return handover.Step{Name: "lead", Says: "promote the copies, and lead every machine to them",
		Do: func(ctx context.Context) (string, error) {
			watching, stop := context.WithCancel(ctx)
			var watch sync.WaitGroup
			watch.Go(func() { s.openPromoted(watching, began) })
			err := s.Lead(ctx)
			stop()
			watch.Wait()
			return "", err
		},
		Prove: func(ctx context.Context) (string, error) {
			if err := s.open(ctx); err != nil {
				return "", err
			}
			for _, p := range s.pairs {
				if !p.primary {
					return "", fmt.Errorf("%s was not promoted", p.name)
				}
			}
			return fmt.Sprintf("%d databases were promoted", len(s.pairs)), nil
		}}
}

// openPromoted opens every copy that is promoted, until all are, or the context ends.
func (s *Stack) openPromoted(ctx context.Context, began time.Time) {
	for left := s.Pairs; len(left) > 0; {
		var still []Pair
		for _, p := range left {
			if !p.openPromoted(ctx, Spec{MaxPause: s.MaxPause}) {
				still = append(still, p)
			}
		}
		if left = still; len(left) == 0 {
			s.result.ClosedMillis = time.Since(began).Milliseconds()
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookSeldom):
		}
	}
}

// openPromoted opens one that is promoted, and says whether it takes writes. What stands
// in the way now may not do so at the next look, and is told by the step that comes after.
func (p Pair) openPromoted(ctx context.Context, spec Spec) bool {
	one, err := p.open(ctx, spec)
	defer one.close()
	if err != nil || !one.primary {
		return false
	}
	step := one.Failover.open()
	found, err := step.Find(ctx)
	if err == nil && !found.Done {
		_, err = step.Do(ctx)
	}
	return err == nil
}

// halfLed lets the primaries go on where the deployment failed before it promoted any copy.
func (s *Stack) halfLed(ctx context.Context, why error) error {
	if errors.Is(why, handover.ErrKilled) {
		return why
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.open(ctx); err != nil {
		return fmt.Errorf("%w; and nobody knows who has the writes: %w: run it again", why, err)
	}
	return s.undo(ctx, why)
}

// Abort lets the primaries go on after a run that was ended while they were closed, and
// takes the fences away. It refuses once a copy was promoted.
func (s *Stack) Abort(ctx context.Context) error {
	end, err := s.begin()
	if err != nil {
		return err
	}
	defer end()
	if err := s.open(ctx); err != nil {
		return fmt.Errorf("abort the failover: %w", err)
	}
	if err := s.mayGoOn(ctx); err != nil {
		return fmt.Errorf("abort the failover: %w", err)
	}
	return s.run.Steps(ctx, s.each((*Failover).goesOn, (*Failover).bare)...)
}
