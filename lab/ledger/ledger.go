// Package ledger is the lab's own record: which processes it has started, which
// addresses its machines have, which machines a group consists of and what they were
// launched with. It lies in one file that is replaced whole, so that a killed lab
// leaves the state of before or after a change.
package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/rung-dev/rung/lab/process"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/outside/place"
)

// Version is the version of the file's format; a lab of another one is refused.
const Version = 1

// most is how large the file may be, in bytes.
const most = 16 << 20

// Ledger is the record. The zero value is that of a lab that has started nothing.
type Ledger struct {
	Version int `json:"version"`
	// Supervisor is the process that works by this record.
	Supervisor process.Identity `json:"supervisor"`
	// Addresses are those of machines, by the machine's key.
	Addresses map[string]string `json:"addresses"`
	// Processes are what was started, by the unit's name.
	Processes map[string]Process `json:"processes"`
	// Machines are those of groups, by id.
	Machines map[string]Machine `json:"machines"`
	// Desired are the sizes of groups that their policies have chosen, by the group's name.
	Desired map[string]int `json:"desired,omitempty"`
	// Refused is what groups launch no more, because an alarm rang, by the group's name.
	Refused map[string]Refusal `json:"refused,omitempty"`
	// Snapshots are the names under which directories of data stay when their resource
	// is gone; empty for those that go with it.
	Snapshots map[string]string `json:"snapshots"`
	// Pairs are servers of which one takes over from another, by the key of their resource:
	// databases with a standby, Aurora's clusters, caches with replicas.
	Pairs map[string]Pair `json:"pairs,omitempty"`
}

// Refusal is a launch that a group refuses, and the alarm that rang. The zero value is none.
type Refusal struct {
	Launch string `json:"launch"`
	Alarm  string `json:"alarm"`
}

// Pair is a database of two servers, or several servers of which one takes writes. The
// zero value is one whose first server takes writes and waits for nobody.
type Pair struct {
	// Holder is the unit that takes the writes of several; empty is the first by the plan.
	Holder string `json:"holder,omitempty"`
	// Second says that the second server takes writes.
	Second bool `json:"second,omitempty"`
	// Epoch counts how often they have changed places.
	Epoch int `json:"epoch,omitempty"`
	// Follows is whether the standby is to be seen to follow, which it must before commits wait.
	Follows bool `json:"follows,omitempty"`
	// Sync is whether commits are to wait for the standby, Proven whether they were seen
	// to since: only then does the standby have all that was acknowledged.
	Sync   bool `json:"sync,omitempty"`
	Proven bool `json:"proven,omitempty"`
}

// Copy is a record that changes apart from this one.
func (l *Ledger) Copy() *Ledger {
	c := *l
	c.Addresses, c.Processes = maps.Clone(l.Addresses), maps.Clone(l.Processes)
	c.Machines, c.Snapshots, c.Pairs = maps.Clone(l.Machines), maps.Clone(l.Snapshots), maps.Clone(l.Pairs)
	c.Desired, c.Refused = maps.Clone(l.Desired), maps.Clone(l.Refused)
	return &c
}

// Process is one that was started.
type Process struct {
	process.Identity
	// What, Address and Ports are the unit's, for people.
	What    string `json:"what"`
	Address string `json:"address"`
	Ports   []int  `json:"ports"`
	// Dir is where its data is.
	Dir string `json:"dir,omitempty"`
	// Starting, Loaded and Readied are the unit's hashes when it was started, last
	// loaded its files, and was last made ready.
	Starting string `json:"starting"`
	Loaded   string `json:"loaded"`
	Readied  string `json:"readied,omitempty"`
	// Since is when it was started, in seconds since 1970.
	Since int64 `json:"since"`
	// After and Stop are the unit's, for when it is wanted no more.
	After []string  `json:"after,omitempty"`
	Stop  unit.Stop `json:"stop"`
	// Done is true for one that has run to its end, as it should.
	Done bool `json:"done,omitempty"`
}

// State is how far a machine is in its life.
type State string

// The states of a machine. Draining is out of the balancer and ends when it has had
// its time; Ending is told to end.
const (
	Pending   State = "pending"
	InService State = "in service"
	Draining  State = "draining"
	Ending    State = "ending"
)

// Machine is one machine of a group.
type Machine struct {
	ID    string `json:"id"`
	Group string `json:"group"`
	// Launch is what it was launched with, by which it is told from newer ones.
	Launch string `json:"launch"`
	// Boot is the script that set it up.
	Boot  string `json:"boot"`
	State State  `json:"state"`
	// Since is when it came into the state, in seconds since 1970.
	Since int64 `json:"since"`
	// Failed counts how often its program was found ended.
	Failed int `json:"failed,omitempty"`
	// Leaves is when its capacity is taken back, in seconds since 1970; zero is not.
	Leaves int64 `json:"leaves,omitempty"`
}

// Read reads a record. A file that is not there is an empty record.
func Read(path string) (*Ledger, error) {
	l := &Ledger{Version: Version}
	text, err := place.Read(path, most)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the lab's record: %w", err)
	}
	if err == nil {
		if err := json.Unmarshal(text, l); err != nil {
			return nil, fmt.Errorf("read the lab's record %s: %w; it was left as it is: what it names may still run. "+
				"Mend it, or end those processes and move it away", path, err)
		}
	}
	if l.Version != Version {
		return nil, fmt.Errorf("read the lab's record %s: %w", path, OtherVersion(l.Version))
	}
	return l.filled(), nil
}

// ErrOther is a lab that another rung keeps.
var ErrOther = errors.New("stop that lab with the rung that started it (`rung lab stop`)")

// OtherVersion is the ErrOther of one of another version of these files.
func OtherVersion(got int) error {
	return fmt.Errorf("it is of version %d, and this rung writes %d: %w", got, Version, ErrOther)
}

func (l *Ledger) filled() *Ledger {
	if l.Addresses == nil {
		l.Addresses = map[string]string{}
	}
	if l.Processes == nil {
		l.Processes = map[string]Process{}
	}
	if l.Machines == nil {
		l.Machines = map[string]Machine{}
	}
	if l.Snapshots == nil {
		l.Snapshots = map[string]string{}
	}
	return l
}

// Write replaces the file.
func (l *Ledger) Write(path string) error {
	text, err := json.MarshalIndent(l, "", " ")
	if err != nil {
		return fmt.Errorf("write the lab's record: %w", err)
	}
	return Replace(path, text)
}

// Replace writes a file of the lab so that readers see the old or the new one.
func Replace(path string, text []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = temp.Write(text)
	if err := errors.Join(err, temp.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(temp.Name()))
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
