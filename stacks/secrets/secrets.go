// Package secrets keeps the values of an app's secrets where machines fetch them: in
// Secrets Manager, or, for the offline cloud and the lab, in a file of the user's own
// beside the stack. No value is ever in a stack's state, its configuration, or user
// data, and none is shown again.
//
// A secret in Secrets Manager costs $0.40 a month and $0.05 for 10,000 reads.
package secrets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rung-dev/rung/outside/place"
	"github.com/rung-dev/rung/outside/whole"
)

// Entry is a secret that is kept.
type Entry struct {
	// ID is its name.
	ID string
	// Changed is when its value was set last; zero is not known.
	Changed time.Time
	// Missing are regions of the stack in which it is not there.
	Missing []string
}

// Store keeps values by name.
type Store interface {
	// Set keeps a value in the place of the one before.
	Set(ctx context.Context, id, value string) error
	// Back puts the value of before in the place of the current one, which it becomes in
	// turn. [ErrNoneBefore] says that there is none.
	Back(ctx context.Context, id string) error
	// List names the secrets whose names begin so, in order.
	List(ctx context.Context, prefix string) ([]Entry, error)
}

// ErrNoneBefore is a secret that has had one value, or none.
var ErrNoneBefore = errors.New("there is no value of before")

// MaxBytes is how long a value may be: what Secrets Manager takes.
const MaxBytes = 65_536

// File keeps the secrets of the offline cloud and the lab at this path.
type File string

var _ Store = File("")

type kept struct {
	Value string `json:"value"`
	// Before is the value before it; empty for none.
	Before  string    `json:"before,omitempty"`
	Changed time.Time `json:"changed"`
}

// Set writes the whole file anew, for its owner alone.
func (f File) Set(_ context.Context, id, value string) error {
	all, err := f.read()
	if err != nil {
		return err
	}
	all[id] = kept{Value: value, Before: all[id].Value, Changed: thisSecond()}
	return f.write(all)
}

// Back exchanges the value with the one before it.
func (f File) Back(_ context.Context, id string) error {
	all, err := f.read()
	if err != nil {
		return err
	}
	k := all[id]
	if k.Before == "" {
		return fmt.Errorf("put the value of %s back: %w", id, ErrNoneBefore)
	}
	all[id] = kept{Value: k.Before, Before: k.Value, Changed: thisSecond()}
	return f.write(all)
}

func thisSecond() time.Time { return time.Now().UTC().Truncate(time.Second) }

func (f File) write(all map[string]kept) error {
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return fmt.Errorf("write the secrets: %w", err)
	}
	// The folder is its owner's alone; what it lies in is the stack's or the lab's, whose
	// databases run as somebody else and have to come through.
	err = os.MkdirAll(filepath.Dir(filepath.Dir(string(f))), 0o755)
	if err == nil {
		err = whole.Write(string(f), text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("write the secrets: %w", err)
	}
	return nil
}

// List reads the file.
func (f File) List(_ context.Context, prefix string) ([]Entry, error) {
	all, err := f.read()
	if err != nil {
		return nil, err
	}
	var list []Entry
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if strings.HasPrefix(id, prefix) {
			list = append(list, Entry{ID: id, Changed: all[id].Changed})
		}
	}
	return list, nil
}

// Values are all values by name, for the lab's machines.
func (f File) Values() (map[string]string, error) {
	all, err := f.read()
	values := map[string]string{}
	for id, k := range all {
		values[id] = k.Value
	}
	return values, err
}

// maxFile is more than all secrets of a stack.
const maxFile = 16 << 20

func (f File) read() (map[string]kept, error) {
	all := map[string]kept{}
	if err := place.OwnedOrMissing(string(f)); err != nil {
		return nil, fmt.Errorf("read the secrets: %w", err)
	}
	text, err := place.Read(string(f), maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("read the secrets of %s: %w", f, err)
	}
	return all, nil
}
