package buckets

import (
	"bufio"
	"crypto/sha1" //nolint:gosec // one of the API's checksums
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

// awsChunked is the encoding of a body in chunks with signatures or a trailer.
const awsChunked = "aws-chunked"

// chunks reads a body of that encoding. Signatures of chunks are not checked.
type chunks struct {
	in    *bufio.Reader
	left  int64
	first bool
	tail  textproto.MIMEHeader
}

// chunksOf is nil where the body is as it is.
func chunksOf(r *http.Request) *chunks {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") &&
		!strings.Contains(r.Header.Get("Content-Encoding"), awsChunked) {
		return nil
	}
	return &chunks{in: bufio.NewReader(r.Body), first: true}
}

func (c *chunks) trailer() textproto.MIMEHeader {
	if c == nil {
		return nil
	}
	return c.tail
}

// Read is part of the body; at its end the trailer is there.
func (c *chunks) Read(p []byte) (int, error) {
	if c.tail != nil {
		return 0, io.EOF
	}
	if c.left == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
		if c.tail != nil {
			return 0, io.EOF
		}
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// next reads the head of a chunk, and behind the last one the trailer.
func (c *chunks) next() error {
	lines := textproto.NewReader(c.in)
	if !c.first {
		if line, err := lines.ReadLine(); err != nil || line != "" {
			return io.ErrUnexpectedEOF
		}
	}
	c.first = false
	line, err := lines.ReadLine()
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	size, _, _ := strings.Cut(line, ";")
	if c.left, err = strconv.ParseInt(size, 16, 63); err != nil || c.left < 0 {
		return io.ErrUnexpectedEOF
	}
	if c.left > 0 {
		return nil
	}
	c.tail, err = lines.ReadMIMEHeader()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if c.tail == nil {
		c.tail = textproto.MIMEHeader{}
	}
	return err
}

// nvme is the polynomial of CRC-64/NVME, reversed.
var nvme = crc64.MakeTable(0x9a6c9329ac4bc9b5)

// algorithms are the checksums of S3 by their names in headers.
var algorithms = map[string]func() hash.Hash{
	"Crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"Crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"Crc64nvme": func() hash.Hash { return crc64.New(nvme) },
	"Sha1":      sha1.New,
	"Sha256":    sha256.New,
}

const sumHeader = "X-Amz-Checksum-"

// sums are the checksums that a request gives, in its headers or its trailer.
type sums struct {
	got  map[string]hash.Hash
	want map[string]string
}

func sumsOf(r *http.Request) sums {
	s := sums{got: map[string]hash.Hash{}, want: map[string]string{}}
	for name, algorithm := range algorithms {
		said := r.Header.Get(sumHeader + name)
		if said != "" || strings.EqualFold(r.Header.Get("X-Amz-Trailer"), sumHeader+name) {
			s.got[name], s.want[name] = algorithm(), said
		}
	}
	return s
}

// Write adds to all checksums.
func (s sums) Write(p []byte) (int, error) {
	for _, h := range s.got {
		h.Write(p)
	}
	return len(p), nil
}

func (s sums) check(trailer textproto.MIMEHeader) error {
	for name, h := range s.got {
		want := s.want[name]
		if want == "" {
			want = trailer.Get(sumHeader + name)
		}
		if got := base64.StdEncoding.EncodeToString(h.Sum(nil)); got != want {
			return answer.Errorf("BadDigest", "%s", fmt.Sprintf("The %s you specified did not match the calculated checksum.",
				name))
		}
	}
	return nil
}
