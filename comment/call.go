package comment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// mostAnswer bounds what is read of one answer: a hundred comments of the longest.
const mostAnswer = 16 << 20

// tries is how often a call is made that the API is too busy for, and longestPause how
// long it is waited for between two, whatever the API asks for.
const (
	tries        = 3
	longestPause = 20 * time.Second
)

// call asks the API, and again where it was too busy for it. An answer that is no
// success is an error with what the API says, and what usually helps.
func (p Place) call(ctx context.Context, client *http.Client, verb, address string, body []byte, into any) error {
	for try := 1; ; try++ {
		err := p.callOnce(ctx, client, verb, address, body, into)
		var r *refusal
		if !errors.As(err, &r) || try == tries || !r.passing(verb) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(r.pause(try)):
		}
	}
}

func (p Place) callOnce(ctx context.Context, client *http.Client, verb, address string, body []byte, into any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, verb, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set(p.host.header, p.host.scheme+p.token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return &refusal{answer.StatusCode, answer.Header.Get("Retry-After"), raw}
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(raw, into)
}

// refusal is an answer that is no success.
type refusal struct {
	status int
	// after is when to ask again, in seconds, as the API says; empty where it does not.
	after string
	raw   []byte
}

// passing reports whether the same call may succeed a moment later. A comment that was
// begun may have been written though the API failed, so that it is not written again.
func (r *refusal) passing(verb string) bool {
	switch r.status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	case http.StatusForbidden:
		return r.after != "" // GitHub's limit of writing, which it words so
	}
	return r.status >= http.StatusInternalServerError && verb != http.MethodPost
}

// pause is how long to wait before the call is made again.
func (r *refusal) pause(try int) time.Duration {
	if seconds, err := strconv.Atoi(r.after); err == nil && seconds >= 0 {
		return min(time.Duration(seconds)*time.Second, longestPause)
	}
	return time.Duration(try) * time.Second
}

// Error words it.
func (r *refusal) Error() string {
	var said struct{ Message any }
	text := ""
	if json.Unmarshal(r.raw, &said) == nil && said.Message != nil {
		text = fmt.Sprintf(": %.200v", said.Message)
	}
	switch {
	case r.passing(http.MethodGet):
		text += "; it is busy or broken: run the step again later"
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden:
		text += "; the token may not write here (a pull request from a fork has one that only reads: use --summary, or " +
			"post from workflow_run)"
	case r.status == http.StatusNotFound:
		text += "; the token may not see it, or it is not there"
	}
	return fmt.Sprintf("the answer is %d %s%s", r.status, http.StatusText(r.status), text)
}
