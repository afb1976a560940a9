package view

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// commentOf is a change that makes so many resources, with names as long as is said.
func commentOf(n, long int) Comment {
	e := cost.Estimate{}
	var names []string
	for i := range n {
		name := fmt.Sprintf("%d-", i) + strings.Repeat("ü|<", long/4)
		m := decimal.NewFromInt(int64(i + 1))
		e.Lines = append(e.Lines, cost.Line{URN: name, Name: name, Component: name, Type: token.EC2Instance, Item: "hours",
			Monthly: m, Low: m, High: m})
		e.Expected = e.Expected.Add(m)
		names = append(names, name)
	}
	b := preview.NewBill("a change", e, 0, ladder.Traffic{}, decimal.Zero).Since(cost.Estimate{}, e)
	return Comment{Bill: b, Ops: map[string]int{"create": n}, Replaced: names, Deleted: names}
}

// A comment fits a forge whatever the change is.
func TestACommentIsNeverTooLong(t *testing.T) {
	for _, n := range []int{0, 1, 10, 5_000} {
		c := commentOf(n, 2_000)
		c.Stops = slices.Repeat([]string{strings.Repeat("why ", 10_000)}, 100)
		var b bytes.Buffer
		require.NoError(t, c.Markdown(&b))
		assert.Less(t, b.Len(), 60_000, "%d resources", n)
	}
}

// What stops it comes first, then what is lost, then the money.
func TestACommentBeginsWithTheVerdict(t *testing.T) {
	c := commentOf(12, 4)
	c.Stops, c.Page = []string{"it costs 10% more"}, "https://example.com/a report"
	var b bytes.Buffer
	require.NoError(t, c.Markdown(&b))
	at := -1
	for _, want := range []string{"should not pass", "it costs 10% more", "**Replaced:**", "**Deleted:**",
		"$0.00 → $78.00 a month (+$78.00)** · 12 to create",
		"| `11-", "2 more, +$3.00 together", "[The whole report](https://example.com/a%20report)"} {
		i := strings.Index(b.String(), want)
		assert.Greater(t, i, at, "%s in %s", want, b.String())
		at = i
	}
	none := cost.Estimate{}
	c = Comment{Bill: preview.NewBill("x", none, 0, ladder.Traffic{}, decimal.Zero).Since(none, none)}
	b.Reset()
	require.NoError(t, c.Markdown(&b))
	assert.True(t, strings.HasPrefix(b.String(), "### The month costs as before\n"))
}
