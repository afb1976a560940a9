package aws

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// Login reads the database's secret. PostgreSQL on the server itself knows its users by
// the system's, and has no password to give.
func (d *Driver) Login(ctx context.Context, _ operate.Machine, s operate.Store) (operate.Login, error) {
	if s.Host == operate.Beside {
		return operate.Login{}, operate.NotHere{What: "db", Because: "PostgreSQL on the server takes nobody from outside it",
			Instead: "`rung db -- -c 'SELECT 1'` runs one command there, and in `rung shell server` it is " +
				"`sudo runuser -u app -- psql app`"}
	}
	if s.Secret == "" {
		return operate.Login{}, fmt.Errorf("log in to %s: the stack's state names no secret for it; `rung tunnel %s` opens "+
			"the way for a login of your own", s.Name, s.Name)
	}
	var got struct{ SecretString string }
	err := d.Client.AskJSON(ctx, awswire.Request{Service: awswire.Secrets, Region: s.Region, Action: "GetSecretValue",
		Body: map[string]any{"SecretId": s.Secret}}, &got)
	if err != nil {
		return operate.Login{}, awswire.Explained(err, "read the password of "+s.Name,
			"secretsmanager:GetSecretValue on "+s.Secret)
	}
	var said struct{ Username, Password, DBName string }
	if err := json.Unmarshal([]byte(got.SecretString), &said); err != nil || said.Username == "" || said.Password == "" {
		return operate.Login{}, fmt.Errorf("log in to %s: the secret %s has no username and password in JSON", s.Name,
			s.Secret)
	}
	name := s.Database
	if name == "" {
		name = said.DBName
	}
	return operate.Login{User: said.Username, Password: said.Password, Database: name}, nil
}
