package paper

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview/terminal"
)

func TestDocuments(t *testing.T) {
	d := Document{Title: "A load | of <all>", Judged: []Judgement{{"P95 under 200 ms", "300 ms", false}},
		Tables: []Table{{Caption: "Kinds", Head: []string{"kind", "sent"}, Rows: [][]string{{"read", "1,000"}}}, {Caption: "without rows"}},
		Notes:  []string{"only proportions"}, Value: map[string]int{"sent": 1000}}
	var table, markdown, page, json strings.Builder
	require.NoError(t, d.Table(&table, terminal.Style{}))
	require.NoError(t, d.Markdown(&markdown))
	require.NoError(t, d.HTML(&page))
	require.NoError(t, d.JSON(&json))
	assert.Equal(t, `
A load | of <all>

  claim             measured  holds
  P95 under 200 ms  300 ms    NO

  kind   sent
  read  1,000

only proportions
`, table.String())
	assert.Contains(t, markdown.String(), `A load \| of`)
	assert.Contains(t, page.String(), "Not all holds that should")
	assert.NotContains(t, page.String(), "<all>")
	assert.NotContains(t, page.String(), "without rows")
	assert.JSONEq(t, `{"sent":1000}`, json.String())
}

func TestMillis(t *testing.T) {
	for want, v := range map[string]float64{"0.0 ms": 0, "3.2 ms": 3.2, "41 ms": 41.4, "1999 ms": 1999, "2.4 s": 2400} {
		assert.Equal(t, want, Millis(v))
	}
}
