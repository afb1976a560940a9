package drawing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/previewtest"
)

// plan are components, all new, each with a price.
func plan(names ...string) map[string]Node {
	nodes := map[string]Node{}
	for i, name := range names {
		nodes[name] = Node{Name: name, Op: preview.Create, After: preview.USD(decimal.NewFromInt(int64(i) * 997))}
	}
	return nodes
}

// inRegions is a stack in three regions with twelve shards, some of it new.
func inRegions() map[string]Node {
	names := previewtest.ThreeRegions()
	nodes := plan(names...)
	for i, name := range names {
		n := nodes[name]
		n.Op = []preview.Op{preview.Same, preview.Create, preview.Update, preview.Same, preview.Replace, preview.Delete}[i%6]
		n.Data = strings.Contains(name, "database")
		_, code := cellOf(name)
		n.Region = map[string]string{"": "us-east-1", "euw1": "eu-west-1", "apse1": "ap-southeast-1"}[code]
		nodes[name] = n
	}
	return nodes
}

func drawingIn(nodes map[string]Node) *Drawing { return Of(nodes, preview.Cost{}, true) }

func TestDrawingFollowsTheRequest(t *testing.T) {
	d := drawingIn(plan("dns", "cdn", "firewall", "assets", "loadbalancer", "gateway", "inner", "web", "posts-service",
		"database", "jobs", "network"))
	var got []string
	for _, w := range d.Wide.Wires {
		got = append(got, w.From+" "+w.Kind+" "+w.To)
	}
	assert.ElementsMatch(t, []string{
		"users calls dns", "users calls firewall", "firewall calls cdn", "cdn calls assets", "cdn calls loadbalancer",
		"programs calls gateway",
		"loadbalancer calls web", "gateway calls inner", "inner calls web", "inner calls posts-service",
		"web calls database", "web queued jobs", "posts-service calls database", "posts-service queued jobs",
	}, got)
}

// Services of somebody's own stand among those that serve, each with its own database
// among the stores, in every region.
func TestServicesOfSomebodysOwnAreDrawn(t *testing.T) {
	d := drawingIn(plan("cdn", "loadbalancer", "inner", "web", "database", "orders-service", "orders-database",
		"mail-service", "orders-service-euw1", "inner-euw1", "web-euw1", "orders-database-secret"))
	var got []string
	for _, w := range d.Wide.Wires {
		got = append(got, w.From+" "+w.Kind+" "+w.To)
	}
	for _, want := range []string{"inner calls orders-service", "inner calls mail-service",
		"orders-service calls orders-database", "inner-euw1 calls orders-service-euw1"} {
		assert.Contains(t, got, want)
	}
	for _, wire := range got {
		assert.NotContains(t, wire, "secret", "what stands beside is no part of the way")
	}
}

func TestOneServerIsReachedByItself(t *testing.T) {
	d := drawingIn(plan("server", "network"))
	require.Len(t, d.Wide.Wires, 1)
	assert.Equal(t, []string{"users", "server"}, []string{d.Wide.Wires[0].From, d.Wide.Wires[0].To})
}

