package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rung-dev/rung/outside/whole"
)

// files is the disk of this machine; paths are its own.
type files struct{}

var _ disk = files{}

func (files) has(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (files) read(path string) ([]byte, error) { return os.ReadFile(path) }

func (files) replace(path string, text []byte) error { return whole.Write(path, text, 0o600) }

// keep makes a second name of a file, which costs nothing because files here are
// replaced and never changed.
func (f files) keep(path string) error {
	bak := path + ".bak"
	if err := f.remove(bak); err != nil {
		return err
	}
	err := os.Link(path, bak)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	text, err := os.ReadFile(path) // a file system without links
	if err != nil {
		return err
	}
	return f.replace(bak, text)
}

func (files) remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (files) list(folder string) ([]string, error) {
	return filepath.Glob(filepath.Join(folder, "*.json"))
}

func (files) begin(path, base string) (log, error) {
	first, err := json.Marshal(header{Base: base})
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	l := fileLog{file}
	if err := errors.Join(l.write(append(first, '\n'), true), whole.SyncFolder(filepath.Dir(path))); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (files) notes(path string) ([]byte, error) { return os.ReadFile(path) }

func (f files) discard(path string) error { return f.remove(path) }

func (files) setAside(path string) (string, error) {
	aside := fmt.Sprintf("%s.%s", path, time.Now().UTC().Format("20060102T150405"))
	return aside, os.Rename(path, aside)
}

// fileLog is a journal in one file.
type fileLog struct{ file *os.File }

func (l fileLog) write(text []byte, lasts bool) error {
	if _, err := l.file.Write(text); err != nil || !lasts {
		return err
	}
	return l.file.Sync()
}

func (l fileLog) close() error { return l.file.Close() }
