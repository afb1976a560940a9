// Package database reaches PostgreSQL: a pool of connections to the primary,
// one to each replica, and the choice between them. Writes go to the primary.
// Reads go round robin over the replicas that answer and are less than
// [LagLimit] behind; a session reads only where its own writes have arrived,
// which is decided by comparing log positions; the primary is the fallback.
//
// It holds no data and no SQL of the app.
package database

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Config says where the servers are and how many connections to hold.
type Config struct {
	// Name tells the log of this database from those of others in sessions;
	// the only one has none.
	Name    string
	Primary string // a URL
	// PrimaryFile is a file that says where the primary is, in place of Primary, while
	// it is there; empty is none.
	PrimaryFile string
	Replicas    []string // URLs
	// MinConns and MaxConns bound the primary's pool, ReplicaConns is the
	// most for one replica.
	MinConns, MaxConns, ReplicaConns int
	// StatementTimeout is the longest that a statement may take. Zero means
	// DefaultStatementTimeout.
	StatementTimeout time.Duration
	// Tracer is told of every statement; nil is told of none.
	Tracer pgx.QueryTracer
	Log    *slog.Logger
}

const (
	// DefaultStatementTimeout keeps one bad query from holding a connection.
	DefaultStatementTimeout = 5 * time.Second
	idleTimeout             = 30 * time.Second
	connectTimeout          = 2 * time.Second
)

// Querier is what a read may use.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Rows reads all rows of a query.
func Rows[T any](ctx context.Context, q Querier, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

// Row reads the first row of a query; the error is pgx.ErrNoRows where there is none.
func Row[T any](ctx context.Context, q Querier, scan pgx.RowToFunc[T], sql string, args ...any) (T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectOneRow(rows, scan)
}

// Pools are the connections to one database and its replicas.
type Pools struct {
	name     string
	primary  *pgxpool.Pool
	led      *led // nil where no file leads the primary's pool
	replicas []*replica
	next     atomic.Uint64
	current  atomic.Uint64 // the primary's position when last seen
	floor    atomic.Uint64 // what replicas must have to be read at all
	log      *slog.Logger
	stop     context.CancelFunc
	watched  chan struct{}
}

// Open prepares the pools. It does not wait for the servers: a server that is
// away is reached when it comes.
func Open(ctx context.Context, c Config) (*Pools, error) {
	p := &Pools{name: c.Name, log: cmp.Or(c.Log, slog.New(slog.DiscardHandler)), watched: make(chan struct{})}
	var err error
	if p.primary, err = p.openPrimary(ctx, c); err != nil {
		return nil, fmt.Errorf("open the primary's pool: %w", err)
	}
	for i, url := range c.Replicas {
		pool, err := open(ctx, c, url, c.ReplicaConns)
		if err != nil {
			p.closePools()
			return nil, fmt.Errorf("open the pool of replica %d: %w", i+1, err)
		}
		config := pool.Config().ConnConfig
		name := strings.TrimSpace(c.Name + " " + net.JoinHostPort(config.Host, fmt.Sprint(config.Port)))
		p.replicas = append(p.replicas, &replica{name: name, pool: pool})
	}
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	p.stop = stop
	go p.watch(watching)
	return p, nil
}

// openPrimary opens the pool of the server that takes writes, wherever a file leads.
func (p *Pools) openPrimary(ctx context.Context, c Config) (*pgxpool.Pool, error) {
	config, err := configure(c, c.Primary, c.MaxConns)
	if err != nil {
		return nil, err
	}
	if c.PrimaryFile != "" {
		p.led = &led{path: c.PrimaryFile, given: config.ConnConfig.Copy(), log: p.log}
		p.led.config = p.led.given
		p.led.lead(config)
	}
	return pgxpool.NewWithConfig(ctx, config)
}

func open(ctx context.Context, c Config, url string, most int) (*pgxpool.Pool, error) {
	config, err := configure(c, url, most)
	if err != nil {
		return nil, err
	}
	return pgxpool.NewWithConfig(ctx, config)
}

func configure(c Config, url string, most int) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errURL
	}
	if err := trust(config.ConnConfig, url); err != nil {
		return nil, err
	}
	config.MaxConns = int32(max(most, 1))
	config.MinConns = int32(min(c.MinConns, max(most, 1)))
	config.MaxConnIdleTime = idleTimeout
	config.ConnConfig.ConnectTimeout = connectTimeout
	timeout := cmp.Or(c.StatementTimeout, DefaultStatementTimeout)
	config.ConnConfig.RuntimeParams["statement_timeout"] = fmt.Sprint(timeout.Milliseconds())
	config.ConnConfig.RuntimeParams["application_name"] = "app"
	config.ConnConfig.Tracer = c.Tracer
	return config, nil
}

