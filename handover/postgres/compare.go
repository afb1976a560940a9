package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Contents are the rows of a table, as a number and a checksum.
type Contents struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Sum   string `json:"sum"`
}

// Difference is a table that is not the same on both sides. An empty sum is a table
// that the side lacks.
type Difference struct {
	Table    string   `json:"table"`
	From, To Contents `json:"-"`
}

// String says it for people.
func (d Difference) String() string {
	return fmt.Sprintf("%s: %d rows (checksum %s) here, %d rows (checksum %s) there", d.Table, d.From.Rows, d.From.Sum,
		d.To.Rows, d.To.Sum)
}

// Snapshot is one state of a side, which can be read while the side changes. It
// lasts as long as its connection.
type Snapshot struct {
	conn *pgx.Conn
	tx   pgx.Tx
}

// Ready opens a snapshot's connection; the state is taken by Take.
func (s *Side) Ready(ctx context.Context) (*Snapshot, error) {
	conn, err := connect(ctx, s.URL)
	if err != nil {
		return nil, fmt.Errorf("connect to compare on the side %q: %w", s.Name, err)
	}
	if err := s.choose(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	// What a row looks like as text must not hang on a server's settings.
	_, err = conn.Exec(ctx, `SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC';
		SET extra_float_digits = 3; SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET search_path = ''`)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare to compare on the side %q: %w", s.Name, err), conn.Close(ctx))
	}
	return &Snapshot{conn: conn}, nil
}

// Take keeps the state of this moment.
func (s *Snapshot) Take(ctx context.Context) error {
	tx, err := s.conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("take a snapshot: %w", err)
	}
	s.tx = tx
	if _, err = tx.Exec(ctx, "SELECT count(*) FROM pg_class"); err != nil { // the first question takes it
		return fmt.Errorf("take a snapshot: %w", err)
	}
	return nil
}

// Close lets the state go. A nil snapshot has none.
func (s *Snapshot) Close() {
	if s == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s.conn.Close(ctx) //nolint:errcheck // it has only read
}

// contents sums up every table that travels.
func (s *Snapshot) contents(ctx context.Context) ([]Contents, error) {
	rows, err := s.tx.Query(ctx, sqlTables)
	if err != nil {
		return nil, err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByName[Table])
	if err != nil {
		return nil, err
	}
	var all []Contents
	for _, t := range tables {
		if t.Unlogged {
			continue
		}
		c := Contents{Table: t.String()}
		// A sum is the same in any order of rows, and rows that are there twice count twice.
		err := s.tx.QueryRow(ctx, "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM "+
			t.String()+" t").Scan(&c.Rows, &c.Sum)
		if err != nil {
			return nil, fmt.Errorf("sum up %s: %w", t, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// Compared is what a comparison found.
type Compared struct {
	Tables      int
	Rows        int64
	Differences []Difference
	Took        time.Duration
}

// Compare holds the tables of two states against each other, by number and checksum.
func Compare(ctx context.Context, from, to *Snapshot) (Compared, error) {
	type half struct {
		contents []Contents
		err      error
	}
	began, other := time.Now(), make(chan half, 1)
	go func() {
		c, err := to.contents(ctx)
		other <- half{c, err}
	}()
	here, err := from.contents(ctx)
	there := <-other
	if err := errors.Join(err, there.err); err != nil {
		return Compared{}, fmt.Errorf("compare: %w", err)
	}
	c := Compared{Tables: len(here), Differences: differences(here, there.contents), Took: time.Since(began)}
	for _, one := range here {
		c.Rows += one.Rows
	}
	return c, nil
}

func differences(from, to []Contents) []Difference {
	there := map[string]Contents{}
	for _, c := range to {
		there[c.Table] = c
	}
	var all []Difference
	for _, c := range from {
		if other := there[c.Table]; other.Rows != c.Rows || other.Sum != c.Sum {
			all = append(all, Difference{Table: c.Table, From: c, To: other})
		}
		delete(there, c.Table)
	}
	for _, c := range to {
		if _, only := there[c.Table]; only {
			all = append(all, Difference{Table: c.Table, To: c})
		}
	}
	return all
}
