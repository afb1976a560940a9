package database

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Probe asks the primary over a connection of its own: a pool that is full is
// not a server that is away.
type Probe struct {
	where func() *pgx.ConnConfig

	mu   sync.Mutex
	conn *pgx.Conn
}

// Probe is a new one. It connects when it first asks. Close it.
func (p *Pools) Probe() *Probe {
	if p.led != nil {
		return &Probe{where: p.led.where}
	}
	config := p.primary.Config().ConnConfig
	return &Probe{where: func() *pgx.ConnConfig { return config }}
}

// Ask returns why the primary does not answer. A server that takes no writes
// is one that does not answer.
func (p *Probe) Ask(ctx context.Context) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	where := p.where()
	if p.conn != nil && !sameServer(p.conn.Config(), where) {
		p.close()
	}
	if p.conn == nil {
		if p.conn, err = pgx.ConnectConfig(ctx, where.Copy()); err != nil {
			return err
		}
	}
	var standby bool
	if err = p.conn.QueryRow(ctx, "SELECT pg_is_in_recovery()",
		pgx.QueryExecModeSimpleProtocol).Scan(&standby); err == nil && standby {
		err = errors.New("it is a replica now")
	}
	if err != nil {
		p.close() // the next question may find another server
	}
	return err
}

func (p *Probe) close() {
	if p.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	p.conn.Close(ctx) //nolint:errcheck // nothing is asked over it any more
	p.conn = nil
}

// Close ends the connection.
func (p *Probe) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.close()
}

// Full says whether every connection to the primary is in use.
func (p *Pools) Full() bool {
	s := p.primary.Stat()
	return s.AcquiredConns() >= s.MaxConns()
}

// stuckAfter is for how long nobody gets a connection of a full pool before it
// is stuck. Statements end sooner (DefaultStatementTimeout), so under load
// connections come back all the time.
const stuckAfter = 20 * time.Second

// Stuck tells a pool under load from one whose connections never come back.
type Stuck struct {
	now func() time.Time

	mu    sync.Mutex
	taken map[*Pools]int64
	since map[*Pools]time.Time
}

// NewStuck has seen nothing yet.
func NewStuck() *Stuck {
	return &Stuck{now: time.Now, taken: map[*Pools]int64{}, since: map[*Pools]time.Time{}}
}

// Look says whether p is stuck. It is to be asked every second or so.
func (s *Stuck) Look(p *Pools) bool {
	return s.note(p, p.Full(), p.primary.Stat().AcquireCount())
}

func (s *Stuck) note(p *Pools, full bool, taken int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if !full {
		delete(s.since, p)
		return false
	}
	if s.taken[p] != taken || s.since[p].IsZero() {
		s.taken[p], s.since[p] = taken, now
		return false
	}
	return now.Sub(s.since[p]) >= stuckAfter
}
