package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// madeFile is how large a file is that a rehearsal makes, in bytes: a small picture.
const madeFile = 20_000

// fillFiles makes the files that are carried over, beside those that people send.
func (t *stageTrial) fillFiles(dir string) error {
	if t.flags.files == 0 {
		return nil
	}
	if dir == "" {
		return errors.New("make files: the server has no directory of uploads that serves; --files 0 does without")
	}
	dir = filepath.Join(dir, "rung-rehearsal")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make files: %w", err)
	}
	t.app.say("Making %d files.", t.flags.files)
	for i := range t.flags.files {
		name := fmt.Sprintf("%06d", i)
		text := bytes.Repeat([]byte(name+"\n"), madeFile/(len(name)+1))
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return fmt.Errorf("make files: %w", err)
		}
	}
	return nil
}

// inEnvironment sets variables of this process, and gives what sets them as they were.
func inEnvironment(variables map[string]string) (restore func()) {
	before := map[string]*string{}
	for name, value := range variables {
		before[name] = nil
		if was, had := os.LookupEnv(name); had {
			before[name] = &was
		}
		os.Setenv(name, value) //nolint:errcheck // the names are our own
	}
	return func() {
		for name, was := range before {
			if was == nil {
				os.Unsetenv(name) //nolint:errcheck // as above
				continue
			}
			os.Setenv(name, *was) //nolint:errcheck // as above
		}
	}
}
