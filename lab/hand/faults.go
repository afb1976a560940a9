package hand

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/process"
)

// fault is what is done to a unit and stays until it is taken back.
type fault struct {
	Process process.Identity `json:"process"`
	// By is whose hand did it.
	By process.Identity `json:"by"`
	// Still is a process that stands, Full one whose writes fail.
	Still bool `json:"still,omitempty"`
	Full  bool `json:"full,omitempty"`
	// Away is the address to which no way leads; empty is none.
	Away string `json:"away,omitempty"`
}

func faultsFile(at place.Place) string { return filepath.Join(at.Dir, "faults.json") }

// earlierFile is how the file was called by rungs that read the same lab's record: what one of
// them has left is taken back as well.
func earlierFile(at place.Place) string { return filepath.Join(at.Dir, "struck.json") }

func readFaults(at place.Place) (map[string]fault, error) {
	all := map[string]fault{}
	for _, path := range []string{earlierFile(at), faultsFile(at)} {
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = json.Unmarshal(text, &all)
		}
		if err != nil {
			return nil, fmt.Errorf("read the faults in the lab: %w", err)
		}
	}
	return all, nil
}

// others reports whether a hand of another process, which still lives, did it and will take
// it back.
func (s fault) others() bool { return s.By.PID != os.Getpid() && s.By.Alive() }

func writeFaults(at place.Place, all map[string]fault) error {
	if len(all) > 0 {
		text, err := json.MarshalIndent(all, "", " ")
		if err == nil {
			err = ledger.Replace(faultsFile(at), text)
		}
		return errors.Join(err, forget(earlierFile(at)))
	}
	return errors.Join(forget(faultsFile(at)), forget(earlierFile(at)))
}

// forget removes a file that may be there.
func forget(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget the faults in the lab: %w", err)
	}
	return nil
}
