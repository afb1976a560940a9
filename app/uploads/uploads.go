// Package uploads keeps the files that people send and that jobs make: in a
// directory on stage 1, in an S3 bucket from stage 2. Browsers send files
// straight to the store by a presigned URL, so that they do not pass through
// the app where there is a bucket.
//
// Keys begin with what they are: pictures/ and thumbnails/ are public, reports/
// are only for their owner. Nothing is public as it was sent: what browsers
// send straight to a bucket waits under incoming/ until the app has seen it.
package uploads

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
)

// The kinds of keys.
const (
	Pictures   = "pictures/"
	Thumbnails = "thumbnails/"
	Reports    = "reports/"
	incoming   = "incoming/"
)

const (
	// MaxSize is the largest picture, in bytes.
	MaxSize = 5 << 20
	// TicketTime is how long a presigned URL works.
	TicketTime = 15 * time.Minute
)

var (
	// ErrNotFound is returned for a key under which there is nothing.
	ErrNotFound = errors.New("no such upload")
	// ErrFull is returned when there is no room for a file.
	ErrFull = errors.New("no room for uploads")
	// ErrTicket is returned for a presigned URL that is not valid (any more).
	ErrTicket = errors.New("the upload's ticket is not valid")
)

// Ticket is the permission to send one file.
type Ticket struct {
	Key     string            `json:"key"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

// File is what is kept under a key.
type File struct {
	Key string
	// Size is in bytes.
	Size     int64
	Modified time.Time
}

// Store keeps files by key.
type Store interface {
	// Ticket permits one upload of exactly size bytes of a type. Where that
	// does not pass through the app it arrives under [Incoming].
	Ticket(ctx context.Context, key, contentType string, size int64) (Ticket, error)
	// Put keeps a file. ErrFull is returned when there is no room.
	Put(ctx context.Context, key, contentType string, body io.ReadSeeker) error
	// Open reads a file. ErrNotFound is returned when there is none.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Delete removes a file. There being none is no error.
	Delete(ctx context.Context, key string) error
	// Each visits the files whose keys begin with one of the kinds above, in no order.
	Each(ctx context.Context, kind string, visit func(File) error) error
	// Link is where a browser may read the file for a while; empty means that
	// the app must serve it.
	Link(ctx context.Context, key string) (string, error)
}

var keyForm = regexp.MustCompile(`^(pictures|thumbnails|reports|incoming)/[0-9a-f-]{36}(/[0-9a-f-]{36})?\.(png|jpg|gif|webp|csv)$`)

// CheckKey refuses keys that the app does not make, such as those that lead
// out of a directory.
func CheckKey(key string) error {
	if !keyForm.MatchString(key) {
		return fmt.Errorf("%w: %q is no key", ErrNotFound, key)
	}
	return nil
}

// Incoming is where a picture waits that was sent straight to a bucket.
func Incoming(key string) string { return incoming + strings.TrimPrefix(key, Pictures) }

// Owner is who has sent a picture.
func Owner(key string) (uuid.UUID, bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 || parts[0]+"/" != Pictures {
		return uuid.Nil, false
	}
	who, err := uuid.Parse(parts[1])
	return who, err == nil
}

// Public says whether anybody may see what is under a key.
func Public(key string) bool {
	return strings.HasPrefix(key, Pictures) || strings.HasPrefix(key, Thumbnails)
}
