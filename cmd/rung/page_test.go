package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
)

// look finds what a reader would complain of on a page: see the file.
//
//go:embed testdata/look.js
var look string

// climbOf is the report on the way from one stack to another, both recorded,
// which takes no engine. An empty stack is one without settings.
func climbOf(t *testing.T, from, to settings) preview.Report {
	t.Helper()
	cfg, err := config.Parse(to)
	require.NoError(t, err)
	catalogue, err := cost.Load()
	require.NoError(t, err)
	e := estimator(catalogue, cfg)
	return preview.NewReport(preview.Input{
		Steps: stepsOf(resourcesOf(t, from), resourcesOf(t, to)), To: cfg.Stage, Traffic: cfg.Traffic(), Before: e, After: e, Budget: cfg.Budget,
		Policies: []preview.Violation{{ID: "a-rule", Level: "advisory", Message: "database-primary: a sentence with arn:aws:iam::123456789012:role/a-name-without-a-single-place-to-break-it-anywhere"}},
	})
}

func resourcesOf(t *testing.T, set settings) []cost.Resource {
	t.Helper()
	if set == nil {
		return nil
	}
	r, err := record.Run(stacks.Program(artifact.Artifact{Path: os.Args[0], SHA256: fmt.Sprintf("%064d", 0)}),
		record.Config(set.engine()))
	require.NoError(t, err)
	return r.Model()
}

// stepsOf compares two stacks, resource by resource.
func stepsOf(from, to []cost.Resource) []preview.Step {
	was := map[string]cost.Resource{}
	for _, r := range from {
		was[r.URN] = r
	}
	var steps []preview.Step
	for _, r := range to {
		old, there := was[r.URN]
		delete(was, r.URN)
		s := preview.Step{Op: preview.Create, URN: r.URN, Type: r.Type, Name: r.Name, Component: r.Component,
			Region: r.Region, New: r.Props}
		if there {
			s.Op, s.Old, s.Keys, s.Changed = preview.Same, old.Props, changedKeys(old, r), changedKeys(old, r)
		}
		if len(s.Keys) > 0 {
			s.Op = preview.Update
		}
		steps = append(steps, s)
	}
	for _, r := range from {
		if _, gone := was[r.URN]; gone {
			steps = append(steps,
				preview.Step{Op: preview.Delete, URN: r.URN, Type: r.Type, Name: r.Name, Component: r.Component, Region: r.Region,
					Old: r.Props})
		}
	}
	return steps
}

func changedKeys(a, b cost.Resource) []string {
	var keys []string
	for k, v := range b.Props {
		if !reflect.DeepEqual(v, a.Props[k]) {
			keys = append(keys, k)
		}
	}
	return keys
}

// largest is a stage 6 of 2,000 resources.
func largest() settings {
	return settings{
		"stage": "6", "domain": "example.com", "regions": "us-east-1,eu-west-1,ap-southeast-1", "database.shards": "12",
		"traffic.routing": "accelerator", "budget": "1000000",
	}
}

// The pages of the smallest, a usual and the largest stack read well wherever
// they are read: nothing is cut off, lies on anything else, or is too faint.
func TestPagesReadWellInABrowser(t *testing.T) {
	dir := t.TempDir()
	pages := map[string]func(t *testing.T) preview.Report{
		"rung-1": func(t *testing.T) preview.Report { return climbOf(t, nil, settings{"stage": "1"}) },
		"rung-3": func(t *testing.T) preview.Report {
			return climbOf(t, settings{"stage": "2"}, settings{"stage": "3", "budget": "100"})
		},
		"rung-6": func(t *testing.T) preview.Report {
			return climbOf(t, settings{"stage": "5", "domain": "example.com", "database.shards": "12"}, largest())
		},
		"down": func(t *testing.T) preview.Report {
			return climbOf(t, settings{"stage": "4"}, settings{"stage": "3"})
		},
	}
	ctx := apptest.Browser(t, 10*time.Minute)
	for name, report := range pages {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name+".html")
			f, err := os.Create(path)
			require.NoError(t, err)
			require.NoError(t, view.Report(report(t)).HTML(f))
			require.NoError(t, f.Close())
			for _, v := range views {
				assert.Empty(t, complaints(t, ctx, path, v), "%+v", v)
			}
		})
	}
}

// viewport is how a page is looked at.
type viewport struct {
	width          int64
	medium, scheme string
}

// views are a phone, a tablet, two screens and a page of A4.
var views = []viewport{
	{390, "screen", "dark"}, {390, "screen", "light"}, {820, "screen", "light"}, {1280, "screen", "light"}, {1920, "screen", "dark"}, {718, "print", "dark"},
}

// complaints opens a page, unfolds all of it and looks.
func complaints(t *testing.T, ctx context.Context, path string, v viewport) []string {
	t.Helper()
	asMedium := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media: v.medium, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: v.scheme}},
		})
		return err
	})
	require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(v.width, 900), asMedium,
		chromedp.Navigate("file://"+path)))
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](look))
	require.NoError(t, err)
	return found
}

// The script finds, folds and shows who leads to whom, and the policy of the
// page lets it.
func TestThePageFindsWhatIsAskedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, view.Report(climbOf(t, settings{"stage": "2"}, settings{"stage": "3"})).HTML(f))
	require.NoError(t, f.Close())
	ctx := apptest.Browser(t, 10*time.Minute)
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate("file://"+path), chromedp.WaitVisible("#filter"),
		chromedp.SendKeys("#filter", "natGateway")))
	shown := func() []string {
		list, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](
			`[...document.querySelectorAll("#changes details.component")].filter(d => d.checkVisibility()).map(d => d.id + (d.open ? " open" : ""))`))
		require.NoError(t, err)
		return list
	}
	assert.Equal(t, []string{"c-network open"}, shown())
	require.NoError(t, chromedp.Do(ctx, chromedp.SendKeys("#filter", " of which there is none")))
	assert.Empty(t, shown())
	_, err = chromedp.Run(ctx, chromedp.Evaluate[bool](`(filter.value = "", filter.dispatchEvent(new Event("input")))`))
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(ctx, chromedp.Click("#fold")))
	lit, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`(() => {
		const svg = document.querySelector("svg.wide");
		svg.querySelector("[data-box=web]").dispatchEvent(new MouseEvent("mouseenter"));
		return [...svg.querySelectorAll(".wire.near")].map(w => w.dataset.from + " " + w.dataset.to);
	})()`))
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"loadbalancer web", "web cache", "web database", "web uploads", "web jobs"}, lit)
	assert.Contains(t, shown(), "c-network")
	assert.Contains(t, shown(), "c-web")
}
