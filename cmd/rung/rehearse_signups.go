package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/rung-dev/rung/handover/rehearsal"
)

// signUps are people who sign up one after the other, by turns at the API and on the
// page, each of whom tries again until it is done.
type signUps struct {
	door   string
	client *http.Client
	cancel context.CancelFunc
	ended  sync.WaitGroup

	result rehearsal.SignUps
	names  []string
}

const (
	// signUpEvery is the time between two.
	signUpEvery = time.Second
	// signUpPatience is how long somebody tries.
	signUpPatience = time.Minute
	// signUpAgain is the time between two tries.
	signUpAgain = 200 * time.Millisecond
)

func beginSignUps(ctx context.Context, door string) *signUps {
	s := &signUps{door: strings.TrimSuffix(door, "/"), client: &http.Client{Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	ctx, s.cancel = context.WithCancel(ctx)
	s.ended.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			s.one(ctx, n)
			select {
			case <-ctx.Done():
			case <-time.After(signUpEvery):
			}
		}
	})
	return s
}

// one signs somebody up, each try under a name of its own: what became of one that was
// not answered nobody knows.
func (s *signUps) one(ctx context.Context, n int) {
	began := time.Now()
	for try := 0; time.Since(began) < signUpPatience && ctx.Err() == nil; try++ {
		name := fmt.Sprintf("mover-%d-%d", n, try)
		status, err := s.send(context.WithoutCancel(ctx), name, n%2 == 1)
		if err == nil && (status == http.StatusCreated || status == http.StatusSeeOther) {
			s.names = append(s.names, name)
			s.result.Acknowledged++
			s.result.LongestWait = max(s.result.LongestWait, time.Since(began).Milliseconds())
			return
		}
		s.result.Refused++
		time.Sleep(signUpAgain)
	}
	if ctx.Err() == nil {
		s.result.GivenUp++
	}
}

func (s *signUps) send(ctx context.Context, name string, page bool) (status int, err error) {
	in := map[string]string{"name": name, "email": name + "@example.com", "password": "a move of correct horses"}
	path, kind, body := "/api/users", "application/json", []byte(nil)
	if page {
		form := url.Values{}
		for key, value := range in {
			form.Set(key, value)
		}
		path, kind, body = "/signup", "application/x-www-form-urlencoded", []byte(form.Encode())
	} else if body, err = json.Marshal(in); err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.door+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", kind)
	answer, err := s.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, err
}

// end ends the sign-ups, and counts those that were acknowledged and whom the site does
// not know.
func (s *signUps) end(ctx context.Context, r *rehearsal.Result) error {
	s.cancel()
	s.ended.Wait()
	for _, name := range s.names {
		if !s.known(ctx, name) {
			s.result.Lost++
		}
	}
	if r.Climb != nil {
		r.Climb.SignUps = &s.result
	}
	return nil
}

// known asks for a person until the site knows it, for a while: caches remember that
// somebody was not there.
func (s *signUps) known(ctx context.Context, name string) bool {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(signUpAgain) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.door+"/api/users/"+name, nil)
		if err != nil {
			return false
		}
		if answer, err := s.client.Do(r); err == nil {
			answer.Body.Close() //nolint:errcheck // it was read
			if answer.StatusCode == http.StatusOK {
				return true
			}
		}
	}
	return false
}
