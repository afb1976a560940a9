package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/rung-dev/rung/lab/load/open"
)

// traffic is what people do meanwhile: of ten requests four write, a post or a job, and
// the others read what the same person has written or what is new.
type traffic struct {
	door   string
	people []string // tokens
	jobs   bool
	client *http.Client
	began  time.Time
	number atomic.Int64

	mu     sync.Mutex
	sent   []sent
	posts  []acknowledged
	jobbed []acknowledged
	late   time.Time // when something that was put off was last late
}

// sent is one request.
type sent struct {
	due    time.Time
	answer string // what it failed by, empty where it did not
}

// acknowledged is what somebody was told is done, or will be.
type acknowledged struct {
	id, by string
	at     time.Time
}

const (
	people   = 8
	password = "correct horse battery"
	// patience is how long a person waits for an answer.
	patience = 10 * time.Second
	longest  = 10 * time.Minute
)

func newTraffic(w *World) *traffic {
	t := &traffic{door: w.door, jobs: w.effects.of == jobs,
		client: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
	w.Cleanup(t.client.CloseIdleConnections)
	for i := range people {
		t.people = append(t.people, t.signUp(w, fmt.Sprintf("person-%d", i)))
	}
	return t
}

func (t *traffic) signUp(w *World, name string) (token string) {
	in, _ := json.Marshal(map[string]string{"name": name, "email": name + "@example.com", "password": password})
	var out struct{ Token string }
	resp, err := t.client.Post(t.door+"/api/users", "application/json", strings.NewReader(string(in)))
	w.must(err)
	defer resp.Body.Close()
	w.must(json.NewDecoder(resp.Body).Decode(&out))
	if out.Token == "" {
		w.Fatalf("sign up: answered %s", resp.Status)
	}
	return out.Token
}

// send goes on until stop is closed.
func (t *traffic) send(ctx context.Context, rate float64, stop <-chan struct{}) {
	t.began = time.Now()
	open.Send(ctx, t.client, t.next, open.Even(rate, longest), stop, t.note)
}

// Where people write.
const (
	postsPath = "/api/posts"
	jobsPath  = "/api/jobs"
)

// next makes a request. Vegeta calls it from many goroutines.
func (t *traffic) next(r *vegeta.Target) error {
	n := t.number.Add(1)
	r.Method, r.Body = http.MethodGet, nil
	r.Header = http.Header{"X-Forwarded-For": {fmt.Sprintf("10.0.%d.%d", rand.IntN(250), rand.IntN(250))},
		"Content-Type": {"application/json"}}
	who := t.people[n%people]
	switch {
	case n%10 == 0 && t.jobs:
		r.Method, r.URL, r.Body = http.MethodPost, t.door+jobsPath, []byte(`{"kind":"report"}`)
	case n%10 < 4:
		r.Method, r.URL = http.MethodPost, t.door+postsPath
		r.Body = []byte(`{"title":"post ` + strconv.FormatInt(n, 10) + `","body":"must not be lost"}`)
	case n%10 < 8:
		if own, ok := t.any(); ok {
			r.URL, who = t.door+postsPath+"/"+own.id, own.by
			break
		}
		fallthrough
	default:
		r.URL = t.door + postsPath
	}
	r.Header.Set("Authorization", "Bearer "+who)
	return nil
}

// any is a post that was acknowledged.
func (t *traffic) any() (acknowledged, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.posts) == 0 {
		return acknowledged{}, false
	}
	return t.posts[rand.IntN(len(t.posts))], true
}

// note takes an answer; whoever is not answered counts, too.
func (t *traffic) note(s open.Sent) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := sent{due: t.began.Add(s.Due)}
	if s.Error != "" {
		one.answer = "no answer"
		if s.Code != 0 {
			one.answer = strconv.Itoa(int(s.Code))
		}
	}
	t.sent = append(t.sent, one)
	if s.Method != http.MethodPost || one.answer != "" {
		return
	}
	var made struct{ ID string }
	json.Unmarshal(s.Body, &made) //nolint:errcheck // what names nothing is looked for in vain, and lost
	a := acknowledged{id: made.ID, at: time.Now()}
	if strings.HasSuffix(s.URL, jobsPath) {
		t.jobbed = append(t.jobbed, a)
		return
	}
	t.posts = append(t.posts, a)
}
