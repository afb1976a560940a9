package trial

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/stacks/bundle"
	"github.com/rung-dev/rung/stacks/manifest"
)

const (
	// ask is how long an answer may take; a load balancer waits as long.
	ask = 2 * time.Second
	// pause lies between two attempts, and watch is how long a worker is looked at.
	pause, watch = 50 * time.Millisecond, 2 * time.Second
)

// release runs what a release runs, where there is a database to take its lock in.
func (t *trial) release(ctx context.Context, key string, command *manifest.Command) {
	if command == nil {
		return
	}
	point := key + " ends well"
	if missing := t.missing(); missing != "" {
		t.found(point, NotTried, "%s is not set here", missing)
		return
	}
	t.options.Say("runs the release: %s", text(command))
	p, err := t.start(ctx, "", command.Argv()...)
	if err == nil {
		err = p.wait(ctx, installWithin)
	}
	if err != nil {
		t.found(point, Broken, "%v: %s", err, said(p))
		return
	}
	t.found(point, Kept, "it must do no harm when an earlier release is brought back")
}

func said(p *process) string {
	if p == nil {
		return ""
	}
	return p.said()
}

// missing is the first variable that the app needs and nobody has set.
func (t *trial) missing() string {
	env := "\n" + strings.Join(t.environment(), "\n")
	for _, name := range t.wanted() {
		if !strings.Contains(env, "\n"+name+"=") {
			return name
		}
	}
	return ""
}

// services tries each service as the app, with what it is handed.
func (t *trial) services(ctx context.Context) {
	whole := t.app
	for _, s := range whole.Services {
		t.app, t.of = whole.SeenBy(s), "service "+s.Name+": "
		t.release(ctx, "release", s.Release)
		t.serve(ctx, bundle.ServiceWord(s.Name), strings.TrimRight(s.Paths[0], "*?"))
	}
	t.app, t.of = whole, ""
}

// serve tries a part that serves, and one of its pages.
func (t *trial) serve(ctx context.Context, part, page string) {
	if missing := t.missing(); missing != "" {
		t.found("has what it needs", NotTried, "%s is not set here: set it for this command, so that the app finds what it "+
			"does on a machine", missing)
	}
	if err := t.choose(); err != nil {
		t.found("serves at PORT", NotTried, "no port is free: %v", err)
		return
	}
	before := t.lies()
	t.options.Say("starts %s at port %d", part, t.app.Port)
	p, err := t.start(ctx, part)
	if err != nil {
		t.found("serves at PORT", Broken, "it cannot be started: %v", err)
		return
	}
	defer p.kill()
	well := false
	if t.serves(ctx, p) {
		t.listens()
		well = t.health(ctx)
		t.headers(ctx, page)
		t.ends(ctx, p)
	}
	t.disk(before)
	if well {
		t.away(ctx, part)
	}
}

// serves waits until the port is open.
func (t *trial) serves(ctx context.Context, p *process) bool {
	const point = "serves at PORT"
	patience := t.options.Patience
	if patience == 0 {
		patience = time.Duration(t.app.BootSeconds) * time.Second
	}
	begun := time.Now()
	for time.Since(begun) < patience && ctx.Err() == nil {
		if t.open(t.host) || t.open(loopback) {
			t.found(point, Kept, "after %s", time.Since(begun).Round(10*time.Millisecond))
			return true
		}
		if !p.running() {
			t.found(point, Broken, "it ended: %v\n%s", p.err, p.said())
			return false
		}
		time.Sleep(pause)
	}
	t.found(point, Broken, "nothing listens at %s after %s: listen at the variable PORT, at HOST or all addresses\n%s",
		t.address(), patience, p.said())
	return false
}

func (t *trial) address() string { return net.JoinHostPort(t.host, strconv.Itoa(t.app.Port)) }

// answer is what an app says of itself in front of a body.
type answer struct {
	Status     string
	StatusCode int
	Header     http.Header
}

// get asks the app for a path and reads the answer to its end, or to its first MiB.
func (t *trial) get(ctx context.Context, path string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, ask)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+t.address()+path, nil)
	if err != nil {
		return answer{}, err
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	return answer{res.Status, res.StatusCode, res.Header}, err
}

