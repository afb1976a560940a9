// Package buckets is S3: buckets of a region, objects with their headers,
// ranges, conditional reads and writes, lists, uploads in parts, and copies
// that replication makes in other buckets.
//
// Bodies are files of a directory, what is known of them stands in a database
// file; an object that was acknowledged is in both, and a body that a killed
// supervisor has left without an object is removed at the next start. Versions,
// tags, access lists and life cycles are not here: S3's calls for them are
// refused as not implemented.
//
// gofakes3 was considered: it keeps no Cache-Control, from which a CDN lives,
// carries an overwritten object's headers over, holds bodies and parts in
// memory, and answers some conditional reads only.
package buckets

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

// Bucket is a bucket as the plan has it.
type Bucket struct {
	// Name is the bucket's, and Region where it is.
	Name, Region string
	// Replicas are the buckets that get copies of what is put or removed here.
	Replicas []string
	// Origins are the sites whose pages may send to the bucket, as
	// "https://example.com" or "*"; none means that browsers refuse it.
	Origins []string
}

// Service are all buckets of an account.
type Service struct {
	dir string
	db  *bbolt.DB
	now func() time.Time

	mu      sync.RWMutex
	buckets map[string]Bucket
}

// New finds what is below a directory, which it makes where it is missing. nil
// for now means time.Now.
func New(dir string, db *bbolt.DB, now func() time.Time) (*Service, error) {
	if now == nil {
		now = time.Now
	}
	s := &Service{dir: dir, db: db, now: now, buckets: map[string]Bucket{}}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory of objects: %w", err)
	}
	if err := db.Update(makeRoots); err != nil {
		return nil, fmt.Errorf("prepare the database of objects: %w", err)
	}
	if err := s.sweep(); err != nil {
		return nil, fmt.Errorf("clear the directory of objects: %w", err)
	}
	return s, nil
}

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// Declare makes the service hold exactly these buckets: those that it has keep
// their objects, and what is not named goes with all that is in it. Nothing
// changes where a bucket is refused.
func (s *Service) Declare(list []Bucket) error {
	wanted, errs := map[string]Bucket{}, []error(nil)
	for _, b := range list {
		if !nameForm.MatchString(b.Name) || b.Region == "" {
			errs = append(errs, fmt.Errorf("bucket %q: want S3's form of a name, and a region", b.Name))
		}
		wanted[b.Name] = b
	}
	for _, b := range list {
		for _, r := range b.Replicas {
			if _, there := wanted[r]; !there {
				errs = append(errs, fmt.Errorf("bucket %s: replica %s is not planned", b.Name, r))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buckets = wanted
	if err := keepOnly(s.db, slices.Collect(maps.Keys(wanted))); err != nil {
		return fmt.Errorf("declare buckets: %w", err)
	}
	return s.directories(wanted)
}

// directories makes one for each bucket and removes all others.
func (s *Service) directories(wanted map[string]Bucket) error {
	for name := range wanted {
		if err := os.MkdirAll(filepath.Join(s.dir, name), 0o700); err != nil {
			return fmt.Errorf("declare bucket %s: %w", name, err)
		}
	}
	found, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("declare buckets: %w", err)
	}
	for _, dir := range found {
		if _, ok := wanted[dir.Name()]; !ok {
			if err := os.RemoveAll(filepath.Join(s.dir, dir.Name())); err != nil {
				return fmt.Errorf("remove bucket %s: %w", dir.Name(), err)
			}
		}
	}
	return nil
}

func (s *Service) bucket(name string) (Bucket, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, ok := s.buckets[name]
	if !ok {
		return Bucket{}, &answer.Error{Status: http.StatusNotFound, Code: "NoSuchBucket",
			Message: "The specified bucket does not exist"}
	}
	return b, nil
}

// object is what is known of a body.
type object struct {
	// File is the body's name in the bucket's directory.
	File     string
	Size     int64
	ETag     string // without quotes
	Modified time.Time
	Header   map[string]string
}

// The file's buckets: of objects and of uploads in parts, each with one further
// for each bucket of S3.
var (
	objectsRoot = []byte("objects")
	uploadsRoot = []byte("uploads")
)

// sweep removes bodies that no object and no upload has.
func (s *Service) sweep() error {
	used, err := s.used()
	if err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(s.dir, "*", "*"))
	if err != nil {
		return err
	}
	for _, path := range found {
		if !used[filepath.Base(path)] {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

func makeRoots(tx *bbolt.Tx) error {
	for _, root := range [][]byte{objectsRoot, uploadsRoot} {
		if _, err := tx.CreateBucketIfNotExists(root); err != nil {
			return err
		}
	}
	return nil
}

// used are the names of all bodies that are somebody's.
func (s *Service) used() (map[string]bool, error) {
	used := map[string]bool{}
	err := s.db.View(func(tx *bbolt.Tx) error {
		if err := eachOf(tx.Bucket(objectsRoot), func(v []byte) error {
			var o object
			err := json.Unmarshal(v, &o)
			used[o.File] = true
			return err
		}); err != nil {
			return err
		}
		return eachOf(tx.Bucket(uploadsRoot), func(v []byte) error {
			var u upload
			err := json.Unmarshal(v, &u)
			for _, p := range u.Parts {
				used[p.File] = true
			}
			return err
		})
	})
	return used, err
}

// eachOf visits the values of the buckets in a bucket; nil has none.
func eachOf(top *bbolt.Bucket, do func(v []byte) error) error {
	if top == nil {
		return nil
	}
	return top.ForEachBucket(func(name []byte) error {
		return top.Bucket(name).ForEach(func(_, v []byte) error { return do(v) })
	})
}

// keepOnly forgets all but these buckets.
func keepOnly(db *bbolt.DB, names []string) error {
	return db.Update(func(tx *bbolt.Tx) error {
		for _, root := range [][]byte{objectsRoot, uploadsRoot} {
			top := tx.Bucket(root)
			var gone [][]byte
			if err := top.ForEachBucket(func(name []byte) error {
				if !slices.Contains(names, string(name)) {
					gone = append(gone, slices.Clone(name))
				}
				return nil
			}); err != nil {
				return err
			}
			for _, name := range gone {
				if err := top.DeleteBucket(name); err != nil {
					return err
				}
			}
			for _, name := range names {
				if _, err := top.CreateBucketIfNotExists([]byte(name)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
