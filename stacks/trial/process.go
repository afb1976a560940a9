package trial

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rung-dev/rung/stacks/manifest"
)

// process is a part of the app, with what it starts, as a group of its own.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
	log  tail
}

// start starts words in the app's directory, or the app's bundle where a part is
// named.
func (t *trial) start(ctx context.Context, part string, words ...string) (*process, error) {
	if part != "" {
		words = []string{t.program, part}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	p := &process{done: make(chan struct{})}
	p.cmd = exec.Command(words[0], words[1:]...)
	p.cmd.Dir, p.cmd.Env = t.files(), t.environment()
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	p.cmd.SysProcAttr = ownGroup()
	p.cmd.WaitDelay = time.Second
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.err = p.cmd.Wait(); close(p.done) }()
	return p, nil
}

// errLate is a process that has not ended in time.
var errLate = errors.New("it has not ended in time")

// wait waits until the process ends; one that does not is killed.
func (p *process) wait(ctx context.Context, within time.Duration) error {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-p.done:
		return p.err
	case <-timer.C:
		p.kill()
		return errLate
	case <-ctx.Done():
		p.kill()
		return ctx.Err()
	}
}

// running reports whether the process has not ended.
func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// end asks all of the group to end, as systemd does.
func (p *process) end() { endGroup(p.cmd.Process.Pid) }

func (p *process) kill() {
	killGroup(p.cmd.Process.Pid)
	<-p.done
}

// said is the end of what the process has written.
func (p *process) said() string { return strings.TrimSpace(p.log.String()) }

// tail keeps the end of what is written.
type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

const longestTail = 2_000

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text.Write(b)
	if n := t.text.Len() - longestTail; n > 0 {
		t.text.Next(n)
	}
	return len(b), nil
}

func (t *tail) String() string { t.mu.Lock(); defer t.mu.Unlock(); return t.text.String() }

// passed are the variables of this machine that programs need to run at all.
var passed = []string{"PATH", "LANG", "TERM", "HOME", "SSL_CERT_FILE"}

// environment is what a machine gives the app: nothing of the caller's but what the
// description names.
func (t *trial) environment() []string {
	given := map[string]string{}
	for _, v := range t.options.Environment {
		name, value, _ := strings.Cut(v, "=")
		given[name] = value
	}
	var env []string
	for _, name := range slices.Concat(passed, t.wanted()) {
		if v, ok := given[name]; ok {
			env = append(env, name+"="+v)
		}
	}
	for name, v := range t.without {
		env = append(env, name+"="+v)
	}
	for name, v := range t.app.Environment {
		env = append(env, name+"="+v)
	}
	if !t.installing { // what is installed is taken from where this machine keeps such things
		_ = os.MkdirAll(t.home(), 0o700) // where it cannot be, the app says so
		env = append(env, "HOME="+t.home())
	}
	if t.programs != "" {
		env = append(env, "PATH="+t.programs+string(os.PathListSeparator)+given["PATH"])
	}
	if t.app.Has(manifest.Uploads) {
		_ = os.MkdirAll(t.uploads(), 0o700) // where it cannot be, the app says so
		env = append(env, manifest.VarUploadsDir+"="+t.uploads())
	}
	return append(env, "APP_LISTEN="+t.address(), "APP_STAGE=1", "APP_STACK=trial")
}

// wanted are the variables that the app is given from outside: secrets, and what it
// needs.
func (t *trial) wanted() (names []string) {
	for name := range t.app.Secrets {
		names = append(names, name)
	}
	for _, n := range t.app.Needs {
		if n != manifest.Uploads {
			names = append(names, n.Variables()...)
		}
	}
	slices.Sort(names)
	return names
}
