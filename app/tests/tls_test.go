package tests

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/apptest/fakeaws"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
)

// certify makes a certificate for a name that vouches for itself, and the file
// by which others trust it.
func certify(t *testing.T, name string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, path
}

// encrypted stands before PostgreSQL and speaks its TLS with a certificate.
func encrypted(t *testing.T, to string, c tls.Certificate) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go encrypt(conn, to, c)
		}
	}()
	_, port, err = net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

func encrypt(conn net.Conn, to string, c tls.Certificate) {
	defer conn.Close()
	request := make([]byte, 8) // "may I speak TLS?"
	if _, err := io.ReadFull(conn, request); err != nil {
		return
	}
	if _, err := conn.Write([]byte("S")); err != nil {
		return
	}
	inner := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{c}})
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	go io.Copy(server, inner) //nolint:errcheck // it ends with the connection
	io.Copy(inner, server)    //nolint:errcheck // as above
}

// The database must show that it is the one that was named, to those who
// vouch for it; nothing is sent to another.
func TestDatabaseMustShowWhoItIs(t *testing.T) {
	cluster, name := apptest.Database(t)
	cloud := fakeaws.New()
	t.Cleanup(cloud.Close)
	cloud.Secret("arn:db", `{"username":"app","password":"secret"}`)
	mine, trusted := certify(t, "localhost")
	port := encrypted(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(cluster.Primary.Port)), mine)
	_, other := certify(t, "localhost")
	elsewhere, known := certify(t, "elsewhere.internal")
	wrongPort := encrypted(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(cluster.Primary.Port)), elsewhere)

	for what, tt := range map[string]struct{ port, ca, fails string }{
		"vouched for":                  {port: port, ca: trusted},
		"unchecked without a file":     {port: port},
		"vouched for by others":        {port: port, ca: other, fails: "certificate"},
		"the certificate of another":   {port: wrongPort, ca: known, fails: "localhost"},
		"unchecked under another name": {port: wrongPort},
	} {
		t.Run(what, func(t *testing.T) {
			env := apptest.Env{contract.EnvDatabaseHost: "localhost", contract.EnvDatabasePort: tt.port, contract.EnvDatabaseName: name, contract.EnvDatabaseSecret: "arn:db",
				contract.EnvDatabaseCA: tt.ca, contract.EnvDatabaseReaders: "localhost"}
			s, err := settings.Read(contract.RoleMigrate, env.Get)
			require.NoError(t, err)
			config := cloud.Config()
			_, migrated := server.MigrateDatabases(t.Context(), s, server.Options{AWS: &config})
			app, err := server.Open(t.Context(), s, server.Options{AWS: &config})
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
		_, err := settings.Read(contract.RoleMigrate, apptest.Env{contract.EnvDatabaseURL: "postgres://a@b/c", contract.EnvDatabaseCA: path}.Get)
		assert.ErrorContains(t, err, contract.EnvDatabaseCA)
	}
}
