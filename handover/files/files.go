// Package files copies the files of uploads from one place to another, directories
// or buckets. A pass copies what the other place lacks or has older, so a pass that
// was ended goes on by being made again, and one after the pause brings the last.
// Each file that was copied is read back and held against its SHA-256.
//
// Nothing is deleted: a file that went from the old place between two passes stays
// in the new one.
package files

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// File is one that a place has.
type File struct {
	// Key is its name, with / between folders.
	Key  string
	Size int64
	// Changed is when it was written, whole seconds.
	Changed time.Time
}

// Place is where files are.
type Place interface {
	// List gives every file.
	List(ctx context.Context) ([]File, error)
	// Read opens a file.
	Read(ctx context.Context, key string) (io.ReadCloser, error)
	// Write keeps a file whole or not at all. It may be there already.
	Write(ctx context.Context, f File, body io.ReadSeeker) error
}

// At is the place of an address: s3://bucket/prefix, or a directory.
func At(ctx context.Context, address string) (Place, error) {
	if rest, isBucket := strings.CutPrefix(address, "s3://"); isBucket {
		return openBucket(ctx, rest)
	}
	return Dir(address), nil
}

// Copied is what a pass did.
type Copied struct {
	// Files and Bytes were copied; There were so already.
	Files, There int
	Bytes        int64
}

// lanes is how many files are copied at a time.
const lanes = 8

// Copy makes a pass.
func Copy(ctx context.Context, from, to Place) (Copied, error) {
	all, err := from.List(ctx)
	if err != nil {
		return Copied{}, fmt.Errorf("list the files: %w", err)
	}
	there, err := to.List(ctx)
	if err != nil {
		return Copied{}, fmt.Errorf("list the files of the other place: %w", err)
	}
	missing := Missing(all, there)
	done := Copied{Files: len(missing), There: len(all) - len(missing)}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(lanes)
	for _, f := range missing {
		done.Bytes += f.Size
		group.Go(func() error {
			if err := copyOne(gctx, from, to, f); err != nil {
				return fmt.Errorf("copy the file %s: %w", f.Key, err)
			}
			return nil
		})
	}
	return done, group.Wait()
}

// Missing are the files that the other place lacks, or has in another size or older.
// It is pure.
func Missing(from, to []File) []File {
	there := map[string]File{}
	for _, f := range to {
		there[f.Key] = f
	}
	var list []File
	for _, f := range from {
		if has, is := there[f.Key]; !is || has.Size != f.Size || has.Changed.Before(f.Changed) {
			list = append(list, f)
		}
	}
	return list
}

// ErrSum is a file that is not the same after it was copied.
var ErrSum = errors.New("the copy has another checksum")

func copyOne(ctx context.Context, from, to Place, f File) error {
	in, err := from.Read(ctx, f.Key)
	if err != nil {
		return err
	}
	defer in.Close()
	body, sum, err := spool(in)
	if err != nil {
		return err
	}
	defer body.Close()
	if f.Size, err = body.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := to.Write(ctx, f, body); err != nil {
		return err
	}
	return verify(ctx, to, f.Key, sum)
}

// verify reads a file back.
func verify(ctx context.Context, place Place, key string, want []byte) error {
	in, err := place.Read(ctx, key)
	if err != nil {
		return fmt.Errorf("read it back: %w", err)
	}
	defer in.Close()
	h := sha256.New()
	if _, err := io.Copy(h, in); err != nil {
		return fmt.Errorf("read it back: %w", err)
	}
	if string(h.Sum(nil)) != string(want) {
		return ErrSum
	}
	return nil
}
