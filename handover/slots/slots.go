// Package slots moves people between the databases of an application that spreads them
// over several, with the journal of a move: from stage 4 to 5.
//
// The application moves its slots itself, while people use it, and is asked by a command:
//
//	COMMAND map -json             {"shards":2,"owners":[1,1,…],"balanced":[1,2,…]}
//	COMMAND move FIRST-LAST N     takes slots to the Nth database, and may be run again
//
// The package decides which slots go where, a few at a time, each step looked for before
// and proved after by the map. It keeps where they were before, which is the way back.
package slots

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rung-dev/rung/handover/edge"
)

// Spec is what to move.
type Spec struct {
	// Command is the application's, for the shell, such as "env $(cat posts.env) app shards".
	Command string `json:"command"`
	// Step is how many slots a step moves at most; zero means DefaultStep.
	Step int `json:"step,omitempty"`
}

// DefaultStep is little enough to be done again without anybody minding.
const DefaultStep = 32

// Check reports every wrong value at once.
func (s Spec) Check() error {
	var errs []error
	if strings.TrimSpace(s.Command) == "" {
		errs = append(errs, errors.New("--shards: want the application's command, such as 'env $(cat posts.env) app shards'"))
	}
	if s.Step < 0 || s.Step > 1<<15 {
		errs = append(errs, fmt.Errorf("--shards-step: got %d, want 1 to %d", s.Step, 1<<15))
	}
	return errors.Join(errs...)
}

// Map is what the application says of its slots. Databases are counted from 1.
type Map struct {
	Shards int `json:"shards"`
	// Owners are the databases of the slots, Balanced those that they would have if all
	// had as many as the others, with as few moves as that takes.
	Owners   []int `json:"owners"`
	Balanced []int `json:"balanced"`
}

// check refuses what cannot be.
func (m Map) check() error {
	if m.Shards < 1 || len(m.Owners) == 0 || len(m.Owners) != len(m.Balanced) {
		return fmt.Errorf("got %d databases, %d owners and %d of a balance, want as many of the last two", m.Shards,
			len(m.Owners), len(m.Balanced))
	}
	for slot, owner := range slices.Concat(m.Owners, m.Balanced) {
		if owner < 1 || owner > m.Shards {
			return fmt.Errorf("slot %d is of the database %d, want 1 to %d", slot%len(m.Owners), owner, m.Shards)
		}
	}
	return nil
}

// held counts the slots of each database.
func held(owners []int, shards int) []int {
	n := make([]int, shards)
	for _, owner := range owners {
		if owner >= 1 && owner <= shards {
			n[owner-1]++
		}
	}
	return n
}

// piece is a row of slots that go to one database.
type piece struct{ first, last, to int }

func (p piece) String() string { return fmt.Sprintf("%d-%d", p.first, p.last) }

// pieces are the rows of slots that are elsewhere than they should be, none longer than
// most. It is pure.
func pieces(now, want []int, most int) (all []piece) {
	for slot := range now {
		if now[slot] == want[slot] {
			continue
		}
		if n := len(all) - 1; n >= 0 && all[n].last == slot-1 && all[n].to == want[slot] && slot-all[n].first < most {
			all[n].last = slot
			continue
		}
		all = append(all, piece{slot, slot, want[slot]})
	}
	return all
}

// application asks the application.
type application struct{ command string }

func (a application) slots(ctx context.Context) (m Map, err error) {
	out, err := edge.Shell(ctx, "--shards", a.command+" map -json")
	if err != nil {
		return m, err
	}
	line := out // the last that is an object: others may be a log
	for one := range strings.Lines(out) {
		if strings.HasPrefix(one, "{") && strings.Contains(one, `"owners"`) {
			line = one
		}
	}
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		return m, fmt.Errorf("read what `%s map -json` says: %w", a.command, err)
	}
	if err := m.check(); err != nil {
		return m, fmt.Errorf("read what `%s map -json` says: %w", a.command, err)
	}
	return m, nil
}

func (a application) move(ctx context.Context, p piece) (string, error) {
	out, err := edge.Shell(ctx, "--shards", fmt.Sprintf("%s move %s %d", a.command, p, p.to))
	return out[strings.LastIndex(out, "\n")+1:], err
}

// kept is what the directory of a move has of it.
type kept struct {
	Spec Spec `json:"spec"`
	// Before is where the slots were, After where they are to be.
	Before []int `json:"before"`
	After  []int `json:"after"`
}

const keptFile = "slots.json"

// Begun says whether a move of slots lies in dir.
func Begun(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, keptFile))
	return err == nil
}

func read(dir string) (k kept, err error) {
	text, err := os.ReadFile(filepath.Join(dir, keptFile))
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &k)
	}
	if err != nil {
		return k, fmt.Errorf("read the move of slots in %s: %w", dir, err)
	}
	return k, nil
}

func (k kept) save(dir string) error {
	text, err := json.Marshal(k)
	if err != nil {
		return err
	}
	temp := filepath.Join(dir, "."+keptFile)
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(temp, text, 0o600)); err != nil {
		return fmt.Errorf("keep the move of slots: %w", err)
	}
	return os.Rename(temp, filepath.Join(dir, keptFile))
}
