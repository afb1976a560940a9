package tests

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

// The database must show that it is the one that was named, to those who
// vouch for it; nothing is sent to another.
func TestDatabaseMustShowWhoItIs(t *testing.T) {
	cluster, name := apptest.Database(t)
	cloud := awsapitest.New(t)
	cloud.Secret("arn:db", `{"username":"app","password":"secret"}`)
	mine, trusted := apptest.Certify(t, "localhost")
	port := apptest.Encrypted(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(cluster.Primary.Port)), mine)
	_, other := apptest.Certify(t, "localhost")
	elsewhere, known := apptest.Certify(t, "elsewhere.internal")
	wrongPort := apptest.Encrypted(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(cluster.Primary.Port)), elsewhere)

	for what, tt := range map[string]struct{ port, ca, fails string }{
		"vouched for":                  {port: port, ca: trusted},
		"unchecked without a file":     {port: port},
		"vouched for by others":        {port: port, ca: other, fails: "certificate"},
		"the certificate of another":   {port: wrongPort, ca: known, fails: "localhost"},
		"unchecked under another name": {port: wrongPort},
	} {
		t.Run(what, func(t *testing.T) {
			env := apptest.Env{contract.EnvDatabaseHost: "localhost", contract.EnvDatabasePort: tt.port,
				contract.EnvDatabaseName: name, contract.EnvDatabaseSecret: "arn:db",
				contract.EnvDatabaseCA: tt.ca, contract.EnvDatabaseReaders: "localhost"}
			s, err := settings.Read(contract.RoleMigrate, env.Get)
			require.NoError(t, err)
			config := cloud.Config()
			_, migrated := product.MigrateDatabases(t.Context(), s, server.Options{AWS: &config})
			app, err := product.Open(t.Context(), s, server.Options{AWS: &config})
			require.NoError(t, err)
			t.Cleanup(app.Close)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err = app.Store.Pools().Primary().Exec(ctx, "SELECT 1")
			for _, err := range []error{migrated, err} {
				if tt.fails == "" {
					assert.NoError(t, err)
					continue
				}
				assert.ErrorContains(t, err, tt.fails)
				assert.NotContains(t, err.Error(), "secret")
			}
		})
	}
}

func TestCertificatesMustBeThere(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for _, path := range []string{empty, "/nowhere/ca.pem"} {
		_, err := settings.Read(contract.RoleMigrate,
			apptest.Env{contract.EnvDatabaseURL: "postgres://a@b/c", contract.EnvDatabaseCA: path}.Get)
		assert.ErrorContains(t, err, contract.EnvDatabaseCA)
	}
}
