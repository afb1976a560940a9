package hosts

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/rung-dev/rung/handover"
)

const specFile = "move.json"

// putAside gives another name to the records of a move that is over.
func putAside(dir string) error {
	entries, err := handover.ReadJournal(dir)
	if err != nil || len(entries) == 0 || !isOver(entries) {
		return err
	}
	last := entries[len(entries)-1]
	if err := os.Remove(filepath.Join(dir, specFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("put the move that is over aside: %w", err)
	}
	return handover.PutAside(dir, last.At)
}

// Dir is where a move of a stack's directory lies.
func Dir(root, name string) string {
	if name == "" {
		name = DefaultName
	}
	return filepath.Join(root, ".rung", "handover", name)
}

// ReadSpec reads the move in dir. None is [fs.ErrNotExist].
func ReadSpec(dir string) (Spec, error) {
	var s Spec
	text, err := os.ReadFile(filepath.Join(dir, specFile))
	if err != nil {
		return s, fmt.Errorf("read the move: %w", err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("read the move in %s: %w", dir, err)
	}
	return s, nil
}

// Save keeps the move in dir. Another move that is already there, between other
// databases, is refused until it is over; the journal of one that is goes aside.
func (s Spec) Save(dir string) error {
	if err := putAside(dir); err != nil {
		return err
	}
	was, err := ReadSpec(dir)
	if err == nil && (was.From != s.From || was.To != s.To) {
		return fmt.Errorf("keep the move: %s has one from %s to %s; finish or abort it, or give this one another --name", dir,
			shown(was.From), shown(was.To))
	}
	if err == nil && !slices.Equal(was.Tables, s.Tables) {
		if err := notBegun(dir); err != nil {
			return fmt.Errorf("keep the move: it is one of %s, and %w", tablesOf(was), err)
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("keep the move: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keep the move: %w", err)
	}
	temp := filepath.Join(dir, "."+specFile)
	if err := os.WriteFile(temp, text, 0o600); err != nil {
		return fmt.Errorf("keep the move: %w", err)
	}
	return os.Rename(temp, filepath.Join(dir, specFile))
}
