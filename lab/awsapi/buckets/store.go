package buckets

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

func noSuchKey() error {
	return &answer.Error{Status: http.StatusNotFound, Code: "NoSuchKey", Message: "The specified key does not exist."}
}

// look finds an object.
func (s *Service) look(bucket, key string) (object, error) {
	var o object
	err := s.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(objectsRoot).Bucket([]byte(bucket))
		if b == nil {
			return noSuchKey()
		}
		v := b.Get([]byte(key))
		if v == nil {
			return noSuchKey()
		}
		return json.Unmarshal(v, &o)
	})
	return o, err
}

// open finds an object and opens its body. One that was overwritten between the
// two is looked for again.
func (s *Service) open(bucket, key string) (object, *os.File, error) {
	for {
		o, err := s.look(bucket, key)
		if err != nil {
			return o, nil, err
		}
		f, err := os.Open(s.path(bucket, o.File))
		if errors.Is(err, os.ErrNotExist) {
			if now, lookErr := s.look(bucket, key); lookErr != nil || now.File != o.File {
				continue
			}
		}
		if err != nil {
			return o, nil, fmt.Errorf("open the body of %s/%s: %w", bucket, key, err)
		}
		return o, f, nil
	}
}

func (s *Service) path(bucket, file string) string { return filepath.Join(s.dir, bucket, file) }

// condition says whether an object may be written over what is there, which is
// nil where nothing is.
type condition func(there *object) error

// keep makes o the object of a key, where the condition holds.
func (s *Service) keep(bucket, key string, o object, holds condition) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	var old *object
	err = s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(objectsRoot).Bucket([]byte(bucket))
		if b == nil {
			return errors.New("the bucket has gone meanwhile")
		}
		if old, err = there(b, key); err != nil {
			return err
		}
		if holds != nil {
			if err := holds(old); err != nil {
				return err
			}
		}
		return b.Put([]byte(key), text)
	})
	if err != nil {
		os.Remove(s.path(bucket, o.File)) //nolint:errcheck // else the next start does
		return err
	}
	s.drop(bucket, old)
	return nil
}

func there(b *bbolt.Bucket, key string) (*object, error) {
	v := b.Get([]byte(key))
	if v == nil {
		return nil, nil
	}
	var o object
	return &o, json.Unmarshal(v, &o)
}

// drop removes the body of an object that is no more.
func (s *Service) drop(bucket string, o *object) {
	if o != nil {
		os.Remove(s.path(bucket, o.File)) //nolint:errcheck // else the next start does
	}
}

// remove forgets a key; one that is not there is no failure, as with S3.
func (s *Service) remove(bucket, key string) error {
	var old *object
	err := s.db.Update(func(tx *bbolt.Tx) (err error) {
		b := tx.Bucket(objectsRoot).Bucket([]byte(bucket))
		if b == nil {
			return nil
		}
		if old, err = there(b, key); err != nil {
			return err
		}
		return b.Delete([]byte(key))
	})
	if err != nil {
		return err
	}
	s.drop(bucket, old)
	return nil
}

// body writes what is read into a file of the bucket and returns its name.
func (s *Service) body(bucket string, from io.Reader) (file string, size int64, err error) {
	file = rand.Text()
	path := s.path(bucket, file)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, err
	}
	size, err = io.Copy(f, from)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(path) //nolint:errcheck // else the next start does
		return "", 0, err
	}
	return file, size, nil
}

// replicate copies an object to the bucket's replicas, or removes it there.
func (s *Service) replicate(b Bucket, key string) error {
	for _, to := range b.Replicas {
		if err := s.copyTo(b.Name, to, key); err != nil {
			return fmt.Errorf("replicate to %s: %w", to, err)
		}
	}
	return nil
}

func (s *Service) copyTo(from, to, key string) error {
	o, f, err := s.open(from, key)
	if answer.Is(err, "NoSuchKey") {
		return s.remove(to, key)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if o.File, o.Size, err = s.body(to, f); err != nil {
		return err
	}
	return s.keep(to, key, o, nil)
}
