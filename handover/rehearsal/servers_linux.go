package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/freeport"
	"github.com/rung-dev/rung/lab/site"
)

// server is a PostgreSQL of the rehearsal. It ends with this process.
type server struct {
	port int
	cmd  *exec.Cmd
}

type servers []*server

func (s *server) url() string {
	return fmt.Sprintf("postgres://rung@127.0.0.1:%d/rehearsal?sslmode=disable", s.port)
}

// startServers makes two clusters and starts them.
func startServers(ctx context.Context, dir string) (servers, error) {
	_, bin := site.Find().Server(0)
	if bin == "" {
		return nil, errors.New("start PostgreSQL: it is not installed here: apt-get install postgresql")
	}
	as, err := account()
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { // the servers' user comes through
		return nil, err
	}
	if as != nil {
		if err := letThrough(filepath.Dir(dir)); err != nil {
			return nil, err
		}
	}
	var all servers
	for _, name := range []string{"old", "new"} {
		s, err := start(ctx, bin, filepath.Join(dir, name), as)
		if s != nil {
			all = append(all, s)
		}
		if err != nil {
			all.stop()
			return nil, fmt.Errorf("start the %s server: %w", name, err)
		}
	}
	return all, nil
}

// letThrough lets another user come through the command's own temporary directory,
// which is its alone otherwise; who comes through cannot list it.
func letThrough(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm()&0o001 != 0 {
		return err
	}
	return os.Chmod(dir, info.Mode().Perm()|0o011)
}

// account is whom PostgreSQL runs as: it refuses root. Nil is the caller.
func account() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("find the user postgres, whom the servers run as under root: %w", err)
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(errUID, errGID)
}

func start(ctx context.Context, bin, dir string, as *syscall.Credential) (*server, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return nil, err
		}
	}
	attributes := &syscall.SysProcAttr{Credential: as, Pdeathsig: syscall.SIGQUIT}
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", dir, "-U", "rung", "-A", "trust", "-N", "-E",
		"UTF8", "--locale=C.UTF-8")
	initdb.SysProcAttr, initdb.Dir = attributes, "/"
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("run initdb: %w: %s", err, out)
	}
	port, err := freeport.On("127.0.0.1")
	if err != nil {
		return nil, err
	}
	args := []string{"-D", dir, "-p", strconv.Itoa(port), "-h", "127.0.0.1", "-k", ""}
	for _, set := range []string{"wal_level=logical", "max_wal_size=4GB", "max_slot_wal_keep_size=8GB",
		"wal_retrieve_retry_interval=500ms", "shared_buffers=128MB", "max_worker_processes=16", "log_min_messages=fatal"} {
		args = append(args, "-c", set)
	}
	s := &server{port: port, cmd: exec.Command(filepath.Join(bin, "postgres"), args...)}
	s.cmd.SysProcAttr, s.cmd.Dir = attributes, "/"
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	return s, s.ready(ctx)
}

// ready waits until the server answers, and makes the database.
func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, fmt.Sprintf("postgres://rung@127.0.0.1:%d/postgres?sslmode=disable", s.port))
		if err == nil {
			_, err = conn.Exec(ctx, "CREATE DATABASE rehearsal")
			return errors.Join(err, conn.Close(ctx))
		}
		if wait(ctx, 50*time.Millisecond) != nil {
			return fmt.Errorf("wait for an answer: %w", err)
		}
	}
}

// stop ends the servers at once: their data goes next.
func (all servers) stop() {
	for _, s := range all {
		if s.cmd.Process == nil {
			continue
		}
		s.cmd.Process.Signal(syscall.SIGQUIT) //nolint:errcheck // it may have ended by itself
		s.cmd.Wait()                          //nolint:errcheck // it was ended by a signal
	}
}
