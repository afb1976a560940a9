package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/engine"
	pkgresource "github.com/pulumi/pulumi/pkg/v3/resource"
	"github.com/pulumi/pulumi/pkg/v3/secrets/b64"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
)

func urn(name string) resource.URN {
	return resource.URN("urn:pulumi:dev::rung::random:index/thing:Thing::" + name)
}

// state is a resource as an engine hands it to a journal.
func state(name string, id resource.ID) *pkgresource.State {
	return &pkgresource.State{
		Type: token.Thing, URN: urn(name), Custom: true, ID: id,
		Inputs:  resource.PropertyMap{"password": resource.MakeSecret(resource.NewProperty("hunter2"))},
		Outputs: resource.PropertyMap{},
	}
}

func begins(number int64, name string) engine.JournalEntry {
	op := pkgresource.NewOperation(state(name, ""), pkgresource.OperationTypeCreating)
	return engine.JournalEntry{Kind: engine.JournalEntryBegin, SequenceID: 2 * number, OperationID: number, Operation: &op}
}

func ends(number int64, name string) engine.JournalEntry {
	return engine.JournalEntry{
		Kind: engine.JournalEntrySuccess, SequenceID: 2*number + 1, OperationID: number, State: state(name, "an-id"),
	}
}

func stackIn(t *testing.T) Stack {
	t.Helper()
	dir := t.TempDir()
	s := At(filepath.Join(dir, "state"), "rung", "dev", filepath.Join(dir, "journal", "dev.jsonl"))
	require.NoError(t, s.Create())
	return s
}

func begin(t *testing.T, s Stack, entries ...engine.JournalEntry) *Journal {
	t.Helper()
	base, err := s.Read()
	require.NoError(t, err)
	j, err := s.Begin(base, b64.NewBase64SecretsManager())
	require.NoError(t, err)
	for _, e := range entries {
		require.NoError(t, j.AddJournalEntry(e))
	}
	return j
}

// holds reads which resources a state has, and which are being made.
func holds(t *testing.T, s Stack) (made, pending []string) {
	t.Helper()
	d, err := s.Read()
	require.NoError(t, err)
	if d.Deployment == nil {
		return nil, nil
	}
	for _, r := range d.Deployment.Resources {
		made = append(made, r.URN.Name())
	}
	for _, op := range d.Deployment.PendingOperations {
		pending = append(pending, op.Resource.URN.Name())
	}
	return made, pending
}

func TestARunThatEndsLeavesNoJournal(t *testing.T) {
	s := stackIn(t)
	j := begin(t, s, begins(1, "a"), ends(1, "a"))
	require.NoError(t, j.Close())
	made, pending := holds(t, s)
	assert.Equal(t, []string{"a"}, made)
	assert.Empty(t, pending)
	assert.NoFileExists(t, s.journal)
	assert.FileExists(t, s.File()+".bak", "the state before")
	text, err := os.ReadFile(s.File())
	require.NoError(t, err)
	assert.NotContains(t, string(text), "hunter2")
	assert.Contains(t, string(text), `"stack":"organization/rung/dev"`)
}

// A run that is shot has closed nothing. Whatever the engine was told to go on
// after is there, before the journal is folded and after.
func TestARunThatWasShotIsTakenUp(t *testing.T) {
	s := stackIn(t)
	begin(t, s, begins(1, "a"), ends(1, "a"), begins(2, "b"))
	for _, when := range []string{"before", "after"} {
		made, pending := holds(t, s)
		assert.Equal(t, []string{"a"}, made, when)
		assert.Equal(t, []string{"b"}, pending, when)
		said, err := s.Recover()
		require.NoError(t, err)
		assert.Equal(t, when == "before", said != "", "it is said once")
	}
	assert.NoFileExists(t, s.journal)
	require.NoError(t, begin(t, s, begins(1, "c"), ends(1, "c")).Close(), "and the next run begins anew")
	made, pending := holds(t, s)
	assert.Equal(t, []string{"c", "a"}, made)
	assert.Equal(t, []string{"b"}, pending)
}

