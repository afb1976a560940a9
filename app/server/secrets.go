package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/settings"
)

// secrets are the values behind the ARNs of the settings. They are kept in
// memory only and never logged.
type secrets struct {
	database Login
	shards   []Login
	redis    string
	origin   string
	cdn      string
	mail     Login
}

// Login is a user of a server that wants one.
type Login struct{ Username, Password string }

// SecretReader fetches secrets, one after another, and keeps what went wrong with any.
type SecretReader struct {
	client *secretsmanager.Client
	errs   []error
}

// NewSecretReader asks the cloud of a configuration.
func NewSecretReader(config aws.Config) *SecretReader {
	return &SecretReader{client: secretsmanager.NewFromConfig(config)}
}

// Text reads the secret of an ARN, which the setting of a name says; of an empty one
// there is none.
func (r *SecretReader) Text(ctx context.Context, name, arn string) (text string) {
	if arn == "" {
		return ""
	}
	v, err := r.client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
	if err == nil {
		text = aws.ToString(v.SecretString)
	}
	if err == nil && text == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		r.errs = append(r.errs, fmt.Errorf("%s: read the secret: %w", name, err))
	}
	return text
}

// Login reads a secret that is a user.
func (r *SecretReader) Login(ctx context.Context, name, arn string) (user Login) {
	text := r.Text(ctx, name, arn)
	if text != "" && (json.Unmarshal([]byte(text), &user) != nil || user.Username == "") {
		r.errs = append(r.errs, fmt.Errorf(`%s: read the secret: want JSON with "username" and "password"`, name))
	}
	return user
}

// Err is all that went wrong.
func (r *SecretReader) Err() error { return errors.Join(r.errs...) }

// readSecrets fetches what the settings name, and reports all that fails.
func readSecrets(ctx context.Context, config aws.Config, s settings.Settings) (secrets, error) {
	r := NewSecretReader(config)
	out := secrets{
		database: r.Login(ctx, contract.EnvDatabaseSecret, s.Database.Secret),
		redis:    r.Text(ctx, contract.EnvRedisSecret, s.Redis.Secret),
		origin:   r.Text(ctx, contract.EnvOriginSecret, s.OriginSecret),
		cdn:      r.Text(ctx, contract.EnvCDNSecret, s.CDN.Secret),
		mail:     r.Login(ctx, contract.EnvMailSecret, s.Mail.Secret),
	}
	for _, shard := range s.Database.Shards {
		user := out.database
		if shard.Secret != s.Database.Secret {
			user = r.Login(ctx, contract.EnvShardSecrets, shard.Secret)
		}
		out.shards = append(out.shards, user)
	}
	return out, r.Err()
}

// at says where a database and its replicas are.
type at struct {
	primary  string
	replicas []string
}

// databases are all of them, with their passwords; the first is home.
func databases(d settings.Database, s secrets) []at {
	home := at{primary: d.URL}
	if home.primary == "" {
		home.primary = databaseURL(d, s.database, net.JoinHostPort(d.Host, strconv.Itoa(d.Port)))
	}
	for _, r := range d.Readers {
		if !strings.Contains(r, ":") {
			r = net.JoinHostPort(r, strconv.Itoa(d.Port))
		}
		home.replicas = append(home.replicas, databaseURL(d, s.database, r))
	}
	all := []at{home}
	for i, shard := range d.Shards {
		var user Login // complete URLs need none
		if i < len(s.shards) {
			user = s.shards[i]
		}
		next := at{primary: databaseURL(d, user, shard.Primary)}
		for _, r := range shard.Readers {
			next.replicas = append(next.replicas, databaseURL(d, user, r))
		}
		all = append(all, next)
	}
	return all
}

// databaseURL never goes without TLS: the parts name a server elsewhere. With
// certificates to check it by, the server must be the one that is named. What
// is a complete URL already stays as it is.
func databaseURL(d settings.Database, user Login, address string) string {
	if strings.Contains(address, "://") {
		return address
	}
	how := url.Values{"sslmode": {"require"}}
	if d.CA != "" {
		how = url.Values{"sslmode": {"verify-full"}, "sslrootcert": {d.CA}}
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user.Username, user.Password), Host: address,
		Path: "/" + d.Name, RawQuery: how.Encode()}
	return u.String()
}

// MigrateDatabases brings all that the settings name up to date and returns
// how many steps that took.
func MigrateDatabases(ctx context.Context, s settings.Settings, p Product, o Options) (int, error) {
	a := &App{Settings: s, options: o}
	if err := a.configureAWS(ctx); err != nil {
		return 0, err
	}
	return migrateAll(ctx, p, s.Database.File, databases(s.Database, a.secrets))
}
