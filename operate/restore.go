package operate

import (
	"fmt"
	"time"
)

// Restoring is what is to be restored.
type Restoring struct {
	// Of is the database.
	Of Store
	// At is the moment; zero is the latest that its backups know.
	At time.Time
	// Name is what the cloud is to call the new database.
	Name string
}

// Within refuses a moment that backups do not reach, which go from the earliest to the
// latest.
func (r Restoring) Within(earliest, latest time.Time) error {
	if r.At.IsZero() || !r.At.Before(earliest) && !r.At.After(latest) {
		return nil
	}
	return fmt.Errorf("%w: got %s, want a moment from %s to %s, which is what the backups of %s reach", ErrNoSuchMoment,
		r.At.UTC().Format(time.RFC3339), earliest.UTC().Format(time.RFC3339), latest.UTC().Format(time.RFC3339), r.Of.Name)
}

// Restored is a database that was restored.
type Restored struct {
	// Name is the cloud's; Host and Port are how machines of the stack reach it. They are
	// empty for one that was compared and is gone again.
	Name string
	Host string
	Port int
	// At is the moment that it is as of; zero is not known.
	At time.Time
	// Rows are the tables of both, where they were counted.
	Rows []Rows
	// GoesOn is what the cloud does where nobody waits for the end, and how to look; empty
	// once it has ended.
	GoesOn string
}

// InstanceSuffix is behind the name of the one instance of a restored cluster.
const InstanceSuffix = "-1"

// MostName is how long the name of what is restored may be: what RDS takes, with room for
// the name of a cluster's instance.
func (s Store) MostName() int {
	const most = 63
	if s.Kind == Cluster {
		return most - len(InstanceSuffix)
	}
	return most
}

// Rows are how many rows a table has in the database that runs, and had at the moment; -1
// is a table that is not there.
type Rows struct {
	Table     string
	Now, Then int64
}
