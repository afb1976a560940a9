package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/database"
)

// Session is a login, as the database keeps it beside Redis.
type Session struct {
	UserID    uuid.UUID
	UserName  string
	ExpiresAt time.Time
	// Seen is where the database's log was when the session was read: all
	// that the person has written before is there. Saving ignores it.
	Seen database.Position
}

// SaveSession keeps a login under the hash of its token.
func (s *Store) SaveSession(ctx context.Context, hash []byte, v Session) error {
	return s.exec(ctx, saveSession, hash, v.UserID, v.UserName, v.ExpiresAt)
}

// ProlongSession keeps a login for longer. ErrNotFound is returned for one that
// has ended.
func (s *Store) ProlongSession(ctx context.Context, hash []byte, until time.Time) error {
	tag, err := s.db.Primary().Exec(ctx, prolongSession, hash, until)
	if err == nil && tag.RowsAffected() == 0 {
		return ErrNotFound
	}
	return err
}

// Session finds a login that has not expired. It asks the primary, because a
// login that has just ended must not come back.
func (s *Store) Session(ctx context.Context, hash []byte) (v Session, err error) {
	var seen string
	if err := s.db.Primary().QueryRow(ctx, sessionByHash, hash).Scan(&v.UserID, &v.UserName, &v.ExpiresAt,
		&seen); err != nil {
		return v, NotFound(err)
	}
	v.Seen, err = database.ParsePosition(seen)
	return v, err
}

// DeleteSession ends a login. Twice is once.
func (s *Store) DeleteSession(ctx context.Context, hash []byte) error {
	return s.exec(ctx, deleteSession, hash)
}

// DeleteSessions ends all logins of a person and returns the hashes of their tokens.
func (s *Store) DeleteSessions(ctx context.Context, user uuid.UUID) ([][]byte, error) {
	return database.Rows(ctx, s.db.Primary(), pgx.RowTo[[]byte], endSessions, user)
}

// Job is what people see of a job.
type Job struct {
	ID        uuid.UUID `json:"id"`
	UserID    uuid.UUID `json:"-"`
	Kind      string    `json:"kind"`
	Args      []byte    `json:"-"`
	State     string    `json:"state"`
	Progress  int       `json:"progress"`
	Attempts  int       `json:"attempts"`
	Result    string    `json:"result,omitempty"`
	Error     string    `json:"error,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// The states of a job.
const (
	JobQueued  = "queued"
	JobRunning = "running"
	JobDone    = "done"
	JobDead    = "dead"
)

// JobWaits is the error of a job that its queue has not taken yet: it is sent again
// within seconds of when the queue does.
const JobWaits = "waits for the queue"

// CreateJob notes a job in tx.
func CreateJob(ctx context.Context, tx pgx.Tx, j Job) error {
	_, err := tx.Exec(ctx, insertJob, j.ID, j.UserID, j.Kind, j.Args)
	return err
}

// Job finds a job. It asks the primary: progress is wanted as it is now.
func (s *Store) Job(ctx context.Context, id uuid.UUID) (Job, error) {
	j, err := database.Row(ctx, s.db.Primary(), pgx.RowToStructByPos[Job], jobByID, id)
	return j, NotFound(err)
}

// JobsOf lists a person's jobs, newest first.
func (s *Store) JobsOf(ctx context.Context, user uuid.UUID, limit int) ([]Job, error) {
	return database.Rows(ctx, s.db.Primary(), pgx.RowToStructByPos[Job], jobsOfUser, user, limit)
}

// StartJob notes that an attempt begins. It returns false for a job that is
// done: queues deliver some jobs twice.
func (s *Store) StartJob(ctx context.Context, id uuid.UUID, attempt int) (bool, error) {
	tag, err := s.db.Primary().Exec(ctx, startJob, id, attempt)
	return tag.RowsAffected() == 1, err
}

// Progress notes how far a job is, in per cent.
func (s *Store) Progress(ctx context.Context, id uuid.UUID, percent int) error {
	return s.exec(ctx, progressJob, id, percent)
}

// FinishJob notes a job's end: JobDone with a result, JobQueued or JobDead
// with what went wrong. A job that is done stays done.
func (s *Store) FinishJob(ctx context.Context, id uuid.UUID, state, result, problem string) error {
	return s.exec(ctx, finishJob, id, state, result, problem)
}

// GiveUpJobs notes the end of jobs that have had as many attempts as there are
// and of which nothing was heard since.
func (s *Store) GiveUpJobs(ctx context.Context, attempts int, since time.Duration) (int64, error) {
	tag, err := s.db.Primary().Exec(ctx, giveUpJobs, attempts, since)
	return tag.RowsAffected(), err
}

// MarkSent notes that jobs were handed to the queue.
func (s *Store) MarkSent(ctx context.Context, ids ...uuid.UUID) error {
	return s.exec(ctx, markSent, ids)
}

// Unsent gives each of some jobs that were noted longer than after ago, and
// not sent, to send, and notes that they are. Of several callers each gets
// other jobs; what one of them does not send comes up again after as long.
func (s *Store) Unsent(ctx context.Context, after time.Duration, limit int, send func(uuid.UUID) error) error {
	ids, err := database.Rows(ctx, s.db.Primary(), pgx.RowTo[uuid.UUID], unsentJobs, after, limit)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := send(id); err != nil {
			return err
		}
		if err := s.MarkSent(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

const (
	// mailClaim is how long a mail is nobody else's while it is handed over:
	// longer than a conversation with a mail server may take.
	mailClaim = 30 * time.Second
	// mailPause is how often to look whether it was.
	mailPause = 500 * time.Millisecond
)

// ClaimMail hands a job's mail over, unless that was done before: then it
// returns false. Two attempts at the same time wait for each other. No
// connection is held meanwhile. A crash after the mail was handed over and
// before that was noted makes a second mail, with the same Message-ID.
func (s *Store) ClaimMail(ctx context.Context, job uuid.UUID, hand func() error) (bool, error) {
	for {
		tag, err := s.db.Primary().Exec(ctx, claimMail, job, mailClaim)
		if err != nil {
			return false, err
		}
		if tag.RowsAffected() == 1 {
			return true, s.handOver(ctx, job, hand)
		}
		var sent bool
		if err := s.db.Primary().QueryRow(ctx, mailSent, job).Scan(&sent); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return false, err
		}
		if sent {
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(mailPause):
		}
	}
}

func (s *Store) handOver(ctx context.Context, job uuid.UUID, hand func() error) error {
	failed := hand()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	note := settleMail
	if failed != nil {
		note = releaseMail
	}
	return errors.Join(failed, s.exec(ctx, note, job))
}
