// Package container runs images in the lab without a container engine: an image is
// fetched from its registry by its digest, its layers are laid into a folder once, and a
// container is a process in namespaces of Linux whose root that folder is, with a layer in
// memory for what it writes.
//
// A machine's script runs images by nerdctl, as on AWS; in the lab that name is a program
// of rung's, which knows the words that the script uses. As there, a container has the
// host's network, no capability, and a user that is not the machine's; what it writes to
// its own files is gone with it. It has no limits of its own: those of its machine hold it.
package container

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rung-dev/rung/lab/process"
)

// Word is the argument by which an executable of rung is the lab's nerdctl.
const Word = "contain"

// Containers are a lab's images and what runs of them. Dir is the lab's directory.
type Containers struct{ Dir string }

// Programs is the folder in which machines find nerdctl.
func (c Containers) Programs() string { return filepath.Join(c.Dir, "bin") }

// Provide lays nerdctl where machines find it, by an executable of rung.
func (c Containers) Provide(executable string) error {
	if err := os.MkdirAll(c.Programs(), 0o755); err != nil {
		return fmt.Errorf("provide the lab's nerdctl: %w", err)
	}
	text := fmt.Sprintf("#!/bin/sh\n# Written by rung: runs images in the lab.\nexec %s lab %s %s \"$@\"\n",
		quoted(executable), Word, quoted(c.Dir))
	path := filepath.Join(c.Programs(), "nerdctl")
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return nil
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o755); err != nil { //nolint:gosec // a program
		return fmt.Errorf("provide the lab's nerdctl: %w", err)
	}
	return os.Rename(path+".new", path)
}

func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// Machine is where a machine's containers are noted: home is the folder that its programs
// have as HOME, which no other machine has.
type Machine struct {
	containers Containers
	key        string
}

// On are a machine's containers.
func (c Containers) On(home string) Machine {
	sum := sha256.Sum256([]byte(home))
	return Machine{containers: c, key: hex.EncodeToString(sum[:6])}
}

// at is the folder of a container, which is its root's mount point as the container sees
// it and empty for everybody else.
func (m Machine) at(name string) string {
	return filepath.Join(m.containers.running(), m.key+"-"+filepath.Base(name))
}

func (c Containers) running() string { return filepath.Join(c.Dir, "containers") }

// note is the file that says which process a container is.
func (m Machine) note(name string) string { return m.at(name) + ".pid" }

// ErrNotRunning is a container that does not run.
var ErrNotRunning = errors.New("no container runs on this machine")

// Running is the process of a machine's container: of the first of names that runs.
func (m Machine) Running(names ...string) (process.Identity, error) {
	for _, name := range names {
		if id, err := readNote(m.note(name)); err == nil && id.Alive() {
			return id, nil
		}
	}
	return process.Identity{}, ErrNotRunning
}

// Any is the process of a container of the machine's: the web part's before others.
func (m Machine) Any() (process.Identity, error) {
	notes, _ := filepath.Glob(filepath.Join(m.containers.running(), m.key+"-*.pid")) // the pattern is well-formed
	names := []string{"rung-web"}
	for _, path := range notes {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), m.key+"-"), ".pid")
		if !strings.HasPrefix(name, "rung-release") {
			names = append(names, name)
		}
	}
	return m.Running(names...)
}

func readNote(path string) (id process.Identity, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return id, err
	}
	_, err = fmt.Sscanf(string(text), "%d %s", &id.PID, &id.Start)
	return id, err
}

func writeNote(path string, id process.Identity) error {
	return os.WriteFile(path, fmt.Appendf(nil, "%d %s\n", id.PID, id.Start), 0o600)
}
