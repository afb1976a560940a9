package container

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// nobody is whose an image's files are in the lab, where it is root's: so a container,
// which is somebody else, may write where the image lets all write, as on a machine.
const nobody = 65534

// untar writes the files of an archive below a folder, out of which no name and no link
// leads. Devices are left out, and so are the marks by which a program takes another's
// rights.
func untar(from io.Reader, to string) error {
	root, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer root.Close()
	u := &untarred{root: root, owned: os.Getuid() == 0, modes: map[string]fs.FileMode{}}
	files := tar.NewReader(from)
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := u.one(h, files); err != nil {
			return fmt.Errorf("write its file %s: %w", h.Name, err)
		}
	}
	return u.finish()
}

type untarred struct {
	root  *os.Root
	owned bool                   // files are given to nobody
	modes map[string]fs.FileMode // of folders, once all files are in them
	links [][2]string            // names for files that are there by then
}

func (u *untarred) one(h *tar.Header, from io.Reader) error {
	name := strings.TrimPrefix(path.Clean("/"+h.Name), "/")
	if name == "" {
		return nil
	}
	if err := u.folder(path.Dir(name)); err != nil {
		return err
	}
	mode := fs.FileMode(h.Mode).Perm() //nolint:gosec // the permission's bits alone
	switch h.Typeflag {
	case tar.TypeDir:
		u.modes[name] = mode | fs.FileMode(h.Mode)&sticky<<shiftSticky //nolint:gosec // one bit
		return u.folder(name)
	case tar.TypeReg:
		return u.file(name, mode, from)
	case tar.TypeSymlink:
		return errors.Join(u.root.Symlink(h.Linkname, name), u.give(name))
	case tar.TypeLink:
		u.links = append(u.links, [2]string{strings.TrimPrefix(path.Clean("/"+h.Linkname), "/"), name})
	}
	return nil
}

// sticky is the bit of a folder like /tmp in an archive, and shiftSticky how far Go's own
// lies from it.
const sticky, shiftSticky = 0o1000, 11

// folder makes a folder with those above it.
func (u *untarred) folder(name string) error {
	if name == "." || name == "" {
		return nil
	}
	if _, err := u.root.Stat(name); err == nil {
		return nil
	}
	if err := u.folder(path.Dir(name)); err != nil {
		return err
	}
	if err := u.root.Mkdir(name, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return u.give(name)
}

func (u *untarred) file(name string, mode fs.FileMode, from io.Reader) error {
	f, err := u.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Chmod(mode), f.Close(), u.give(name))
}

func (u *untarred) give(name string) error {
	if !u.owned {
		return nil
	}
	return u.root.Lchown(filepath.FromSlash(name), nobody, nobody)
}

// finish makes what waited for all files. Its owner may always look into a folder, and
// remove it.
func (u *untarred) finish() error {
	for _, l := range u.links {
		if err := u.root.Link(l[0], l[1]); err != nil {
			return fmt.Errorf("link its file %s: %w", l[1], err)
		}
	}
	for name, mode := range u.modes {
		if err := u.root.Chmod(name, mode|0o700); err != nil {
			return fmt.Errorf("set the permissions of its folder %s: %w", name, err)
		}
	}
	if !u.owned {
		return nil
	}
	return u.root.Lchown(".", nobody, nobody)
}
