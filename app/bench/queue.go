package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/lab/load/open"
)

var client = &http.Client{Timeout: 60 * time.Second}

// ask sends a request and returns the answer's head and body.
func ask(ctx context.Context, method, url, token string, in io.Reader) ([]byte, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, in)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, url, resp.Status, body)
	}
	return body, resp.Header, err
}

// author is somebody who asks for reports.
type author struct {
	User  struct{ ID uuid.UUID }
	Token string
	api   string
}

// call asks the app's API and reads the answer into what out points to. In is
// the body; nil is none.
func (a *author) call(ctx context.Context, method, path string, in map[string]string, out any) error {
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	answer, _, err := ask(ctx, method, a.api+path, a.Token, bytes.NewReader(text))
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, out)
}

func signUp(ctx context.Context, p *place, name string) (*author, error) {
	a := &author{api: "http://" + p.app.Address + "/api"}
	return a, a.call(ctx, http.MethodPost, "/users",
		map[string]string{"name": name, "email": name + "@example.com", "password": "correct horse battery"}, a)
}

// report asks for one and returns the job.
func (a *author) report(ctx context.Context) (id string, err error) {
	var job struct{ ID string }
	err = a.call(ctx, http.MethodPost, "/jobs", map[string]string{"kind": "report"}, &job)
	return job.ID, err
}

// wait waits for a job to be done.
func (a *author) wait(ctx context.Context, id string) error {
	for {
		var j struct{ State, Error string }
		if err := a.call(ctx, http.MethodGet, "/jobs/"+id, nil, &j); err != nil {
			return err
		}
		switch j.State {
		case store.JobDone:
			return nil
		case store.JobDead:
			return fmt.Errorf("the report failed: %s", j.Error)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

const manyPosts = `INSERT INTO posts (id, slot, user_id, author, title, body)
	SELECT gen_random_uuid(), $1, $2, $3, 'post ' || i, repeat('a word or two ', 10) FROM generate_series(1, $4::int) i`

// queueing times the answers and the work: of somebody who has written
// nothing, one after the other; and of somebody who has written much, while as
// many reports are written as a worker does at a time.
func queueing(ctx context.Context, t *trial) []row {
	reader, err := signUp(ctx, t.place, "reader")
	if t.fails(err) {
		return nil
	}
	writer, err := signUp(ctx, t.place, "writer")
	if t.fails(err) {
		return nil
	}
	t.exec(ctx, manyPosts, store.SlotOf(writer.User.ID), writer.User.ID, "writer", t.posts)
	quiet := t.times(max(t.queries/8, 5), func(int) error { _, err := reader.report(ctx); return err })
	work := t.times(1, func(int) error {
		id, err := writer.report(ctx)
		if err != nil {
			return err
		}
		return writer.wait(ctx, id)
	})
	var ids []string
	write := func(int) error {
		id, err := writer.report(ctx)
		ids = append(ids, id)
		return err
	}
	t.times(contract.JobConcurrency, write)
	var busy open.Durations
	for range 10 {
		time.Sleep(100 * time.Millisecond)
		busy = append(busy, t.times(1, write)...)
	}
	for _, id := range ids { // what follows shall have the processors
		t.times(1, func(int) error { return writer.wait(ctx, id) })
	}
	return answersOf(quiet, busy, fmt.Sprintf("a report of %d posts takes %s", t.posts, ms(work.Mean())))
}

func answersOf(quiet, busy open.Durations, work string) []row {
	of := func(tool string, d open.Durations, more, why string) row {
		return row{tool: tool, claim: "answer in < 100 ms instead of after the work (30 s in the example)",
			measured: fmt.Sprintf("answer within %s (median %s, P95 of %d)%s", ms(d.Percentile(95)), ms(d.Percentile(50)),
				len(d), more),
			got: millis(d.Percentile(95)), want: 100, less: true, why: why}
	}
	return []row{
		of("queue", quiet, "; "+work, "In the request a person would wait for the last figure, and the server would hold "+
			"a connection for it. It includes the way through the queue."),
		of("queue, many at once", busy, " while five such reports are being written", "The worker is in the same process "+
			"here, as on stage 1, and takes the processors from the requests; from stage 3 on it has machines of its own."),
	}
}
