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

// struck is what is done to a unit and stays until it is taken back.
type struck struct {
	Process process.Identity `json:"process"`
	// By is whose hand did it.
	By process.Identity `json:"by"`
	// Still is a process that stands, Full one whose writes fail.
	Still bool `json:"still,omitempty"`
	Full  bool `json:"full,omitempty"`
	// Away is the address to which no way leads; empty is none.
	Away string `json:"away,omitempty"`
}

func struckFile(at place.Place) string { return filepath.Join(at.Dir, "struck.json") }

func readStruck(at place.Place) (map[string]struck, error) {
	all := map[string]struck{}
	text, err := os.ReadFile(struckFile(at))
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("read what is struck in the lab: %w", err)
	}
	return all, nil
}

// others reports whether a hand of another process, which still lives, did it and will take
// it back.
func (s struck) others() bool { return s.By.PID != os.Getpid() && s.By.Alive() }

func writeStruck(at place.Place, all map[string]struck) error {
	if len(all) == 0 {
		if err := os.Remove(struckFile(at)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget what is struck in the lab: %w", err)
		}
		return nil
	}
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return err
	}
	return ledger.Replace(struckFile(at), text)
}

// keepsData reports whether a server writes to a disk what must stay: a database does,
// whose directory is made when it begins.
func keepsData(p ledger.Process) bool {
	_, err := os.Stat(filepath.Join(p.Dir, "pgdata"))
	return p.Dir != "" && err == nil
}
