// Package aws is the driver of an account: EC2, Auto Scaling, RDS, ElastiCache, SQS,
// CloudFront and CloudWatch are asked how the parts are, CloudWatch Logs and the machines
// themselves for logs, and Systems Manager runs what is to be run. No port is opened and no
// bastion stands: machines are reached by AWS's agent on them.
//
// A question that AWS throttles is asked again; one that the caller may not ask is told with
// the action that is missing ([Actions]). Looking is free but for CloudWatch's metrics
// ($0.01 for 1,000 of them beyond the free tier).
package aws

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// Driver is operate.Driver for an account.
type Driver struct {
	// Client asks AWS.
	Client *awswire.Client
	// Now is the time; nil means time.Now. Pause is how long to wait between two looks at
	// something that goes on; 0 is two seconds.
	Now   func() time.Time
	Pause time.Duration
	// Contained says that the app runs in a container, in which commands run too.
	Contained bool
}

var _ operate.Driver = (*Driver)(nil)

// Open reaches AWS with the caller's credentials.
func Open(ctx context.Context) (*Driver, error) {
	client, err := awswire.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &Driver{Client: client}, nil
}

func (d *Driver) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

// rest waits between two looks; false when the context ended first.
func (d *Driver) rest(ctx context.Context) bool {
	pause := d.Pause
	if pause == 0 {
		pause = 2 * time.Second
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return true
	}
}

// atOnce is how many questions are under way at a time.
const atOnce = 6

// question is one thing to find out. Its answer is written under the lock.
type question struct {
	what, action string
	ask          func(context.Context) (func(*operate.Found), error)
}

// Look asks everything side by side. It fails only when nothing was answered.
func (d *Driver) Look(ctx context.Context, s operate.Stack) (operate.Found, error) {
	questions := d.questions(s)
	var found operate.Found
	var lock sync.Mutex
	var last error
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, q := range questions {
		group.Go(func() error {
			note, err := q.ask(ctx)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			lock.Lock()
			defer lock.Unlock()
			if err != nil {
				last = awswire.Explained(err, q.what, q.action)
				found.Unasked = append(found.Unasked, last.Error())
				return nil
			}
			note(&found)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return operate.Found{}, err
	}
	if last != nil && len(found.Unasked) == len(questions) {
		return found, fmt.Errorf("ask AWS how stack %s is: %w", s.Name, last)
	}
	return sorted(found, s), nil
}

// sorted is the answer in the order of the stack's parts, whichever question came first.
func sorted(f operate.Found, s operate.Stack) operate.Found {
	place := func(name string) int {
		return slices.IndexFunc(s.Parts, func(p operate.Part) bool { return p.Name == name })
	}
	slices.SortStableFunc(f.Health, func(a, b operate.Health) int { return place(a.Part) - place(b.Part) })
	slices.SortFunc(f.Load, func(a, b operate.Measure) int { return strings.Compare(a.Key+a.What, b.Key+b.What) })
	slices.SortFunc(f.Alarms, func(a, b operate.Alarm) int { return strings.Compare(a.State+a.Name, b.State+b.Name) })
	slices.SortFunc(f.Backups, func(a, b operate.Backup) int { return strings.Compare(a.Of, b.Of) })
	slices.Sort(f.Unasked)
	return f
}

// questions are what a stack's parts make to ask.
func (d *Driver) questions(s operate.Stack) (all []question) {
	for _, p := range s.Parts {
		if h, ok := healths[p.Kind]; ok {
			all = append(all, question{"ask how " + p.Name + " is", h.action,
				func(ctx context.Context) (func(*operate.Found), error) { return h.ask(ctx, d, p) }})
		}
		all = append(all, d.measures(p)...)
		if p.Disk != "" {
			all = append(all, d.snapshots(p))
		}
	}
	return append(all, d.alarms(s)...)
}

// members are the parameters of a list in the Query protocol.
func members(name string, values ...string) url.Values {
	form := url.Values{}
	for i, v := range values {
		form.Set(fmt.Sprintf("%s.member.%d", name, i+1), v)
	}
	return form
}
