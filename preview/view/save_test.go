package view

import (
	"bytes"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/terminal"
)

func TestSavingsInEveryFormat(t *testing.T) {
	month := preview.USD(decimal.RequireFromString("100"))
	full := Savings{Of: "a | stack", Month: month, All: []cost.Saving{{
		What: "Reserve 2 × m5.large", Names: []string{"a", "b", "c", "d"}, Monthly: decimal.RequireFromString("26.28"),
		Commitment: "1 year", Risk: "paid whether it runs or not", Change: "buy it",
	}}}
	for name, s := range map[string]Savings{"some": full, "none": {Of: "a | stack", Month: month}} {
		for format, write := range map[string]func(*bytes.Buffer) error{
			"table": func(b *bytes.Buffer) error { return s.Table(b, terminal.Style{}) }, "markdown": func(b *bytes.Buffer) error { return s.Markdown(b) },
			"json": func(b *bytes.Buffer) error { return s.JSON(b) }, "html": func(b *bytes.Buffer) error { return s.HTML(b) },
		} {
			t.Run(name+" "+format, func(t *testing.T) {
				var b bytes.Buffer
				require.NoError(t, write(&b))
				assert.NotContains(t, b.String(), "null")
				if name == "some" {
					assert.Contains(t, b.String(), "26.28")
					assert.Contains(t, b.String(), "1 year")
				}
			})
		}
	}
}
