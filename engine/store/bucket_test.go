package store

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/secrets/b64"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// errKilled is what a process that was shot does: nothing more.
var errKilled = errors.New("killed")

// memory is a bucket that lets so many writes through, and then its writer is dead. A
// negative number lets all through.
type memory struct {
	sync.Mutex
	objects map[string][]byte
	writes  int
	left    int
}

func (m *memory) Get(name string) ([]byte, error) {
	m.Lock()
	defer m.Unlock()
	text, ok := m.objects[name]
	if !ok {
		return nil, fmt.Errorf("get %s: %w", name, fs.ErrNotExist)
	}
	return text, nil
}

// write does one thing, or has been shot.
func (m *memory) write(do func() error) error {
	m.Lock()
	defer m.Unlock()
	if m.left == 0 {
		return errKilled
	}
	m.left--
	m.writes++
	return do()
}

func (m *memory) Put(name string, text []byte) error {
	return m.write(func() error { m.objects[name] = slices.Clone(text); return nil })
}

func (m *memory) Create(name string, text []byte) error {
	return m.write(func() error {
		if _, there := m.objects[name]; there {
			return fs.ErrExist
		}
		m.objects[name] = slices.Clone(text)
		return nil
	})
}

// Delete is a write for each: a process may be shot between two.
func (m *memory) Delete(names ...string) error {
	for _, name := range names {
		if err := m.write(func() error { delete(m.objects, name); return nil }); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) List(prefix string) ([]string, error) {
	m.Lock()
	defer m.Unlock()
	names := slices.Sorted(maps.Keys(m.objects))
	return slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, prefix) }), nil
}

func bucketStack(t *testing.T) (*memory, Stack) {
	t.Helper()
	m := &memory{objects: map[string][]byte{}, left: -1}
	s := In(m, "rung", "dev")
	require.NoError(t, s.Create())
	return m, s
}

// life is a run of six resources: what it was told lasts, and how it ended.
func life(s Stack, from int64) (begun, made []string, err error) {
	base, err := s.Read()
	if err != nil {
		return nil, nil, err
	}
	j, err := s.Begin(base, b64.NewBase64SecretsManager())
	if err != nil {
		return nil, nil, err
	}
	for n := from; n < from+6; n++ {
		name := fmt.Sprint("r", n)
		if err := j.AddJournalEntry(begins(n, name)); err != nil {
			break
		}
		begun = append(begun, name)
		if err := j.AddJournalEntry(ends(n, name)); err != nil {
			break
		}
		made = append(made, name)
	}
	return begun, made, j.Close()
}

// A run that is shot at any write of the bucket, of the journal or of its end, loses
// nothing that it was told lasts: the next run takes it up, and goes on.
func TestABucketsRunIsTakenUpWhereverItIsShot(t *testing.T) {
	counted, s := bucketStack(t)
	before := counted.writes
	_, _, err := life(s, 1)
	require.NoError(t, err)
	all := counted.writes - before
	require.Greater(t, all, 15, "twelve notes, a beginning, an end")
	for shot := range all {
		m, s := bucketStack(t)
		m.left = shot
		begun, madeThen, err := life(s, 1)
		if err == nil && shot < all-1 {
			t.Fatalf("shot at write %d of %d, and nobody saw it", shot, all)
		}
		m.left = -1
		_, err = s.Recover()
		require.NoError(t, err, "shot at write %d", shot)
		made, pending := holds(t, s)
		assert.Subset(t, made, madeThen, "shot at write %d: what was made", shot)
		for _, name := range begun {
			assert.Contains(t, append(slices.Clone(made), pending...), name, "shot at write %d: what was begun", shot)
		}
		_, more, err := life(s, 100)
		require.NoError(t, err, "the run after a shot at write %d", shot)
		after, _ := holds(t, s)
		assert.Subset(t, after, append(made, more...), "shot at write %d", shot)
		left, err := m.List(".pulumi/journals/")
		require.NoError(t, err)
		assert.Empty(t, left, "nothing of a journal is left after a shot at write %d", shot)
	}
	t.Logf("%d writes, shot at each", all)
}

// And so does the run that takes it up: shot at any write of its own, the one after it does.
func TestWhoTakesUpMayBeShotToo(t *testing.T) {
	for shot := 0; ; shot++ {
		m, s := bucketStack(t)
		m.left = 9 // into the notes
		_, madeThen, err := life(s, 1)
		require.Error(t, err)
		m.left = shot
		_, first := s.Recover()
		m.left = -1
		_, err = s.Recover()
		require.NoError(t, err)
		made, _ := holds(t, s)
		require.NotEmpty(t, madeThen)
		assert.Subset(t, made, madeThen, "shot at write %d", shot)
		if first == nil {
			return
		}
	}
}

// A note that never came makes what came after it worthless: it was not answered.
func TestAGapInABucketEndsTheReplay(t *testing.T) {
	m, s := bucketStack(t)
	begin(t, s, begins(1, "a"), ends(1, "a"), begins(2, "b"), ends(2, "b"))
	names, err := m.List(".pulumi/journals/rung/dev/")
	require.NoError(t, err)
	require.Len(t, names, 4)
	require.NoError(t, m.Delete(names[2]))
	made, pending := holds(t, s)
	assert.Equal(t, []string{"a"}, made)
	assert.Empty(t, pending)
}

func TestABucketsJournalOfAnotherStateIsSetAside(t *testing.T) {
	m, s := bucketStack(t)
	begin(t, s, begins(1, "a"), ends(1, "a"))
	require.NoError(t, s.Write(apitype.TypedDeployment{Deployment: &apitype.DeploymentV3{}}))
	said, err := s.Recover()
	require.NoError(t, err)
	assert.Contains(t, said, "aside.json")
	_, _, err = life(s, 1)
	require.NoError(t, err)
	left, err := m.List(".pulumi/journals/")
	require.NoError(t, err)
	assert.Len(t, left, 3, "the journal that was set aside, with its two notes: %v", left)
}

// Two that begin at once are told apart by the bucket, whatever their locks say.
func TestOneJournalAtATime(t *testing.T) {
	_, s := bucketStack(t)
	begin(t, s)
	base, err := s.Read()
	require.NoError(t, err)
	_, err = s.Begin(base, b64.NewBase64SecretsManager())
	assert.ErrorIs(t, err, fs.ErrExist)
	unlock, err := s.Lock()
	require.NoError(t, err)
	_, err = s.Lock()
	require.ErrorIs(t, err, ErrHeld)
	require.NoError(t, unlock())
}

// Notes that come while an object is on its way share the next one.
func TestNotesAtTheSameTimeShareAnObject(t *testing.T) {
	m, s := bucketStack(t)
	j := begin(t, s)
	before := m.writes
	var all sync.WaitGroup
	for i := range int64(200) {
		all.Go(func() { assert.NoError(t, j.AddJournalEntry(begins(i+1, fmt.Sprint("r", i)))) })
	}
	all.Wait()
	assert.LessOrEqual(t, m.writes-before, 200)
	_, pending := holds(t, s)
	assert.Len(t, pending, 200)
	require.NoError(t, j.Close())
}
