package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/pictures"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
)

const (
	// hands is how many pictures are in memory at a time, and handsEach how
	// many of one client.
	hands, handsEach = 8, 2
)

// pictureRate is how many pictures one person may send.
var pictureRate = limit.PerMinute(30)

func wrongPicture(detail string) error {
	return problem.Invalid(problem.Field{Field: "picture", Detail: detail})
}

// pictureProblem says of a picture why it is not taken.
func pictureProblem(err error) error {
	for _, known := range []error{pictures.ErrKind, pictures.ErrHEIC, pictures.ErrLarge, pictures.ErrBroken} {
		if errors.Is(err, known) {
			return wrongPicture(known.Error())
		}
	}
	return err
}

// pictureKey is a new name for a picture of who's.
func pictureKey(who *session.Session, contentType string) (string, error) {
	ext, ok := pictures.Kinds()[contentType]
	switch {
	case contentType == "image/heic" || contentType == "image/heif":
		return "", problem.Invalid(problem.Field{Field: "content_type", Detail: pictures.ErrHEIC.Error()})
	case !ok:
		return "", problem.Invalid(problem.Field{Field: "content_type",
			Detail: "must be image/png, image/jpeg, image/gif or image/webp"})
	}
	return uploads.Pictures + who.UserID.String() + "/" + uuid.NewString() + ext, nil
}

// count makes sure that a person may keep so much more.
func (s *Server) count(ctx context.Context, who *session.Session, key string, size int64) error {
	if p := s.Limited("upload", who.UserID.String(), pictureRate); p != nil {
		return p
	}
	ok, err := s.Store.AddUpload(ctx, store.Upload{Key: key, User: who.UserID, Size: size}, int64(s.Settings.Quota))
	if err == nil && !ok {
		return wrongPicture(fmt.Sprintf("is more than the %d MB that you may keep: delete posts with pictures first",
			s.Settings.Quota>>20))
	}
	return err
}

// inHands does something with a picture in memory, of which there is not
// enough for everybody's at once.
func (s *Server) inHands(r *http.Request, do func() error) error {
	leave, ok := s.hands.Enter(edge.AddressKey(site.Of(r).Address))
	if !ok {
		p := problem.New(http.StatusServiceUnavailable, "Too many pictures are being sent. Try again in a moment.")
		p.RetryAfter = 5 * time.Second
		return p
	}
	defer leave()
	return do()
}

// keepPicture takes a picture out of a form.
func (s *Server) keepPicture(r *http.Request, who *session.Session, body io.Reader, size int64) (key string,
	err error) {
	if size > uploads.MaxSize {
		return "", wrongPicture("is larger than 5 MB")
	}
	return key, s.inHands(r, func() error {
		clean, err := cleaned(body)
		if err != nil {
			return err
		}
		kind := pictures.KindOf(clean)
		if key, err = pictureKey(who, kind); err != nil {
			return err
		}
		if err := s.count(r.Context(), who, key, int64(len(clean))); err != nil {
			return err
		}
		return s.Uploads.Put(r.Context(), key, kind, bytes.NewReader(clean))
	})
}

func cleaned(body io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(body, uploads.MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(content) > uploads.MaxSize {
		return nil, wrongPicture("is larger than 5 MB")
	}
	clean, err := pictures.Clean(content)
	return clean, pictureProblem(err)
}

// arrived makes a picture fit to be shown that was sent straight to a bucket.
// What was cleaned on its way is there already.
func (s *Server) arrived(r *http.Request, key string) error {
	if key == "" {
		return nil
	}
	f, err := s.Uploads.Open(r.Context(), uploads.Incoming(key))
	if errors.Is(err, uploads.ErrNotFound) {
		f, err = s.Uploads.Open(r.Context(), key)
		if errors.Is(err, uploads.ErrNotFound) {
			return wrongPicture("was not sent yet")
		}
		if err == nil {
			err = f.Close()
		}
		return err
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return s.inHands(r, func() error {
		clean, err := cleaned(f)
		if err != nil {
			return err
		}
		if err := s.Uploads.Put(r.Context(), key, pictures.KindOf(clean), bytes.NewReader(clean)); err != nil {
			return err
		}
		if err := s.Uploads.Delete(r.Context(), uploads.Incoming(key)); err != nil { // nobody can see it there
			s.Log.WarnContext(r.Context(), "remove what a picture was made of", "key", key, "err", err)
		}
		return nil
	})
}

// receiveUpload takes a file with a ticket; only a directory is sent files
// through the app.
func (s *Server) receiveUpload(w http.ResponseWriter, r *http.Request) error {
	dir, ok := s.Uploads.(*uploads.Dir)
	if !ok {
		return uploads.ErrNotFound
	}
	key, kind := r.PathValue("key"), r.Header.Get("Content-Type")
	size, err := dir.CheckTicket(key, kind, r.URL.Query())
	if err != nil {
		return err
	}
	if r.ContentLength != size || size > uploads.MaxSize {
		return problem.New(http.StatusBadRequest,
			fmt.Sprintf("The body must have the %d bytes that the ticket is for.", size))
	}
	f, _, done, err := spooled(r.Body)
	defer done()
	if err != nil {
		return err
	}
	return s.inHands(r, func() error {
		clean, err := cleaned(f)
		if err != nil {
			return err
		}
		if pictures.KindOf(clean) != kind {
			return problem.New(http.StatusUnsupportedMediaType, "The body is not what its type says.")
		}
		if err := dir.Put(r.Context(), key, kind, bytes.NewReader(clean)); err != nil {
			return err
		}
		w.WriteHeader(http.StatusOK)
		return nil
	})
}

// spooled puts a file that comes slowly onto the disk rather than into memory.
// One that is too large is taken to its end: see maxForm.
func spooled(body io.Reader) (f *os.File, size int64, done func(), err error) {
	if f, err = os.CreateTemp("", "upload-"); err != nil {
		return nil, 0, func() {}, fmt.Errorf("take a file: %w", full(err))
	}
	done = func() {
		f.Close()
		os.Remove(f.Name())
	}
	size, err = io.Copy(f, io.LimitReader(body, uploads.MaxSize+1))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = problem.New(http.StatusBadRequest, "The body ended early.")
	}
	if err == nil && size > uploads.MaxSize {
		if err = site.NoFile(body); err == nil {
			err = wrongPicture("is larger than 5 MB")
		}
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	return f, size, done, full(err)
}

// full tells a disk on which nothing fits any more from other errors.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", uploads.ErrFull, err)
	}
	return err
}
