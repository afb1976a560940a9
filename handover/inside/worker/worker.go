// Package worker is the end of a move that runs on an instance inside a VPC: it reads
// its order, runs it as a mover does anywhere, and keeps its journal and its answer in
// the bucket where whoever gave the order looks for them.
package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/inside"
	"github.com/rung-dev/rung/handover/inside/api"
)

// Worker runs one order.
type Worker struct {
	Cloud *api.Client
	// Parameter is the secret in which the order lies.
	Parameter string
	// Dir is where the journals of moves are kept on the instance.
	Dir string
	// Every is how often the journal goes to the bucket; zero means 2 s.
	Every time.Duration
}

// Run reads the order, runs it, and leaves the answer.
func (w Worker) Run(ctx context.Context) error {
	task, err := w.read(ctx)
	if err != nil {
		return fmt.Errorf("read the order: %w", err)
	}
	dir := filepath.Join(w.Dir, task.Spec.Name)
	if err := w.restore(ctx, task, dir); err != nil {
		return fmt.Errorf("find the journal: %w", err)
	}
	p := &post{worker: w, task: task, dir: dir}
	ended := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() { p.run(ctx, ended) })
	answer := do(ctx, task, hosts.Here{Spec: task.Spec, Dir: dir, Tell: p.tell, Watch: p.watch})
	close(ended)
	wait.Wait()
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	err = errors.Join(p.last(ctx), w.Cloud.Put(ctx, task.Bucket, inside.AnswerKey(task.Spec.Name, task.ID), text))
	return errors.Join(err, answer.Err())
}

// read takes the order, which is gone afterwards: it has passwords in it.
func (w Worker) read(ctx context.Context) (t inside.Task, err error) {
	text, err := w.Cloud.Unseal(ctx, w.Parameter)
	if err != nil {
		return t, err
	}
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return t, err
	}
	return t, w.Cloud.Forget(ctx, w.Parameter)
}

// restore fetches the journal where this instance does not have it: an earlier command
// of the move ran on another one.
func (w Worker) restore(ctx context.Context, t inside.Task, dir string) error {
	path := handover.JournalPath(dir)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	text, err := w.Cloud.Get(ctx, t.Bucket, inside.JournalKey(t.Spec.Name))
	if errors.Is(err, api.ErrNone) {
		return nil
	}
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	return err
}

// do runs the order and says what it came to.
func do(ctx context.Context, t inside.Task, here hosts.Here) (a inside.Answer) {
	if t.Command == hosts.CommandPlan {
		plan, err := here.Plan(ctx)
		a.Failed(err)
		if err == nil {
			a.Plan = &plan
		}
		return a
	}
	if t.Command != hosts.CommandStatus {
		var err error
		if a.Paused, err = here.Do(ctx, t.Order); err != nil {
			a.Failed(err)
			return a
		}
	}
	status, err := here.Status(ctx)
	a.Failed(err)
	if err == nil {
		a.Status = &status
	}
	return a
}

// post takes the journal to the bucket, beside the move and never in its way.
type post struct {
	worker Worker
	task   inside.Task
	dir    string

	mu       sync.Mutex
	fresh    bool
	progress *hosts.Progress
}

func (p *post) tell(handover.Entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh = true
}

func (p *post) watch(now hosts.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.progress = &now
}

// run sends what is new now and then. What does not arrive comes with the next.
func (p *post) run(ctx context.Context, ended <-chan struct{}) {
	every := p.worker.Every
	if every == 0 {
		every = 2 * time.Second
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ended:
			return
		case <-time.After(every):
			p.send(ctx) //nolint:errcheck // the last one says what is wrong
		}
	}
}

func (p *post) send(ctx context.Context) error {
	p.mu.Lock()
	fresh, progress := p.fresh, p.progress
	p.fresh, p.progress = false, nil
	p.mu.Unlock()
	var errs []error
	if progress != nil {
		text, err := json.Marshal(progress)
		errs = append(errs, err, p.worker.Cloud.Put(ctx, p.task.Bucket, inside.ProgressKey(p.task.Spec.Name), text))
	}
	if fresh {
		errs = append(errs, p.last(ctx))
	}
	return errors.Join(errs...)
}

// last sends the whole journal.
func (p *post) last(ctx context.Context) error {
	text, err := os.ReadFile(handover.JournalPath(p.dir))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	return p.worker.Cloud.Put(ctx, p.task.Bucket, inside.JournalKey(p.task.Spec.Name), text)
}
