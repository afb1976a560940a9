package edge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// slowest is the rate, in bytes a second, at which a body must come on the
	// whole: that of a poor mobile connection.
	slowest = 16 << 10
	// patience is how long a body may take to begin, and how long it may pause.
	patience = 5 * time.Second
	// leaveTime is how long the rest of a body is waited for that nobody wants.
	leaveTime = time.Second
	// answerTime is how long an answer may take that follows a body.
	answerTime = 2 * time.Minute
)

// ErrSlow is a body that did not come on at the slowest rate, or not at all.
var ErrSlow = errors.New("the body came too slowly")

// Phases gives each phase of a request its own time: the body has as long as
// it comes on, and what is done with it has limit from when its last part came.
// The returned request has a context of ctx, whose cause is context.DeadlineExceeded
// when that is over. Done must be called.
func Phases(ctx context.Context, w http.ResponseWriter, r *http.Request, limit time.Duration) (_ *http.Request,
	done func()) {
	if r.Body == nil || r.Body == http.NoBody {
		ctx, cancel := context.WithTimeout(ctx, limit)
		return r.WithContext(ctx), cancel
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(limit, func() { cancel(context.DeadlineExceeded) })
	r = r.WithContext(ctx)
	body := &paced{from: r.Body, conn: http.NewResponseController(w), begin: time.Now(),
		came: func() { timer.Reset(limit) }}
	r.Body = body
	return r, func() { timer.Stop(); cancel(nil); body.leave() }
}

// paced is a body that must come on.
type paced struct {
	from  io.ReadCloser
	conn  *http.ResponseController
	begin time.Time
	came  func()

	mu    sync.Mutex
	n     int64
	ended atomic.Bool
}

// Read waits for the client as long as its pace so far allows.
func (p *paced) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended.Load() {
		p.conn.SetReadDeadline(p.deadline(time.Now())) //nolint:errcheck // a test's recorder has none
	}
	n, err := p.from.Read(b)
	if n > 0 {
		p.n += int64(n)
		p.came()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = errors.Join(ErrSlow, err)
	}
	if err != nil && !p.ended.Swap(true) {
		p.answer(err)
	}
	return n, err
}

func (p *paced) deadline(now time.Time) time.Time {
	whole := p.begin.Add(patience + time.Duration(p.n)*time.Second/slowest)
	if pause := now.Add(patience); pause.Before(whole) {
		return pause
	}
	return whole
}

// answer leaves the time to answer. A deadline to read would end the request
// while it is answered: the server goes on reading to see whether the client
// is still there.
func (p *paced) answer(err error) {
	if errors.Is(err, io.EOF) {
		p.conn.SetReadDeadline(time.Time{}) //nolint:errcheck // as above
	}
	p.conn.SetWriteDeadline(time.Now().Add(answerTime)) //nolint:errcheck // as above
}

// leave waits no more for what nobody has read. The server reads some of it
// before it takes the next request of the same connection.
func (p *paced) leave() {
	if !p.ended.Load() {
		p.conn.SetReadDeadline(time.Now().Add(leaveTime)) //nolint:errcheck // as above
	}
}

// Close gives up on the rest.
func (p *paced) Close() error { return p.from.Close() }
