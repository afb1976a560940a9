// Package load puts a stack under the load of a stage and measures it.
//
// The load is open: each request is due at a time that no answer moves, and its
// latency counts from then (vegeta sends, in process). A system that stops
// answering for a second shows that second in every request which was due in it,
// where a closed loop would have waited politely and hidden it.
//
// Reads and writes have the ladder's shares, and what is read follows a Zipf
// distribution: few posts are read often. Every write that was acknowledged is
// noted and read back afterwards. What the target's own measurements say
// (Prometheus metrics of the app, PostgreSQL's statistics) is compared before
// and after. On one machine, generator and target share the processors: the
// figures are proportions, not what AWS's machines would do.
package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/rung-dev/rung/stacks/ladder"
)

// Plan is what to do. Target, Rate and Duration are required.
type Plan struct {
	// Target is the base of the site, such as http://127.0.0.1:8080.
	Target string
	// Rate is how many requests are due in a second, at the end of a ramp. Up to
	// MaxRate.
	Rate float64
	// From is the rate at the beginning, from which it grows evenly; negative
	// means Rate throughout, zero begins with none.
	From float64
	// Duration is how long requests are sent. Up to MaxDuration.
	Duration time.Duration
	// Profile is what they do; the zero value is DefaultProfile.
	Profile Profile
	// Seed makes the sequence of requests; the same seed sends the same.
	Seed uint64
	// People and Posts are how many of each are made before, at least
	// MinPeople and MinPosts. Zero means as many as the rate needs.
	People, Posts int
	// Timeout is how long an answer may take. Zero means 30 s.
	Timeout time.Duration
	// Header goes with every request.
	Header http.Header
	// AsBrowsers sends a request once more whose connection was kept from an earlier one and
	// ended before a byte of an answer, as browsers do, whatever its method is: a server that
	// takes another configuration ends connections that nobody uses, and somebody may begin to
	// in the same moment. One that is done twice for it is a post more, never one less.
	AsBrowsers bool
	// CA is a file of certificates in PEM that vouch for the target beside the
	// system's; empty is none.
	CA string
	// Names is the name server that knows the target, an address with a port;
	// empty is the system's.
	Names string
	// Metrics are the addresses of the app's metrics, one of each process; none
	// leaves the figures of its caches out.
	Metrics []string
	// Primary and Replicas are URLs of PostgreSQL, to count its work; none
	// leaves those figures out.
	Primary  string
	Replicas []string
	// Jobs is how often a job is sent through the queue to time it. Zero means
	// every five seconds, negative never.
	Jobs time.Duration
	// Began is called when the first request is due; nil is nobody. It must not
	// wait.
	Began func()
	// Stop ends the load when it is closed, and all that was measured and written until
	// then is looked at as at its own end; nil never does.
	Stop <-chan struct{}
	// Progress is told each second that has passed; nil is nobody. It must not
	// wait.
	Progress func(Second)
}

// The bounds of a plan. A load is a test of one's own stack, on one's own machine.
const (
	MaxRate     = 5_000
	MaxDuration = time.Hour
	MinPeople   = 4
	MinPosts    = 10
	maxRequests = 2_000_000 // each of which is kept until the end, in some 70 bytes

	defaultTimeout = 30 * time.Second
	defaultJobs    = 5 * time.Second
	defaultPosts   = 200
	maxPeople      = 200
	// perPerson is how many requests a second one person may make: half of the
	// app's limit of 1,200 a minute.
	perPerson = 10
)

// Longest is how long a load of a rate may last, MaxDuration at most.
func Longest(rate float64) time.Duration {
	return min(MaxDuration, time.Duration(maxRequests/rate)*time.Second)
}

// Profile is what the requests of a load do.
type Profile struct {
	// ReadShare is the part that reads, 0 to 1.
	ReadShare float64
	// Skew is the exponent of the Zipf distribution by which posts and people
	// are chosen, more than 1; the larger, the fewer are read often.
	Skew float64
	// LogIns is the part of the writes that are log-ins, 0 to 1; zero means
	// DefaultLogIns, negative none. A processor checks some thirty passwords a second, and
	// nothing else meanwhile.
	LogIns float64
}

// DefaultLogIns is the part of the writes that are log-ins, where nobody says so.
const DefaultLogIns = 0.1

// DefaultProfile has the ladder's share of reads, and the skew that is usual for
// what people look at on the web.
func DefaultProfile() Profile { return Profile{ReadShare: ladder.ReadShare, Skew: 1.1} }

