// Package redis reaches Redis so that nobody has to wait for it. The app can
// do without Redis: while it is away every call fails at once with [ErrAway],
// a circuit breaker keeps calls from piling up, and the connection is made
// again in the background. What must be deleted is remembered and deleted
// when Redis is back, so that nothing stale outlives an outage.
package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
	"github.com/sony/gobreaker/v2"

	"github.com/rung-dev/rung/app/tracing"
)

// ErrAway is returned while Redis does not answer.
var ErrAway = errors.New("redis is away")

const (
	// DefaultTimeout bounds one call. Redis answers in well under a
	// millisecond; what takes this long is better asked elsewhere.
	DefaultTimeout = 250 * time.Millisecond
	dialTimeout    = time.Second
	retryEvery     = 250 * time.Millisecond
	// quietEvery is how often it is asked whether it is there while nothing is wrong: a call
	// that fails has it asked sooner.
	quietEvery = time.Second
)

// Config says where Redis is.
type Config struct {
	URL, Password string
	// Cluster says that the server speaks the cluster protocol.
	Cluster bool
	// Timeout bounds one call; zero means DefaultTimeout.
	Timeout time.Duration
	// Up is told again and again whether Redis answers and takes writes; may
	// be nil.
	Up  func(bool)
	Log *slog.Logger
}

// Client reaches Redis whenever it is there.
type Client struct {
	config  Config
	option  rueidis.ClientOption
	client  atomic.Pointer[rueidis.Client]
	breaker *gobreaker.CircuitBreaker[struct{}]
	up      atomic.Bool
	refuses atomic.Pointer[string] // why it takes no writes; nil when it does
	stop    context.CancelFunc
	stopped chan struct{}
	failed  chan struct{} // a call has failed since it was asked last

	backlog backlog
}

// Open starts to connect and returns without waiting. The error is about the
// URL only.
func Open(ctx context.Context, c Config) (*Client, error) {
	option, err := rueidis.ParseURL(c.URL)
	if err != nil {
		return nil, errors.New("the URL of Redis is not one that its client knows") // the client's message may repeat it
	}
	if c.Password != "" {
		option.Password = c.Password
	}
	option.ForceSingleClient = !c.Cluster
	option.DisableRetry = true // a call that fails goes elsewhere at once
	option.Dialer = net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}
	option.ConnWriteTimeout = 2 * time.Second
	option.CacheSizeEachConn = 64 << 20
	option.PipelineMultiplex = -1 // one connection to each server, or [Settled] could not tell what is in memory
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	r := &Client{config: c, option: option, backlog: backlog{changes: map[string]pending{}}, stopped: make(chan struct{}),
		failed: make(chan struct{}, 1)}
	r.breaker = gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Name: "redis", Timeout: retryEvery, MaxRequests: 1,
		ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= 3 },
		IsSuccessful: answered,
	})
	r.connect(ctx)
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	go r.watch(watching)
	return r, nil
}

// answered tells an answer from silence: "there is no such key" is one.
func answered(err error) bool {
	if err == nil || rueidis.IsRedisNil(err) {
		return true
	}
	_, said := rueidis.IsRedisErr(err)
	return said || errors.Is(err, context.Canceled)
}

// Close ends the connection.
func (r *Client) Close() {
	r.stop()
	<-r.stopped
	if c := r.client.Load(); c != nil {
		(*c).Close()
	}
}

func (r *Client) connect(ctx context.Context) {
	if r.client.Load() != nil {
		return
	}
	c, err := rueidis.NewClient(r.option)
	if err != nil {
		r.mark(ctx, false, err)
		return
	}
	r.client.Store(&c)
	r.mark(ctx, true, nil)
}

func (r *Client) mark(ctx context.Context, up bool, err error) {
	if r.config.Up != nil {
		r.config.Up(up && r.Refuses() == "")
	}
	if r.up.Swap(up) == up {
		return
	}
	if up {
		r.config.Log.InfoContext(ctx, "redis answers")
	} else {
		r.config.Log.WarnContext(ctx, "redis is away", "err", err)
	}
}

// watch asks Redis whether it is there and hands over what it must forget.
func (r *Client) watch(ctx context.Context) {
	defer close(r.stopped)
	for r.pause(ctx) {
		r.connect(ctx)
		err := r.try(ctx)
		r.mark(ctx, err == nil, err)
		if err == nil {
			r.catchUp(ctx)
		}
	}
}

// pause waits until Redis is to be asked again; false when ctx has ended.
func (r *Client) pause(ctx context.Context) bool {
	if r.up.Load() && r.Refuses() == "" && r.backlog.count.Load() == 0 {
		select {
		case <-ctx.Done():
			return false
		case <-r.failed:
		case <-time.After(quietEvery - retryEvery):
		}
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(retryEvery):
		return true
	}
}

// fails notes that a call has failed.
func (r *Client) fails() {
	select {
	case r.failed <- struct{}{}:
	default: // it is known
	}
}

// try writes something, because a Redis that is full, or has become a replica,
// answers everything else. That it refuses is noted and no error: it can be read.
func (r *Client) try(ctx context.Context) error {
	err := r.Do(ctx, func(ctx context.Context, c rueidis.Client) error {
		return c.Do(ctx, c.B().Set().Key("tried").Value("1").PxMilliseconds(time.Minute.Milliseconds()).Build()).Error()
	})
	said, is := rueidis.IsRedisErr(err)
	if !is || !refusals[strings.SplitN(said.Error(), " ", 2)[0]] {
		if err == nil && r.refuses.Swap(nil) != nil {
			r.config.Log.InfoContext(ctx, "redis takes writes again")
		}
		return err
	}
	why := said.Error()
	if r.refuses.Swap(&why) == nil {
		r.config.Log.WarnContext(ctx, "redis takes no writes", "err", why)
	}
	return nil
}

// refusals begin what Redis says of writes alone: it is full, it cannot save, it
// is a replica or misses its own.
var refusals = map[string]bool{"OOM": true, "MISCONF": true, "READONLY": true, "NOREPLICAS": true}

// Refuses is why Redis takes no writes although it answers; empty when it does.
func (r *Client) Refuses() string {
	if why := r.refuses.Load(); why != nil {
		return *why
	}
	return ""
}

// Clustered says whether keys may be on several servers.
func (r *Client) Clustered() bool { return r.config.Cluster }

// Up says whether Redis answered when it was last asked.
func (r *Client) Up() bool { return r.up.Load() }

// Do runs fn with a bounded context while Redis is there. The error is ErrAway
// when it is not, and fn's own otherwise; a missing key is rueidis' nil.
func (r *Client) Do(ctx context.Context, fn func(context.Context, rueidis.Client) error) error {
	c := r.client.Load()
	if c == nil {
		return ErrAway
	}
	ctx, cancel := context.WithTimeout(ctx, r.config.Timeout)
	defer cancel()
	ctx, done := tracing.Child(ctx, "redis")
	_, err := r.breaker.Execute(func() (struct{}, error) { return struct{}{}, fn(ctx, *c) })
	if answered(err) {
		done(nil)
		return err
	}
	done(err)
	r.fails()
	return fmt.Errorf("%w: %w", ErrAway, err)
}
