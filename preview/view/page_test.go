package view

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/previewtest"
	"github.com/rung-dev/rung/stacks/ladder"
)

// page is an HTML page as a browser reads it.
type parsed struct{ *html.Node }

func parse(t *testing.T, write func(io.Writer) error) (parsed, string) {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, write(&b))
	text := b.String()
	root, err := html.Parse(&b)
	require.NoError(t, err)
	return parsed{root}, text
}

// all are the elements of a kind below, in order.
func (p parsed) all(kind atom.Atom) []parsed {
	var list []parsed
	for n := range p.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == kind {
			list = append(list, parsed{n})
		}
	}
	return list
}

func (p parsed) attr(key string) string {
	for _, a := range p.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// class are the elements that carry a class.
func (p parsed) class(name string) []parsed {
	var list []parsed
	for n := range p.Descendants() {
		if x := (parsed{n}); n.Type == html.ElementNode && strings.Contains(" "+x.attr("class")+" ", " "+name+" ") {
			list = append(list, x)
		}
	}
	return list
}

func (p parsed) text() string {
	var b strings.Builder
	for n := range p.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestHTMLIsAPageThatNeedsNothingElse(t *testing.T) {
	for name, write := range everyPage(t) {
		t.Run(name, func(t *testing.T) {
			sheet, text := parse(t, write)
			assert.True(t, strings.HasPrefix(text, "<!DOCTYPE html>"))
			assert.Equal(t, "en", sheet.all(atom.Html)[0].attr("lang"))
			require.Len(t, sheet.all(atom.H1), 1)
			assert.Len(t, sheet.all(atom.Main), 1)
			assert.NotEmpty(t, sheet.all(atom.Title)[0].text())
			for n := range sheet.Descendants() {
				for _, a := range n.Attr {
					if a.Key == "src" || a.Key == "href" {
						assert.Regexp(t, `^(#|data:)`, a.Val, "nothing is loaded and nothing leads away")
					}
					assert.NotEqual(t, "style", a.Key, "the policy allows the page's own style sheet only")
					assert.False(t, strings.HasPrefix(a.Key, "on"), a.Key)
				}
			}
			assert.NotRegexp(t, `url\([^#]|@import|https?://[^ ]*\.(js|css|woff)`, text)
			for range 5 {
				_, again := parse(t, write)
				require.Equal(t, text, again, "the same is written in the same way")
			}
		})
	}
}

// withoutTheCommon writes a page without the style sheet and the script, which
// all pages share, so that a golden shows what the page itself says.
func withoutTheCommon(write func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return err
		}
		text := regexp.MustCompile(`(?s)(<style>).*?(</style>)|(<script>).*?(</script>)`).ReplaceAllString(b.String(),
			"$1$3…$2$4")
		text = regexp.MustCompile(`sha256-[^']+?(&#39;)`).ReplaceAllString(text, "…$1")
		_, err := io.WriteString(w, text)
		return err
	}
}

// everyPage are all documents that can be written.
func everyPage(t *testing.T) map[string]func(io.Writer) error {
	t.Helper()
	in := climb(t)
	in.Budget = decimal.NewFromInt(300)
	bill := Bill(billOfPlan(in))
	in.Budget = climb(t).Budget
	return map[string]func(io.Writer) error{
		"climb": Report(preview.NewReport(in)).HTML, "bill": bill.HTML, "nothing": Report(preview.Nothing()).HTML, "regions": Report(inThreeRegions()).HTML,
		"stages": Ladder{Stages: ladder.Stages(), Built: 6}.HTML,
		"keys": Keys{{Name: "rung:cdn", Type: "choice", Default: "none", Allowed: "a | b",
			Meaning: "what stands in front"}}.HTML,
		"outputs": Outputs{Stack: "dev", Stage: 3, Values: map[string]any{"url": "https://example.com"}}.HTML,
		"growth":  ladderOfThree().HTML, "advice": adviceOf(2).HTML,
		"drift": Drifts(preview.FindDrift(previewtest.Events(t, "drift.events"))).HTML, "no drift": Drifts{}.HTML,
	}
}

// What stops the plan is said before anything else.
func TestHTMLSaysFirstWhatStopsThePlan(t *testing.T) {
	in := climb(t)
	in.Policies = []preview.Violation{
		{ID: "s3-tls-only", Level: "advisory", Message: "advice"},
		{ID: "rds-multi-az", Level: "mandatory", Message: "must"},
		{ID: "later", Level: "advisory", Message: "not known", Note: true},
	}
	sheet, _ := parse(t, Report(preview.NewReport(in)).HTML)
	assert.Equal(t, "Stopped by the data guard: this plan loses data", sheet.class("verdict")[0].text())
	var classes []string
	for _, n := range sheet.class("notice") {
		classes = append(classes, strings.TrimPrefix(n.attr("class"), "notice "))
	}
	assert.Equal(t, []string{"stop", "stop", "warn", "note", "note"}, classes)
	first := sheet.class("notice")[0].text()
	assert.Contains(t, first, "server-data")
	assert.Contains(t, first, "availabilityZone")
	assert.Contains(t, sheet.class("notice")[1].text(), "rds-multi-az must")
	_, text := parse(t, Report(preview.NewReport(in)).HTML)
	assert.Less(t, strings.LastIndex(text, `class="notice`), strings.Index(text, `id="changes"`))
}

