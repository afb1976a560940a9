// Package edge decides at the CDN's edge what needs no server: which country
// and which side of an experiment a visitor belongs to, whether a program's API
// key is good, where a page has moved, and what a shared cache may keep.
//
// A system needs it when a round trip to the nearest region is what users still
// wait for: stage 6. On CloudFront it is a function with a key-value store, and
// one Lambda@Edge where a function is not enough; on Cloudflare a Worker with a
// KV namespace. The code is in code/, small, and the same lines on both.
//
// A CloudFront function costs $0.10 for a million calls, Lambda@Edge $0.60 and
// its time; Workers $5 a month with ten million requests and $0.30 for a
// million more. The rules are data: a changed one is an update of the store,
// in seconds, and no new code.
//
// The package refuses rules that do not fit the store, an experiment without
// two sides, key paths without keys, and redirects that lead back. What it
// checks are keys of programs; sessions of people stay the app's. Whoever asks
// with a cohort or country that the rules do not tell apart shares the cache
// with everybody else.
package edge

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state: never change it.
const Token = "rung:components:Edge"

var _ pulumi.ComponentResource = (*Edge)(nil)

// Kind is whose edge it is.
type Kind string

const (
	CloudFront Kind = "cloudfront"
	Cloudflare Kind = "cloudflare"
)

// Kinds lists both.
func Kinds() []Kind { return []Kind{CloudFront, Cloudflare} }

// DefaultLogDays is long enough to look into what went wrong last week.
const DefaultLogDays = 30

// Key is what a program shows at the edge. The key that it sends is made with [Sign].
type Key struct {
	// ID names the program: lower-case letters, digits and hyphens, at most 63.
	ID string
	// Secret signs its keys, at most 1,000 bytes.
	Secret pulumi.StringInput
}

// Args describe the edge. Only Kind is required; without rules it tidies
// requests up and refuses bad API keys.
type Args struct {
	part.Common
	// Kind is CloudFront or Cloudflare. On CloudFront the component's provider
	// must be one for us-east-1, and Common.Alerts a topic there.
	Kind Kind
	// Rules are what the edge goes by.
	Rules Rules
	// Keys are the programs that may use Rules.KeyPaths.
	Keys []Key
	// CacheGuard adds a Lambda@Edge where answers come from the app: it keeps
	// cookies, errors and private paths out of the cache, whatever the app says,
	// and turns CDN-Cache-Control into what CloudFront knows. CloudFront only;
	// the Worker does the same by itself.
	CacheGuard bool
	// LogRegions are the regions, each with a provider, in which Lambda@Edge's
	// log is kept for LogDays. It writes where it runs, which is near the user;
	// elsewhere it makes groups of its own, which nobody empties. CacheGuard only.
	LogRegions map[string]pulumi.ProviderResource
	// LogDays is how long, in days. Zero means DefaultLogDays.
	LogDays int
	// AccountID, ZoneID and Domain are Cloudflare's account and zone, and the
	// public name. Cloudflare only, which needs all three.
	AccountID, ZoneID, Domain string
}

func (a Args) withDefaults() Args {
	if a.LogDays == 0 {
		a.LogDays = DefaultLogDays
	}
	return a
}

func (a Args) validate() error {
	errs := append(a.Rules.check(), a.checkKeys()...)
	if !slices.Contains(Kinds(), a.Kind) {
		errs = append(errs, fmt.Errorf("Kind: got %q, want one of %v", a.Kind, Kinds()))
	}
	errs = append(errs, part.CheckLogDays(a.LogDays))
	if a.Kind == Cloudflare && (a.AccountID == "" || a.ZoneID == "" || a.Domain == "") {
		errs = append(errs, errors.New("AccountID, ZoneID, Domain: Cloudflare needs all three"))
	}
	if a.Kind == Cloudflare && a.CacheGuard {
		errs = append(errs, errors.New("CacheGuard: the Worker guards the cache by itself"))
	}
	return errors.Join(errs...)
}

func (a Args) checkKeys() []error {
	var errs []error
	seen := map[string]bool{}
	for i, k := range a.Keys {
		if !keyForm.MatchString(k.ID) || seen[k.ID] {
			errs = append(errs, fmt.Errorf("Keys[%d].ID: got %q, want a name of its own of lower-case letters, digits and "+
				"hyphens", i, k.ID))
		}
		if k.Secret == nil {
			errs = append(errs, fmt.Errorf("Keys[%d].Secret: required", i))
		}
		seen[k.ID] = true
	}
	if len(a.Rules.KeyPaths) > 0 && len(a.Keys) == 0 {
		errs = append(errs, errors.New("Keys: KeyPaths without a key would shut everybody out"))
	}
	return errs
}

// Edge is the code at the edge, and what it goes by.
type Edge struct {
	pulumi.ResourceState
	// RequestARN is the function for viewer requests and ResponseARN the one
	// for viewer responses, which is nil without an experiment. CloudFront only.
	RequestARN, ResponseARN pulumi.StringInput
	// CacheGuardARN is the published version of the Lambda@Edge for origin
	// responses; nil without one.
	CacheGuardARN pulumi.StringInput
	// CachePolicyID is the cache policy that tells cohorts and countries apart;
	// nil where the rules do not.
	CachePolicyID pulumi.StringInput

	functions []namedFunction
}

// New builds the edge. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Edge, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("edge %s: %w", name, err)
	}
	e := &Edge{}
	if err := ctx.RegisterComponentResource(Token, name, e, opts...); err != nil {
		return nil, fmt.Errorf("register edge %s: %w", name, err)
	}
	steps := []func(*pulumi.Context, string, Args) error{e.buildFunctions, e.buildCachePolicy, e.buildCacheGuard, e.watch}
	if args.Kind == Cloudflare {
		steps = []func(*pulumi.Context, string, Args) error{e.buildWorker}
	}
	for _, step := range steps {
		if err := step(ctx, name, args); err != nil {
			return nil, fmt.Errorf("edge %s: %w", name, err)
		}
	}
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{})
}