func (t *trial) health(ctx context.Context) (well bool) {
	const point = "answers its health path"
	res, err := t.get(ctx, t.app.Health)
	switch {
	case err != nil:
		t.found(point, Broken, "GET %s: %v; want 200 within %s", t.app.Health, err, ask)
	case res.StatusCode != http.StatusOK:
		t.found(point, Broken, "GET %s: %s; want 200, whatever else is away: all machines would leave together",
			t.app.Health, res.Status)
	default:
		t.found(point, Kept, "GET %s: 200", t.app.Health)
		return true
	}
	return false
}

func (t *trial) headers(ctx context.Context, page string) {
	const point = "says how long pages may be kept"
	res, err := t.get(ctx, page)
	switch {
	case err != nil:
		t.found(point, NotTried, "GET %s: %v", page, err)
	case t.of != "" && res.StatusCode >= http.StatusBadRequest: // the pattern of its paths is none of its pages
		t.found(point, NotTried, "GET %s: %s", page, res.Status)
	case res.Header.Get("Set-Cookie") != "" && kept(res.Header.Get("Cache-Control")):
		t.found(point, Broken, "GET %s: Cache-Control: %s, with a Set-Cookie: the CDN keeps both, and hands one person's "+
			"cookie to all; want private, no-store where a cookie is set", page, res.Header.Get("Cache-Control"))
	case res.Header.Get("Cache-Control") == "":
		t.found(point, Broken, "GET %s has no Cache-Control, so the CDN of stage 2 asks each time or keeps what is one "+
			"person's: want public, max-age=N for what is everybody's and private, no-store for the rest", page)
	default:
		t.found(point, Kept, "GET %s: Cache-Control: %s", page, res.Header.Get("Cache-Control"))
	}
}

// kept reports whether a CDN keeps what is said so.
func kept(control string) bool {
	control = strings.ToLower(control)
	for _, word := range []string{"private", "no-store", "no-cache", "max-age=0"} {
		if strings.Contains(control, word) && !strings.Contains(control, "s-maxage") {
			return false
		}
	}
	return control != ""
}

// ends asks the app to end.
func (t *trial) ends(ctx context.Context, p *process) {
	within := time.Duration(t.app.StopSeconds) * time.Second
	begun := time.Now()
	p.end()
	t.ended("ends after SIGTERM", p, p.wait(ctx, within), begun)
}

func (t *trial) ended(point string, p *process, err error, begun time.Time) {
	took := time.Since(begun).Round(10 * time.Millisecond)
	var exit *exec.ExitError
	switch {
	case errors.Is(err, errLate):
		t.found(point, Broken, "it still runs after %d s (stopSeconds), and is cut off: end once what was begun is answered",
			t.app.StopSeconds)
	case errors.As(err, &exit):
		t.found(point, Kept, "after %s, with %v: an app that answers what it has begun catches the signal and ends with 0",
			took, err)
	default:
		t.found(point, Kept, "after %s", took)
	}
}

// worker tries what works: that it stays, and ends.
func (t *trial) worker(ctx context.Context) {
	if t.app.Commands.Worker == nil {
		return
	}
	const point = "the worker runs, and ends after SIGTERM"
	if missing := t.missing(); missing != "" {
		t.found(point, NotTried, "%s is not set here", missing)
		return
	}
	before := t.lies()
	t.options.Say("starts the worker")
	p, err := t.start(ctx, "worker")
	if err != nil {
		t.found(point, Broken, "it cannot be started: %v", err)
		return
	}
	defer p.kill()
	select {
	case <-p.done:
		t.found(point, Broken, "it ended by itself: %v\n%s", p.err, p.said())
		return
	case <-time.After(watch):
	case <-ctx.Done():
		return
	}
	begun := time.Now()
	p.end()
	t.ended(point, p, p.wait(ctx, time.Duration(t.app.StopSeconds)*time.Second), begun)
	t.of = "worker: "
	t.disk(before)
	t.of = ""
}

// disk holds the app's folder and its home against what they were.
func (t *trial) disk(before map[string]string) {
	const point = "keeps no state on disk"
	if t.app.Image != "" {
		t.found(point, NotTried, "what a container writes to its own files is gone with it, here as on machines")
		return
	}
	var changed []string
	after := t.lies()
	for name, was := range after {
		if before[name] != was {
			changed = append(changed, name)
		}
	}
	if len(changed) == 0 {
		t.found(point, Kept, "its folder and its home are as they were; on machines they cannot be written to")
		return
	}
	t.found(point, Broken, "it wrote %s: a machine's disk is read-only to it and the machine may go at any time; use the "+
		"database, uploads, or /tmp for what may go", list(changed))
}
