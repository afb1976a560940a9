package engine

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/rung-dev/rung/outside/legible"
)

// Progress shows a run while it works. Start, Event and Stop come in this order,
// from one goroutine at a time.
type Progress interface {
	Start(op string)
	Event(e events.EngineEvent)
	Stop()
}

// Silent shows nothing.
type Silent struct{}

// Start does nothing.
func (Silent) Start(string) {}

// Event does nothing.
func (Silent) Event(events.EngineEvent) {}

// Stop does nothing.
func (Silent) Stop() {}

// NewProgress shows a run on w, which should be the standard error: one line
// that renews itself on a terminal (live), else a plain line now and then. width tells
// the terminal's columns, as they are at the moment; nil or 0 means 80.
func NewProgress(w io.Writer, live bool, width func() int) Progress {
	return &line{w: w, live: live, width: width, now: time.Now, every: 5 * time.Second}
}

type line struct {
	w     io.Writer
	live  bool
	width func() int
	now   func() time.Time
	every time.Duration

	mu             sync.Mutex
	op             string
	started, shown time.Time
	seen, done     int
	current        string
	tick           *time.Ticker
	quit           chan struct{}
}

// Start begins a run.
func (l *line) Start(op string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.op, l.started, l.seen, l.done, l.current = op, l.now(), 0, 0, ""
	l.shown = l.started
	if l.live {
		l.quit = make(chan struct{})
		l.tick = time.NewTicker(time.Second)
		go l.renew(l.tick, l.quit)
	}
}

// renew keeps the seconds moving while the cloud takes its time.
func (l *line) renew(t *time.Ticker, quit chan struct{}) {
	for {
		select {
		case <-t.C:
			l.mu.Lock()
			l.draw()
			l.mu.Unlock()
		case <-quit:
			return
		}
	}
}

// Event counts a step and shows it.
func (l *line) Event(e events.EngineEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case e.ResourcePreEvent != nil:
		l.seen++
		l.current = step(e.ResourcePreEvent.Metadata)
	case e.ResOutputsEvent != nil, e.ResOpFailedEvent != nil:
		l.done++
	default:
		return
	}
	if l.live || l.now().Sub(l.shown) >= l.every {
		l.draw()
	}
}

// Stop wipes the live line.
func (l *line) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.live {
		l.tick.Stop()
		close(l.quit)
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}

func (l *line) draw() {
	l.shown = l.now()
	now := fmt.Sprintf("%s: %d of %d resources, %s", l.op, l.done, max(l.seen, l.done),
		l.now().Sub(l.started).Round(time.Second))
	if l.current != "" {
		now += ", " + l.current
	}
	now = legible.Line(now) // names of resources may hold anything
	if l.live {
		fmt.Fprint(l.w, "\r\x1b[K"+cut(now, l.columns()-1)) // a full line would begin the next
		return
	}
	fmt.Fprintln(l.w, now)
}

// narrow is the width of a terminal that does not say its own, and least the narrowest
// in which a line still says something.
const (
	narrow = 80
	least  = 20
)

func (l *line) columns() int {
	if l.width == nil {
		return narrow
	}
	if n := l.width(); n > 0 {
		return max(n, least)
	}
	return narrow
}

// step names what is being done: "create network-vpc (Vpc)".
func step(m apitype.StepEventMetadata) string {
	u := resource.URN(m.URN)
	if !u.IsValid() {
		return string(m.Op)
	}
	kind := string(u.Type())
	return fmt.Sprintf("%s %s (%s)", m.Op, u.Name(), kind[strings.LastIndex(kind, ":")+1:])
}

// cut shortens text to so many columns; letters of Asia take two.
func cut(s string, n int) string {
	if text.StringWidth(s) <= n {
		return s
	}
	end, left := 0, n-text.StringWidth("…")
	for i, r := range s {
		if left -= text.RuneWidth(r); left < 0 {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	return s[:end] + "…"
}
