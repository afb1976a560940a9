// Package purge tells the CDN in front which paths have changed, so that it
// does not wait for their time to live. Paths are collected and sent together,
// because CDNs limit and charge for such requests. A purge that fails is tried
// again for some seconds, and then logged: the time to live is the bound for what has
// changed. What must not be seen any more is not given up: see [Purger.Now].
package purge

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/batch"
)

// CDN forgets paths.
type CDN interface {
	Purge(ctx context.Context, id string, paths []string) error
}

// None is no CDN.
type None struct{}

// Purge has nothing to do.
func (None) Purge(context.Context, string, []string) error { return nil }

// CloudFront invalidates paths of a distribution.
type CloudFront struct {
	client       *cloudfront.Client
	distribution string
}

// NewCloudFront purges one distribution.
func NewCloudFront(config aws.Config, distribution string) *CloudFront {
	return &CloudFront{client: cloudfront.NewFromConfig(config), distribution: distribution}
}

// Purge makes one invalidation; id keeps a second attempt from making another.
func (c *CloudFront) Purge(ctx context.Context, id string, paths []string) error {
	_, err := c.client.CreateInvalidation(ctx, &cloudfront.CreateInvalidationInput{
		DistributionId: &c.distribution,
		InvalidationBatch: &types.InvalidationBatch{CallerReference: &id,
			Paths: &types.Paths{Items: paths, Quantity: aws.Int32(int32(len(paths)))}},
	})
	if err != nil {
		return fmt.Errorf("invalidate %d paths at CloudFront: %w", len(paths), err)
	}
	return nil
}

// cloudflareMost is how many URLs Cloudflare takes in one request.
const cloudflareMost = 30

// Cloudflare purges URLs of a zone.
type Cloudflare struct {
	Zone, Token string
	// Site is where people reach the app: Cloudflare wants whole URLs.
	Site *url.URL
	// API is the base of Cloudflare's API; empty means the public one.
	API string
	// Client must have a time-out.
	Client *http.Client
}

// Purge sends the URLs, as many at a time as Cloudflare takes.
func (c *Cloudflare) Purge(ctx context.Context, _ string, paths []string) error {
	for len(paths) > 0 {
		n := min(len(paths), cloudflareMost)
		if err := c.send(ctx, paths[:n]); err != nil {
			return fmt.Errorf("purge %d paths at Cloudflare: %w", n, err)
		}
		paths = paths[n:]
	}
	return nil
}

func (c *Cloudflare) send(ctx context.Context, paths []string) error {
	urls := make([]string, 0, len(paths))
	for _, p := range paths {
		urls = append(urls, c.Site.JoinPath(p).String())
	}
	body, err := json.Marshal(map[string][]string{"files": urls})
	if err != nil {
		return err
	}
	base := cmp.Or(c.API, "https://api.cloudflare.com/client/v4")
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/zones/"+url.PathEscape(c.Zone)+"/purge_cache",
		bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.Token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := c.Client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 500)) // only for the message
		return fmt.Errorf("answered %s: %s", answer.Status, text)
	}
	return nil
}

// Purger collects paths.
type Purger struct {
	cdn   CDN
	batch *batch.Batch[string]
	log   *slog.Logger
	none  bool // no CDN: nothing is collected
	// failed are the attempts of the batch that is being sent.
	failed int
}

// attempts is how often a batch is sent before it is given up, after six seconds or so
// of waiting between them: paths that come meanwhile have room for as long.
const attempts = 6

// New collects paths for a CDN, for a second at most.
func New(cdn CDN, log *slog.Logger) *Purger {
	_, none := cdn.(None)
	p := &Purger{cdn: cdn, log: log, none: none}
	p.batch = batch.New(batch.Config[string]{Size: 100, Every: time.Second, Capacity: 1000, NewID: uuid.NewString,
		Flush: p.send})
	return p
}

// send is called by one goroutine, with the same id until a batch is done.
func (p *Purger) send(ctx context.Context, id string, paths map[string]int64) error {
	err := p.cdn.Purge(ctx, id, slices.Sorted(maps.Keys(paths)))
	if err == nil {
		p.failed = 0
		return nil
	}
	if p.failed++; p.failed < attempts {
		return err
	}
	p.failed = 0
	p.log.Warn("purge the CDN", "err", err, "paths", len(paths), "attempts", attempts)
	return nil // the time to live is the bound
}

// Changed notes paths that the CDN must forget. It does not wait for it.
func (p *Purger) Changed(ctx context.Context, paths ...string) {
	if p.none {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	for _, path := range paths {
		if err := p.batch.Add(ctx, path); err != nil {
			p.log.WarnContext(ctx, "purge the CDN", "path", path, "err", err)
		}
	}
}

// Now makes the CDN forget paths before it returns, for what must not be seen
// any more: the time to live is no bound for that. Who calls it keeps note of them
// until it succeeds.
func (p *Purger) Now(ctx context.Context, paths ...string) error {
	return p.cdn.Purge(ctx, uuid.NewString(), paths)
}

// Close sends what was collected.
func (p *Purger) Close(ctx context.Context) error { return p.batch.Close(ctx) }
