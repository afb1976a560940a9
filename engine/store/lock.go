package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"github.com/google/uuid"
)

// ErrHeld is a stack that somebody else holds.
var ErrHeld = errors.New("the stack is locked")

// Holder is what a lock says about whoever holds it, as Pulumi writes it.
type Holder struct {
	PID       int       `json:"pid"`
	Username  string    `json:"username"`
	Hostname  string    `json:"hostname"`
	Timestamp time.Time `json:"timestamp"`
}

// Lock takes the stack for this process as Pulumi's file backend does: it looks for
// other locks, writes its own and looks again. A CLI therefore refuses what rung
// holds, and rung what a CLI holds. It is an ErrHeld when somebody else was first.
func (s Stack) Lock() (unlock func() error, err error) {
	own := filepath.Join(s.LockDir(), uuid.NewString()+".json")
	if err := s.free(own); err != nil {
		return nil, err
	}
	text, err := json.Marshal(thisProcess())
	if err != nil {
		return nil, err
	}
	if err := s.disk.replace(own, text); err != nil {
		return nil, fmt.Errorf("lock the stack: %w", err)
	}
	if err := s.free(own); err != nil {
		return nil, errors.Join(err, s.disk.remove(own))
	}
	return func() error { return s.disk.remove(own) }, nil
}

// free looks for locks other than our own.
func (s Stack) free(own string) error {
	files, err := s.disk.list(s.LockDir())
	if err != nil {
		return err
	}
	for _, f := range files {
		if f != own {
			return fmt.Errorf("%w: %s", ErrHeld, f)
		}
	}
	return nil
}

// TakeOver removes the locks whose holders are gone, and says whose they were.
func (s Stack) TakeOver(gone func(Holder) bool) (over []Holder, err error) {
	files, err := s.disk.list(s.LockDir())
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		var h Holder
		text, err := s.disk.read(f)
		if err != nil || json.Unmarshal(text, &h) != nil || !gone(h) {
			continue // Lock names it
		}
		if err := s.disk.remove(f); err != nil {
			return over, fmt.Errorf("take over the lock %s: %w", f, err)
		}
		over = append(over, h)
	}
	return over, nil
}

func thisProcess() Holder {
	h := Holder{PID: os.Getpid(), Timestamp: time.Now()}
	if u, err := user.Current(); err == nil { // no name is no reason to refuse
		h.Username = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		h.Hostname = host
	}
	return h
}
