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
	database login
	shards   []login
	redis    string
	origin   string
	cdn      string
	mail     login
}

// login is a user of a database or of the mail server.
type login struct{ Username, Password string }

// readSecrets fetches what the settings name, and reports all that fails.
func readSecrets(ctx context.Context, config aws.Config, s settings.Settings) (secrets, error) {
	var out secrets
	client := secretsmanager.NewFromConfig(config)
	var errs []error
	read := func(name, arn string, into func(string) error) {
		if arn == "" {
			return
		}
		v, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
		if err == nil {
			err = into(aws.ToString(v.SecretString))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: read the secret: %w", name, err))
		}
	}
	text := func(into *string) func(string) error {
		return func(v string) error { *into = v; return nil }
	}
	user := func(into *login) func(string) error {
		return func(v string) error {
			if json.Unmarshal([]byte(v), into) != nil || into.Username == "" {
				return errors.New(`want JSON with "username" and "password"`)
			}
			return nil
		}
	}
	read(contract.EnvDatabaseSecret, s.Database.Secret, user(&out.database))
	out.shards = make([]login, len(s.Database.Shards))
	for i, shard := range s.Database.Shards {
		if shard.Secret == s.Database.Secret {
			out.shards[i] = out.database
			continue
		}
		read(contract.EnvShardSecrets, shard.Secret, user(&out.shards[i]))
	}
	read(contract.EnvRedisSecret, s.Redis.Secret, text(&out.redis))
	read(contract.EnvOriginSecret, s.OriginSecret, text(&out.origin))
	read(contract.EnvCDNSecret, s.CDN.Secret, text(&out.cdn))
	read(contract.EnvMailSecret, s.Mail.Secret, user(&out.mail))
	return out, errors.Join(errs...)
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
		var user login // complete URLs need none
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
func databaseURL(d settings.Database, user login, address string) string {
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
	return migrateAll(ctx, p, databases(s.Database, a.secrets))
}
