package site

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/smithy-go"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/redis"
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
)

// statusGone is the status, in metrics alone, of those who did not wait for
// their answer. It is nginx's.
const statusGone = 499

// ProblemOf turns an error into what may be said of it. Whose fault it is
// decides the class: 4xx is the client's, 503 something's that is away, and
// what nobody has thought of is 500. A gateway counts on it.
func (s *Site) ProblemOf(r *http.Request, err error) *problem.Problem {
	p := Known(err)
	if p == nil && s.Problem != nil {
		p = s.Problem(err)
	}
	switch {
	case p != nil:
	case errors.Is(context.Cause(r.Context()), context.Canceled):
		p = problem.New(statusGone, "Nobody waits for the answer.")
	case away(err):
		s.Log.ErrorContext(r.Context(), "cannot answer", "request", Of(r).ID, "path", edge.Brief(r.URL.Path), "err", err)
		p = problem.New(http.StatusServiceUnavailable, "Something that this needs is away. Try again in a moment.")
		p.RetryAfter = time.Second
	default:
		s.Log.ErrorContext(r.Context(), "did not expect this", "request", Of(r).ID, "path", edge.Brief(r.URL.Path), "err",
			err)
		p = problem.New(http.StatusInternalServerError, "Something went wrong here. It has been noted.")
	}
	p.Instance = Of(r).ID
	return p
}

// Known is the problem of an error that says what is the matter.
func Known(err error) *problem.Problem {
	var p *problem.Problem
	var large *http.MaxBytesError
	var said *pgconn.PgError
	switch {
	case errors.As(err, &p):
		c := *p
		return &c
	case errors.Is(err, store.ErrNotFound), errors.Is(err, uploads.ErrNotFound):
		return problem.New(http.StatusNotFound, "There is no such thing here.")
	case errors.Is(err, uploads.ErrFull):
		p = problem.New(http.StatusInsufficientStorage, "There is no room for uploads at the moment.")
		p.RetryAfter = time.Minute
		return p
	case errors.Is(err, uploads.ErrTicket):
		return problem.New(http.StatusForbidden, "The upload's ticket is not valid. Ask for a new one.")
	case errors.As(err, &large):
		return problem.New(http.StatusRequestEntityTooLarge,
			"The body is larger than "+strconv.FormatInt(large.Limit, 10)+" bytes.")
	case errors.Is(err, edge.ErrSlow):
		return problem.New(http.StatusRequestTimeout, "The body came too slowly.")
	case errors.As(err, &said) && said.Code[:2] == "22": // a value that cannot be
		return problem.New(http.StatusBadRequest, "A value of the request is none that can be kept.")
	}
	return nil
}

// away tells something that does not answer, which it may in a moment, from
// what will be the same then.
func away(err error) bool {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return awayCodes[said.Code[:2]] || said.Code == "25006" // a primary that has become a replica
	}
	var refused *pgconn.ConnectError
	var network net.Error
	var service *smithy.OperationError
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, redis.ErrAway) ||
		errors.Is(err, shard.ErrMoving) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		pgconn.Timeout(err) || pgconn.SafeToRetry(err) ||
		errors.As(err, &refused) || errors.As(err, &network) || errors.As(err, &service)
}

// awayCodes are PostgreSQL's classes of errors that pass: the connection, a
// deadlock, resources, an operator who intervenes, the system.
var awayCodes = map[string]bool{"08": true, "40": true, "53": true, "55": true, "57": true, "58": true}

// FailAPI answers a program for a handler that could not.
func (s *Site) FailAPI(w http.ResponseWriter, r *http.Request, err error) {
	s.ProblemOf(r, err).Write(w)
}
