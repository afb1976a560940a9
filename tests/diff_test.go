package tests

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/guard"
)

func TestDiffOfAClimb(t *testing.T) {
	t.Parallel()
	for _, step := range [][2]string{{"1", "2"}, {"2", "3"}} {
		t.Run(step[0]+" to "+step[1], func(t *testing.T) {
			u := newUser(t)
			text := u.does("diff", step[0], step[1], "--format", "json").out
			shape(t, text)
			got := decode(t, text)
			require.NotNil(t, got.From)
			require.NotNil(t, got.To)
			assert.EqualValues(t, step[0][0]-'0', *got.From)
			assert.EqualValues(t, step[1][0]-'0', *got.To)
			got.keepsData(t)
			got.Cost.addsUp(t)
			assert.True(t, number(t, got.Cost.Delta).IsPositive(), "a climb costs more")
			assert.NotEmpty(t, got.ops("create"))
			assert.Empty(t, got.ops("replace"))
			assert.Empty(t, u.files(), "a diff works on a stack of its own")
		})
	}
}

// What stays beside the new stage is in its bill: the handover is not free.
func TestDiffPricesTheHandover(t *testing.T) {
	t.Parallel()
	got := newUser(t).report("diff", "2", "3")
	var server []string
	for _, l := range got.Cost.Lines {
		if l.Component == "server" {
			server = append(server, l.Item)
		}
	}
	assert.NotEmpty(t, server)
}

// A descent would leave the database behind: it is shown, and stopped.
func TestDiffOfADescent(t *testing.T) {
	t.Parallel()
	got := newUser(t).rung("diff", "3", "2", "--format", "json")
	assert.Equal(t, guarded, got.code, got.err)
	shape(t, got.out)
	r := decode(t, got.out)
	stopped := map[string]string{}
	for _, b := range r.Blocked {
		stopped[b.Name] = b.Op
	}
	for _, c := range r.Resources.Changes {
		if _, holds := guard.HoldsData(c.Type); holds && (c.Op == "delete" || c.Op == "replace") {
			assert.Equal(t, c.Op, stopped[c.Name], c.URN)
		}
	}
	assert.Equal(t, "delete", stopped["database-primary"])
	assert.True(t, number(t, r.Cost.Delta).IsNegative(), "a descent saves money")
	r.Cost.addsUp(t)
}

func TestDiffInMarkdown(t *testing.T) {
	t.Parallel()
	got := newUser(t).does("diff", "1", "2", "--format", "markdown")
	assert.NotContains(t, got.out, "\x1b", "no colours")
	assert.NotContains(t, got.out, "offline cloud:", "the output can be pasted as it is")
	for _, part := range []string{"|---", "cdn", "$"} {
		assert.Contains(t, strings.ReplaceAll(got.out, "| ---", "|---"), part)
	}
}
