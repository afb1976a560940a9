package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/handover/postgres"
)

// Load is what became of the load.
type Load struct {
	// Acknowledged writes were taken, Refused met a closed side, Failed had any other
	// error.
	Acknowledged int `json:"writes_acknowledged"`
	Refused      int `json:"writes_refused"`
	Failed       int `json:"writes_failed"`
	Reads        int `json:"reads"`
	ReadsFailed  int `json:"reads_failed"`
	// LongestWait is the longest that an acknowledged write took, in milliseconds.
	LongestWait int64 `json:"longest_wait_ms"`
}

// Second is one second of the load.
type Second struct {
	Written     int   `json:"written"`
	Read        int   `json:"read"`
	Failed      int   `json:"failed"`
	LongestWait int64 `json:"longest_wait_ms"`
}

// load writes and reads at a rate, whatever the answers take.
type load struct {
	trial *trial
	began time.Time
	pools map[string]*pgxpool.Pool
	stop  context.CancelFunc
	wait  sync.WaitGroup
	once  sync.Once

	mu       sync.Mutex
	next     int
	acked    map[string]bool
	sum      Load
	timeline []Second
}

// answerWithin bounds one request of the load.
const answerWithin = 30 * time.Second

func begin(ctx context.Context, t *trial) (*load, error) {
	l := &load{trial: t, began: time.Now(), pools: map[string]*pgxpool.Pool{}, acked: map[string]bool{}}
	for _, url := range []string{t.from, t.to} {
		cfg, err := pgxpool.ParseConfig(url)
		if err != nil {
			return nil, err
		}
		cfg.MaxConns = 20
		if l.pools[url], err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
			return nil, fmt.Errorf("begin the load: %w", err)
		}
	}
	running, stop := context.WithCancel(ctx)
	l.stop = stop
	l.at(running, t.plan.Writes, l.write)
	l.at(running, t.plan.Reads, l.read)
	return l, nil
}

func (l *load) at(ctx context.Context, rate int, fn func(context.Context)) {
	l.wait.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(rate))
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				l.wait.Go(func() {
					bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
					defer cancel()
					fn(bounded)
				})
			}
		}
	})
}

// end stops the load and waits for what is on its way.
func (l *load) end() {
	l.once.Do(func() {
		l.stop()
		l.wait.Wait()
		for _, p := range l.pools {
			p.Close()
		}
	})
}

// side is the database to which the load was led.
func (l *load) side() *pgxpool.Pool {
	text, _ := os.ReadFile(l.trial.file("where")) // replaced whole, so it is always there
	return l.pools[string(text)]
}

func (l *load) write(ctx context.Context) {
	asked := time.Now()
	for ctx.Err() == nil {
		if _, err := os.Stat(l.trial.file("pause")); err != nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	note := l.note()
	_, err := l.side().Exec(ctx, "INSERT INTO "+table+" (note) VALUES ($1)", note)
	l.mu.Lock()
	defer l.mu.Unlock()
	second, waited := l.second(), time.Since(asked).Milliseconds()
	var answer *pgconn.PgError
	switch {
	case err == nil:
		l.acked[note] = true
		l.sum.Acknowledged++
		l.sum.LongestWait = max(l.sum.LongestWait, waited)
		second.Written++
		second.LongestWait = max(second.LongestWait, waited)
	case errors.As(err, &answer) && answer.Code == postgres.Refuses:
		l.sum.Refused++
		second.Failed++
	default:
		l.sum.Failed++
		second.Failed++
	}
}

func (l *load) note() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	return fmt.Sprint("write ", l.next)
}

func (l *load) read(ctx context.Context) {
	var note string
	err := l.side().QueryRow(ctx, "SELECT note FROM "+table+" WHERE id = 1").Scan(&note)
	l.mu.Lock()
	defer l.mu.Unlock()
	second := l.second()
	l.sum.Reads++
	second.Read++
	if err != nil {
		l.sum.ReadsFailed++
		second.Failed++
	}
}

// second is the one that runs. The lock is held.
func (l *load) second() *Second {
	for n := int(time.Since(l.began).Seconds()); len(l.timeline) <= n; {
		l.timeline = append(l.timeline, Second{})
	}
	return &l.timeline[len(l.timeline)-1]
}

func (l *load) measured() (Load, []Second) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sum, l.timeline
}

// lost counts acknowledged writes that a side does not have.
func (l *load) lost(ctx context.Context, url string) (int, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	rows, err := pool.Query(ctx, "SELECT note FROM "+table)
	if err != nil {
		return 0, fmt.Errorf("look for the acknowledged writes: %w", err)
	}
	defer rows.Close()
	missing := len(l.acked)
	for rows.Next() {
		var note string
		if err := rows.Scan(&note); err != nil {
			return 0, err
		}
		if l.acked[note] {
			missing--
		}
	}
	return missing, rows.Err()
}
