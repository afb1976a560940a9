package stacks_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/artifact"
)

// app stands for a built binary.
var app = artifact.Artifact{Path: "app", SHA256: strings.Repeat("a1", 32)}

// recorded are the stages that were built already, by their settings: many tests look at
// the same one, which nobody changes, and a large one takes a second.
var recorded sync.Map

// run builds a stage with the given settings, pairs of key and value.
func run(t *testing.T, pairs ...string) *record.Recording {
	t.Helper()
	config := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		config["rung:"+pairs[i]] = pairs[i+1]
	}
	key := fmt.Sprint(config) // fmt orders a map by its keys
	if rec, is := recorded.Load(key); is {
		return rec.(*record.Recording)
	}
	rec := recordtest.Run(t, stacks.Program(app), record.Config(config))
	recorded.Store(key, rec)
	return rec
}

// plans are the golden plans: each shows what its settings add to or change of
// the plan below it.
var plans = []struct {
	name, below string
	settings    []string
}{
	{"stage1", "", []string{"stage", "1"}},
	{"stage1-domain", "stage1", []string{"stage", "1", "domain", "example.com"}},
	{"stage2", "stage1", []string{"stage", "2"}},
	{"stage2-domain", "stage2", []string{"stage", "2", "domain", "example.com"}},
	{"stage3", "stage2", []string{"stage", "3"}},
	{"stage3-domain", "stage3", []string{"stage", "3", "domain", "example.com"}},
	{"stage3-handover", "stage3", []string{"stage", "3", "handover", "pending"}},
	{"stage4", "stage3", []string{"stage", "4"}},
	{"stage4-domain", "stage4", []string{"stage", "4", "domain", "example.com"}},
	{"stage5", "stage4", []string{"stage", "5"}},
	{"stage5-domain", "stage5", []string{"stage", "5", "domain", "example.com"}},
	{"stage6", "stage5", []string{"stage", "6"}},
	{"stage6-domain", "stage6", []string{"stage", "6", "domain", "example.com",
		"edge.experiment", "home=10", "edge.apiKeys", "shop", "edge.apiKeyPaths", "/api/partner"}},
}

func TestGoldenPlans(t *testing.T) {
	golden := map[string]*record.Recording{}
	for _, p := range plans {
		golden[p.name] = run(t, p.settings...)
		t.Run(p.name, func(t *testing.T) {
			recordtest.Golden(t, p.name, golden[p.name].PlanOver(record.Over{Base: golden[p.below], Twin: atHome}))
		})
	}
}

// atHome turns what names another region into what names the stages' home.
func atHome(text string) string { return homely.Replace(text) }

var homely = strings.NewReplacer("-euw1", "", "-apse1", "", "-usw2", "", "eu-west-1", "us-east-1", "ap-southeast-1",
	"us-east-1", "us-west-2", "us-east-1")
