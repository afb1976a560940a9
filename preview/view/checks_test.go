package view_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/preview/view"
)

func TestChecksShowWhatStopsFirstAndTheTightestGroup(t *testing.T) {
	c := view.Checks{Stack: "dev", Stage: 3, Rows: []view.Check{
		{Level: "stops", Key: "ec2.elastic-ips", Region: "eu-west-1", Found: "4", Needed: "2", Allowed: "5", Text: "too few",
			Do: "raise it", Link: "https://x"},
		{Level: "note", Key: "unknown", Text: "not asked"},
		{Level: "well", Key: "vpc.rules-per-security-group", Region: "eu-west-1", Found: "0", Needed: "2", Allowed: "60"},
		{Level: "well", Key: "vpc.rules-per-security-group", Region: "eu-west-1", Found: "0", Needed: "55", Allowed: "60"},
		{Level: "well", Key: "account", Text: "it is yours"},
	}}
	var b strings.Builder
	require.NoError(t, c.Table(&b, terminal.Style{Width: 100}))
	assert.Equal(t, `stage 3 for stack dev: an up would fail (1 stop it, 0 warn, 1 not known, 3 well)

STOPS: too few
    raise it
    https://x

NOTE: not asked

quota                                   region             others   needed  allowed
vpc.rules-per-security-group            eu-west-1               0       55       60

account: it is yours
`, b.String())
	b.Reset()
	require.NoError(t, c.JSON(&b))
	var got struct {
		Well   bool
		Checks []view.Check
	}
	require.NoError(t, json.Unmarshal([]byte(b.String()), &got))
	assert.False(t, got.Well)
	assert.Equal(t, c.Rows, got.Checks)
	assert.True(t, view.Checks{Rows: c.Rows[1:]}.Well())
}
