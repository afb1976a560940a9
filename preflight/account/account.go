// Package account finds out what package preflight wants to know of an AWS account:
// quotas and what is held of them, zones and what they offer, engine versions,
// names, name servers, and whose the credentials are.
//
// It asks a few questions of many services, so it speaks their protocols itself with
// the SDK's signer, where their SDKs would take minutes to compile. It only reads;
// docs/doctor.md lists the permissions. What AWS does not let the caller ask, or
// does not answer, is noted with the permission it needs, and the rest goes on.
package account

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"golang.org/x/sync/errgroup"

	"github.com/rung-dev/rung/preflight"
)

// home is where global services are signed for.
const home = preflight.Global

// atOnce is how many questions are under way at a time: AWS answers five questions
// for quotas in a second.
const atOnce = 6

// patience for one answer.
const answerTime = 20 * time.Second

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
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w", err)
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w; sign in, or set AWS_PROFILE", err)
	}
	return &Caller{Config: cfg, NameServers: servers}, nil
}

// look is one round of questions.
type look struct {
	config   aws.Config
	http     *http.Client
	patience float64

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
	l := &look{config: c.Config, http: c.http, patience: c.patience, found: preflight.Account{
		Limits: map[preflight.Place]int{}, Held: map[preflight.Place][]preflight.Held{}, Zones: map[string][]preflight.Zone{},
		Offered: map[preflight.Type][]string{}, Versions: map[preflight.Engine][]string{}, Taken: map[preflight.Name]bool{},
	}}
	if l.http == nil {
		l.http = &http.Client{Timeout: answerTime, CheckRedirect: stay}
	}
	if l.patience == 0 {
		l.patience = 1
	}
	for _, round := range [][]question{l.first(n), l.second(n, c)} {
		if err := l.round(ctx, round); err != nil {
			return preflight.Account{}, err
		}
	}
	l.after(n)
	return l.found, nil
}

// stay keeps a signed request with whom it was signed for.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

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
	if denied(err) {
		u.Permission = q.permission
	}
	return u
}

// first are the questions that others build on.
func (l *look) first(n preflight.Need) []question {
	all := []question{{"whose the credentials are", "", "sts:GetCallerIdentity",
		func(ctx context.Context) (func(*preflight.Account), error) {
			answer, err := l.ask(ctx, request{service: sts, region: home, action: "GetCallerIdentity"})
			if err != nil {
				return nil, err
			}
			tree, err := parse(answer)
			return func(a *preflight.Account) { a.ID = tree.find("Account").text() }, err
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
