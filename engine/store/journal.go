package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/pkg/v3/backend"
	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack/snapshot"
	"github.com/pulumi/pulumi/pkg/v3/secrets"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
)

// Journal notes the steps of one run. The engine calls AddJournalEntry before it
// does a step and after it did one, and waits for the answer: nothing goes on
// before the note is on the disk. Notes that come at the same time share one
// write.
type Journal struct {
	stack   Stack
	manager secrets.Manager
	log     log // nil without a journal
	folded  *backend.JournalReplayer

	notes chan note
	// frozen is closed when nothing more is noted; done has then how the notes went.
	frozen chan struct{}
	done   chan error
	freeze func()
	close  func() error
}

// ErrFrozen is a note of a run that is over: it comes from a step that the run was
// told not to wait for.
var ErrFrozen = errors.New("the run is over, nothing of it is noted any more")

var _ engine.Journal = (*Journal)(nil)

// note are entries that wait to be written.
type note struct {
	entries []apitype.JournalEntry
	lines   []byte
	lasts   bool // the caller waits until it is on the disk
	answer  chan error
}

// Begin opens the journal of a run on the state that the run starts from. The
// caller holds the lock and has called Recover.
func (s Stack) Begin(base apitype.TypedDeployment, m secrets.Manager) (*Journal, error) {
	deployment := base.Deployment
	if deployment == nil {
		deployment = &apitype.DeploymentV3{}
	}
	j := &Journal{
		stack: s, manager: m, folded: backend.NewJournalReplayer(deployment),
		notes: make(chan note), frozen: make(chan struct{}), done: make(chan error, 1),
	}
	j.freeze = sync.OnceFunc(func() { close(j.frozen) })
	j.close = sync.OnceValue(j.end)
	if err := j.open(); err != nil {
		return nil, fmt.Errorf("open the journal of the run: %w", err)
	}
	go func() { j.done <- j.write() }()
	return j, nil
}

func (j *Journal) open() error {
	if j.stack.journal == "" {
		return nil
	}
	text, err := j.stack.disk.read(j.stack.File())
	if err != nil {
		return err
	}
	j.log, err = j.stack.disk.begin(j.stack.journal, digest(text))
	return err
}

// append writes one line and waits until it is on the disk.
func (j *Journal) append(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return j.log.write(append(line, '\n'), true)
}

// AddJournalEntry notes an entry and returns when it is on the disk; one that the
// engine says may wait (a resource that did not change) comes with the next.
func (j *Journal) AddJournalEntry(entry engine.JournalEntry) error {
	ctx := context.Background() // the engine gives none
	serialize := func(ctx context.Context, enc config.Encrypter) (apitype.JournalEntry, error) {
		return backend.SerializeJournalEntry(ctx, entry, enc)
	}
	written, err := stack.BatchEncrypt(ctx, j.manager, serialize)
	if err != nil {
		return fmt.Errorf("note a step: %w", err)
	}
	return j.take(!entry.ElideWrite, written)
}

// Note notes entries that are encrypted already, as a CLI sends them, and returns when all
// of them are on the disk.
func (j *Journal) Note(entries ...apitype.JournalEntry) error { return j.take(true, entries...) }

func (j *Journal) take(lasts bool, entries ...apitype.JournalEntry) error {
	n := note{entries: entries, lasts: lasts, answer: make(chan error, 1)}
	for _, entry := range entries {
		if j.log == nil {
			break
		}
		line, err := json.Marshal(entry)
		if err != nil {
			return fmt.Errorf("note a step: %w", err)
		}
		n.lines = append(append(n.lines, line...), '\n')
	}
	return j.note(n)
}

// note gives a note to the writer, which answers each that it has taken.
func (j *Journal) note(n note) error {
	select {
	case <-j.frozen: // first: with both ready the next would draw
		return ErrFrozen
	default:
	}
	select {
	case j.notes <- n:
		return <-n.answer
	case <-j.frozen:
		return ErrFrozen
	}
}

// Freeze ends the notes: those under way are written, later ones are an ErrFrozen.
func (j *Journal) Freeze() { j.freeze() }

// write answers all notes that are there at once, by one write.
func (j *Journal) write() error {
	var failed error
	for {
		select {
		case first := <-j.notes:
			group := j.gather(first)
			if failed == nil { // a gap would make the rest worthless
				failed = j.commit(group)
			}
			for _, n := range group {
				n.answer <- failed
			}
		case <-j.frozen:
			return failed
		}
	}
}

func (j *Journal) gather(first note) []note {
	group := []note{first}
	for {
		select {
		case n := <-j.notes:
			group = append(group, n)
		default:
			return group
		}
	}
}

func (j *Journal) commit(group []note) error {
	var text []byte
	lasts := false
	for _, n := range group {
		for _, entry := range n.entries {
			if err := j.folded.Add(entry); err != nil {
				return fmt.Errorf("note a step: %w", err)
			}
		}
		text = append(text, n.lines...)
		lasts = lasts || n.lasts
	}
	if j.log == nil {
		return nil
	}
	if err := j.log.write(text, lasts); err != nil {
		return fmt.Errorf("note a step in %s: %w", j.stack.journal, err)
	}
	return nil
}

// Close writes the state that the run came to and removes the journal. When it
// fails the journal stays, and the next run goes on from it. Whoever notes something
// afterwards gets an ErrFrozen; to close it again changes nothing.
func (j *Journal) Close() error { return j.close() }

func (j *Journal) end() error {
	j.freeze()
	err := <-j.done
	if err == nil {
		err = j.fold()
	}
	if j.log == nil {
		return err
	}
	if err = errors.Join(err, j.log.close()); err != nil {
		return err
	}
	return j.stack.disk.discard(j.stack.journal)
}

func (j *Journal) fold() error {
	d, err := j.folded.GenerateDeployment()
	if err != nil {
		return fmt.Errorf("fold the journal: %w", err)
	}
	broken := verify(d)
	text, err := j.stack.encode(d)
	if err != nil {
		return fmt.Errorf("fold the journal: %w", err)
	}
	if j.log != nil {
		if err := j.append(footer{Folded: digest(text)}); err != nil {
			return fmt.Errorf("close the journal: %w", err)
		}
	}
	return errors.Join(j.stack.put(text), broken)
}

// verify notes in a state that is broken what is wrong with it, as Pulumi does:
// such a state is written all the same, because it holds what has been done.
func verify(d apitype.TypedDeployment) error {
	d.Deployment.Metadata.IntegrityErrorMetadata = nil
	err := snapshot.VerifyIntegrity(d.Deployment)
	if err == nil {
		return nil
	}
	d.Deployment.Metadata.IntegrityErrorMetadata = &apitype.SnapshotIntegrityErrorMetadataV1{
		Version: strconv.Itoa(d.Version), Command: strings.Join(os.Args, " "), Error: err.Error(),
	}
	return fmt.Errorf("verify the state: %w", err)
}
