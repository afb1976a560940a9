package postgres

import (
	"context"
	"fmt"
	"strings"
)

// fullDisk is the SQLSTATE of a server that cannot write any more.
const fullDisk = "53100"

// Free are the free bytes of the disk that the side's data is on; -1 where nobody says.
func (s *Side) Free(ctx context.Context) (int64, error) {
	super, err := value[bool](ctx, s, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
	if err != nil || !super {
		return -1, err
	}
	dir, err := value[string](ctx, s, "SHOW data_directory")
	if err != nil {
		return -1, err
	}
	return s.free(ctx, super, dir)
}

// free asks the server for the free bytes of its data's disk. Where it may not be asked, as
// on RDS, that is -1.
func (s *Side) free(ctx context.Context, super bool, dir string) (int64, error) {
	if !super {
		return -1, nil
	}
	tx, err := s.Conn.Begin(ctx)
	if err != nil {
		return -1, err
	}
	defer tx.Rollback(ctx) //nolint:errcheck // nothing is kept either way
	// The directory is the server's own word, quoted for its shell and for SQL.
	program := strings.ReplaceAll("df -Pk '"+strings.ReplaceAll(dir, "'", `'\''`)+"' | awk 'NR==2 {print $4}'", "'", "''")
	var kb int64
	_, err = tx.Exec(ctx, "CREATE TEMP TABLE rung_df (kb bigint) ON COMMIT DROP")
	if err == nil {
		_, err = tx.Exec(ctx, "COPY rung_df FROM PROGRAM '"+program+"'")
	}
	if err == nil {
		err = tx.QueryRow(ctx, "SELECT kb FROM rung_df").Scan(&kb)
	}
	switch {
	case isCode(err, fullDisk):
		return 0, nil
	case err != nil:
		return -1, nil //nolint:nilerr // it stays not known
	}
	return kb << 10, nil
}

// Stuck says why changes could not be applied, as far as the mover can find out, and what
// to do; empty where they could.
func (s Stream) Stuck(ctx context.Context, f Flow) (string, error) {
	if f.Errors == 0 {
		return "", nil
	}
	free, err := s.Sub.Free(ctx)
	if err != nil {
		return "", err
	}
	if free >= 0 && free < max(f.LagBytes, leastFree) {
		return fmt.Sprintf("%s of disk are free on the side %q, and %s are on the way there: make it larger, and the stream "+
			"goes on by itself", sized(free), s.Sub.Name, sized(f.LagBytes)), nil
	}
	return fmt.Sprintf("%d changes could not be applied at first; the log of the server on the side %q says why", f.Errors,
		s.Sub.Name), nil
}

// leastFree is less than a server with some segments of its log runs on.
const leastFree = 32 << 20