// Users come to a further region only where something leads them there.
func TestUsersComeWhereTheyAreLed(t *testing.T) {
	parts := []string{"cdn", "loadbalancer", "loadbalancer-euw1", "web", "web-euw1", "gateway-euw1"}
	for name, tt := range map[string]struct {
		more       []string
		cloudFront bool
		want       []string
	}{
		"a domain": {[]string{"dns"}, true, []string{"cdn loadbalancer", "cdn loadbalancer-euw1"}},
		"an accelerator": {[]string{"accelerator"}, true, []string{"accelerator loadbalancer",
			"accelerator loadbalancer-euw1"}},
		"Cloudflare":         {nil, false, []string{"cdn loadbalancer", "cdn loadbalancer-euw1"}},
		"nothing":            {nil, true, []string{"cdn loadbalancer"}},
		"the server remains": {[]string{"dns", "server"}, true, []string{"cdn loadbalancer"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := Of(plan(append(parts, tt.more...)...), preview.Cost{}, tt.cloudFront)
			var got []string
			for _, w := range d.Wide.Wires {
				if strings.HasPrefix(w.To, "loadbalancer") {
					got = append(got, w.From+" "+w.To)
				}
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestWithoutComponentsThereIsNoDrawing(t *testing.T) {
	assert.Nil(t, drawingIn(nil))
	assert.Nil(t, drawingIn(plan("mine", "yours")), "of another stack nobody knows the tiers")
}

func TestDrawingShowsRegionsWithTheirShardsTogether(t *testing.T) {
	d := drawingIn(inRegions())
	var titles, labels []string
	for _, p := range d.Wide.Panels {
		titles = append(titles, p.Texts[0].Text)
	}
	assert.Equal(t, []string{"us-east-1 (home)", "ap-southeast-1", "eu-west-1", "for the whole stack"}, titles)
	copies := 0
	for _, b := range d.Wide.Boxes {
		for _, x := range b.Texts {
			labels = append(labels, x.Text)
		}
	}
	for _, w := range d.Wide.Wires {
		if w.Kind == copied {
			copies++
		}
	}
	assert.Equal(t, 3, strings.Count(strings.Join(labels, "\n"), "shards 2–12"))
	assert.Equal(t, 2*4, copies, "database, shards, users' database and uploads, in two further regions")
	assert.Contains(t, strings.Join(labels, "\n"), "11 × database-shard-secret")
}

// What cannot be seen is said: every box, its mark, and where it leads.
func TestDrawingInWords(t *testing.T) {
	nodes := plan("cdn", "loadbalancer", "web", "workers", "database", "jobs")
	database := nodes["database"]
	database.Data = true
	nodes["database"] = database
	d := drawingIn(nodes)
	require.Len(t, d.Words, 2)
	assert.Equal(t, "users: asks cdn", d.Words[0].Items[0])
	assert.Contains(t, d.Words[1].Items, "web: new; $1,994.00 a month; asks database; works through jobs")
	assert.Contains(t, d.Words[1].Items, "database: new; holds data; $3,988.00 a month")
}

// check looks at a drawing as a reader would: nothing lies on anything else,
// nothing is cut off.
func check(t require.TestingT, s svg) {
	whole := rect{0, 0, s.Width, s.Height}
	for i, a := range s.Boxes {
		assert.True(t, within(a.rect, whole), "%s: %s leaves the drawing", s.ID, a.Name)
		for _, b := range s.Boxes[i+1:] {
			assert.False(t, overlap(a.rect, b.rect), "%s: %s lies on %s", s.ID, a.Name, b.Name)
		}
		for _, x := range a.Texts {
			assert.True(t, within(extent(s, x), a.rect), "%s: %q leaves the box of %s", s.ID, x.Text, a.Name)
		}
		for j, x := range a.Texts {
			for _, y := range a.Texts[j+1:] {
				assert.False(t, overlap(extent(s, x), extent(s, y)), "%s: %q lies on %q", s.ID, x.Text, y.Text)
			}
		}
	}
	for i, a := range s.Panels {
		assert.True(t, within(a.rect, whole), "%s: a panel leaves the drawing", s.ID)
		for _, b := range s.Panels[i+1:] {
			assert.False(t, overlap(a.rect, b.rect), "%s: panels lie on one another", s.ID)
		}
		for _, x := range a.Texts {
			assert.True(t, within(extent(s, x), a.rect), "%s: %q leaves its panel", s.ID, x.Text)
		}
	}
}

// extent is where a text is, at most.
func extent(s svg, x svgText) rect {
	size, bold := 13, x.Class == "label" || x.Class == "mark"
	switch {
	case x.Class == "title":
		size, bold = 14, true
	case x.Class == "label tight":
		size, bold = 10, true
	case x.Class == "label" && s.ID == "narrow":
		size = 11
	case x.Class == "amount" && s.ID == "narrow":
		size = 10
	case x.Class == "amount":
		size = 12
	case x.Class == "small":
		size = 11
	}
	r := rect{x.X, x.Y - size, textWidth(x.Text, size, bold), size}
	if x.Anchor == "end" {
		r.X -= r.W
	}
	return r
}

func within(r, in rect) bool {
	return r.X >= in.X && r.Y >= in.Y && r.right() <= in.right() && r.bottom() <= in.bottom()
}

func overlap(a, b rect) bool {
	return a.X < b.right() && b.X < a.right() && a.Y < b.bottom() && b.Y < a.bottom()
}

func TestDrawingKeepsEverythingApart(t *testing.T) {
	for name, nodes := range map[string]map[string]Node{"three regions": inRegions(),
		"one server": plan("server", "network", "backups")} {
		t.Run(name, func(t *testing.T) {
			d := drawingIn(nodes)
			check(t, d.Wide)
			check(t, d.Narrow)
		})
	}
}

// Whatever a stack is made of, however its parts are called and wherever they
// are, each is drawn and none on another.
func TestDrawingOfAnything(t *testing.T) {
	bases := append(slices.Concat(tiers...), "network", "a-component-with-a-very-long-name-that-nobody-would-choose",
		"日本語の名前", "x")
	part := rapid.Custom(func(t *rapid.T) string {
		name := rapid.SampledFrom(bases).Draw(t, "base")
		if rapid.Bool().Draw(t, "shard") {
			name = fmt.Sprintf("%s-shard-%d", name, rapid.IntRange(2, 400).Draw(t, "n"))
		}
		return name + rapid.SampledFrom([]string{"", "", "-euw1", "-apse2", "-usw2", "-sae1"}).Draw(t, "region")
	})
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(part, 2, 60, rapid.ID[string]).Draw(t, "parts")
		nodes, want := plan(names...), preview.Money{}
		for name, n := range nodes {
			n.After = preview.USD(decimal.New(rapid.Int64Range(0, 99_999_999).Draw(t, "cents"), -2))
			n.Op = rapid.SampledFrom([]preview.Op{preview.Create, preview.Update, preview.Replace, preview.Delete,
				preview.Same}).Draw(t, "op")
			nodes[name], want = n, want.Plus(n.After)
		}
		d := drawingIn(nodes)
		if d == nil {
			return
		}
		check(t, d.Wide)
		check(t, d.Narrow)
		total := preview.Money{}
		b := blueprintOf(nodes, preview.Cost{}, true)
		for _, n := range b.nodes() {
			total = total.Plus(n.After)
		}
		assert.True(t, total.Equal(want.Decimal), "no component is lost or drawn twice: %s, want %s", total, want)
	})
}

func TestTextIsCutOrBrokenToItsRoom(t *testing.T) {
	assert.Equal(t, []string{"users-", "database"}, breakLines("users-database", 11, true, 76, 2))
	assert.Equal(t, []string{"cache"}, breakLines("cache", 11, true, 76, 2))
	assert.Equal(t, "a-na…", fit("a-name-that-is-long", 11, false, 36))
	assert.Equal(t, "…", fit("日本語", 11, false, 12))
	assert.Greater(t, textWidth("日本語", 10, false), textWidth("abc", 10, false))
}

func TestPlaceOfFindsARegionAnywhereInAName(t *testing.T) {
	codes := []string{"", "euw1"}
	for name, want := range map[string][2]string{
		"cache-secret": {"cache-secret", ""}, "cache-euw1": {"cache", "euw1"}, "cache-euw1-secret": {"cache-secret", "euw1"},
		"peering-use1": {"peering-use1", ""}, "events-euw1-posts": {"events-posts",
			"euw1"}, "database-use1-2": {"database-use1-2", ""},
	} {
		base, code := placeOf(name, codes)
		assert.Equal(t, want, [2]string{base, code}, name)
	}
}
