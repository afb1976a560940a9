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
	database struct{ Username, Password string }
	redis    string
	origin   string
	cdn      string
}

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
	read(contract.EnvDatabaseSecret, s.Database.Secret, func(v string) error {
		if json.Unmarshal([]byte(v), &out.database) != nil || out.database.Username == "" {
			return errors.New(`want JSON with "username" and "password"`)
		}
		return nil
	})
	read(contract.EnvRedisSecret, s.Redis.Secret, text(&out.redis))
	read(contract.EnvOriginSecret, s.OriginSecret, text(&out.origin))
	read(contract.EnvCDNSecret, s.CDN.Secret, text(&out.cdn))
	return out, errors.Join(errs...)
}

// databaseURLs are the primary's and the replicas'.
func databaseURLs(d settings.Database, s secrets) (string, []string) {
	primary := d.URL
	if primary == "" {
		primary = databaseURL(d, s, net.JoinHostPort(d.Host, strconv.Itoa(d.Port)))
	}
	var readers []string
	for _, r := range d.Readers {
		switch {
		case strings.Contains(r, "://"):
		case strings.Contains(r, ":"):
			r = databaseURL(d, s, r)
		default:
			r = databaseURL(d, s, net.JoinHostPort(r, strconv.Itoa(d.Port)))
		}
		readers = append(readers, r)
	}
	return primary, readers
}

// databaseURL never goes without TLS: the parts name a server elsewhere. With
// certificates to check it by, the server must be the one that is named.
func databaseURL(d settings.Database, s secrets, address string) string {
	how := url.Values{"sslmode": {"require"}}
	if d.CA != "" {
		how = url.Values{"sslmode": {"verify-full"}, "sslrootcert": {d.CA}}
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(s.database.Username, s.database.Password), Host: address, Path: "/" + d.Name, RawQuery: how.Encode()}
	return u.String()
}

// PrimaryURL is the primary's URL with its password, for a migration.
func PrimaryURL(ctx context.Context, s settings.Settings, o Options) (string, error) {
	a := &App{settings: s, options: o}
	if err := a.configureAWS(ctx); err != nil {
		return "", err
	}
	url, _ := databaseURLs(s.Database, a.secrets)
	return url, nil
}
