package outbox

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// Push publishes where there is no cloud: it sends each event to the
// [Receiver] of every subscriber by HTTP. While one of them is away the event
// stays in the outbox; those who had it already let it go the next time.
type Push struct {
	// Subscribers are the base URLs of the internal ports by topic.
	Subscribers map[string][]string
	Client      *http.Client // its Timeout must be set; nil means one of 5 s
}

const (
	pushTimeout  = 5 * time.Second
	pushParallel = 8
)

// Publish is as the interface says.
func (p *Push) Publish(ctx context.Context, events []Event) []error {
	errs := make([]error, len(events))
	var under errgroup.Group
	under.SetLimit(pushParallel)
	for i, e := range events {
		under.Go(func() error {
			for _, url := range over(p.Subscribers, e.Topic) {
				errs[i] = errors.Join(errs[i], p.push(ctx, url, e))
			}
			return nil
		})
	}
	under.Wait() //nolint:errcheck // each event has its own
	return errs
}

func (p *Push) push(ctx context.Context, url string, e Event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+Path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("push to %s: %w", url, err)
	}
	req.Header.Set("Content-Type", "application/json")
	client := cmp.Or(p.Client, &http.Client{Timeout: pushTimeout})
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("push to %s: %w", url, err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, io.LimitReader(resp.Body, 4096)) //nolint:errcheck // so that the connection is used again
	if resp.StatusCode != http.StatusNoContent {
		return fmt.Errorf("push to %s: answered %s", url, resp.Status)
	}
	return nil
}
