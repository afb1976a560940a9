package database

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/jackc/pgx/v5"
)

// errURL takes the place of pgx's message, which may repeat the password.
var errURL = errors.New("the database's URL is not one that PostgreSQL knows")

// ParseURL reads a database's URL for a single connection, with the same trust
// as [Open] has.
func ParseURL(url string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errURL
	}
	return config, trust(config, url)
}

// trust has servers that must show who they are vouched for by the system's
// certificates as well as by those that the URL names: RDS has its own, and a
// proxy before it has a public one.
func trust(c *pgx.ConnConfig, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Query().Get("sslmode") != "verify-full" || u.Query().Get("sslrootcert") == "" {
		return nil // PostgreSQL's other forms are as they say
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // a machine without any
	}
	more, err := os.ReadFile(u.Query().Get("sslrootcert"))
	if err != nil {
		return fmt.Errorf("read the certificates of the database: %w", err)
	}
	roots.AppendCertsFromPEM(more)
	each := []*tls.Config{c.TLSConfig}
	for _, f := range c.Fallbacks {
		each = append(each, f.TLSConfig)
	}
	for _, t := range each {
		if t != nil {
			t.RootCAs = roots
		}
	}
	return nil
}
