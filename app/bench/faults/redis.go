package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab/certificate"
)

// Redis is how the app reaches Redis.
type Redis int

// One server as such or over TLS, or a cluster of three primaries and their replicas.
const (
	Single Redis = iota
	TLS
	Clustered
)

// nodeTimeout is when a node of the cluster takes another for gone, which is when its
// replica takes over.
const nodeTimeout = 2 * time.Second

// startRedis starts the servers, and says how the app finds them.
func (w *World) startRedis(kind Redis) apptest.Env {
	switch kind {
	case TLS:
		return w.startEncrypted()
	case Clustered:
		return w.startClustered()
	}
	w.Redis = append(w.Redis, apptest.NewRedis(w.run))
	return apptest.Env{contract.EnvRedisURL: w.Redis[0].URL()}
}

func (w *World) startEncrypted() apptest.Env {
	dir := w.TempDir()
	authority, err := certificate.Open(dir)
	w.must(err)
	cert, key, err := authority.Issue([]string{"127.0.0.1"})
	w.must(err)
	at := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		w.must(os.WriteFile(path, text, 0o600))
		return path
	}
	port := freePort(w.run)
	w.Redis = append(w.Redis, apptest.NewRedis(w.run, "--tls-port", fmt.Sprint(port), "--tls-auth-clients", "no",
		"--tls-cert-file", at("server.crt", cert), "--tls-key-file", at("server.key", key), "--tls-ca-cert-file",
		certificate.Path(dir)))
	return apptest.Env{contract.EnvRedisURL: fmt.Sprintf("rediss://127.0.0.1:%d", port),
		"SSL_CERT_FILE": certificate.Path(dir)}
}

func (w *World) startClustered() apptest.Env {
	create := []string{"--cluster", "create"}
	for range 6 {
		r := apptest.NewRedis(w.run, "--cluster-enabled", "yes", "--cluster-node-timeout",
			fmt.Sprint(nodeTimeout.Milliseconds()), "--cluster-port", fmt.Sprint(freePort(w.run)))
		w.Redis = append(w.Redis, r)
		create = append(create, fmt.Sprintf("127.0.0.1:%d", r.Port))
	}
	w.redisCLI(append(create, "--cluster-replicas", "1", "--cluster-yes")...)
	for end := time.Now().Add(time.Minute); ; w.pause(100 * time.Millisecond) {
		if strings.Contains(w.redisCLI("-p", fmt.Sprint(w.Redis[0].Port), "CLUSTER", "INFO"), "cluster_state:ok") {
			break
		}
		if time.Now().After(end) {
			w.Fatal("make a cluster of Redis: it is not well within a minute")
		}
	}
	return apptest.Env{contract.EnvRedisURL: w.Redis[0].URL(), contract.EnvRedisCluster: "true"}
}

// redisCLI runs Redis' own client.
func (w *World) redisCLI(args ...string) string {
	out, err := exec.CommandContext(w.Context(), "redis-cli", args...).CombinedOutput()
	if err != nil {
		w.Fatalf("run redis-cli %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// limitRedis bounds the memory of the first server, past which it refuses writes.
func (w *World) limitRedis(bytes string) {
	w.redisCLI("-p", fmt.Sprint(w.Redis[0].Port), "CONFIG", "SET", "maxmemory", bytes)
}
