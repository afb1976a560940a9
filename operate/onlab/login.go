package onlab

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/resource/token"
)

// Login is what the cloud's file says of the database, or, for one on the server itself,
// what its app has in DATABASE_URL.
func (d *Driver) Login(_ context.Context, m operate.Machine, s operate.Store) (operate.Login, error) {
	if s.Host == operate.Beside {
		return d.loginBeside(m)
	}
	c, err := cloud.Read(d.at.Cloud())
	if err != nil {
		return operate.Login{}, err
	}
	if r, ok := c.First(token.RDSInstance, "address", s.Host); ok {
		return operate.Login{User: r.Str("username"), Password: r.Str("password"), Database: r.Str("dbName")}, nil
	}
	if r, ok := c.First(token.RDSCluster, "endpoint", s.Host); ok {
		return operate.Login{User: r.Str("masterUsername"), Password: r.Str("masterPassword"),
			Database: r.Str("databaseName")}, nil
	}
	return operate.Login{}, fmt.Errorf("log in to %s: the lab's cloud has no database at %s", s.Name, s.Host)
}

// databaseURL is where an app finds its database.
const databaseURL = "DATABASE_URL="

func (d *Driver) loginBeside(m operate.Machine) (operate.Login, error) {
	_, led, err := d.now("db")
	if err != nil {
		return operate.Login{}, err
	}
	p, err := running(led, app(m))
	if err != nil {
		return operate.Login{}, err
	}
	env, err := environmentOf(p.PID)
	if err != nil {
		return operate.Login{}, fmt.Errorf("read the environment of the app on %s: %w", m.ID, err)
	}
	for _, v := range env {
		if text, is := strings.CutPrefix(v, databaseURL); is {
			return loginOf(text)
		}
	}
	return operate.Login{}, fmt.Errorf("log in to the database on %s: its app has no DATABASE_URL", m.ID)
}

func loginOf(text string) (operate.Login, error) {
	at, err := url.Parse(text)
	if err != nil {
		return operate.Login{}, errors.New("read the app's DATABASE_URL: it is no URL") // whose text has a password
	}
	password, _ := at.User.Password()
	return operate.Login{User: at.User.Username(), Password: password, Database: strings.TrimPrefix(at.Path, "/")}, nil
}

// Restart lets the supervisor read the cloud and the secrets again: it starts each app anew
// whose environment has become another, and no other.
func (d *Driver) Restart(context.Context, operate.Part) error {
	if _, _, err := d.now("a restart"); err != nil {
		return err
	}
	now := time.Now()
	if err := os.Chtimes(d.at.Cloud(), now, now); err != nil {
		return fmt.Errorf("let the lab read its secrets again: %w", err)
	}
	return nil
}
