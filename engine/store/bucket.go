package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
)

// Blobs is a bucket: whole objects by name, and what S3, GCS and Azure promise of them. What
// was written is read from then on, and of several that Create an object one does.
type Blobs interface {
	// Get is fs.ErrNotExist where there is none.
	Get(name string) ([]byte, error)
	Put(name string, text []byte) error
	// Create is fs.ErrExist where there is one.
	Create(name string, text []byte) error
	// Delete takes missing objects for deleted ones.
	Delete(names ...string) error
	// List are all names that begin with a prefix, in the order of their bytes.
	List(prefix string) ([]string, error)
}

// In is the stack of a project in a bucket, as Pulumi's backend keeps it there. Its journal
// lies beside, as an object that names an epoch and one object for each group of notes:
// a bucket has no append.
func In(b Blobs, project, name string) Stack {
	return Stack{disk: bucket{b}, project: project, name: name,
		journal: path.Join(".pulumi", "journals", project, name+".json")}
}

// atOnce bounds the objects of a journal that are read at the same time.
const atOnce = 16

// bucket is the disk that a bucket is.
type bucket struct{ Blobs }

var _ disk = bucket{}

func (b bucket) has(name string) (bool, error) {
	_, err := b.Get(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (b bucket) read(name string) ([]byte, error)       { return b.Get(name) }
func (b bucket) replace(name string, text []byte) error { return b.Put(name, text) }
func (b bucket) remove(name string) error               { return b.Delete(name) }
func (b bucket) list(folder string) ([]string, error)   { return b.List(folder + "/") }
func (b bucket) epochs(journal string) string           { return strings.TrimSuffix(journal, ".json") + "/" }
func (b bucket) noteName(folder string, n int) string   { return fmt.Sprintf("%s%09d.jsonl", folder, n) }
func (b bucket) epoch(journal string, h pointer) string { return b.epochs(journal) + h.Epoch + "/" }
func (b bucket) asideName(journal string, h pointer) string {
	return b.epoch(journal, h) + "aside.json"
}

func (b bucket) keep(name string) error {
	text, err := b.Get(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return b.Put(name+".bak", text)
}

// pointer is the object that makes a journal: without it there is none, whatever notes lie about.
type pointer struct {
	header
	Epoch string `json:"epoch"`
}

func (b bucket) pointer(journal string) (p pointer, err error) {
	text, err := b.Get(journal)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(text, &p); err != nil || p.Epoch == "" {
		return p, fmt.Errorf("%s names no epoch: %w", journal, err)
	}
	return p, nil
}

func (b bucket) begin(journal, base string) (log, error) {
	if err := b.clear(journal); err != nil {
		return nil, err
	}
	p := pointer{header{Base: base}, uuid.NewString()}
	text, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	err = b.Create(journal, text)
	if errors.Is(err, fs.ErrExist) { // it may be ours, of a request that was sent twice
		if now, readErr := b.pointer(journal); readErr == nil && now == p {
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	return &bucketLog{bucket: b, folder: b.epoch(journal, p)}, nil
}

// clear deletes the notes of journals that are over; one that was set aside stays.
func (b bucket) clear(journal string) error {
	names, err := b.List(b.epochs(journal))
	if err != nil {
		return err
	}
	aside := map[string]bool{}
	for _, name := range names {
		if path.Base(name) == "aside.json" {
			aside[path.Dir(name)] = true
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return aside[path.Dir(name)]
	})
	return b.Delete(names...)
}

// notes puts the objects of a journal together, up to the first that is missing: what
// came after it was never answered.
func (b bucket) notes(journal string) ([]byte, error) {
	p, err := b.pointer(journal)
	if err != nil {
		return nil, err
	}
	names, err := b.List(b.epoch(journal, p))
	if err != nil {
		return nil, err
	}
	whole := 0
	for whole < len(names) && names[whole] == b.noteName(b.epoch(journal, p), whole) {
		whole++
	}
	parts, err := b.getAll(names[:whole])
	if err != nil {
		return nil, err
	}
	first, err := json.Marshal(p.header)
	if err != nil {
		return nil, err
	}
	return append(append(first, '\n'), bytes.Join(parts, nil)...), nil
}

func (b bucket) getAll(names []string) ([][]byte, error) {
	parts, errs := make([][]byte, len(names)), make([]error, len(names))
	var all sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for i, name := range names {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			parts[i], errs[i] = b.Get(name)
		})
	}
	all.Wait()
	return parts, errors.Join(errs...)
}

// discard deletes the object that makes the journal first: what is left of it then counts
// for nothing, and goes with the next.
func (b bucket) discard(journal string) error {
	if err := b.Delete(journal); err != nil {
		return err
	}
	return b.clear(journal)
}

func (b bucket) setAside(journal string) (string, error) {
	p, err := b.pointer(journal)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	aside := b.asideName(journal, p)
	if err := b.Put(aside, text); err != nil {
		return "", err
	}
	return aside, b.Delete(journal)
}

// bucketLog is a journal that is being written, one object after the other.
type bucketLog struct {
	bucket
	folder  string
	written int
	waiting []byte
}

// write puts an object. What need not last waits for the next that does.
func (l *bucketLog) write(text []byte, lasts bool) error {
	l.waiting = append(l.waiting, text...)
	if !lasts {
		return nil
	}
	if err := l.Put(l.noteName(l.folder, l.written), l.waiting); err != nil {
		return err
	}
	l.written++
	l.waiting = nil
	return nil
}

func (l *bucketLog) close() error { return nil }