// Close gives every connection back.
func (p *Pools) Close() {
	p.stop()
	<-p.watched
	p.closePools()
}

func (p *Pools) closePools() {
	p.primary.Close()
	for _, r := range p.replicas {
		r.pool.Close()
	}
}

// Primary is the pool of the server that takes writes.
func (p *Pools) Primary() *pgxpool.Pool { return p.primary }

// Write runs fn in a transaction on the primary and notes in ctx's session
// how far the log went, so that its next reads see it.
func (p *Pools) Write(ctx context.Context, fn func(pgx.Tx) error) error {
	s := SessionOf(ctx)
	if s == nil {
		return pgx.BeginFunc(ctx, p.primary, fn)
	}
	conn, err := p.primary.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	position, err := write(ctx, conn.Conn(), fn)
	if err == nil {
		p.wrote(ctx, s, position)
	}
	return err
}

func write(ctx context.Context, conn *pgx.Conn, fn func(pgx.Tx) error) (Position, error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return 0, err
	}
	over := false
	defer func() {
		if !over { // fn has failed or panicked
			tx.Rollback(ctx) //nolint:errcheck // a connection on which that fails is not used again
		}
	}()
	if err := fn(tx); err != nil {
		return 0, err
	}
	if conn.PgConn().TxStatus() != 'T' {
		return 0, pgx.ErrTxCommitRollback // a statement has failed, and fn has not said so
	}
	over = true
	return commit(ctx, conn)
}

// commit ends a transaction and says where the log is then, in one exchange with the
// server.
func commit(ctx context.Context, conn *pgx.Conn) (Position, error) {
	both := &pgx.Batch{}
	both.Queue("COMMIT")
	both.Queue(currentPosition)
	answers := conn.SendBatch(ctx, both)
	defer answers.Close() //nolint:errcheck // what it would say of the position is said below
	if _, err := answers.Exec(); err != nil {
		return 0, err
	}
	position, err := readPosition(answers.QueryRow())
	if err != nil {
		return Latest, nil //nolint:nilerr // what was written is written: not knowing where, read at the primary
	}
	return position, nil
}

// Wrote notes that ctx's session has just written on the primary and returns
// the position that the write has at most. A process that has no replicas does
// so, too: one that has some may be asked next, as while the first one is added.
func (p *Pools) Wrote(ctx context.Context) Position {
	position, err := readPosition(p.primary.QueryRow(ctx, currentPosition))
	if err != nil {
		// What was written is written. Not knowing where, read at the primary.
		p.log.WarnContext(ctx, "ask for the log position", "err", err)
		position = Latest
	}
	if s := SessionOf(ctx); s != nil {
		p.wrote(ctx, s, position)
	}
	return position
}

func (p *Pools) wrote(ctx context.Context, s *Session, position Position) {
	s.advance(p.name, position)
	if s.Wrote != nil {
		s.Wrote(ctx)
	}
}

// State is what is known of the servers.
type State struct {
	Primary  Pool   `json:"primary"`
	Replicas []Pool `json:"replicas,omitempty"`
}

// Pool is one server's connections and health.
type Pool struct {
	Name    string        `json:"name"`
	Healthy bool          `json:"healthy"`
	Lag     time.Duration `json:"-"`
	// Total, Idle and Max are connections; Waits counts those who had to wait.
	Total, Idle, Max int32 `json:"-"`
	Waits            int64 `json:"-"`
}

// State reports the pools; the primary's Healthy is not known here.
func (p *Pools) State() State {
	s := State{Primary: poolOf(strings.TrimPrefix(p.name+"-primary", "-"), p.primary)}
	for _, r := range p.replicas {
		pool := poolOf(r.name, r.pool)
		pool.Healthy, pool.Lag = r.healthy.Load(), time.Duration(r.lag.Load())
		s.Replicas = append(s.Replicas, pool)
	}
	return s
}

func poolOf(name string, pool *pgxpool.Pool) Pool {
	st := pool.Stat()
	return Pool{Name: name, Total: st.TotalConns(), Idle: st.IdleConns(), Max: st.MaxConns(),
		Waits: st.EmptyAcquireCount()}
}
