package lab

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// TestMain lets the test stand for rung, whose executable is a lab's processes.
func TestMain(m *testing.M) {
	if status, served := Served(os.Args[1:]); served {
		os.Exit(status)
	}
	os.Exit(m.Run())
}

// nobody is a user without any right.
const nobody = 65534

// A lab needs no root: its databases run as its own user, and what would listen on a port
// that is root's has another.
func TestALabNeedsNoRoot(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("real servers, which a busy machine starts in minutes; make lab runs it")
	}
	if os.Getuid() != 0 {
		t.Skip("only root may be somebody else")
	}
	if err := site.Find().Missing(3); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	l := labIn(t, dir)
	require.NoError(t, os.MkdirAll(l.at.Logs(), 0o755))
	require.NoError(t, os.WriteFile(l.at.Cloud(), plain(t), 0o600))
	rung := copyOfTest(t, dir)
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755)) //nolint:gosec // the test's own
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error {
		return os.Chown(path, nobody, nobody)
	}))
	cmd := exec.Command(rung, "lab", Word, l.at.Dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	cmd.Stdout, cmd.Stderr, cmd.Dir = t.Output(), t.Output(), "/"
	require.NoError(t, cmd.Start())
	defer func() {
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		assert.NoError(t, cmd.Wait())
		led, err := ledger.Read(l.at.Ledger())
		require.NoError(t, err)
		assert.Empty(t, led.Processes)
	}()
	require.Eventually(t, func() bool { s, err := l.State(); return err == nil && s.Settled }, 2*time.Minute,
		50*time.Millisecond)
	s, err := l.Settle(t.Context(), time.Minute, func(state.State) {})
	require.NoError(t, err)
	assert.Len(t, s.Units, 2, "a database and a balancer")
	answer, err := http.Get("http://" + s.Here("lb.aws"))
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.Equal(t, "hello", string(text))
}

// plain is the file of a cloud with a database and a balancer that answers by itself.
func plain(t *testing.T) []byte {
	t.Helper()
	entry := func(typ, id string, p sim.Props) sim.Entry {
		return sim.Entry{Provider: "aws", Account: "123456789012", Region: "us-east-1", Type: typ, ID: id, Name: id,
			Properties: p}
	}
	text, err := json.Marshal(map[string]any{"version": 1, "account": "123456789012", "resources": map[string]sim.Entry{
		"aws 123456789012 us-east-1 " + token.RDSCluster + " main": entry(token.RDSCluster, "main", sim.Props{
			"clusterIdentifier": "main", "engine": "aurora-postgresql", "engineVersion": "15.4", "endpoint": "main.rds",
			"masterUsername": "app", "masterPassword": "pw", "databaseName": "app", "skipFinalSnapshot": true}),
		"aws 123456789012 us-east-1 " + token.RDSClusterInstance + " main-1": entry(token.RDSClusterInstance, "main-1",
			sim.Props{"identifier": "main-1", "clusterIdentifier": "main", "endpoint": "main-1.rds"}),
		"aws 123456789012 us-east-1 " + token.LBLoadBalancer + " lb": entry(token.LBLoadBalancer, "lb", sim.Props{
			"name": "lb", "arn": "arn:lb", "dnsName": "lb.aws"}),
		"aws 123456789012 us-east-1 " + token.LBListener + " l": entry(token.LBListener, "l", sim.Props{"arn": "arn:l",
			"loadBalancerArn": "arn:lb", "port": 80, "protocol": "HTTP", "defaultActions": []any{map[string]any{
				"type": "fixed-response", "fixedResponse": map[string]any{"statusCode": "200", "contentType": "text/plain",
					"messageBody": "hello"}}}}),
	}})
	require.NoError(t, err)
	return text
}

// copyOfTest is the test's executable where everybody may start it.
func copyOfTest(t *testing.T, dir string) string {
	t.Helper()
	from, err := os.Open("/proc/self/exe")
	require.NoError(t, err)
	defer from.Close()
	path := filepath.Join(dir, "rung")
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755) //nolint:gosec // a program
	require.NoError(t, err)
	_, err = io.Copy(to, from)
	require.NoError(t, err)
	require.NoError(t, to.Close())
	return path
}
