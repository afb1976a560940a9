package local

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/rung-dev/rung/freeport"
)

// Redis is one Redis server.
type Redis struct {
	*Process
	Port int
	dir  string
}

// URL is how to reach the server.
func (r *Redis) URL() string { return fmt.Sprintf("redis://127.0.0.1:%d", r.Port) }

// StartRedis makes a server that keeps nothing on disk, like a cache, in a
// directory of its own below one; empty means that of temporary files. More are
// further arguments of its command line.
func StartRedis(below string, more ...string) (*Redis, error) {
	path, err := redisServer()
	if err != nil {
		return nil, err
	}
	port, err := freeport.On("127.0.0.1")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(below, "app-redis-")
	if err != nil {
		return nil, fmt.Errorf("make a directory for Redis: %w", err)
	}
	r := &Redis{Port: port, dir: dir}
	r.Process = &Process{Name: "redis", stopSignal: syscall.SIGTERM, up: r.ping,
		args: append([]string{path, "--port", fmt.Sprint(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
			"--dir", dir}, more...)}
	if err := r.Start(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Redis) ping() error {
	conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", r.Port), time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Second)) //nolint:errcheck // the read below fails instead
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer := make([]byte, 5)
	if _, err := conn.Read(answer); err != nil || string(answer) != "+PONG" {
		return fmt.Errorf("ping redis: got %q: %w", answer, err)
	}
	return nil
}

// Close stops the server.
func (r *Redis) Close() {
	r.Kill() //nolint:errcheck // it holds nothing
	os.RemoveAll(r.dir)
}
