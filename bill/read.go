package bill

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Filter says what of a file is wanted.
type Filter struct {
	// Month is the first day of it, or zero for the only one of the file.
	Month time.Time
	// Tag is KEY=VALUE that charges must have; empty takes all.
	Tag string
}

// Bounds of a file, so that a hostile one costs no more than a large one.
const (
	mostBytes   = 8 << 30
	mostCharges = 5_000_000
)

// ReadFile reads a bill from a file; "-" is the standard input, which cannot hold
// Parquet. Errors name the file and the row.
func ReadFile(path string, f Filter) (Statement, error) {
	in := os.Stdin
	name := "the standard input"
	if path != "-" {
		opened, err := os.Open(path)
		if err != nil {
			return Statement{}, fmt.Errorf("read the bill: %w", err)
		}
		defer opened.Close()
		in, name = opened, path
	}
	s, err := read(in, f)
	if err != nil {
		return s, fmt.Errorf("read the bill from %s: %w", name, err)
	}
	return s, nil
}

// read takes a file of any of the forms.
func read(in *os.File, f Filter) (Statement, error) {
	head := bufio.NewReader(in)
	mark, _ := head.Peek(4)
	if string(mark) == "PAR1" {
		info, err := in.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return Statement{}, errors.New("Parquet must be a file, as it is read from its end")
		}
		return ReadParquet(in, info.Size(), f)
	}
	return ReadCSV(head, f)
}

// ReadCSV reads a bill as CSV, packed with gzip or not.
func ReadCSV(r io.Reader, f Filter) (Statement, error) {
	plain, err := unpacked(r)
	if err != nil {
		return Statement{}, err
	}
	rows := csv.NewReader(transform.NewReader(plain, unicode.BOMOverride(transform.Nop)))
	rows.ReuseRecord, rows.FieldsPerRecord = true, -1
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return Statement{}, errors.New("it is empty")
	}
	if err != nil {
		return Statement{}, fmt.Errorf("%w (%w)", errNoBill, err)
	}
	g, err := newGathering(header, f)
	if err != nil {
		return Statement{}, err
	}
	for {
		cells, err := rows.Read()
		switch {
		case err == io.EOF:
			return g.statement()
		case err != nil:
			return Statement{}, err // it names the line
		}
		line, _ := rows.FieldPos(0)
		if err := g.take(cells); err != nil {
			return Statement{}, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// unpacked unpacks gzip once, and bounds what is read.
func unpacked(r io.Reader) (io.Reader, error) {
	head := bufio.NewReader(io.LimitReader(r, mostBytes))
	mark, _ := head.Peek(2)
	if !bytes.Equal(mark, []byte{0x1f, 0x8b}) {
		return head, nil
	}
	z, err := gzip.NewReader(head)
	if err != nil {
		return nil, fmt.Errorf("unpack it: %w", err)
	}
	return io.LimitReader(z, mostBytes), nil
}
