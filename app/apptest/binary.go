package apptest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rung-dev/rung/app/local"
)

var building atomic.Bool

var built = sync.OnceValues(func() (string, error) {
	building.Store(true)
	dir, err := os.MkdirTemp("", "app-bin-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "app")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/rung-dev/rung/app").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the app: %w: %s", err, out)
	}
	return path, nil
})

// Binary is the app as a program, built once for a test binary.
func Binary(t T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Program is the app as a process of its own, to be sent signals.
type Program struct {
	// Address and Internal are where it listens.
	Address, Internal string
	cmd               *exec.Cmd
	done              chan struct{}
	err               error
}

// StartProgram runs the app until it serves. It is killed after the test.
func StartProgram(t T, env Env, args ...string) *Program {
	t.Helper()
	return StartCommand(t, env, append([]string{Binary(t)}, args...)...)
}

// StartCommand runs the app as a command that ends in its own.
func StartCommand(t T, env Env, args ...string) *Program {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(env.Environ(), "HOME=/nonexistent")
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = local.Attributes(nil, syscall.SIGKILL)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &Program{cmd: cmd, done: make(chan struct{})}
	serving := make(chan [2]string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var line struct{ Msg, Address, Internal string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				serving <- [2]string{line.Address, line.Internal}
			}
			if os.Getenv("APP_TEST_LOG") != "" {
				fmt.Fprintln(os.Stderr, lines.Text())
			}
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(p.Kill)
	select {
	case at := <-serving:
		p.Address, p.Internal = at[0], at[1]
	case <-p.done:
		t.Fatalf("the app has ended: %v", p.err)
	case <-time.After(local.StartTimeout):
		t.Fatalf("the app does not serve within %v", local.StartTimeout)
	}
	return p
}

// PID is the process'.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Kill ends the app as a crash would.
func (p *Program) Kill() {
	p.cmd.Process.Kill() //nolint:errcheck // it may have ended
	<-p.done
}

// Terminate asks the app to end, as systemd does, and waits until it has.
func (p *Program) Terminate() error { return p.End(syscall.SIGTERM) }

// End sends a signal and waits until the app has ended.
func (p *Program) End(by os.Signal) error {
	if err := p.cmd.Process.Signal(by); err != nil {
		return err
	}
	<-p.done
	return p.err
}
