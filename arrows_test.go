package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// arrows says what the packages under a path may import of ours, tests apart.
// The longest path that fits counts; a package may always import those under
// the same path.
var arrows = map[string][]string{
	".":      {"outside", "stacks"},
	"access": {"resource/token"},
	"advise": {"app/contract", "outside", "stacks/ladder"},
	"app":    {"freeport"},
	// What measures the app sends as the lab does, breaks what the lab plays and has prices.
	"app/bench": {"app", "cost", "freeport", "lab/awsapi/awsapitest", "lab/certificate", "lab/load/open", "resource/token"},
	// The protocols know no question.
	"awswire":    {},
	"cdnpolicy":  {},
	"cmd":        {"access", "advise", "app/contract", "app/skeleton", "awswire", "bill", "comment", "cost", "engine", "guard", "handover", "lab", "names", "offline", "operate", "orphans", "outside", "policies", "polyglot", "preflight", "preview", "published", "record", "region", "resource", "stacks", "temporary"},
	"comment":    {},
	"components": {"app/contract", "cdnpolicy", "guard", "machine", "names", "region", "resource/token"},
	"bill":       {"cost", "outside"},
	"cost":       {"outside", "region", "resource", "stacks/ladder"},
	"docs":       {"stacks/ladder"},
	"engine":     {"names", "outside", "resource/token"},
	"examples":   {"components", "guard"},
	"freeport":   {},
	"guard":      {"resource/token"},
	"handover":   {"awswire", "outside/nearest"},
	// Tests of moves start the servers of the app's tests.
	"handover/handovertest": {"app/apptest"},
	// A rehearsal starts servers of those that the lab knows how to find.
	"handover/rehearsal": {"freeport", "handover", "lab/site"},
	// What a move is shown with is what the lab's figures are shown with.
	"handover/report": {"handover", "lab/paper", "preview/page"},
	// The lab reads the cloud's file and what machines run, and no component.
	// An app's secrets are where its user keeps them.
	"lab": {"app/contract", "cdnpolicy", "offline/sim", "outside", "resource/token", "stacks/secrets"},
	// What the lab's processes meet knows nothing of plans and resources: tests of the app use it as well.
	"lab/awsapi": {},
	"lab/breaks": {"lab/load", "lab/paper", "stacks/ladder"},
	// The seeds' figures are held against what the lab measures.
	"lab/claims": {"lab/breaks", "lab/load", "lab/paper", "stacks/ladder"},
	"lab/dns":    {},
	// A load knows the app as its clients do, and what the seeds say of it.
	"lab/load":        {"app/contract", "stacks/ladder"},
	"lab/load/open":   {},
	"lab/load/report": {"lab/load", "lab/paper", "preview/page", "stacks/ladder"},
	"lab/paper":       {"preview/asjson", "preview/markdown", "preview/page", "preview/terminal"},
	"lifecycle":       {},
	"machine":         {},
	"names":           {},
	"offline":         {"resource/token"},
	// What services share knows none of them, and the core of the simulation no cloud.
	"offline/aws":          {"cdnpolicy", "machine", "offline/sim", "region", "resource/token"},
	"offline/aws/internal": {"machine", "offline/sim", "region", "resource/token"},
	"offline/sim":          {"outside"},
	// What is done with a stack reads its state; each driver knows its own cloud.
	"operate":   {"awswire", "lab", "machine", "outside", "resource"},
	"orphans":   {},
	"outside":   {},
	"polyglot":  {"components", "guard", "published"},
	"preflight": {"awswire", "lifecycle", "machine", "region", "resource"},
	// What stacks depart from is data of the stacks, without their code.
	"policies":               {"app/contract", "cdnpolicy", "cost", "guard", "machine", "outside", "published", "resource", "stacks/accepted", "stacks/config", "stacks/ladder", "stacks/manifest"},
	"policies/rule/ruletest": {"policies/rule", "record"},
	"preview":                {"cost", "guard", "outside", "resource", "stacks/ladder", "stacks/parts"},
	"preview/asjson":         {"outside"},
	"preview/brief":          {"cost", "outside", "preview"},
	"preview/drawing":        {"preview", "preview/terminal", "region", "stacks/parts"},
	"preview/markdown":       {"outside"},
	"preview/page":           {"outside", "preview", "preview/drawing"},
	"preview/previewtest":    {"cost", "outside", "resource/token", "stacks/ladder", "stacks/parts"},
	"preview/terminal":       {"outside", "preview"},
	"preview/view":           {"access", "advise", "bill", "cost", "guard", "operate", "outside", "preview", "published", "resource", "stacks/ladder", "stacks/parts"},
	"published":              {},
	"record":                 {"offline", "resource"},
	"region":                 {},
	"resource":               {},
	"stacks":                 {"app/contract", "components", "guard", "names", "outside", "region", "resource/token"},
	"stacks/accepted":        {"stacks/ladder"},
	"stacks/bundle":          {"outside", "stacks/manifest"},
	"stacks/config":          {"machine", "outside", "region", "stacks/ladder", "stacks/manifest"},
	"stacks/ladder":          {},
	// What reads a stranger's file knows no stage and no cloud.
	"stacks/manifest": {"outside"},
	"stacks/parts":    {"region"},
	"stacks/secrets":  {"outside"},
	"stacks/trial":    {"freeport", "stacks/bundle", "stacks/manifest"},
	"temporary":       {"outside"},
	"templates":       {"sdk"}, // which Pulumi writes beside a program that begins with one
	"tests":           {"app/contract", "cost", "engine", "guard", "offline", "preview", "record", "resource/token", "stacks"},
	"tests/internal":  {"engine", "offline", "stacks"},
}

func TestArrowsPointOneWay(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		house := houseOf(s.dir)
		require.NotEmpty(t, house, "%s: a new house needs a row in arrows", s.dir)
		for _, name := range s.ours() {
			allowed := slices.ContainsFunc(append(arrows[house], house), func(p string) bool { return within(name, p) })
			assert.True(t, allowed, "%s must not import %s", s.path, name)
		}
	}
}
