package stacks_test

import (
	"strings"
	"testing"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/artifact"
)

// app stands for a built binary.
var app = artifact.Artifact{Path: "app", SHA256: strings.Repeat("a1", 32)}

// run builds a rung with the given settings, pairs of key and value.
func run(t *testing.T, pairs ...string) *record.Recording {
	t.Helper()
	config := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		config["rung:"+pairs[i]] = pairs[i+1]
	}
	return recordtest.Run(t, stacks.Program(app), record.Config(config))
}

func TestGoldenPlans(t *testing.T) {
	for name, settings := range map[string][]string{
		"stage1":          {"stage", "1"},
		"stage1-domain":   {"stage", "1", "domain", "example.com"},
		"stage2":          {"stage", "2"},
		"stage2-domain":   {"stage", "2", "domain", "example.com"},
		"stage3":          {"stage", "3"},
		"stage3-domain":   {"stage", "3", "domain", "example.com"},
		"stage3-handover": {"stage", "3", "handover", "pending"},
		"stage4":          {"stage", "4"},
		"stage4-domain":   {"stage", "4", "domain", "example.com"},
		"stage5":          {"stage", "5"},
		"stage5-domain":   {"stage", "5", "domain", "example.com"},
		"stage6":          {"stage", "6"},
		"stage6-domain":   {"stage", "6", "domain", "example.com", "edge.experiment", "home=10", "edge.apiKeys", "shop", "edge.apiKeyPaths", "/api/partner"},
	} {
		t.Run(name, func(t *testing.T) {
			recordtest.Golden(t, name, run(t, settings...).Plan())
		})
	}
}
