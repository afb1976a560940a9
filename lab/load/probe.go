package load

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// queued is one job that went through the queue.
type queued struct {
	answer time.Duration // until the job was taken on
	delay  time.Duration // from then until a worker had begun
	failed bool
}

const (
	// perAsker is how many jobs one person asks for: the app takes five an hour.
	perAsker = 4
	// lookEvery is how often a job is looked at, the exactness of its delay.
	lookEvery = 50 * time.Millisecond
	// jobPatience is how long a job may wait.
	jobPatience = 30 * time.Second
	jobQueued   = "queued"
)

// probe sends jobs one after the other until ctx ends or nobody may ask for more.
func probe(ctx context.Context, p Plan, s *site, via *clients) []queued {
	var all []queued
	if p.Jobs < 0 {
		return nil
	}
	for i := range perAsker * len(s.people) {
		select {
		case <-ctx.Done():
			return all
		case <-time.After(p.Jobs):
		}
		q := oneJob(ctx, s, via, s.people[i%len(s.people)].token)
		if ctx.Err() != nil {
			return all
		}
		all = append(all, q)
	}
	return all
}

func oneJob(ctx context.Context, s *site, via *clients, token string) (q queued) {
	var job struct{ ID, State string }
	begin := time.Now()
	q.failed = s.call(ctx, via, http.MethodPost, "/api/jobs", token, map[string]string{"kind": "report"}, &job) != nil
	q.answer = time.Since(begin)
	for job.State == jobQueued && !q.failed && ctx.Err() == nil {
		if time.Since(begin) > jobPatience {
			q.failed = true
			break
		}
		time.Sleep(lookEvery)
		if state, ok := stateOf(ctx, s, via, job.ID, token); ok {
			job.State = state
		}
	}
	q.delay = time.Since(begin) - q.answer
	return q
}

func stateOf(ctx context.Context, s *site, via *clients, id, token string) (string, bool) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.target+"/api/jobs/"+id, nil)
	if err != nil {
		return "", false
	}
	r.Header = jsonHeader(token)
	resp, err := via.client.Do(r)
	if err != nil {
		return "", false
	}
	defer resp.Body.Close()
	var job struct{ State string }
	err = json.NewDecoder(resp.Body).Decode(&job)
	return job.State, err == nil && resp.StatusCode == http.StatusOK
}
