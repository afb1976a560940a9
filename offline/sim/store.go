package sim

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Store is the state file of the simulated cloud. Several processes may use one
// file at a time: a change holds a lock on "<file>.lock", writes a new file and
// renames it into place, so that a reader sees the old or the new state, and a
// crash leaves one of the two.
type Store struct {
	path   string
	memory *Cloud // the cloud itself, where there is no file

	queue queue

	ending sync.Once
	ended  chan struct{} // closed a moment after the store was interrupted

	mu     sync.Mutex
	cached *Cloud
	stamp  stamp
}

// stamp tells one version of the file from another without reading it.
type stamp struct {
	size int64
	time time.Time
	file os.FileInfo
}

// OpenStore uses the state file at a path. The file need not exist: an absent
// file is an empty cloud and is written by the first create.
func OpenStore(path string) *Store { return &Store{path: path, ended: make(chan struct{})} }

// View reads the state. What the function is given must not be changed.
func (s *Store) View(read func(*Cloud) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cloud, err := s.load()
	if err != nil {
		return err
	}
	return read(cloud)
}

// Remembered gives the state as it was read last, and reads it when nobody has: for what
// no other process changes while this one lives. What the function is given must not be
// changed.
func (s *Store) Remembered(read func(*Cloud)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cloud := cmp.Or(s.memory, s.cached)
	if cloud == nil {
		var err error
		if cloud, err = s.load(); err != nil {
			return err
		}
	}
	read(cloud)
	return nil
}

// Change reads the state, lets the function change it and writes it back. When the
// function fails, what it has put onto shelves is taken back, and it must have changed
// nothing else. Changes that come at the same time share one reading and one writing.
func (s *Store) Change(change func(*Cloud) error) error {
	w := &waiting{change: change, err: errUndone}
	s.queue.add(w)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !w.done { // else whoever held the store before has done it
		s.commit(s.queue.take())
	}
	return w.err
}

// errUndone is what a change is answered whose turn never came, because one before it
// panicked.
var errUndone = errors.New("change the offline cloud: another change at the same time broke off; run it again")

// waiting is a change that waits for the store. The store's lock guards its fields.
type waiting struct {
	change func(*Cloud) error
	done   bool
	err    error
}

// queue holds the changes that wait.
type queue struct {
	mu   sync.Mutex
	list []*waiting
}

func (q *queue) add(w *waiting) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = append(q.list, w)
}

func (q *queue) take() []*waiting {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.list
	q.list = nil
	return list
}

// commit does the changes and writes them; each learns of its own failure, and all of
// one that concerns the file.
func (s *Store) commit(group []*waiting) {
	own := make([]error, len(group))
	err := s.locked(func(cloud *Cloud) bool {
		changed := false
		for i, w := range group {
			own[i] = cloud.try(w.change)
			changed = changed || own[i] == nil
		}
		return changed
	})
	for i, w := range group {
		w.done, w.err = true, cmp.Or(own[i], err)
	}
}

// locked lets a function change the cloud while nobody else does, and writes it when
// the function says so.
func (s *Store) locked(do func(*Cloud) (changed bool)) error {
	if s.memory != nil {
		do(s.memory)
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return fmt.Errorf("make the folder of the offline cloud: %w", err)
	}
	lock := flock.New(s.path + ".lock")
	if err := s.wait(lock); err != nil {
		return fmt.Errorf("lock the offline cloud %s: %w", s.path, err)
	}
	defer func() { _ = lock.Unlock() }()
	cloud, err := s.load()
	if err != nil || !do(cloud) {
		return err
	}
	return s.save(cloud)
}

// lingers is how long somebody who was told to end still waits for the lock: what is
// under way should come to its end where nobody holds that up.
const lingers = 500 * time.Millisecond

// errInterrupted is a wait for the cloud's file that was given up.
var errInterrupted = errors.New("somebody else holds it, and this run was told to end: run it again")

// Interrupt lets those who wait for the cloud's file give up, after a moment.
func (s *Store) Interrupt() {
	if s.ended == nil {
		return // a cloud in memory is nobody else's
	}
	s.ending.Do(func() { time.AfterFunc(lingers, func() { close(s.ended) }) })
}

// wait takes the lock, or gives up when somebody else holds it and the store is
// interrupted.
func (s *Store) wait(lock *flock.Flock) error {
	if got, err := lock.TryLock(); got || err != nil {
		return err
	}
	got := make(chan error, 1)
	go func() { got <- lock.Lock() }()
	select {
	case err := <-got:
		return err
	case <-s.ended:
		go func() {
			if <-got == nil {
				_ = lock.Unlock()
			}
		}()
		return errInterrupted
	}
}

func (s *Store) load() (*Cloud, error) {
	if s.memory != nil {
		return s.memory, nil
	}
	info, err := os.Stat(s.path)
	if errors.Is(err, os.ErrNotExist) {
		s.cached = nil
		return newCloud(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the offline cloud: %w", err)
	}
	if s.cached != nil && s.stamp.same(info) {
		return s.cached, nil
	}
	data, err := os.ReadFile(s.path)
	if err != nil {
		return nil, fmt.Errorf("read the offline cloud: %w", err)
	}
	cloud, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("read the offline cloud %s: %w; the file was left untouched: "+
			"mend it, or move it away to start with an empty cloud", s.path, err)
	}
	cloud.inherit(s.cached)
	s.remember(cloud, info)
	return cloud, nil
}

func (s *Store) save(cloud *Cloud) error {
	s.cached = nil
	temp, err := os.CreateTemp(filepath.Dir(s.path), ".cloud-*.json")
	if err != nil {
		return fmt.Errorf("write the offline cloud: %w", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	if err := cloud.write(temp); err != nil {
		return errors.Join(fmt.Errorf("write the offline cloud: %w", err), temp.Close())
	}
	if err := temp.Close(); err != nil {
		return fmt.Errorf("write the offline cloud: %w", err)
	}
	if err := os.Rename(temp.Name(), s.path); err != nil {
		return fmt.Errorf("write the offline cloud: %w", err)
	}
	if info, err := os.Stat(s.path); err == nil {
		s.remember(cloud, info)
	}
	return nil
}

func (s *Store) remember(cloud *Cloud, info os.FileInfo) {
	s.cached = cloud
	s.stamp = stamp{size: info.Size(), time: info.ModTime(), file: info}
}

func (t stamp) same(info os.FileInfo) bool {
	return t.size == info.Size() && t.time.Equal(info.ModTime()) && os.SameFile(t.file, info)
}