func (p Plan) withDefaults() Plan {
	if p.Profile == (Profile{}) {
		p.Profile = DefaultProfile()
	}
	if p.From < 0 {
		p.From = p.Rate
	}
	if p.People == 0 {
		p.People = min(max(MinPeople, int(p.Rate/perPerson)), maxPeople)
	}
	if p.Posts == 0 {
		p.Posts = defaultPosts
	}
	if p.Timeout == 0 {
		p.Timeout = defaultTimeout
	}
	if p.Jobs == 0 {
		p.Jobs = defaultJobs
	}
	return p
}

// Wrong is what is wrong with a field of a plan, of which Field is the name.
type Wrong struct{ Field, Text string }

func (w Wrong) Error() string { return w.Field + ": " + w.Text }

// Check reports all that is wrong with the plan.
func (p Plan) Check() error {
	var errs []error
	for _, w := range p.Wrong() {
		errs = append(errs, w)
	}
	return errors.Join(errs...)
}

// Wrong is all that is wrong with the plan, field by field; nil where it is good.
func (p Plan) Wrong() (all []Wrong) {
	wrong := func(bad bool, field, format string, args ...any) {
		if bad {
			all = append(all, Wrong{field, fmt.Sprintf(format, args...)})
		}
	}
	u, err := url.Parse(p.Target)
	wrong(err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https",
		"Target", "got %q, want the address of a site, as http://127.0.0.1:8080", p.Target)
	wrong(!(p.Rate > 0 && p.Rate <= MaxRate), "Rate", "got %v, want more than 0 and up to %d requests/s", p.Rate, MaxRate)
	wrong(!(p.From <= MaxRate), "From", "got %v, want up to %d requests/s", p.From, MaxRate)
	wrong(p.Duration < time.Second || p.Duration > MaxDuration, "Duration", "got %s, want 1s to %s", p.Duration,
		MaxDuration)
	wrong(p.People != 0 && p.People < MinPeople || p.People > maxPeople, "People", "got %d, want %d to %d", p.People,
		MinPeople, maxPeople)
	wrong(p.Posts != 0 && p.Posts < MinPosts || p.Posts > 100_000, "Posts", "got %d, want %d to 100,000", p.Posts,
		MinPosts)
	wrong(p.Profile != (Profile{}) && !(p.Profile.ReadShare >= 0 && p.Profile.ReadShare <= 1),
		"ReadShare", "got %v, want 0 to 1", p.Profile.ReadShare)
	wrong(p.Profile != (Profile{}) && !(p.Profile.Skew > 1 && p.Profile.Skew <= 10),
		"Skew", "got %v, want more than 1, up to 10", p.Profile.Skew)
	wrong(!(p.Profile.LogIns <= 1), "LogIns", "got %v, want up to 1", p.Profile.LogIns)
	wrong(max(p.Rate, p.From)*p.Duration.Seconds() > maxRequests, "Rate and Duration", "more than %d requests in all",
		maxRequests)
	return all
}

// Run prepares the site, sends the load and measures. When ctx ends earlier, so
// does the load, and what was measured until then is the result. It fails before
// any load where the plan is wrong or the site cannot be prepared.
func Run(ctx context.Context, p Plan) (Result, error) {
	if err := p.Check(); err != nil {
		return Result{}, fmt.Errorf("plan the load: %w", err)
	}
	p = p.withDefaults()
	via, err := newClients(ctx, p)
	if err != nil {
		return Result{}, fmt.Errorf("prepare the load: %w", err)
	}
	defer via.close()
	site, err := prepare(ctx, p, via)
	if err != nil {
		return Result{}, fmt.Errorf("prepare %s for the load: %w", p.Target, err)
	}
	before := observe(ctx, p)
	collected := send(ctx, p, site, via)
	after, cancel := afterwards(ctx)
	defer cancel()
	result := collected.result(p)
	result.LeftOut = site.leftOut
	if ctx.Err() == nil { // the moment of whoever breaks off is for what was acknowledged
		settle(after, p)
		result.compare(before, observe(after, p))
	}
	result.Writes = site.writes.verify(after, p.Target, via.client, readPatience)
	return result, nil
}

const (
	// verifyTime bounds reading everything back.
	verifyTime = 10 * time.Minute
	// interruptedTime is the same for whoever has interrupted the load: the rest
	// counts as not read.
	interruptedTime = 300 * time.Millisecond
)

// afterwards is the context of what follows the load, also where that was
// interrupted.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	d := verifyTime
	if ctx.Err() != nil {
		d = interruptedTime
	}
	return context.WithTimeout(context.WithoutCancel(ctx), d)
}

// settle waits until PostgreSQL's sessions have told what they did, which they
// do once a second.
func settle(ctx context.Context, p Plan) {
	if p.Primary == "" {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(1500 * time.Millisecond):
	}
}
