package files

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Dir is a directory.
type Dir string

// begun is the beginning of the name of a file that is being written.
const begun = ".rung-part-"

// List walks the directory. One that is not there has no files.
func (d Dir) List(ctx context.Context) ([]File, error) {
	var all []File
	err := filepath.WalkDir(string(d), func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it went while the list was made
		}
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if !entry.Type().IsRegular() || strings.HasPrefix(entry.Name(), begun) {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return nil //nolint:nilerr // it went while the list was made
		}
		key, err := filepath.Rel(string(d), path)
		all = append(all, File{Key: filepath.ToSlash(key), Size: info.Size(), Changed: info.ModTime().Truncate(time.Second)})
		return err
	})
	return all, err
}

// Read opens a file.
func (d Dir) Read(_ context.Context, key string) (io.ReadCloser, error) {
	path, err := d.path(key)
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Write writes beside the file and puts it in its place when it is whole and on the
// disk.
func (d Dir) Write(_ context.Context, f File, body io.ReadSeeker) error {
	path, err := d.path(f.Key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(path), begun)
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // not there any more when all went well
	_, err = io.Copy(part, body)
	if err := errors.Join(err, part.Chmod(0o644), part.Sync(), part.Close()); err != nil {
		return err
	}
	if err := os.Chtimes(part.Name(), f.Changed, f.Changed); err != nil {
		return err
	}
	return os.Rename(part.Name(), path)
}

// path keeps a key within the directory, whatever a bucket calls its files.
func (d Dir) path(key string) (string, error) {
	if !filepath.IsLocal(filepath.FromSlash(key)) {
		return "", fmt.Errorf("the name %q leads out of the directory", key)
	}
	return filepath.Join(string(d), filepath.FromSlash(key)), nil
}

// spooled is a file in the directory of temporary files that goes when it is closed.
type spooled struct{ *os.File }

func (s spooled) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }

// spool reads a stream whole, for whoever must know its checksum before it is sent.
func spool(in io.Reader) (spooled, []byte, error) {
	file, err := os.CreateTemp("", "rung-file-")
	if err != nil {
		return spooled{}, nil, err
	}
	s, h := spooled{file}, sha256.New()
	if _, err := io.Copy(io.MultiWriter(file, h), in); err != nil {
		return s, nil, errors.Join(err, s.Close())
	}
	return s, h.Sum(nil), nil
}
