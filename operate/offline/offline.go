// Package offline is the driver of the offline cloud, which is a file: it has no machines
// and measures nothing, and says so with the way to one that does.
package offline

import (
	"context"
	"net"
	"time"

	"github.com/rung-dev/rung/operate"
)

// Driver is operate.Driver for the offline cloud. The zero value is ready.
type Driver struct{}

var _ operate.Driver = Driver{}

func no(what string) error {
	return operate.NotHere{What: what, Because: "the offline cloud is a file and runs no machines",
		Instead: "`rung up STAGE --cloud lab` runs the stage on this machine, --cloud aws on your account"}
}

// Look answers that nobody knows: what stands in the file was never started.
func (Driver) Look(_ context.Context, s operate.Stack) (operate.Found, error) {
	f := operate.Found{Unasked: []string{"load, alarms and backups: the offline cloud is a file and measures nothing"}}
	for _, p := range s.Parts {
		f.Health = append(f.Health, operate.Health{Part: p.Name, Kind: p.Kind, State: operate.Unknown,
			Says: "stands in the file; nothing runs"})
	}
	return f, nil
}

// Machines are none.
func (Driver) Machines(context.Context, operate.Part) ([]operate.Machine, error) {
	return nil, no("machines")
}

// Logs are none.
func (Driver) Logs(context.Context, operate.Part, operate.Query, func(operate.Line) error) error {
	return no("logs")
}

// Exec runs nothing.
func (Driver) Exec(context.Context, operate.Machine, []string, operate.IO) (int, error) {
	return 0, no("exec")
}

// Shell opens none.
func (Driver) Shell(context.Context, operate.Machine, operate.IO) error { return no("shell") }

// Tunnel leads nowhere.
func (Driver) Tunnel(context.Context, operate.Machine, string, int, net.Listener) error {
	return no("tunnel")
}

// Login is to nothing.
func (Driver) Login(context.Context, operate.Machine, operate.Store) (operate.Login, error) {
	return operate.Login{}, no("db")
}

// Restart has nothing to start.
func (Driver) Restart(context.Context, operate.Part) error { return no("a restart") }

// Restore has no backup.
func (Driver) Restore(context.Context, operate.Stack, operate.Restoring, func(string)) (operate.Restored, error) {
	return operate.Restored{}, no("restore")
}

// Copies are none.
func (Driver) Copies(context.Context, operate.Stack, string) ([]operate.Copy, error) {
	return nil, no("failover")
}

// Promote promotes none.
func (Driver) Promote(context.Context, operate.Copy, func(string)) error { return no("failover") }

// Rollout is over at once: there are no machines that could be behind.
func (Driver) Rollout(context.Context, operate.Stack, time.Time) (operate.Rollout, error) {
	return operate.Rollout{State: operate.Done}, nil
}
