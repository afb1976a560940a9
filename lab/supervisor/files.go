//go:build linux

package supervisor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/outside/place"
)

// databaseUser is whom PostgreSQL runs as: it refuses root. Nil means the lab's own.
func databaseUser() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("find the user postgres, as whom PostgreSQL runs under root: %w; "+
			"it comes with the package: apt-get install postgresql", err)
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(errUID, errGID); err != nil {
		return nil, fmt.Errorf("read the user postgres: %w", err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// reachable fails unless a user may enter a directory by its path.
func reachable(dir string, by *syscall.Credential) error {
	if by == nil {
		return nil
	}
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil && !enters(info, by) {
			return fmt.Errorf("run PostgreSQL in %s: it runs as the user postgres, who may not enter %s; "+
				"choose another directory with --dir, or let him in with: chmod o+x %s", dir, at, at)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

func enters(info fs.FileInfo, by *syscall.Credential) bool {
	uid, _ := place.OwnerOf(info)
	return info.Mode().Perm()&0o001 != 0 || uint32(uid) == by.Uid && info.Mode().Perm()&0o100 != 0 //nolint:gosec // a uid
}

// lay makes a unit's directory, certificate and files. It changes nothing that is as
// it should be.
func (s *Supervisor) lay(u unit.Unit) error {
	owner := s.owner(u)
	if u.Dir != "" {
		if err := os.MkdirAll(filepath.Dir(u.Dir), 0o755); err != nil {
			return fmt.Errorf("make the directory of %s: %w", u.Name, err)
		}
		if err := os.MkdirAll(u.Dir, 0o700); err != nil {
			return fmt.Errorf("make the directory of %s: %w", u.Name, err)
		}
		if err := give(u.Dir, owner); err != nil {
			return err
		}
	}
	if err := s.certify(u, owner); err != nil {
		return err
	}
	for _, f := range u.Files {
		if err := write(f.Path, []byte(f.Content), owner); err != nil {
			return fmt.Errorf("write a file of %s: %w", u.Name, err)
		}
	}
	return nil
}

// certify gives a unit a certificate for its names, once.
func (s *Supervisor) certify(u unit.Unit, owner *syscall.Credential) error {
	if len(u.Hosts) == 0 {
		return nil
	}
	mark := filepath.Join(u.Dir, "hosts")
	names := strings.Join(u.Hosts, "\n")
	if old, err := os.ReadFile(mark); err == nil && string(old) == names {
		return nil
	}
	cert, key, err := s.authority.Issue(u.Hosts)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		text []byte
	}{{"server.crt", cert}, {"server.key", key}, {"server.pem", append(append([]byte{}, cert...), key...)},
		{"hosts", []byte(names)}} {
		if err := write(filepath.Join(u.Dir, f.name), f.text, owner); err != nil {
			return fmt.Errorf("write the certificate of %s: %w", u.Name, err)
		}
	}
	return nil
}

func (s *Supervisor) owner(u unit.Unit) *syscall.Credential {
	if u.User == unit.Database {
		return s.database
	}
	return nil
}

// write replaces a file, for its owner alone, where the content is another.
func write(path string, text []byte, owner *syscall.Credential) error {
	if old, err := os.ReadFile(path); err == nil && string(old) == string(text) {
		return nil
	}
	fresh := path + ".new"
	if err := os.WriteFile(fresh, text, 0o600); err != nil {
		return err
	}
	if err := give(fresh, owner); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}

func give(path string, owner *syscall.Credential) error {
	if owner == nil {
		return nil
	}
	return os.Lchown(path, int(owner.Uid), int(owner.Gid))
}

// sweep removes the data of resources that are gone; what the cloud has a final
// snapshot of is kept under that name.
func (s *Supervisor) sweep(keep []unit.Kept) error {
	stays := map[string]bool{}
	for _, k := range keep {
		stays[filepath.Base(k.Dir)] = true
		s.snapshot(filepath.Base(k.Dir), k.Snapshot)
	}
	root := filepath.Join(s.site.Dir, "data")
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil //nolint:nilerr // nothing was kept yet
	}
	var errs []error
	for _, e := range entries {
		if stays[e.Name()] || s.used(filepath.Join(root, e.Name())) {
			continue
		}
		errs = append(errs, s.put(filepath.Join(root, e.Name())))
	}
	return errors.Join(errs...)
}

// snapshot remembers under which name the data of a resource stays when it is gone.
func (s *Supervisor) snapshot(dir, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.led.Snapshots[dir] != name {
		s.led.Snapshots[dir] = name // written with whatever is noted next
	}
}

// used reports whether something that runs has its data in a directory.
func (s *Supervisor) used(dir string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.busy) > 0 {
		return true
	}
	for _, p := range s.led.Processes {
		if p.Dir == dir || strings.HasPrefix(p.Dir, dir+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// put removes a directory of data, or keeps it as a snapshot.
func (s *Supervisor) put(dir string) error {
	name := s.led.Snapshots[filepath.Base(dir)]
	if name == "" {
		s.log("the data of %s is gone with it", filepath.Base(dir))
		return os.RemoveAll(dir)
	}
	to := filepath.Join(s.at.Snapshots(), site.Safe(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("keep the final snapshot %s: %w", name, err)
	}
	to = unused(to)
	if err := os.Rename(dir, to); err != nil {
		return fmt.Errorf("keep the final snapshot %s: %w", name, err)
	}
	s.log("the data of %s is the final snapshot %s: %s", filepath.Base(dir), name, to)
	return nil
}

// unused is a path at which nothing is: that of an earlier stack's snapshot of the same
// name stays as it is.
func unused(path string) string {
	for n, at := 2, path; ; n++ {
		if _, err := os.Lstat(at); errors.Is(err, fs.ErrNotExist) {
			return at
		}
		at = fmt.Sprintf("%s-%d", path, n)
	}
}
