package onlab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/rung-dev/rung/operate"
)

const (
	// tail is how much of the end of a log is read, in bytes.
	tail = 1 << 20
	// beat is how often a log is looked at again.
	beat = 200 * time.Millisecond
)

// Logs reads the files of a part's machines, from their last mebibyte on. The lines have
// no moment but the one that the app writes: how far back is asked for does not count.
func (d *Driver) Logs(ctx context.Context, p operate.Part, q operate.Query, line func(operate.Line) error) error {
	files := map[string]*file{}
	for {
		machines, err := d.Machines(ctx, p) // a release brings others
		if err != nil {
			return err
		}
		for _, m := range machines {
			f, known := files[m.ID]
			if !known {
				f = &file{path: d.at.Log(app(m))}
				files[m.ID] = f
			}
			if err := f.read(m.ID, q, line); err != nil {
				return fmt.Errorf("read the log of %s: %w", m.ID, err)
			}
		}
		if !q.Follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(beat):
		}
	}
}

// file is a log that is read piece by piece.
type file struct {
	path string
	at   int64
	rest []byte
}

// read gives what was written since the last time.
func (f *file) read(machine string, q operate.Query, line func(operate.Line) error) error {
	text, err := f.more()
	if err != nil {
		return err
	}
	f.rest = append(f.rest, text...)
	for {
		end := bytes.IndexByte(f.rest, '\n')
		if end < 0 {
			return nil
		}
		text := string(f.rest[:end])
		f.rest = f.rest[end+1:]
		if !strings.Contains(text, q.Filter) {
			continue
		}
		if err := line(operate.Line{From: machine, Text: text}); err != nil {
			return err
		}
	}
}

// more reads on. A file that is not there yet has nothing; one that became shorter was
// begun anew.
func (f *file) more() ([]byte, error) {
	open, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer open.Close()
	size, err := open.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	first := f.at == 0
	if size < f.at {
		f.at, f.rest = 0, nil
	}
	f.at = max(f.at, size-tail)
	if _, err := open.Seek(f.at, io.SeekStart); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(open)
	f.at += int64(len(text))
	if begin := bytes.IndexByte(text, '\n'); first && size > tail && begin >= 0 { // the half of a line
		text = text[begin+1:]
	}
	return text, err
}
