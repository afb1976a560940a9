package uploads

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Dir keeps files in a directory.
type Dir struct {
	root   *os.Root
	secret []byte
	now    func() time.Time
}

// NewDir opens a directory, making it where it is missing.
func NewDir(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o750); err != nil {
		return nil, fmt.Errorf("make the directory of uploads: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open the directory of uploads: %w", err)
	}
	secret, err := secretOf(root)
	if err != nil {
		return nil, err
	}
	return &Dir{root: root, secret: secret, now: time.Now}, nil
}

// Close lets go of the directory.
func (d *Dir) Close() error { return d.root.Close() }

// secretOf is what tickets are signed with. It lies beside the files, so that
// every process that shares the directory accepts the same tickets.
func secretOf(root *os.Root) ([]byte, error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) //nolint:errcheck // never fails
	f, err := root.OpenFile(".secret", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.Write(fresh)
		return fresh, errors.Join(err, f.Close())
	}
	if !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("keep the secret of uploads: %w", err)
	}
	secret, err := root.ReadFile(".secret")
	if err != nil || len(secret) != len(fresh) {
		return nil, fmt.Errorf("read the secret of uploads: %d bytes, want %d: %w", len(secret), len(fresh), err)
	}
	return secret, nil
}

// Ticket signs what may be sent.
func (d *Dir) Ticket(_ context.Context, key, contentType string, size int64) (Ticket, error) {
	if err := CheckKey(key); err != nil {
		return Ticket{}, err
	}
	if err := d.fits(size); err != nil {
		return Ticket{}, err
	}
	expires := d.now().Add(TicketTime).Unix()
	q := url.Values{"expires": {strconv.FormatInt(expires, 10)}, "size": {strconv.FormatInt(size, 10)},
		"signature": {d.sign(key, contentType, size, expires)}}
	return Ticket{Key: key, Method: "PUT", URL: "/uploads/" + key + "?" + q.Encode(),
		Headers: map[string]string{"Content-Type": contentType}}, nil
}

func (d *Dir) sign(key, contentType string, size, expires int64) string {
	mac := hmac.New(sha256.New, d.secret)
	fmt.Fprintf(mac, "%s\n%s\n%d\n%d", key, contentType, size, expires)
	return hex.EncodeToString(mac.Sum(nil))
}

// CheckTicket says how many bytes a request with a ticket may send.
func (d *Dir) CheckTicket(key, contentType string, q url.Values) (int64, error) {
	size, errSize := strconv.ParseInt(q.Get("size"), 10, 64)
	expires, errTime := strconv.ParseInt(q.Get("expires"), 10, 64)
	good := hmac.Equal([]byte(q.Get("signature")), []byte(d.sign(key, contentType, size, expires)))
	if errSize != nil || errTime != nil || !good || d.now().Unix() > expires || CheckKey(key) != nil {
		return 0, ErrTicket
	}
	return size, nil
}

// Put writes beside the file and renames, so that nobody reads half a file.
func (d *Dir) Put(_ context.Context, key, _ string, body io.ReadSeeker) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	if err := d.room(body); err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	if err := d.put(key, body); err != nil {
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			err = fmt.Errorf("%w: %w", ErrFull, err)
		}
		return fmt.Errorf("keep %s: %w", key, err)
	}
	return nil
}

// room refuses what would take of the reserve.
func (d *Dir) room(body io.Seeker) error {
	size, err := body.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = body.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	return d.fits(size)
}

func (d *Dir) fits(size int64) error {
	free, all, err := d.space()
	if err == nil && free-size < reserve(all) {
		return fmt.Errorf("%w: %d MB are free, and %d MB are the database's", ErrFull, free>>20, reserve(all)>>20)
	}
	return err
}

// reserve is what uploads leave of a disk, on stage 1 the database's: a tenth,
// of small disks a gigabyte, of very small ones a quarter, and of large ones
// no more than 5 GiB: a database needs room to breathe, not a share.
func reserve(all int64) int64 { return min(max(all/10, min(all/4, 1<<30)), 5<<30) }

// space is what is free for the app and how large the disk is.
func (d *Dir) space() (free, all int64, err error) {
	f, err := d.root.Open(".")
	if err != nil {
		return 0, 0, fmt.Errorf("look at the disk of uploads: %w", err)
	}
	defer f.Close()
	var s unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &s); err != nil {
		return 0, 0, fmt.Errorf("look at the disk of uploads: %w", err)
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Blocks) * int64(s.Bsize), nil
}

func (d *Dir) put(key string, body io.Reader) error {
	if err := d.root.MkdirAll(filepath.Dir(key), 0o750); err != nil {
		return err
	}
	temporary := key + "." + rand.Text() + ".part"
	f, err := d.root.OpenFile(temporary, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, body)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = d.root.Rename(temporary, key)
	}
	if err != nil {
		d.root.Remove(temporary) //nolint:errcheck // the first error says more
	}
	return err
}

// Open reads a file.
func (d *Dir) Open(_ context.Context, key string) (io.ReadCloser, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	f, err := d.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return f, nil
}

// Each walks through the directory. What is removed meanwhile is passed over.
func (d *Dir) Each(_ context.Context, kind string, visit func(File) error) error {
	walk := func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() || CheckKey(path) != nil {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return visit(File{Key: path, Size: info.Size(), Modified: info.ModTime()})
	}
	if err := fs.WalkDir(d.root.FS(), strings.TrimSuffix(kind, "/"), walk); err != nil {
		return fmt.Errorf("look through %s: %w", kind, err)
	}
	return nil
}

// Delete removes a file.
func (d *Dir) Delete(_ context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	if err := d.root.Remove(key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", key, err)
	}
	return nil
}

// Link is empty: the app serves the directory.
func (d *Dir) Link(context.Context, string) (string, error) { return "", nil }
