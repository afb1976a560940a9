// Package inside drives a move whose sides can only be reached from inside a VPC: the
// steps run on an instance there, the server of the old side or a worker, and this
// machine gives the orders and watches.
//
// A command goes like this: the instance's role gets the permissions that the mover
// needs, for the time of this command; the mover, a small static program, is put in
// the bucket unless it lies there; the order goes as a secret parameter, since it has
// passwords in it; SSM's Run Command fetches the mover, holds it against its hash and
// runs it; its journal comes back by the bucket; and the permissions go again. Those
// of a driver that was killed end by their own date.
//
// [Driver] is the same interface as that of a move from here, package worker the
// other end of the line, and package api how AWS is spoken to.
package inside

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/postgres"
)

// Place is where the steps of a move run.
type Place struct {
	Region string `json:"region"`
	// Instance is an EC2 instance that SSM reaches, and that reaches both sides.
	Instance string `json:"instance"`
	// Bucket is one that the instance reaches, the stack's bucket of artifacts say.
	Bucket string `json:"bucket"`
	// Mover is the program, a file of this machine.
	Mover string `json:"mover"`
	// As is the instance's user who runs it; empty means root. postgres reaches the
	// server's own database without a password.
	As string `json:"as,omitempty"`
}

var (
	regions   = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	instances = regexp.MustCompile(`^i-[0-9a-f]{8,17}$`)
	buckets   = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	users     = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,31}$`)
)

// Check reports every wrong value at once.
func (p Place) Check() error {
	var errs []error
	want := func(ok bool, flag, got, want string) {
		if !ok {
			errs = append(errs, fmt.Errorf("%s: got %q, want %s", flag, got, want))
		}
	}
	want(instances.MatchString(p.Instance), "--inside", p.Instance, "the id of an instance, such as i-0123456789abcdef0")
	want(regions.MatchString(p.Region), "--inside-region", p.Region, "a region, such as eu-central-1")
	want(buckets.MatchString(p.Bucket), "--inside-bucket", p.Bucket, "the name of a bucket, such as that of the artifacts")
	want(p.As == "" || users.MatchString(p.As), "--inside-as", p.As, "a user of the instance, such as postgres")
	info, err := os.Stat(p.Mover)
	want(err == nil && info.Mode().IsRegular(), "--mover", p.Mover, "a file: `make mover` builds it")
	return errors.Join(errs...)
}

const placeFile = "inside.json"

// Save keeps the place beside the move in dir.
func (p Place) Save(dir string) error {
	var err error
	if p.Mover, err = filepath.Abs(p.Mover); err != nil {
		return fmt.Errorf("keep where the move runs: %w", err)
	}
	text, err := json.MarshalIndent(p, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, placeFile), text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep where the move runs: %w", err)
	}
	return nil
}

// Leave lets the move in dir run here.
func Leave(dir string) error {
	if err := os.Remove(filepath.Join(dir, placeFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("let the move run here: %w", err)
	}
	return nil
}

// ReadPlace reads where the move in dir runs. None is [os.ErrNotExist]: here.
func ReadPlace(dir string) (p Place, err error) {
	text, err := os.ReadFile(filepath.Join(dir, placeFile))
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return p, fmt.Errorf("read where the move runs: %w", err)
	}
	return p, nil
}

// Task is what the worker is told, as a secret parameter.
type Task struct {
	hosts.Order
	Spec hosts.Spec `json:"spec"`
	// ID tells this run from others; its answer lies under it.
	ID     string `json:"id"`
	Region string `json:"region"`
	Bucket string `json:"bucket"`
}

// Answer is what the worker leaves in the bucket when it has ended.
type Answer struct {
	// Plan is that of plan, Status how the move stands after any other command.
	Plan   *hosts.Plan   `json:"plan,omitempty"`
	Status *hosts.Status `json:"status,omitempty"`
	// Paused is for how long writes were held back.
	Paused time.Duration `json:"paused,omitempty"`
	// Error is why it failed; empty means that it did not.
	Error string `json:"error,omitempty"`
	// Findings stand in the way; Order is a command whose time has not come.
	Findings []postgres.Finding `json:"findings,omitempty"`
	Order    *hosts.ErrOrder    `json:"order,omitempty"`
}

// Failed puts an error in the answer, so that the other end gives it its exit code.
func (a *Answer) Failed(err error) {
	if err == nil {
		return
	}
	a.Error = err.Error()
	var blocked hosts.ErrBlocked
	if errors.As(err, &blocked) {
		a.Findings = blocked.Findings
	}
	var order hosts.ErrOrder
	if errors.As(err, &order) {
		a.Order = &order
	}
}

// Err is the error of the other end.
func (a Answer) Err() error {
	switch {
	case a.Error == "":
		return nil
	case a.Order != nil:
		return *a.Order
	case len(a.Findings) > 0:
		return hosts.ErrBlocked{Findings: a.Findings}
	}
	return errors.New(a.Error)
}

// The keys under which what belongs to a move lies in the bucket.
func under(move string) string { return "rung-handover/" + move + "/" }

// JournalKey is the journal of a move.
func JournalKey(move string) string { return under(move) + "journal.jsonl" }

// ProgressKey is how far the copy of a move is.
func ProgressKey(move string) string { return under(move) + "progress.json" }

// AnswerKey is the answer of one run.
func AnswerKey(move, id string) string { return under(move) + "answer-" + id + ".json" }

// Parameter is the secret parameter of one run.
func Parameter(move, id string) string { return "/rung/handover/" + move + "/" + id }
