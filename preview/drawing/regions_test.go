package drawing

import (
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/stacks/parts"
)

func TestCellOf(t *testing.T) {
	for name, want := range map[string][2]string{
		"database":              {"database", ""},
		"database-euw1":         {"database", "euw1"},
		"database-shard-2":      {"database-shard-2", ""},
		"database-shard-2-usw2": {"database-shard-2", "usw2"},
		"web-apse2":             {"web", "apse2"},
		"cache-secret":          {"cache-secret", ""},
		"euw1":                  {"euw1", ""},
		"database-use1-2":       {"database-use1-2", ""},
	} {
		base, code := cellOf(name)
		assert.Equal(t, want, [2]string{base, code}, name)
	}
}

// Regions are drawn as the configuration names them, whatever their codes are.
func TestRegionsAreDrawnAsConfigured(t *testing.T) {
	boxes := map[string]Box{"web": {}, "web-apse1": {}, "web-euw1": {}, "web-usw2": {}}
	assert.Equal(t, []string{"", "euw1", "usw2", "apse1"},
		regionsOf(boxes, []string{"us-east-1", "eu-west-1", "us-west-2"}))
	assert.Equal(t, []string{"", "apse1", "euw1", "usw2"}, regionsOf(boxes, nil))
}

func drawn(width int, names ...string) []string {
	boxes := map[string]Box{}
	for _, name := range names {
		boxes[name] = Box{Name: name, Op: preview.Create}
	}
	p := terminal.New(terminal.Style{Width: width})
	Tiers(p, boxes, nil)
	var b strings.Builder
	_ = p.Flush(&b)
	return strings.Split(b.String(), "\n")
}

func find(t *testing.T, lines []string, part string) (line, column int) {
	t.Helper()
	for i, l := range lines {
		if at := strings.Index(l, part); at >= 0 {
			return i, text.StringWidth(l[:at])
		}
	}
	require.Failf(t, "not drawn", "%s in\n%s", part, strings.Join(lines, "\n"))
	return 0, 0
}

// Each region is a column: what stands in several is in one line.
func TestRegionsStandSideBySide(t *testing.T) {
	lines := drawn(100, "cdn", "loadbalancer", "loadbalancer-euw1", "web", "web-euw1", "database", "database-euw1",
		"jobs-euw1", "network", "network-euw1", "peering")
	homeLine, home := find(t, lines, "home")
	euLine, eu := find(t, lines, "euw1")
	assert.Equal(t, homeLine, euLine)
	assert.Less(t, home, eu)
	cdnLine, _ := find(t, lines, "cdn")
	assert.Less(t, cdnLine, homeLine, "what all share stands above")
	for _, component := range []string{"loadbalancer", "web", "database"} {
		row, _ := find(t, lines, component)
		assert.Equal(t, 2, strings.Count(lines[row], component), component)
	}
	_, jobs := find(t, lines, "jobs")
	assert.Greater(t, jobs, eu-4, "what only one region has stands in its column")
	_, _ = find(t, lines, "beside it: network (home, euw1), peering")
}

func TestShardsStandBelowTheirDatabase(t *testing.T) {
	lines := drawn(100, "cdn", "web", "web-euw1", "database", "database-euw1", "database-shard-10", "database-shard-2",
		"database-shard-2-euw1", "database-shard-2-secret")
	first, _ := find(t, lines, "database ")
	second, _ := find(t, lines, "shard 2")
	tenth, _ := find(t, lines, "shard 10")
	assert.Less(t, first, second)
	assert.Less(t, second, tenth)
	assert.Equal(t, 2, strings.Count(lines[second], "shard 2"))
	_, _ = find(t, lines, "beside it: database-shard-2-secret")
}

func TestManyRegionsStayInsideThePage(t *testing.T) {
	var names []string
	for _, code := range []string{"", "-euw1", "-usw2", "-apse2", "-sae1", "-euc1", "-apne1", "-cac1"} {
		names = append(names, "loadbalancer"+code, "web"+code, "database"+code)
	}
	for _, width := range []int{80, 100, 120} {
		lines := drawn(width, append(names, "cdn")...)
		boxes := 0
		for _, line := range lines {
			assert.LessOrEqual(t, text.StringWidth(line), width)
			boxes += strings.Count(line, "┌")
		}
		assert.Equal(t, len(names)+1, boxes, "no component is lost")
	}
}

func TestOneRegionIsDrawnAsBefore(t *testing.T) {
	lines := drawn(100, "cdn", "loadbalancer", "web", "database")
	for _, line := range lines {
		assert.NotContains(t, line, "home")
	}
}

func TestCellsAreListedTogether(t *testing.T) {
	assert.Negative(t, parts.Compare("network-euw1", "database"))
	assert.Negative(t, parts.Compare("network", "network-euw1"))
	assert.Positive(t, parts.Compare("database-euw1", "cache-usw2"))
	assert.Equal(t, []string{"network (home, euw1)", "key", "shard (euw1)"},
		byKind([]string{"network", "network-euw1", "key", "shard-euw1"}))
}
