package engine

import (
	"context"
	"errors"
	"os"

	"github.com/rung-dev/rung/engine/service"
	"github.com/rung-dev/rung/engine/store"
)

// JournalVariable asks for a journal of the steps where the CLI works on a file or a bucket,
// which else writes the whole state before and after each: set it to 1.
const JournalVariable = "RUNG_JOURNAL"

// Served is a server that answers a CLI for its backend, so that it notes its steps in a
// journal. A nil one does nothing: the CLI works on the backend itself. Close it.
type Served struct {
	server *service.Server
	folder string // where the CLI notes its login
}

// Serve answers a CLI for a backend where JournalVariable asks for it, and is nil where not.
// It is an ErrSetup where no journal can be kept in the backend.
func Serve(ctx context.Context, backend string, say func(string)) (*Served, error) {
	on := os.Getenv(JournalVariable)
	if on == "" || on == "0" {
		return nil, nil
	}
	stacks, err := service.Stacks(ctx, backend)
	if err != nil {
		return nil, setupf("%s=%s: %w; without it the CLI writes the state itself", JournalVariable, on, err)
	}
	folder, err := os.MkdirTemp("", "login-")
	if err != nil {
		return nil, err
	}
	server, err := service.Start(service.Options{Stack: stacks, Say: say, Gone: gone})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return &Served{server, folder}, nil
}

// gone reports whether the process that took a lock on this machine has ended.
func gone(h store.Holder) bool {
	return holder{PID: h.PID, Username: h.Username, Hostname: h.Hostname, Timestamp: h.Timestamp}.gone() != ""
}

// Environment leads a CLI to the server: variables as "NAME=value".
func (s *Served) Environment() []string {
	if s == nil {
		return nil
	}
	return s.server.Environment(s.folder)
}

// Close keeps what a CLI that is gone has noted, and ends the server.
func (s *Served) Close() error {
	if s == nil {
		return nil
	}
	return errors.Join(s.server.Close(), os.RemoveAll(s.folder))
}
