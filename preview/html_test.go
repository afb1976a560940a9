package preview

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
			page, text := parse(t, write)
			assert.True(t, strings.HasPrefix(text, "<!DOCTYPE html>"))
			assert.Equal(t, "en", page.all(atom.Html)[0].attr("lang"))
			require.Len(t, page.all(atom.H1), 1)
			assert.Len(t, page.all(atom.Main), 1)
			assert.NotEmpty(t, page.all(atom.Title)[0].text())
			for n := range page.Descendants() {
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
		text := strings.NewReplacer(htmlStyle, "…", htmlScript, "…").Replace(b.String())
		text = regexp.MustCompile(`sha256-[^']+?(&#39;)`).ReplaceAllString(text, "…$1")
		_, err := io.WriteString(w, text)
		return err
	}
}

// everyPage are all documents that can be written.
func everyPage(t *testing.T) map[string]func(io.Writer) error {
	t.Helper()
	in := climb(t)
	bill := NewBill("stage 3", in.After.Estimate(side(in, func(s Step) map[string]any { return s.New })), 3, in.Traffic,
		decimal.NewFromInt(300))
	return map[string]func(io.Writer) error{
		"climb": NewReport(in).HTML, "bill": bill.HTML, "nothing": Nothing().HTML, "regions": inThreeRegions().HTML,
		"stages":  Ladder{Stages: ladder.Stages(), Built: 6}.HTML,
		"keys":    Keys{{Name: "rung:cdn", Type: "choice", Default: "none", Allowed: "a | b", Meaning: "what stands in front"}}.HTML,
		"outputs": Outputs{Stack: "dev", Stage: 3, Values: map[string]any{"url": "https://example.com"}}.HTML,
		"drift":   FindDrift(readEvents(t, "drift.events")).HTML, "no drift": Drifts{}.HTML,
	}
}

func TestHTMLFixesTheTextOfItsOwnScriptAndStyle(t *testing.T) {
	page, _ := parse(t, NewReport(climb(t)).HTML)
	policy := ""
	for _, m := range page.all(atom.Meta) {
		if m.attr("http-equiv") == "Content-Security-Policy" {
			policy = m.attr("content")
		}
	}
	require.Len(t, page.all(atom.Script), 1)
	require.Len(t, page.all(atom.Style), 1)
	assert.Contains(t, policy, "script-src '"+fingerprint(page.all(atom.Script)[0].FirstChild.Data)+"'")
	assert.Contains(t, policy, "style-src '"+fingerprint(page.all(atom.Style)[0].FirstChild.Data)+"'")
	assert.Contains(t, policy, "default-src 'none'")
}

// What stops the plan is said before anything else.
func TestHTMLSaysFirstWhatStopsThePlan(t *testing.T) {
	in := climb(t)
	in.Policies = []Violation{
		{ID: "s3-tls-only", Level: "advisory", Message: "advice"},
		{ID: "rds-multi-az", Level: "mandatory", Message: "must"},
		{ID: "later", Level: "advisory", Message: "not known", Note: true},
	}
	page, _ := parse(t, NewReport(in).HTML)
	assert.Equal(t, "Stopped by the data guard: this plan loses data", page.class("verdict")[0].text())
	var classes []string
	for _, n := range page.class("notice") {
		classes = append(classes, strings.TrimPrefix(n.attr("class"), "notice "))
	}
	assert.Equal(t, []string{"stop", "stop", "warn", "note", "note"}, classes)
	first := page.class("notice")[0].text()
	assert.Contains(t, first, "server-data")
	assert.Contains(t, first, "availabilityZone")
	assert.Contains(t, page.class("notice")[1].text(), "rds-multi-az must")
	_, text := parse(t, NewReport(in).HTML)
	assert.Less(t, strings.LastIndex(text, `class="notice`), strings.Index(text, `id="changes"`))
}

// Every resource that changes is on the page, under its component, with how.
func TestHTMLListsEveryChange(t *testing.T) {
	r := NewReport(climb(t))
	page, _ := parse(t, r.HTML)
	bodies := map[string]string{}
	for _, d := range page.class("component") {
		bodies[d.attr("id")] = d.text()
	}
	for _, c := range r.Resources.Changes {
		assert.Contains(t, bodies[anchor(c.Component)], c.Name)
	}
	row := page.rowOf(t, "server-instance")
	assert.Equal(t, "update", row.attr("class"))
	assert.Contains(t, row.text(), "changes instanceType")
	assert.Contains(t, row.text(), "$12.26")
	assert.Contains(t, row.text(), "$98.11")
	assert.Contains(t, page.rowOf(t, "server-data").text(), "holds data")
	for _, table := range page.class("rows") {
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
	r := NewReport(in)
	page, _ := parse(t, r.HTML)
	assert.Contains(t, page.class("verdict")[0].text(), "Over budget: $379.31")
	facts := page.class("facts")[0].text()
	for _, want := range []string{r.Cost.To.String(), r.Cost.From.String() + " now", "+$361.06",
		r.Cost.Low.String() + " and " + r.Cost.High.String(),
		r.Cost.SeedBand.String(), r.Cost.PerThousandUsers.String() + r.Cost.PerMillionRequests.String() +
			" per million requests", r.Cost.SourcedPercent + " %"} {
		assert.Contains(t, facts, want)
	}
	total := decimal.Zero
	for _, g := range htmlCostOf(r.Cost, r.Budget, sections(r)).Groups {
		for _, l := range g.Lines {
			total = total.Add(l.Monthly.Decimal)
		}
	}
	assert.True(t, total.Equal(r.Cost.To.Decimal), "the lines add up")
}

// A name is text, whatever it is made of.
func TestHTMLEscapesWhateverItIsGiven(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>' onload='x {{.}} javascript:x`
	r := NewReport(climb(t))
	for i := range r.Resources.Changes {
		c := &r.Resources.Changes[i]
		c.Name, c.Type, c.Component, c.Keys = evil, evil, evil, []string{evil}
	}
	r.Blocked = []Blocked{{Name: evil, Type: evil, Op: evil, Message: evil}}
	r.Policies = []Violation{{ID: evil, Level: mandatory, Message: evil}}
	r.Diagnostics = []Diagnostic{{Severity: "error", URN: evil, Message: evil}}
	r.Outputs = map[string]any{evil: evil}
	r.Cost.Unpriced = []Note{{Name: evil, Type: evil, Item: evil, Reason: evil, Component: evil}}
	for i := range r.Cost.Lines {
		l := &r.Cost.Lines[i]
		l.Name, l.Item, l.Component, l.Source, l.Note, l.Unit, l.Region = evil, evil, evil, evil, evil, evil, evil
	}
	for i := range r.Cost.ByRegion {
		r.Cost.ByRegion[i].Region = evil
	}
	for name, write := range map[string]func(io.Writer) error{"report": r.HTML,
		"bill": Bill{Of: evil, Stage: r.To, Cost: r.Cost}.HTML} {
		t.Run(name, func(t *testing.T) {
			page, text := parse(t, write)
			assert.Len(t, page.all(atom.Script), 1, "its own")
			assert.Empty(t, page.all(atom.Img))
			assert.NotContains(t, text, "<script>alert")
			for n := range page.Descendants() {
				for _, a := range n.Attr {
					assert.False(t, strings.HasPrefix(a.Key, "on"), a.Key)
				}
			}
			assert.Contains(t, page.text(), "alert(1)", "it is shown all the same")
		})
	}
}
