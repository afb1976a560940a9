package stacks

import (
	"errors"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// lists are settings under which, between them, every step of every stage has
// something to do; stages 5 and 6 have one list.
var lists = map[string]map[string]string{
	"stage1": {"stage": "1", "domain": "example.com", "budget": "50"},
	"stage2": {"stage": "2", "domain": "example.com"},
	"stage3": {"stage": "3", "domain": "example.com", "handover": "pending"},
	"stage4": {"stage": "4", "domain": "example.com", "database.proxy": "always"},
	"stage6": {"stage": "6", "domain": "example.com", "regions": two, "database.shards": "2", "database.proxy": "always"},
}

// nightlyLists are further settings, under which some steps do something else.
var nightlyLists = map[string]map[string]string{
	"without a CDN": {"stage": "4", "cdn": "none", "domain": "example.com"},
	"Cloudflare":    {"stage": "4", "cdn": "cloudflare", "domain": "example.com", "cloudflareZone": strings.Repeat("0a", 16)},
	"Aurora":        {"stage": "5", "cdn": "none", "regions": two, "database.global": "aurora", "traffic.routing": "accelerator"},
	"a handover":    {"stage": "5", "domain": "example.com", "regions": two, "handover": "pending"},
}

// A step that a stage lists too early says which step belongs before it, or is
// none the worse for it: nothing is built otherwise than the pictures show.
func TestStepsSayWhatTheyMiss(t *testing.T) {
	tried := maps.Clone(lists)
	if os.Getenv("RUNG_SWEEP") != "" {
		maps.Copy(tried, nightlyLists)
	}
	for name, settings := range tried {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newListed(t, settings)
			for i := range l.names {
				t.Run(l.names[i]+" alone", func(t *testing.T) { l.alone(t, i) })
				if i > 0 {
					t.Run(l.names[i]+" before "+l.names[i-1], func(t *testing.T) { l.swapped(t, i) })
				}
			}
		})
	}
}

// listed is a stage whose steps are tried in other orders.
type listed struct {
	cfg   config.Config
	names []string
	whole *record.Recording
	want  map[string]record.Resource // of the whole, by URN
}

func newListed(t *testing.T, settings map[string]string) *listed {
	cfg, err := config.Parse(settings)
	require.NoError(t, err)
	l := &listed{cfg: cfg, names: written(t, cfg.Stage)}
	l.whole, err = l.run(func(all steps) steps {
		require.Len(t, all, len(l.names))
		return all
	})
	require.NoError(t, err)
	l.want = byURN(l.whole)
	return l
}

// run builds some of the stage's steps in a fresh cell.
func (l *listed) run(choose func(steps) steps) (*record.Recording, error) {
	return record.Run(func(ctx *pulumi.Context) error {
		c, err := newCell(ctx, l.cfg, artifact.Artifact{Path: "app", SHA256: strings.Repeat("a1", 32)})
		if err != nil {
			return err
		}
		list, err := builder(l.cfg.Stage)
		if err != nil {
			return err
		}
		if err = c.build(choose(list(c))); err != nil {
			return err
		}
		c.cdnID.abandon(errCut)
		c.cdnURL.abandon(errCut)
		return nil
	})
}

// errCut ends what waits for steps that were left out.
var errCut = errors.New("cut")

func (l *listed) alone(t *testing.T, i int) {
	rec, err := l.run(func(all steps) steps { return all[i : i+1] })
	if missing := l.missing(t, err); missing != nil {
		for _, m := range missing {
			assert.Contains(t, l.names[:i], m.by, "%v: an earlier step of the stage makes it", err)
		}
		return
	}
	l.asEver(t, rec)
}

func (l *listed) swapped(t *testing.T, i int) {
	rec, err := l.run(func(all steps) steps {
		all[i-1], all[i] = all[i], all[i-1]
		return all
	})
	if missing := l.missing(t, err); missing != nil {
		require.Len(t, missing, 1)
		assert.Equal(t, l.names[i-1], missing[0].by)
		return
	}
	l.asEver(t, rec)
	assert.Len(t, rec.Resources, len(l.whole.Resources))
	assert.Equal(t, l.whole.Exports, rec.Exports)
}

// asEver wants of each resource what the program asks for in the right order.
func (l *listed) asEver(t *testing.T, rec *record.Recording) {
	for urn, r := range byURN(rec) {
		assert.Equal(t, l.want[urn], r, "a step needs another that it does not ask for")
	}
}

// missing is what a step missed; nil where the program ran.
func (l *listed) missing(t *testing.T, err error) []left {
	if err == nil || errors.Is(err, errCut) {
		return nil
	}
	var missing *missingError
	require.ErrorAs(t, err, &missing, "a step has to say what it misses")
	for _, m := range missing.missing {
		assert.ErrorContains(t, err, m.what+" ("+m.by+")")
	}
	return missing.missing
}

// byURN are the resources as the program asked for them.
func byURN(rec *record.Recording) map[string]record.Resource {
	all := map[string]record.Resource{}
	for _, r := range rec.Resources {
		slices.Sort(r.Dependencies)
		all[r.URN] = recordtest.OfItself(r)
	}
	return all
}

var step = regexp.MustCompile(`(?m)^\t\t(?:[cm]\.|m\.each\(\(\*cell\)\.)(\w+)\)?,$`)

// written are the names of a stage's steps, as its file lists them.
func written(t *testing.T, n ladder.Number) []string {
	text, err := os.ReadFile("stage" + strconv.Itoa(min(int(n), 5)) + ".go") // stages 5 and 6 share a list
	require.NoError(t, err)
	var names []string
	for _, m := range step.FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	return names
}

// Who reads of a missing step finds it under that name.
func TestEveryNeedNamesAStep(t *testing.T) {
	steps := map[string]bool{}
	for n := range stages {
		for _, name := range written(t, ladder.Number(n+1)) {
			steps[name] = true
		}
	}
	text, err := os.ReadFile("needs.go")
	require.NoError(t, err)
	named := regexp.MustCompile(`"([a-z]+[A-Z]\w+)"\)`).FindAllStringSubmatch(string(text), -1)
	require.NotEmpty(t, named)
	for _, m := range named {
		assert.Contains(t, slices.Sorted(maps.Keys(steps)), m[1])
	}
}