// The line that was being written when the machine went down was never answered.
func TestALineThatWasCutOffDoesNotCount(t *testing.T) {
	s := stackIn(t)
	begin(t, s, begins(1, "a"), ends(1, "a"))
	text, err := os.ReadFile(s.journal)
	require.NoError(t, err)
	for cut := 1; cut < 200; cut += 13 {
		require.NoError(t, os.WriteFile(s.journal, text[:len(text)-cut], 0o600))
		made, pending := holds(t, s)
		assert.Empty(t, made)
		assert.Equal(t, []string{"a"}, pending)
	}
}

func TestADamagedJournalIsLeftAsItIs(t *testing.T) {
	s := stackIn(t)
	begin(t, s, begins(1, "a"), ends(1, "a"))
	text, err := os.ReadFile(s.journal)
	require.NoError(t, err)
	damaged := strings.Replace(string(text), `"kind"`, `kind`, 1)
	require.NoError(t, os.WriteFile(s.journal, []byte(damaged), 0o600))
	_, err = s.Recover()
	assert.ErrorContains(t, err, s.journal)
	assert.ErrorContains(t, err, "line 2")
	_, err = s.Read()
	assert.ErrorContains(t, err, s.journal)
	after, err := os.ReadFile(s.journal)
	require.NoError(t, err)
	assert.Equal(t, damaged, string(after))
}

// Shot between the state's last write and the journal's removal.
func TestAFoldedJournalIsNotReplayedAgain(t *testing.T) {
	s := stackIn(t)
	j := begin(t, s, begins(1, "a"), ends(1, "a"))
	require.NoError(t, j.fold())
	require.FileExists(t, s.journal)
	made, _ := holds(t, s)
	assert.Equal(t, []string{"a"}, made)
	said, err := s.Recover()
	require.NoError(t, err)
	assert.Empty(t, said)
	made, _ = holds(t, s)
	assert.Equal(t, []string{"a"}, made)
	assert.NoFileExists(t, s.journal)
}

// Shot after the journal was closed and before the state was written.
func TestAClosedJournalWithoutItsStateIsReplayed(t *testing.T) {
	s := stackIn(t)
	j := begin(t, s, begins(1, "a"), ends(1, "a"))
	require.NoError(t, j.append(footer{Folded: "of a state that was never written"}))
	said, err := s.Recover()
	require.NoError(t, err)
	assert.NotEmpty(t, said)
	made, _ := holds(t, s)
	assert.Equal(t, []string{"a"}, made)
}

func TestAJournalOfAnotherStateIsSetAside(t *testing.T) {
	s := stackIn(t)
	begin(t, s, begins(1, "a"), ends(1, "a"))
	require.NoError(t, s.Write(apitype.TypedDeployment{Deployment: &apitype.DeploymentV3{
		Resources: []apitype.ResourceV3{{URN: urn("theirs"), Type: token.Thing}},
	}}))
	made, _ := holds(t, s)
	assert.Equal(t, []string{"theirs"}, made)
	said, err := s.Recover()
	require.NoError(t, err)
	aside, err := filepath.Glob(s.journal + ".*")
	require.NoError(t, err)
	require.Len(t, aside, 1)
	assert.Contains(t, said, aside[0])
	assert.NoFileExists(t, s.journal)
}

func TestNotesAtTheSameTimeAreAllKept(t *testing.T) {
	s := stackIn(t)
	j := begin(t, s)
	var all sync.WaitGroup
	for i := range int64(200) {
		all.Go(func() {
			name := fmt.Sprint("r", i)
			assert.NoError(t, j.AddJournalEntry(begins(i+1, name)))
			assert.NoError(t, j.AddJournalEntry(ends(i+1, name)))
		})
	}
	all.Wait()
	made, pending := holds(t, s)
	assert.Len(t, made, 200, "all are in the journal")
	assert.Empty(t, pending)
	require.NoError(t, j.Close())
	made, _ = holds(t, s)
	assert.Len(t, made, 200)
}

