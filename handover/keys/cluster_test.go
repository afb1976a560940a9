package keys_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/freeport"
	"github.com/rung-dev/rung/handover/keys"
)

// token is what the servers of these tests want to hear.
const token = "open sesame"

// secure is a Redis of several servers, or one, that speaks TLS by an authority of its own
// and asks for a password.
type secure struct {
	ca    string
	nodes []string // addresses
	tls   *tls.Config
}

func (s secure) url(password string) string {
	return fmt.Sprintf("rediss://:%s@%s", strings.ReplaceAll(password, " ", "%20"), s.nodes[0])
}

// client speaks to one node alone.
func (s secure) client(t *testing.T, node int) rueidis.Client {
	t.Helper()
	c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{s.nodes[node]}, Password: token,
		TLSConfig: s.tls, DisableCache: true, ForceSingleClient: true})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// certified makes a certificate for this machine's address, and the files of it.
func certified(t *testing.T, dir string) (config *tls.Config, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &private.PublicKey, private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(cert, text, 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(text))
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, cert, key
}

// startSecure starts so many servers: a cluster where there are several.
func startSecure(t *testing.T, count int) secure {
	t.Helper()
	s := secure{}
	for n := range count {
		dir := t.TempDir()
		if n == 0 {
			s.tls, s.ca, _ = certified(t, dir)
		}
		port, err := freeport.On("127.0.0.1")
		require.NoError(t, err)
		args := []string{"--port", "0", "--tls-port", fmt.Sprint(port), "--bind", "127.0.0.1", "--save", "", "--dir", dir,
			"--requirepass", token, "--masterauth", token, "--tls-auth-clients", "no", "--tls-cert-file", s.ca,
			"--tls-key-file", filepath.Join(filepath.Dir(s.ca), "key.pem"), "--tls-ca-cert-file", s.ca}
		if count > 1 {
			args = append(args, "--cluster-enabled", "yes", "--tls-cluster", "yes", "--cluster-config-file", "nodes.conf",
				"--cluster-port", fmt.Sprint(freePort(t)))
		}
		cmd := exec.Command("redis-server", args...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		require.NoError(t, cmd.Start())
		t.Cleanup(func() {
			cmd.Process.Kill() //nolint:errcheck // it may have ended by itself
			cmd.Wait()         //nolint:errcheck // it was killed
		})
		s.nodes = append(s.nodes, fmt.Sprintf("127.0.0.1:%d", port))
		require.Eventually(t, func() bool {
			conn, err := tls.Dial("tcp", s.nodes[n], s.tls)
			if err == nil {
				conn.Close() //nolint:errcheck // it was only tried
			}
			return err == nil
		}, 20*time.Second, 20*time.Millisecond)
	}
	if count > 1 {
		s.join(t)
	}
	return s
}

func freePort(t *testing.T) int {
	t.Helper()
	port, err := freeport.On("127.0.0.1")
	require.NoError(t, err)
	return port
}

// join makes a cluster of the nodes, each with its part of the slots.
func (s secure) join(t *testing.T) {
	t.Helper()
	args := []string{"--tls", "--cacert", s.ca, "-a", token, "--no-auth-warning", "--cluster", "create"}
	args = append(args, s.nodes...)
	require.Eventually(t, func() bool {
		out, err := exec.Command("redis-cli", append(args, "--cluster-yes")...).CombinedOutput()
		if err != nil {
			t.Logf("%s", out)
		}
		return err == nil
	}, 40*time.Second, time.Second)
	for n := range s.nodes {
		c := s.client(t, n)
		require.Eventually(t, func() bool {
			state, err := c.Do(t.Context(), c.B().ClusterInfo().Build()).ToString()
			return err == nil && strings.Contains(state, "cluster_state:ok")
		}, 20*time.Second, 50*time.Millisecond)
	}
}

// sizes are the numbers of keys that the nodes have.
func (s secure) sizes(t *testing.T) (all []int64, sum int64) {
	t.Helper()
	for n := range s.nodes {
		c := s.client(t, n)
		size, err := c.Do(context.Background(), c.B().Dbsize().Build()).AsInt64()
		require.NoError(t, err)
		all, sum = append(all, size), sum+size
	}
	return all, sum
}

// Sessions go from a Redis alone to a cluster with TLS and a password, whose nodes each
// have their part, and from there to another alone, with their time to live.
func TestKeysGoToAClusterAndBack(t *testing.T) {
	a, cluster, b := apptest.NewRedis(t), startSecure(t, 3), startSecure(t, 1)
	from, ctx := client(t, a), t.Context()
	for i := range 700 {
		set := from.B().Set().Key(fmt.Sprint("s:", i)).Value("x").ExSeconds(1000).Build()
		require.NoError(t, from.Do(ctx, set).Error())
	}
	require.NoError(t, from.Do(ctx, from.B().Set().Key("cached").Value("stale").Build()).Error())
	o := keys.Options{Match: []string{"s:*"}, CA: cluster.ca}
	for range 2 { // a second pass overwrites
		c, err := keys.Copy(ctx, a.URL(), cluster.url(token), o)
		require.NoError(t, err)
		assert.Equal(t, keys.Copied{Keys: 700, Whole: true}, c)
	}
	each, sum := cluster.sizes(t)
	assert.EqualValues(t, 700, sum)
	for _, n := range each {
		assert.Positive(t, n)
	}
	both := filepath.Join(t.TempDir(), "both.pem") // each side has an authority of its own
	var text []byte
	for _, ca := range []string{cluster.ca, b.ca} {
		one, err := os.ReadFile(ca)
		require.NoError(t, err)
		text = append(text, one...)
	}
	require.NoError(t, os.WriteFile(both, text, 0o600))
	c, err := keys.Copy(ctx, cluster.url(token), b.url(token), keys.Options{CA: both})
	require.NoError(t, err)
	assert.Equal(t, keys.Copied{Keys: 700, Whole: true}, c)
	to := b.client(t, 0)
	left, err := to.Do(ctx, to.B().Ttl().Key("s:7").Build()).AsInt64()
	require.NoError(t, err)
	assert.InDelta(t, 1000, left, 60)
}

// Who shows no certificate that is believed, or wants another password, is not copied to.
func TestKeysGoToNobodyUnknown(t *testing.T) {
	a, b := apptest.NewRedis(t), startSecure(t, 1)
	_, err := keys.Copy(t.Context(), a.URL(), b.url(token), keys.Options{})
	require.ErrorContains(t, err, "certificate")
	_, err = keys.Copy(t.Context(), a.URL(), b.url("open barley"), keys.Options{CA: b.ca})
	require.ErrorContains(t, err, "WRONGPASS")
}
