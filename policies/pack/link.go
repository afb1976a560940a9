package pack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Executable is the name under which an executable that serves the pack plays
// the pack: a main function that sees it as the base of its first argument
// calls [Main] and nothing else. It needs no build of its own then.
const Executable = "rung-policies"

// Serves reports whether a process was started under that name.
func Serves(argv0 string) bool { return filepath.Base(argv0) == Executable }

// Link makes <dir>/rung-policies point at an executable whose main function
// heeds [Serves], empty for the running one, and returns its absolute path: what
// the CLI takes as --policy-pack. A link that is right already stays.
func Link(dir, executable string) (string, error) {
	path, err := filepath.Abs(filepath.Join(dir, Executable))
	if err == nil && executable == "" {
		executable, err = os.Executable()
	}
	if err != nil {
		return "", fmt.Errorf("link the policy pack: %w", err)
	}
	if now, err := os.Readlink(path); err == nil && now == executable {
		return path, nil
	}
	// A rename replaces an old link in one step: a run beside this one never
	// finds it missing.
	fresh := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("link the policy pack: %w", err)
	}
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.Symlink(executable, fresh), os.Rename(fresh, path)); err != nil {
		return "", fmt.Errorf("link the policy pack: %w", err)
	}
	return path, nil
}
