// Package account finds out what package preflight wants to know of an AWS account:
// quotas and what is held of them, zones and what they offer, engine versions,
// names, name servers, and whose the credentials are.
//
// It asks a few questions of many services by package awswire. It only reads;
// docs/doctor.md lists the permissions. What AWS does not let the caller ask, or
// does not answer, is noted with the permission it needs, and the rest goes on.
package account

import (
	"context"
	"net/http"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/sync/errgroup"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/preflight"
)

// home is where global services are signed for.
const home = preflight.Global

// atOnce is how many questions are under way at a time: AWS answers five questions
// for quotas in a second.
const atOnce = 6

// Caller is who asks.
type Caller struct {
	// Config is how AWS is reached.
	Config aws.Config
	// NameServers asks the world who answers for a domain.
	NameServers func(ctx context.Context, domain string) ([]string, error)

	// http sends requests; nil is the ordinary way. patience stretches the pauses
	// between attempts; 0 is 1.
	http     *http.Client
	patience float64
}

// Open finds the caller's credentials as the AWS CLI does.
func Open(ctx context.Context, servers func(context.Context, string) ([]string, error)) (*Caller, error) {
	client, err := awswire.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &Caller{Config: client.Config, NameServers: servers}, nil
}

// look is one round of questions.
type look struct {
	client *awswire.Client

	mu    sync.Mutex
	found preflight.Account
}

// question is one thing to find out. Its answer is written under the lock.
type question struct {
	// what and region are for people, permission is the action that it needs.
	what, region, permission string
	ask                      func(context.Context) (func(*preflight.Account), error)
}

// Find asks the account what a plan needs to know. It returns an error only when it
// was interrupted.
func (c *Caller) Find(ctx context.Context, n preflight.Need) (preflight.Account, error) {
	client := &awswire.Client{Config: c.Config, HTTP: c.http, Patience: c.patience}
	l := &look{client: client, found: preflight.Account{
		Limits: map[preflight.Place]int{}, Held: map[preflight.Place][]preflight.Held{}, Zones: map[string][]preflight.Zone{},
		Offered: map[preflight.Type][]string{}, Versions: map[preflight.Engine][]string{}, Taken: map[preflight.Name]bool{},
	}}
	for _, round := range [][]question{l.first(n), l.second(n, c)} {
		if err := l.round(ctx, round); err != nil {
			return preflight.Account{}, err
		}
	}
	l.after(n)
	return l.found, nil
}

// round asks questions side by side.
func (l *look) round(ctx context.Context, questions []question) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, q := range questions {
		group.Go(func() error {
			note, err := q.ask(ctx)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			if err != nil {
				l.found.Unasked = append(l.found.Unasked, unasked(q, err))
				return nil
			}
			note(&l.found)
			return nil
		})
	}
	return group.Wait()
}

func unasked(q question, err error) preflight.Unasked {
	u := preflight.Unasked{What: q.what, Region: q.region, Why: err.Error()}
	if awswire.Denied(err) {
		u.Permission = q.permission
	}
	return u
}

// first are the questions that others build on.
func (l *look) first(n preflight.Need) []question {
	all := []question{{"whose the credentials are", "", "sts:GetCallerIdentity",
		func(ctx context.Context) (func(*preflight.Account), error) {
			answer, err := l.client.Ask(ctx, awswire.Request{Service: awswire.STS, Region: home, Action: "GetCallerIdentity"})
			if err != nil {
				return nil, err
			}
			tree, err := awswire.Parse(answer)
			return func(a *preflight.Account) { a.ID = tree.Find("Account").Text() }, err
		}}}
	for _, region := range n.Regions {
		all = append(all, l.zones(region))
	}
	return all
}

// second are all others.
func (l *look) second(n preflight.Need, c *Caller) []question {
	all := append(l.limits(n), l.holdings(n)...)
	all = append(all, l.offers(n)...)
	all = append(all, l.versions(n)...)
	all = append(all, l.names(n)...)
	return append(all, l.domain(n, c)...)
}
