package local

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Process is a server that can be stopped, killed and started again. It ends with
// this process, however that ends (on Linux).
type Process struct {
	Name string
	args []string
	user *syscall.Credential
	// stopSignal makes it end in an orderly way.
	stopSignal syscall.Signal
	// up says whether it answers.
	up func() error

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{}
	log  *bytes.Buffer
}

// StartTimeout is how long a server may take until it answers.
const StartTimeout = 2 * time.Minute

// Start runs the server and waits until it answers.
func (p *Process) Start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = &bytes.Buffer{}
	p.cmd = exec.Command(p.args[0], p.args[1:]...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = Attributes(p.user, p.stopSignal)
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	p.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) {
		cmd.Wait() //nolint:errcheck // how it ended is in its log
		close(done)
	}(p.cmd, p.done)
	return p.wait()
}

func (p *Process) wait() error {
	var err error
	for end := time.Now().Add(StartTimeout); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = p.up(); err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("start %s: it ended: %s", p.Name, p.log)
		default:
		}
	}
	return fmt.Errorf("start %s: no answer within %v: %w", p.Name, StartTimeout, err)
}

// Stop ends the server in an orderly way.
func (p *Process) Stop() error { return p.signal(p.stopSignal) }

// Kill ends the server as a crash would.
func (p *Process) Kill() error { return p.signal(syscall.SIGKILL) }

// Pause stops the server from running while its connections stay open.
func (p *Process) Pause() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume lets a paused server run again.
func (p *Process) Resume() error { return p.cmd.Process.Signal(syscall.SIGCONT) }

func (p *Process) signal(s syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return nil
	}
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.Name, err)
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(StartTimeout):
		p.cmd.Process.Kill() //nolint:errcheck // it is reported as stuck anyway
		return fmt.Errorf("stop %s: it goes on after %v", p.Name, StartTimeout)
	}
}

// postgresUser is whom PostgreSQL runs as: it refuses root. Nil means the
// user of the tests.
func postgresUser() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("find the user postgres, whom the server runs as under root: %w: %s", err, Hint)
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(errUID, errGID); err != nil {
		return nil, fmt.Errorf("read the user postgres: %w", err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
