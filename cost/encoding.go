package cost

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxFile is how large the file of a stack may be, in bytes. The largest stack
// that rung makes, 2,000 resources, has a state of 10 MB.
const maxFile = 256 << 20

// The beginnings of files that are no plain UTF-8.
var (
	gzipMark  = []byte{0x1f, 0x8b}
	utf16LE   = []byte{'{', 0}
	utf16BE   = []byte{0, '{'}
	errPacked = errors.New("it is compressed twice: unpack it with gunzip once")
	errEmpty  = errors.New("it is empty")
	errLarge  = errors.New("it is larger than the state of any stack")
)

// utf8Of reads a text of any of the encodings that shells write: UTF-8 or
// UTF-16 with a mark or without, as PowerShell's > does; most is how many bytes
// it may have.
func utf8Of(r io.Reader, most int) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	switch {
	case err != nil:
		return nil, err
	case len(raw) > most:
		return nil, fmt.Errorf("%w: more than %d bytes", errLarge, most)
	case len(bytes.TrimSpace(raw)) == 0:
		return nil, errEmpty
	case bytes.HasPrefix(raw, gzipMark):
		return unpacked(raw, most)
	}
	text, _, err := transform.Bytes(unicode.BOMOverride(unmarked(raw).NewDecoder()), raw)
	return text, err
}

// unpacked reads what gzip packed, as backends of one's own do with their files;
// once, so that nothing packed many times over unfolds without end.
func unpacked(raw []byte, most int) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("unpack it: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("unpack it: %w", err)
	case bytes.HasPrefix(text, gzipMark):
		return nil, errPacked
	}
	return utf8Of(bytes.NewReader(text), most)
}

// unmarked is the encoding of a JSON object that does not begin with a mark.
func unmarked(raw []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(raw, utf16LE):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case bytes.HasPrefix(raw, utf16BE):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return encoding.Nop
}
