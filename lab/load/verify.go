package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Writes says what became of writes that the target had acknowledged.
type Writes struct {
	// Acknowledged is how many there were.
	Acknowledged int `json:"acknowledged"`
	// Lost are those that the target does not have, or has otherwise.
	Lost int `json:"lost"`
	// Unread are those of which it could not be found out in time.
	Unread int `json:"unread"`
	// Examples are some of the lost and unread, with what was found.
	Examples []string `json:"examples,omitempty"`
}

const (
	// readers is how many read at a time.
	readers = 8
	// readPatience is how long a write that is not there may take to be: caches
	// and replicas may be behind, a server may be coming back.
	readPatience = 20 * time.Second
	maxExamples  = 5
)

type verdict int

const (
	kept verdict = iota
	lost
	unread
)

// verify reads every acknowledged write back, each for as long as patience.
func (w *writes) verify(ctx context.Context, target string, client *http.Client, patience time.Duration) Writes {
	out := Writes{Acknowledged: len(w.posts)}
	todo := make(chan written)
	var mu sync.Mutex
	var reading sync.WaitGroup
	for range readers {
		reading.Go(func() {
			for post := range todo {
				v, why := look(ctx, strings.TrimSuffix(target, "/"), post, client, patience)
				mu.Lock()
				out.count(v, post, why)
				mu.Unlock()
			}
		})
	}
	for _, post := range w.posts {
		todo <- post
	}
	close(todo)
	reading.Wait()
	return out
}

func (w *Writes) count(v verdict, post written, why string) {
	switch v {
	case lost:
		w.Lost++
	case unread:
		w.Unread++
	default:
		return
	}
	if why != "" && len(w.Examples) < maxExamples {
		w.Examples = append(w.Examples, fmt.Sprintf("%s (%s): %s", post.ID, post.Title, why))
	}
}

// look reads one post until it is as it was acknowledged, or for as long as patience; when
// ctx ends first, there is nothing to say of it.
func look(ctx context.Context, target string, post written, client *http.Client,
	patience time.Duration) (verdict, string) {
	if post.ID == "" {
		return lost, "the acknowledgement did not name it"
	}
	end := time.Now().Add(patience)
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		v, why := read(ctx, target, post, client)
		if v == kept || time.Now().After(end) {
			return v, why
		}
		select {
		case <-ctx.Done():
			return unread, ""
		case <-time.After(pause):
		}
	}
}

func read(ctx context.Context, target string, post written, client *http.Client) (verdict, string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target+"/api/posts/"+post.ID, nil)
	if err != nil {
		return unread, err.Error()
	}
	resp, err := client.Do(r)
	if err != nil {
		return unread, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	var found written
	switch {
	case resp.StatusCode == http.StatusNotFound:
		return lost, "it is not there"
	case err != nil || resp.StatusCode != http.StatusOK:
		return unread, "answered " + resp.Status
	case json.Unmarshal(body, &found) != nil || found != post:
		return lost, fmt.Sprintf("it says something else: %.100s", body)
	}
	return kept, ""
}
