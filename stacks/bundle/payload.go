package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rung-dev/rung/outside/place"
	"github.com/rung-dev/rung/stacks/manifest"
)

const (
	// maxFiles and maxBytes are what an app's directory may have: more is a
	// directory that was named by mistake.
	maxFiles = 50_000
	maxBytes = 512 << 20
)

// leftOut are names that no machine needs, and that may hold what it must not have.
var leftOut = []string{".git", ".hg", ".svn", ".rung", ".venv", "__pycache__", ".DS_Store"}

// skipped reports whether a file or folder stays here. What is installed on the
// machine is not taken from here.
func skipped(app manifest.App, name string) bool {
	return slices.Contains(leftOut, name) || name == ".env" || strings.HasPrefix(name, ".env.") ||
		app.Install != nil && name == "node_modules"
}

// payload are the app's files, packed; an image has none.
func payload(app manifest.App) ([]byte, error) {
	p := &packer{}
	z := gzip.NewWriter(&p.out)
	p.tar = tar.NewWriter(z)
	var err error
	switch {
	case app.Binary != "":
		err = p.file(app.Binary, filepath.Base(app.Binary))
	case app.Directory != "":
		err = p.directory(app)
	}
	if err != nil {
		return nil, err
	}
	if err := p.tar.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return p.out.Bytes(), nil
}

// packer writes files in the order of their names, without times and owners.
type packer struct {
	out   bytes.Buffer
	tar   *tar.Writer
	files int
	bytes int64
}

func (p *packer) directory(app manifest.App) error {
	if err := place.Owned(app.Directory); err != nil {
		return err
	}
	return filepath.WalkDir(app.Directory, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(app.Directory, path)
		if err != nil || name == "." {
			return err
		}
		switch {
		case skipped(app, d.Name()) && d.IsDir():
			return filepath.SkipDir
		case skipped(app, d.Name()) || d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			return p.link(app.Directory, path, name)
		}
		return p.file(path, name)
	})
}

// file packs a file, which must be the caller's own.
func (p *packer) file(path, name string) error {
	if err := place.Owned(path); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if p.files, p.bytes = p.files+1, p.bytes+info.Size(); p.files > maxFiles || p.bytes > maxBytes {
		return fmt.Errorf("more than %d files or %d MiB: is it the app's own folder?", maxFiles, maxBytes>>20)
	}
	text, err := place.Read(path, maxBytes)
	if err != nil {
		return err
	}
	mode := int64(0o644)
	if info.Mode().Perm()&0o111 != 0 {
		mode = 0o755
	}
	header := &tar.Header{Name: filepath.ToSlash(name), Mode: mode, Size: int64(len(text)), Typeflag: tar.TypeReg}
	if err := p.tar.WriteHeader(header); err != nil {
		return err
	}
	_, err = p.tar.Write(text)
	return err
}

// link packs a link within the directory.
func (p *packer) link(root, path, name string) error {
	target, err := os.Readlink(path)
	if err != nil {
		return err
	}
	if filepath.IsAbs(target) || !filepath.IsLocal(filepath.Join(filepath.Dir(name), target)) {
		return fmt.Errorf("%s is a link to %s, out of %s: put what it leads to in its place", path, target, root)
	}
	return p.tar.WriteHeader(&tar.Header{
		Name: filepath.ToSlash(name), Linkname: target, Mode: 0o777, Typeflag: tar.TypeSymlink,
	})
}

// sorted are the names of a map in order.
func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// File is a file for the CDN: the path under which it is served, and where it lies.
type File struct{ Key, Path string }

// Static are the files of the folder that the CDN serves, below prefix.
func Static(app manifest.App, prefix string) (files []File, err error) {
	if app.Static == "" {
		return nil, nil
	}
	if err := place.Owned(app.Static); err != nil {
		return nil, fmt.Errorf("find the files for the CDN: %w", err)
	}
	err = filepath.WalkDir(app.Static, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := place.Owned(path); err != nil {
			return err
		}
		name, err := filepath.Rel(app.Static, path)
		files = append(files, File{Key: prefix + filepath.ToSlash(name), Path: path})
		if len(files) > maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the files for the CDN: %w", err)
	}
	return files, nil
}

// Unpack writes the app's files into dir, as machines have them.
func Unpack(app manifest.App, dir string) error {
	packed, err := payload(app)
	if err != nil {
		return err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	files := tar.NewReader(z)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := unpackOne(header, files, filepath.Join(dir, filepath.FromSlash(header.Name))); err != nil {
			return err
		}
	}
}

// unpackOne writes one file. Its name is one that this package has packed.
func unpackOne(header *tar.Header, from io.Reader, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if header.Typeflag == tar.TypeSymlink {
		return os.Symlink(header.Linkname, to)
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(header.Mode).Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}
