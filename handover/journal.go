package handover

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Event is what an entry of the journal tells of.
type Event string

const (
	// EventFound is what a step found before it did anything.
	EventFound Event = "found"
	// EventDid is what a step did.
	EventDid Event = "did"
	// EventProved is by what a step knows that it holds.
	EventProved Event = "proved"
	// EventFailed is why a step ended.
	EventFailed Event = "failed"
	// EventPaused is how long writes were held back, in milliseconds.
	EventPaused Event = "paused"
	// EventEnded is a command that has done all its steps.
	EventEnded Event = "ended"
)

// Entry is one line of the journal.
type Entry struct {
	At      time.Time `json:"at"`
	Command string    `json:"command"`
	// Step is empty for what belongs to the whole run.
	Step  string `json:"step,omitempty"`
	Event Event  `json:"event"`
	Text  string `json:"text,omitempty"`
}

// Journal is the record of a move, a file with one line of JSON for each entry,
// each on the disk before the move goes on. One process has it at a time.
type Journal struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Quick leaves the wait for the disk out, for the moment in which people wait. The
	// world decides what is left to do; what would be lost is a line of the record.
	Quick bool
	path  string
	lock  *flock.Flock
	file  *os.File
}

// ErrBusy is another mover that has the journal.
var ErrBusy = errors.New("another process moves here")

const journalFile = "journal.jsonl"

// OpenJournal opens the journal of the move that lies in dir, and makes it. It
// fails with [ErrBusy] while another process has it.
func OpenJournal(dir string) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the journal's directory: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	if held, err := lock.TryLock(); err != nil {
		return nil, fmt.Errorf("lock the journal: %w", err)
	} else if !held {
		return nil, fmt.Errorf("open the journal in %s: %w; wait for it, or end it", dir, ErrBusy)
	}
	path := JournalPath(dir)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the journal: %w", err), lock.Unlock())
	}
	return &Journal{path: path, lock: lock, file: file}, nil
}

// Append writes an entry, with the time, and waits until it is on the disk.
func (j *Journal) Append(e Entry) (Entry, error) {
	now := time.Now
	if j.Now != nil {
		now = j.Now
	}
	e.At = now().UTC()
	line, err := json.Marshal(e)
	if err != nil {
		return e, fmt.Errorf("write the journal: %w", err)
	}
	// A line that a killed mover began ends here, and is not read.
	if _, err := j.file.Write(append(append([]byte("\n"), line...), '\n')); err != nil {
		return e, fmt.Errorf("write the journal: %w", err)
	}
	if j.Quick {
		return e, nil
	}
	if err := j.file.Sync(); err != nil {
		return e, fmt.Errorf("write the journal: %w", err)
	}
	return e, nil
}

// Entries are all that was written so far.
func (j *Journal) Entries() ([]Entry, error) { return read(j.path) }

// Close gives the journal back.
func (j *Journal) Close() error { return errors.Join(j.file.Close(), j.lock.Unlock()) }

// ReadJournal reads the journal in dir beside a mover that writes it. No journal is
// none of its entries.
func ReadJournal(dir string) ([]Entry, error) { return read(JournalPath(dir)) }

// PutAside gives the journal in dir another name, with the time of its end.
func PutAside(dir string, end time.Time) error {
	to := filepath.Join(dir, "journal-"+end.Format("20060102T150405")+".jsonl")
	if err := os.Rename(JournalPath(dir), to); err != nil {
		return fmt.Errorf("put the journal aside: %w", err)
	}
	return nil
}

func read(path string) ([]Entry, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return ParseJournal(text), nil
}

// ParseJournal reads a journal's text. Lines that a killed mover began are no entries.
func ParseJournal(text []byte) []Entry {
	var all []Entry
	for _, line := range bytes.Split(text, []byte("\n")) {
		var e Entry
		if json.Unmarshal(line, &e) == nil && e.Event != "" {
			all = append(all, e)
		}
	}
	return all
}

// JournalPath is the file of the journal in dir.
func JournalPath(dir string) string { return filepath.Join(dir, journalFile) }
