package load

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/rung-dev/rung/lab/load/open"
)

// Second is what came of the requests that were due in one second.
type Second struct {
	// At is the second, from 0.
	At int `json:"second"`
	// Sent and Failed count requests.
	Sent   int `json:"sent"`
	Failed int `json:"failed"`
	// Written are the writes among them that were answered, FailedWrites those that were
	// not, and LongestWrite is the slowest of the former, in milliseconds.
	Written      int     `json:"written"`
	FailedWrites int     `json:"failed_writes"`
	LongestWrite float64 `json:"longest_write_ms"`
	// Errors counts failures by what they were.
	Errors map[string]int `json:"errors,omitempty"`
	// Latency are its percentiles.
	Latency Latency `json:"latency"`
}

// collector takes what comes of each request.
type collector struct {
	pace     open.Pace
	writes   *writes
	progress func(Second)
	began    time.Time
	queued   []queued

	mu    sync.Mutex
	all   []sent
	took  time.Duration
	timer *time.Ticker
	over  chan struct{}
	shown int
}

func newCollector(p open.Pace, w *writes, progress func(Second)) *collector {
	return &collector{pace: p, writes: w, progress: progress, over: make(chan struct{})}
}

// begin starts the clock, and tells of each second when it is over.
func (c *collector) begin() {
	c.began = time.Now()
	if c.progress == nil {
		return
	}
	c.timer = time.NewTicker(time.Second)
	go func() {
		for {
			select {
			case <-c.over:
				return
			case <-c.timer.C:
				c.tell()
			}
		}
	}()
}

// tell tells of the second before the last, of which most answers are there.
func (c *collector) tell() {
	c.mu.Lock()
	at := int(time.Since(c.began).Seconds()) - 2
	var of []sent
	for i := len(c.all) - 1; i >= 0 && at >= 0; i-- {
		if int(c.all[i].at.Seconds()) == at {
			of = append(of, c.all[i])
		}
		if c.all[i].at < time.Duration(at-60)*time.Second {
			break
		}
	}
	fresh := at >= 0 && at >= c.shown
	c.shown = at + 1
	c.mu.Unlock()
	if fresh {
		c.progress(secondOf(at, of))
	}
}

func (c *collector) end() {
	c.took = time.Since(c.began)
	close(c.over)
	if c.timer != nil {
		c.timer.Stop()
	}
}

// add takes what came of one request.
func (c *collector) add(r open.Sent) {
	s := sentOf(r)
	if s.kind == kindPublish && r.Code == http.StatusCreated {
		c.writes.note(r.Body)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, s)
}

func secondOf(at int, of []sent) Second {
	s := Second{At: at, Sent: len(of), Latency: latencyOf(of)}
	for _, one := range of {
		if one.failure != "" {
			s.fail(one.failure)
		}
		switch {
		case !isWrite(one.kind):
		case one.failure != "":
			s.FailedWrites++
		default:
			s.Written++
			s.LongestWrite = max(s.LongestWrite, ms(one.latency))
		}
	}
	return s
}

func (s *Second) fail(reason string) {
	s.Failed++
	if s.Errors == nil {
		s.Errors = map[string]int{}
	}
	s.Errors[reason]++
}

// written is a post as the target has acknowledged it.
type written struct{ ID, Title, Body string }

// writes are all that the target has acknowledged.
type writes struct {
	mu    sync.Mutex
	posts []written
}

// note keeps what an acknowledgement says; one that says nothing that can be
// read is kept as well, and is lost.
func (w *writes) note(answer []byte) {
	var post written
	json.Unmarshal(answer, &post) //nolint:errcheck // see above
	w.mu.Lock()
	defer w.mu.Unlock()
	w.posts = append(w.posts, post)
}
