// Package state is what a lab tells of itself: what runs where, how it is, and what
// does not stand in for anything. The supervisor writes it, commands read it.
package state

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/process"
	"github.com/rung-dev/rung/lab/unit"
)

// State is a lab at a moment.
type State struct {
	Version    int              `json:"version"`
	Supervisor process.Identity `json:"supervisor"`
	// Seen is the version of the cloud's file that the lab goes by.
	Seen Stamp `json:"seen"`
	// Settled says that everything is as the cloud says.
	Settled bool `json:"settled"`
	// Trouble is what keeps the lab from deciding; empty for none.
	Trouble string      `json:"trouble,omitempty"`
	Units   []Unit      `json:"units"`
	Notes   []unit.Note `json:"notes"`
	// Ringing are the alarms that ring, as sentences; Returned are groups whose new machines
	// were taken back because of one.
	Ringing  []string `json:"ringing,omitempty"`
	Returned []string `json:"returned,omitempty"`
	// Hosts are the cloud's names with what they are here.
	Hosts []unit.Host `json:"hosts"`
	Doors []Door      `json:"doors"`
}

// Stamp tells one version of a file from another without reading it.
type Stamp struct {
	Size int64     `json:"size"`
	Time time.Time `json:"time"`
}

// StampOf is the stamp of a file; the zero value where there is none.
func StampOf(path string) Stamp {
	info, err := os.Stat(path)
	if err != nil {
		return Stamp{}
	}
	return Stamp{info.Size(), info.ModTime().Round(0)}
}

// Same reports whether two stamps are of the same version.
func (s Stamp) Same(o Stamp) bool { return s.Size == o.Size && s.Time.Equal(o.Time) }

// Door is where people come in.
type Door struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// Unit is one server.
type Unit struct {
	Name    string `json:"name"`
	What    string `json:"what"`
	Address string `json:"address"`
	Ports   []int  `json:"ports"`
	PID     int    `json:"pid,omitempty"`
	// State is a word: "well", "starting", "waiting", "failed", "ending", "done".
	State string `json:"state"`
	Error string `json:"error,omitempty"`
	// Since is when it was started.
	Since time.Time `json:"since,omitzero"`
}

// Read reads what a lab has told.
func Read(path string) (State, error) {
	var s State
	text, err := os.ReadFile(path)
	if err != nil {
		return s, fmt.Errorf("read what the lab tells: %w", err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("read what the lab tells, %s: %w", path, err)
	}
	if s.Version != ledger.Version {
		return s, fmt.Errorf("read what the lab tells, %s: %w", path, ledger.OtherVersion(s.Version))
	}
	return s, nil
}

// Write tells.
func (s State) Write(path string) error {
	s.Version = ledger.Version
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	return ledger.Replace(path, text)
}

// Here is a text with the cloud's names replaced by what they are in the lab.
func (s State) Here(text string) string { return unit.Translator(s.Hosts).Replace(text) }

// Text is the state as a text, to be compared with another.
func (s State) Text() string {
	text, _ := json.Marshal(s) // plain values: cannot fail
	return string(text)
}

// Runs reports whether the supervisor that told this still lives.
func (s State) Runs() bool { return s.Supervisor.Alive() }