// Every resource that changes is on the page, under its component, with how.
func TestHTMLListsEveryChange(t *testing.T) {
	r := preview.NewReport(climb(t))
	sheet, _ := parse(t, Report(r).HTML)
	bodies := map[string]string{}
	for _, d := range sheet.class("component") {
		bodies[d.attr("id")] = d.text()
	}
	for _, c := range r.Resources.Changes {
		assert.Contains(t, bodies[page.Anchor(c.Component)], c.Name)
	}
	row := sheet.rowOf(t, "server-instance")
	assert.Equal(t, "update", row.attr("class"))
	assert.Contains(t, row.text(), "changes instanceType")
	assert.Contains(t, row.text(), "$12.26")
	assert.Contains(t, row.text(), "$98.11")
	assert.Contains(t, sheet.rowOf(t, "server-data").text(), "holds data")
	for _, table := range sheet.class("rows") {
		require.Len(t, table.all(atom.Caption), 1)
		for _, tr := range table.all(atom.Tr) {
			cells := len(tr.all(atom.Td)) + len(tr.all(atom.Th))
			assert.Contains(t, []int{4, 6}, cells, "six columns, or three of them as one")
		}
	}
}

func (p parsed) rowOf(t *testing.T, name string) parsed {
	t.Helper()
	for _, tr := range p.all(atom.Tr) {
		for _, th := range tr.class("name") {
			if strings.HasPrefix(th.text(), name) {
				return tr
			}
		}
	}
	require.Fail(t, "no row of "+name)
	return parsed{}
}

func TestHTMLShowsTheMonth(t *testing.T) {
	in := climb(t)
	in.Budget = decimal.NewFromInt(300)
	in.Confirmed = []string{"server-data"}
	r := preview.NewReport(in)
	sheet, _ := parse(t, Report(r).HTML)
	assert.Contains(t, sheet.class("verdict")[0].text(), "Over budget: $379.31")
	facts := sheet.class("facts")[0].text()
	for _, want := range []string{r.Cost.To.String(), r.Cost.From.String() + " now", "+$361.06",
		r.Cost.Low.String() + " and " + r.Cost.High.String(),
		r.Cost.SeedBand.String(), r.Cost.PerThousandUsers.String() + r.Cost.PerMillionRequests.String() +
			" per million requests", r.Cost.SourcedPercent + " %"} {
		assert.Contains(t, facts, want)
	}
	total := decimal.Zero
	for _, g := range costOf(r.Cost, r.Budget, sections(r)).Groups {
		for _, l := range g.Lines {
			total = total.Add(l.Monthly.Decimal)
		}
	}
	assert.True(t, total.Equal(r.Cost.To.Decimal), "the lines add up")
}

// A name is text, whatever it is made of.
func TestHTMLEscapesWhateverItIsGiven(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>' onload='x {{.}} javascript:x`
	r := preview.NewReport(climb(t))
	for i := range r.Resources.Changes {
		c := &r.Resources.Changes[i]
		c.Name, c.Type, c.Component, c.Keys = evil, evil, evil, []string{evil}
	}
	r.Blocked = []preview.Blocked{{Name: evil, Type: evil, Op: evil, Message: evil}}
	r.Policies = []preview.Violation{{ID: evil, Level: preview.Mandatory, Message: evil}}
	r.Diagnostics = []preview.Diagnostic{{Severity: "error", URN: evil, Message: evil}}
	r.Outputs = map[string]any{evil: evil}
	r.Cost.Unpriced = []preview.Note{{Name: evil, Type: evil, Item: evil, Reason: evil, Component: evil}}
	for i := range r.Cost.Lines {
		l := &r.Cost.Lines[i]
		l.Name, l.Item, l.Component, l.Source, l.Note, l.Unit, l.Region = evil, evil, evil, evil, evil, evil, evil
	}
	for i := range r.Cost.ByRegion {
		r.Cost.ByRegion[i].Region = evil
	}
	for name, write := range map[string]func(io.Writer) error{"report": Report(r).HTML,
		"bill": Bill{Of: evil, Stage: r.To, Cost: r.Cost}.HTML} {
		t.Run(name, func(t *testing.T) {
			sheet, text := parse(t, write)
			assert.Len(t, sheet.all(atom.Script), 1, "its own")
			assert.Empty(t, sheet.all(atom.Img))
			assert.NotContains(t, text, "<script>alert")
			for n := range sheet.Descendants() {
				for _, a := range n.Attr {
					assert.False(t, strings.HasPrefix(a.Key, "on"), a.Key)
				}
			}
			assert.Contains(t, sheet.text(), "alert(1)", "it is shown all the same")
		})
	}
}
