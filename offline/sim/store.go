package sim

import (
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
func OpenStore(path string) *Store { return &Store{path: path} }

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

// Change reads the state, lets the function change it and writes it back. When
// the function fails nothing is written.
func (s *Store) Change(change func(*Cloud) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.memory != nil {
		return s.changeMemory(change)
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return fmt.Errorf("make the folder of the offline cloud: %w", err)
	}
	lock := flock.New(s.path + ".lock")
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("lock the offline cloud %s: %w", s.path, err)
	}
	defer func() { _ = lock.Unlock() }()
	cloud, err := s.load()
	if err != nil {
		return err
	}
	if err := change(cloud); err != nil {
		s.cached = nil // may be half changed
		return err
	}
	return s.save(cloud)
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
	if _, err := temp.Write(cloud.encode()); err != nil {
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
