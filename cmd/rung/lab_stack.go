package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab"
)

// deployToLab starts the lab and gives it what its machines run, before the cloud says so.
func (s *session) deployToLab(ctx context.Context) error {
	if !s.app.flags.lab() {
		return nil
	}
	ports := []int{contract.Port, contract.InternalPort}
	if s.config.App != nil {
		ports = []int{s.config.App.WithDefaults().Port}
	}
	l, err := s.app.startLab(ctx, int(s.config.Stage), ports...)
	if err != nil || s.artifact.Standing {
		return err
	}
	if err := l.Keep(s.artifact.Path, s.artifact.SHA256); err != nil {
		return err
	}
	for _, f := range s.artifact.Static {
		if err := l.Keep(f.Path, f.SHA256); err != nil {
			return err
		}
	}
	return nil
}

// inLab waits for the lab, and says the outputs in its terms: the names of the
// simulated cloud are what they are here.
func (s *session) inLab(ctx context.Context, outputs map[string]any) (map[string]any, error) {
	if !s.app.flags.lab() {
		return outputs, nil
	}
	l, err := lab.Of(s.app.flags.dir)
	if err != nil {
		return outputs, err
	}
	now, err := s.app.settleLab(ctx, l)
	if err != nil {
		return outputs, err
	}
	for key, value := range outputs {
		if text, ok := value.(string); ok {
			outputs[key] = now.Here(text)
		}
	}
	return outputs, nil
}

// stayed fails where an alarm has taken new machines of the lab back: those of before
// serve, and the stack is not what was asked for.
func (s *session) stayed() error {
	if !s.app.flags.lab() {
		return nil
	}
	l, err := lab.Of(s.app.flags.dir)
	if err != nil {
		return err
	}
	now, err := l.State()
	if err == nil && len(now.Returned) > 0 {
		err = fmt.Errorf("look whether the new machines stay: %s", strings.Join(now.Returned, "; "))
	}
	return err
}

// leaveLab ends the lab of a stack that is gone, unless another stack is in it.
func (s *session) leaveLab(ctx context.Context) error {
	if !s.app.flags.lab() {
		return nil
	}
	l, err := s.app.startLab(ctx, 0)
	if err != nil {
		return err
	}
	now, err := s.app.settleLab(ctx, l)
	if err != nil || len(now.Units) > 0 || len(s.stack.Others()) > 0 {
		return err
	}
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the running executable: %w", err)
	}
	return l.Stop(ctx, executable)
}

// clearLab removes the files of the lab that the last stack has left, rung's own notes
// of it among them: nothing is left but the final snapshots. Nothing may be written there
// afterwards.
func (s *session) clearLab() error {
	if !s.app.flags.lab() || len(s.stack.Others()) > 0 {
		return nil
	}
	l, err := lab.Of(s.app.flags.dir)
	if err != nil {
		return err
	}
	if now, err := l.State(); err == nil && now.Runs() { // somebody has started it again
		return nil
	}
	return l.Clear()
}