// A run that was told not to wait ends while steps of it are still under way: what
// they say comes too late, hurts nobody and is not noted.
func TestWhoComesAfterTheEndIsRefused(t *testing.T) {
	s := stackIn(t)
	j := begin(t, s, begins(1, "a"), ends(1, "a"), begins(2, "b"))
	j.Freeze()
	require.ErrorIs(t, j.AddJournalEntry(ends(2, "b")), ErrFrozen)
	var all sync.WaitGroup
	for i := range int64(50) {
		all.Go(func() {
			if err := j.AddJournalEntry(begins(i+3, fmt.Sprint("r", i))); err != nil {
				assert.ErrorIs(t, err, ErrFrozen)
			}
		})
		if i == 25 {
			all.Go(func() { assert.NoError(t, j.Close()) })
		}
	}
	all.Wait()
	require.NoError(t, j.Close(), "once is as good as twice")
	made, pending := holds(t, s)
	assert.Equal(t, []string{"a"}, made)
	assert.Equal(t, []string{"b"}, pending, "it stays begun")
	assert.NoFileExists(t, s.journal)
}

// The same without a freeze before: each note is either answered or refused.
func TestClosingAmongNotes(t *testing.T) {
	s := stackIn(t)
	j := begin(t, s)
	var all sync.WaitGroup
	var taken atomic.Int64
	for i := range int64(100) {
		all.Go(func() {
			if err := j.AddJournalEntry(ends(i+1, fmt.Sprint("r", i))); err == nil {
				taken.Add(1)
			} else {
				assert.ErrorIs(t, err, ErrFrozen)
			}
		})
	}
	assert.NoError(t, j.Close())
	all.Wait()
	made, _ := holds(t, s)
	assert.Len(t, made, int(taken.Load()), "what was answered is in the state")
}

// A disk that is full: the engine is told at once, and goes on with nothing.
func TestANoteThatCannotBeWrittenStopsTheRun(t *testing.T) {
	s := stackIn(t)
	j := begin(t, s, begins(1, "a"), ends(1, "a"))
	require.NoError(t, j.log.close())
	assert.ErrorContains(t, j.AddJournalEntry(begins(2, "b")), s.journal)
	assert.Error(t, j.AddJournalEntry(begins(3, "c")))
	assert.Error(t, j.Close())
	made, pending := holds(t, s)
	assert.Equal(t, []string{"a"}, made, "what was noted before stays")
	assert.Empty(t, pending)
}

func TestWithoutAJournalARunIsSavedAtItsEnd(t *testing.T) {
	s := At(t.TempDir(), "rung", "dev", "")
	require.NoError(t, s.Create())
	j := begin(t, s, begins(1, "a"), ends(1, "a"))
	made, _ := holds(t, s)
	assert.Empty(t, made)
	require.NoError(t, j.Close())
	made, _ = holds(t, s)
	assert.Equal(t, []string{"a"}, made)
}

func TestOneHolderAtATime(t *testing.T) {
	s := stackIn(t)
	unlock, err := s.Lock()
	require.NoError(t, err)
	_, err = s.Lock()
	require.ErrorIs(t, err, ErrHeld)
	require.NoError(t, unlock())
	unlock, err = s.Lock()
	require.NoError(t, err)
	require.NoError(t, unlock())
}

// Whoever keeps what was read goes by the stamp: it changes with every step that is
// noted and every state that is written, and with nothing else.
func TestTheStampChangesWithTheState(t *testing.T) {
	s := stackIn(t)
	stamp := func() string {
		t.Helper()
		text, err := s.Stamp()
		require.NoError(t, err)
		return text
	}
	seen := []string{stamp()}
	assert.Equal(t, seen[0], stamp(), "nothing happened")
	j := begin(t, s)
	for _, e := range []engine.JournalEntry{begins(1, "a"), ends(1, "a")} {
		require.NoError(t, j.AddJournalEntry(e))
		seen = append(seen, stamp())
	}
	require.NoError(t, j.Close())
	assert.NotContains(t, seen, stamp(), "the journal was folded into the state")
	assert.NotEqual(t, seen[0], seen[1])
	assert.NotEqual(t, seen[1], seen[2])
	require.NoError(t, os.Remove(s.File()))
	_, err := s.Stamp()
	assert.Error(t, err, "a state that is gone has no stamp")
}
