package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/operate"
)

func (a *app) dbCommand() *cobra.Command {
	var host string
	c := &cobra.Command{
		Use:   "db [STORE] [-- ARGUMENT...]",
		Short: "Open psql on the stack's database, through a tunnel, with the password from its secret",
		Long: `Open psql on the database of the stack, as the app's user: a tunnel leads there, as that of
` + "`rung tunnel`" + `, and the password comes from the database's secret and goes to psql in its
environment, never on a command line. What follows -- goes to psql. STORE is needed where
the stack has several databases. psql is yours; where there is none, rung says how to get
it. The exit code is psql's.

On AWS's stages 1 and 2 PostgreSQL is on the server and takes nobody from outside: psql
runs there, one command at a time (-- -c 'SELECT …').`,
		Example: "  rung db --cloud aws\n  rung db -- -c 'SELECT count(*) FROM users'\n" +
			"  rung db posts -- --csv -f report.sql",
		Args: func(c *cobra.Command, args []string) error {
			if before := beforeDash(c, args); len(before) > 1 {
				return fmt.Errorf("got %s, want one STORE at most, and psql's own arguments after --, as in `%s`",
					strings.Join(before, " "), "rung db -- -c 'SELECT 1'")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			store := beforeDash(c, args)
			return a.runs(func(ctx context.Context, args []string) error {
				return a.db(ctx, strings.Join(store, ""), host, args[len(store):])
			})(c, args)
		},
	}
	c.Flags().StringVar(&host, "host", "", "another `host` with the same login, such as one that rung restore has made")
	return c
}

// beforeDash are the arguments before "--", all of them where there is none.
func beforeDash(c *cobra.Command, args []string) []string {
	if dash := c.ArgsLenAtDash(); dash >= 0 {
		return args[:dash]
	}
	return args
}

func (a *app) db(ctx context.Context, name, host string, args []string) (err error) {
	a.plain = true
	d, m, err := a.openMachine(ctx, "db", "", "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	store, err := d.stands.Database(name)
	if err != nil {
		return usageError{err.Error()}
	}
	defer engine.Hands()() // Ctrl-C is for psql, which takes its query back
	if store.Host == operate.Beside && !a.flags.offline() && len(args) > 0 {
		return a.psqlThere(ctx, d, m, args)
	}
	login, err := d.driver.Login(ctx, m, store)
	if err != nil {
		return err
	}
	psql, err := exec.LookPath("psql")
	if err != nil {
		return usageError{"there is no psql on the PATH: `apt install postgresql-client` (Debian, Ubuntu), `dnf " +
			"install postgresql17` (Fedora, Amazon Linux), `brew install libpq` (macOS); or `rung tunnel " + store.Name + "` and a " +
			"client of yours"}
	}
	if host != "" {
		store.Host = host
	}
	return a.psqlHere(ctx, d, m, store, psql, args, login)
}

// psqlThere runs psql on the server, as the app's user, who needs no password there.
func (a *app) psqlThere(ctx context.Context, d *day, m operate.Machine, args []string) error {
	argv := append([]string{"/bin/sh", "-c", `exec psql "$DATABASE_URL" "$@"`, "psql"}, args...)
	code, err := d.driver.Exec(ctx, m, argv, operate.IO{In: a.in, Out: a.out, Err: a.err})
	if err == nil && code != 0 {
		return endedThere{m.ID, code}
	}
	return err
}

// psqlHere runs psql on this machine, at the near end of a tunnel, which ends with it.
func (a *app) psqlHere(ctx context.Context, d *day, m operate.Machine, store operate.Store, psql string, args []string,
	login operate.Login) error {
	at, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open a local port: %w", err)
	}
	ctx, end := context.WithCancel(context.WithoutCancel(ctx))
	led := make(chan error, 1)
	go func() {
		err := d.driver.Tunnel(ctx, m, store.Host, store.Port, at)
		_ = at.Close() // psql does not wait for a tunnel that is none
		led <- err
	}()
	cmd := exec.CommandContext(ctx, psql, args...)
	cmd.Env = psqlEnvironment(os.Environ(), at.Addr().(*net.TCPAddr).Port, login, !a.flags.offline())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.in, a.out, a.err
	ran := cmd.Run()
	end()
	if err := <-led; err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("reach %s: %w", store.Name, err)
	}
	if ended := (*exec.ExitError)(nil); errors.As(ran, &ended) && ended.ExitCode() > 0 {
		return endedThere{"this machine (psql)", ended.ExitCode()}
	}
	if ran != nil {
		return fmt.Errorf("run psql: %w", ran)
	}
	return nil
}

// psqlEnvironment is that of psql: ours, without what would lead it elsewhere, and the way
// through the tunnel. RDS takes nobody who does not encrypt.
func psqlEnvironment(ours []string, port int, login operate.Login, encrypted bool) (env []string) {
	for _, v := range ours {
		if !strings.HasPrefix(v, "PG") {
			env = append(env, v)
		}
	}
	mode := "prefer"
	if encrypted {
		mode = "require"
	}
	return append(env, "PGHOST=127.0.0.1", "PGPORT="+strconv.Itoa(port), "PGUSER="+login.User,
		"PGPASSWORD="+login.Password, "PGDATABASE="+login.Database, "PGSSLMODE="+mode, "PGAPPNAME=rung db")
}
