package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/preflight"
	"github.com/rung-dev/rung/stacks/config"
)

// setQuotas sets quotas of the offline cloud of a directory.
func setQuotas(t *testing.T, dir string, quotas map[string]int) {
	t.Helper()
	require.NoError(t, sim.OpenStore(filepath.Join(dir, ".rung", "cloud.json")).Change(func(c *sim.Cloud) error {
		c.Quotas = quotas
		return nil
	}))
}

// flat is a text without its line breaks.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// What an account cannot take is told all at once, by doctor and before an up
// creates anything; what a stack holds itself is no obstacle to it.
func TestAnAccountThatCannotTakeTheStage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	setQuotas(t, dir, map[string]int{"vpc.vpcs": 0, preflight.OnDemand: 1})
	for _, command := range []string{"doctor", "up"} {
		got := rung(t, dir, command, "1")
		assert.Equal(t, codeUsage, got.code, command)
		for _, want := range []string{
			"VPCs in us-east-1: the stack needs 1, others hold 0, and the account may have 0",
			"vCPUs of on-demand machines in us-east-1: the stack needs 2, others hold 0, and the account may have 1",
			"home/services/vpc/quotas/L-F678F1CE", "have the quota raised to 2 or more",
		} {
			assert.Contains(t, flat(got.out+got.err), want, command)
		}
		assert.Contains(t, got.err, "nothing was changed", command)
	}
	assert.NotContains(t, cloud(t, dir), "vpc-", "nothing was created")

	setQuotas(t, dir, map[string]int{"vpc.vpcs": 1, preflight.OnDemand: 2})
	got := rung(t, dir, "doctor", "1", "--json")
	require.Equal(t, codeDone, got.code, got.err)
	var checks struct {
		Well   bool
		Checks []struct{ Level, Key, Needed, Allowed string }
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &checks), got.out)
	assert.True(t, checks.Well)
	assert.Contains(t, checks.Checks, struct{ Level, Key, Needed, Allowed string }{"well", "vpc.vpcs", "1", "1"})

	require.Equal(t, codeDone, rung(t, dir, "up", "1").code)
	assert.Equal(t, codeDone, rung(t, dir, "up", "1").code, "what it holds itself does not stand in its way")
	assert.Equal(t, codeDone, rung(t, dir, "doctor").code, "the stage that the stack stands on")
	other := rung(t, dir, "up", "1", "--stack", "other")
	assert.Equal(t, codeUsage, other.code)
	assert.Contains(t, other.err, "VPCs in us-east-1: the stack needs 1, others hold 1, and the account may have 1")
	assert.Contains(t, other.err, "have the quota raised to 2 or more")
}

func TestWrongQuotasOfTheEnvironment(t *testing.T) {
	t.Setenv(offline.QuotasEnv, "vpc.vpc=1,nonsense")
	dir := t.TempDir()
	for _, command := range []string{"doctor", "up", "preview"} {
		got := rung(t, dir, command, "1")
		assert.Equal(t, codeUsage, got.code, command)
		assert.Contains(t, got.err, `there is no quota "vpc.vpc", want one of docs/doctor.md; did you mean vpc.vpcs?`)
		assert.Contains(t, got.err, `got "nonsense", want KEY=NUMBER`)
	}
	_, err := os.Stat(filepath.Join(dir, ".rung"))
	assert.ErrorIs(t, err, os.ErrNotExist, "nothing was made")
}

func TestQuotasOfTheEnvironmentBoundAnUp(t *testing.T) {
	t.Setenv(offline.QuotasEnv, "vpc.vpcs=0")
	got := rung(t, t.TempDir(), "up", "1")
	assert.Equal(t, codeUsage, got.code)
	assert.Contains(t, got.err, "the account may have 0")
}

func TestDoctorOfNoStackWantsAStage(t *testing.T) {
	t.Parallel()
	got := rung(t, t.TempDir(), "doctor")
	assert.Equal(t, codeUsage, got.code)
	assert.Contains(t, got.err, "want a STAGE, 1 to 6")
}

// What is not known and what comes later stop no up.
func TestOnlyWhatSurelyFailsStops(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	s := &session{app: &app{err: &errs}, config: config.Config{Stage: 3}}
	warn := preflight.Finding{Level: preflight.Warns, Text: "it cannot grow", Do: "raise it", Link: "https://x"}
	note := preflight.Finding{Level: preflight.Notes, Text: "not asked"}
	require.NoError(t, s.judge([]preflight.Finding{warn, note, note}))
	assert.Equal(t, "it cannot grow; raise it: https://x\n2 questions about the account could not be answered; `rung "+
		"doctor 3` lists them.\n", errs.String())
	err := s.judge([]preflight.Finding{{Level: preflight.Stops, Text: "a"}, {Level: preflight.Stops, Text: "b"}, warn})
	assert.Equal(t, codeUsage, codeOf(runError{err}))
	assert.ErrorContains(t, err, "\n  a\n  b\n")
}
