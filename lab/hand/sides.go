package hand

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab/breaks"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/resource/token"
)

// Sides are the two databases of a climb from a single server, with what holds the
// server's program back and leads it from the one to the other.
type Sides struct {
	// From is the URL of the server's own database, To that of the stage's primary, both
	// as their superuser. To is empty below stage 3.
	From, To string
	// PauseFile and URLFile are the program's PAUSE_WRITES and DATABASE_URL_FILE.
	PauseFile, URLFile string
	Beside
}

// Sides are those of this lab; an error where it has no single server.
func (h *Hand) Sides(ctx context.Context) (s Sides, err error) {
	c, led, now, err := h.look()
	if err != nil {
		return s, err
	}
	primary, caches, own := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, u := range unitsOf(c, led, now) {
		primary[u.Name], caches[u.Name] = u.Role == breaks.RolePrimary && u.Serves, u.Role == breaks.RoleCache && u.Serves
	}
	for _, r := range c.All(token.EC2Instance) {
		own[r.ID+machines.OwnDatabase] = true
	}
	for _, name := range slices.Sorted(maps.Keys(led.Processes)) {
		p := led.Processes[name]
		single := own[name]
		if !primary[name] || !single && s.To != "" {
			continue
		}
		database, err := databaseOf(ctx, p)
		if err != nil {
			return s, err
		}
		at, err := urlOf(p, database)
		if err != nil {
			return s, err
		}
		if !single {
			s.To = at
			continue
		}
		s.From = at
		s.PauseFile = machines.Moving(filepath.Dir(p.Dir), contract.EnvPauseWrites)
		s.URLFile = machines.Moving(filepath.Dir(p.Dir), contract.EnvDatabaseURLFile)
	}
	if s.From == "" {
		return s, errors.New("find the single server's database: none serves here")
	}
	s.Beside = h.beside(c, led, caches)
	return s, nil
}
