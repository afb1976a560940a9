// Package work does the app's jobs: it writes reports, sends mail and makes
// thumbnails. Every handler may run twice for the same job: files have names
// that follow from the job, and a mail that was handed over is not handed over
// again.
package work

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/pictures"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
)

// The kinds of jobs.
const (
	Report    = "report"
	Mail      = jobs.MailKind
	Thumbnail = "thumbnail"
	Erase     = "erase"
	Move      = "move"
)

// ReportArgs says whose posts to export and whom to tell.
type ReportArgs struct {
	Name, Email string
}

// MailArgs is one mail.
type MailArgs struct{ To, Subject, Text string }

// ThumbnailArgs says which picture of which post.
type ThumbnailArgs struct {
	Post    uuid.UUID
	Picture string
}

// New is a job of a kind, with arguments of that kind.
func New(user uuid.UUID, kind string, args any) (store.Job, error) {
	text, err := json.Marshal(args)
	if err != nil {
		return store.Job{}, fmt.Errorf("note a job: %w", err)
	}
	now := time.Now().UTC()
	return store.Job{ID: store.NewID(), UserID: user, Kind: kind, Args: text, State: store.JobQueued, CreatedAt: now,
		UpdatedAt: now}, nil
}

// Store is what the handlers need of the database.
type Store interface {
	Written(ctx context.Context, user, before uuid.UUID, limit int) ([]posts.Post, error)
	SetThumbnail(ctx context.Context, post uuid.UUID, key string) error
	AddUpload(ctx context.Context, u store.Upload, most int64) (bool, error)
	Erase(ctx context.Context, user uuid.UUID, gone func([]uuid.UUID)) error
	Job(ctx context.Context, id uuid.UUID) (store.Job, error)
	Discard(ctx context.Context, user uuid.UUID, keys ...string) error
	ClaimMail(ctx context.Context, job uuid.UUID, hand func() error) (bool, error)
}

// Workshop has what the handlers need.
type Workshop struct {
	Store   Store
	Uploads uploads.Store
	Studio  *pictures.Studio
	Queue   jobs.Queue
	Mailer  Mailer
	// Changed is told of a post that has a new thumbnail.
	Changed func(ctx context.Context, post uuid.UUID)
	// Gone is told of a person of whom nothing must be shown any more.
	Gone func(ctx context.Context, user uuid.UUID, name string)
	// Shards are what slots are moved between; nil where there is one database.
	Shards *shard.Shards
	Log    *slog.Logger
}

// Mailer hands a mail over.
type Mailer interface {
	Send(ctx context.Context, id uuid.UUID, m MailArgs) error
}

// Handlers are by kind.
func (w *Workshop) Handlers() map[string]jobs.Handler {
	return map[string]jobs.Handler{Report: w.report, Mail: w.mail, Thumbnail: w.thumbnail, Erase: w.erase, Move: w.move}
}

func decode[T any](j store.Job) (T, error) {
	var args T
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return args, fmt.Errorf("read the arguments of job %s: %w", j.ID, err)
	}
	return args, nil
}

// page is how many posts are read at a time: memory does not grow with what
// a person has written.
const page = 100

