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
	"sync/atomic"
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
	missing, sizes := Missing(all, there), map[string]int64{}
	for _, f := range there {
		sizes[f.Key] = f.Size
	}
	var count, bytes atomic.Int64
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(lanes)
	for _, f := range missing {
		size, has := sizes[f.Key]
		group.Go(func() error {
			wrote, err := copyOne(gctx, from, to, f, has && size == f.Size)
			if err != nil {
				return fmt.Errorf("copy the file %s: %w", f.Key, err)
			}
			if wrote {
				count.Add(1)
				bytes.Add(f.Size)
			}
			return nil
		})
	}
	err = group.Wait()
	files := int(count.Load())
	return Copied{Files: files, There: len(all) - files, Bytes: bytes.Load()}, err
}

// Missing are the files that the other place lacks, or has in another size or older; the
// last may be the same.
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

// copyOne copies a file, and says whether it had to: one that may be the same, by its
// size, is read first. A bucket has the time at which it was given a file, and by that
// would bring every one of them back.
func copyOne(ctx context.Context, from, to Place, f File, maySame bool) (wrote bool, err error) {
	in, err := from.Read(ctx, f.Key)
	if err != nil {
		return false, err
	}
	defer in.Close()
	body, sum, err := spool(in)
	if err != nil {
		return false, err
	}
	defer body.Close()
	if maySame && verify(ctx, to, f.Key, sum) == nil {
		return false, nil
	}
	if f.Size, err = body.Seek(0, io.SeekEnd); err != nil {
		return false, err
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	if err := to.Write(ctx, f, body); err != nil {
		return false, err
	}
	return true, verify(ctx, to, f.Key, sum)
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
