package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pulumi/pulumi/pkg/v3/backend"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// header is the first line of a journal: which state the run began with.
type header struct {
	Base string `json:"base"`
}

// footer is the last line of a journal that was folded: the state it became.
type footer struct {
	Folded string `json:"folded"`
}

// notes are a journal that lies on the disk.
type notes struct {
	header
	footer
	entries []apitype.JournalEntry
}

// standing is how a journal stands to a state.
type standing int

const (
	continues standing = iota // the run began with this state and was broken off
	folded                    // this state holds all of it already
	foreign                   // somebody else has written the state since
)

func (n notes) standing(state []byte) standing {
	switch digest(state) {
	case n.Folded:
		return folded
	case n.Base:
		return continues
	}
	return foreign
}

// notes reads the journal; it is nil where there is none. A last line that was cut
// off belongs to a step that the engine was not told to go on with.
func (s Stack) notes() (*notes, error) {
	if s.journal == "" {
		return nil, nil
	}
	text, err := s.disk.notes(s.journal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the journal of the last run: %w", err)
	}
	n, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("the journal of the last run is damaged and was left as it is: %s: %w", s.journal, err)
	}
	return n, nil
}

func parse(text []byte) (*notes, error) {
	n := &notes{}
	for number := 1; ; number++ {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			return n, nil
		}
		text = rest
		if err := n.add(number, line); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
}

func (n *notes) add(number int, line []byte) error {
	if number == 1 {
		return json.Unmarshal(line, &n.header)
	}
	var entry struct {
		apitype.JournalEntry
		footer
	}
	if err := json.Unmarshal(line, &entry); err != nil {
		return err
	}
	if entry.Folded != "" {
		n.footer = entry.footer
		return nil
	}
	n.entries = append(n.entries, entry.JournalEntry)
	return nil
}

// replay is the state after the journal.
func (n notes) replay(base *apitype.DeploymentV3) (apitype.TypedDeployment, error) {
	if base == nil {
		base = &apitype.DeploymentV3{}
	}
	r := backend.NewJournalReplayer(base)
	for _, entry := range n.entries {
		if err := r.Add(entry); err != nil {
			return apitype.TypedDeployment{}, fmt.Errorf("replay the journal of the last run: %w", err)
		}
	}
	d, err := r.GenerateDeployment()
	if err != nil {
		return d, fmt.Errorf("replay the journal of the last run: %w", err)
	}
	return d, nil
}

// Recover folds the journal of a run that was broken off into the state, and
// returns a sentence for the user, empty when there was nothing to do. The caller
// holds the lock, so the run is over. A journal of a state that somebody else has
// written since cannot be folded: it is set aside, and the sentence says so.
func (s Stack) Recover() (said string, err error) {
	n, err := s.notes()
	if n == nil || err != nil {
		return "", err
	}
	text, err := s.disk.read(s.File())
	if err != nil {
		return "", fmt.Errorf("read the state: %w", err)
	}
	switch n.standing(text) {
	case folded:
		return "", s.disk.discard(s.journal)
	case foreign:
		return s.setAside()
	}
	return s.take(*n, text)
}

func (s Stack) take(n notes, state []byte) (string, error) {
	d, err := decode(state)
	if err != nil {
		return "", fmt.Errorf("read the state %s: %w", s.File(), err)
	}
	if d, err = n.replay(d.Deployment); err != nil {
		return "", err
	}
	if err := errors.Join(s.Write(d), s.disk.discard(s.journal)); err != nil {
		return "", err
	}
	return fmt.Sprintf("the last run was broken off; what it did (%d notes) is in the state of stack %s now",
		len(n.entries), s.name), nil
}

func (s Stack) setAside() (string, error) {
	aside, err := s.disk.setAside(s.journal)
	if err != nil {
		return "", fmt.Errorf("set the journal of the last run aside: %w", err)
	}
	return fmt.Sprintf("the last run of stack %s was broken off, and something else has written its state since:\n"+
		"what that run did may be missing from it. Its journal was set aside as %s;\n"+
		"look for what exists without the stack knowing", s.name, aside), nil
}