// report writes a person's posts as CSV. The result is the file's key.
func (w *Workshop) report(ctx context.Context, j store.Job, progress func(int)) (string, error) {
	args, err := decode[ReportArgs](j)
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp("", "report-")
	if err != nil {
		return "", fmt.Errorf("write a report: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := w.writeReport(ctx, f, j.UserID, progress); err != nil {
		return "", fmt.Errorf("write a report: %w", err)
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	progress(90)
	key := uploads.Reports + j.ID.String() + ".csv"
	if err == nil {
		err = w.Uploads.Put(ctx, key, "text/csv; charset=utf-8", f)
	}
	if err != nil {
		return "", err
	}
	// It counts against what the person keeps, and goes after a month.
	if _, err := w.Store.AddUpload(ctx, store.Upload{Key: key, User: j.UserID, Size: size}, math.MaxInt64); err != nil {
		return "", fmt.Errorf("count the report: %w", err)
	}
	// Whoever deletes the account takes the job from the person before the files.
	if now, err := w.Store.Job(ctx, j.ID); err != nil {
		return "", err
	} else if now.UserID != j.UserID {
		return "none: the account was deleted", w.Store.Discard(ctx, j.UserID, key)
	}
	return key, w.tell(ctx, j, args)
}

// writeReport writes as it reads: memory does not grow with what there is.
func (w *Workshop) writeReport(ctx context.Context, to io.Writer, user uuid.UUID, progress func(int)) error {
	out := csv.NewWriter(to)
	out.Write([]string{"id", "created_at", "title", "body", "picture"}) //nolint:errcheck // Error tells of it
	for before, percent, n := uuid.Nil, 0, page; n == page; {
		posts, err := w.Store.Written(ctx, user, before, page)
		if err != nil {
			return fmt.Errorf("read posts: %w", err)
		}
		for _, p := range posts {
			out.Write([]string{p.ID.String(), p.CreatedAt.UTC().Format(time.RFC3339), cell(p.Title), cell(p.Body), //nolint:errcheck // as above
				p.Picture})
			before = p.ID
		}
		out.Flush()
		if out.Error() != nil {
			break
		}
		n = len(posts)
		percent += (90 - percent) / 4 // how many are to come is not known
		progress(percent)
	}
	out.Flush()
	return out.Error()
}

// cell keeps spreadsheets from taking text for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// tell notes a mail whose id follows from the report's, so that it is one mail.
func (w *Workshop) tell(ctx context.Context, j store.Job, args ReportArgs) error {
	if args.Email == "" {
		return nil
	}
	mail, err := New(j.UserID, Mail, MailArgs{To: args.Email, Subject: "Your report is ready",
		Text: "Hello " + args.Name + ",\n\nyour posts are exported. Find the file under Exports.\n"})
	if err != nil {
		return err
	}
	mail.ID = uuid.NewSHA1(j.ID, []byte(Mail))
	return w.Queue.Enqueue(ctx, mail)
}

func (w *Workshop) mail(ctx context.Context, j store.Job, _ func(int)) (string, error) {
	args, err := decode[MailArgs](j)
	if err != nil {
		return "", err
	}
	sent, err := w.Store.ClaimMail(ctx, j.ID, func() error { return w.Mailer.Send(ctx, j.ID, args) })
	if err != nil {
		return "", fmt.Errorf("send a mail: %w", err)
	}
	if !sent {
		return "sent before", nil
	}
	return "sent", nil
}

func (w *Workshop) thumbnail(ctx context.Context, j store.Job, progress func(int)) (string, error) {
	args, err := decode[ThumbnailArgs](j)
	if err != nil {
		return "", err
	}
	f, err := w.Uploads.Open(ctx, args.Picture)
	if errors.Is(err, uploads.ErrNotFound) {
		return "none: the picture was deleted", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, uploads.MaxSize+1))
	if err != nil {
		return "", fmt.Errorf("read the picture: %w", err)
	}
	small, err := w.Studio.Thumbnail(ctx, content)
	if ctx.Err() == nil && err != nil {
		return "none: the picture " + err.Error(), nil // as it will be the next time
	}
	if err != nil {
		return "", err
	}
	progress(50)
	key := uploads.Thumbnails + args.Post.String() + ".jpg"
	if err := w.Uploads.Put(ctx, key, "image/jpeg", bytes.NewReader(small)); err != nil {
		return "", err
	}
	ctx = database.WithSession(ctx, database.NewSession(0)) // who loads it next must see this
	err = w.Store.SetThumbnail(ctx, args.Post, key)
	if errors.Is(err, store.ErrNotFound) {
		return "none: the post was deleted", w.Uploads.Delete(ctx, key)
	}
	if err != nil {
		return "", fmt.Errorf("note the thumbnail: %w", err)
	}
	w.Changed(ctx, args.Post)
	return key, nil
}
