package drawing

import (
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/assert"
)

func TestTiersFollowTheRequestAndLoseNoComponent(t *testing.T) {
	boxes := map[string]Box{}
	for _, name := range []string{"zebra", "database", "web", "cdn", "network", "dns", "cache"} {
		boxes[name] = Box{Name: name}
	}
	all, rest := tiersOf(boxes)
	var got [][]string
	for _, tier := range all {
		var names []string
		for _, b := range tier {
			names = append(names, b.Name)
		}
		got = append(got, names)
	}
	assert.Equal(t, [][]string{{"dns", "cdn"}, {"web"}, {"cache", "database"}}, got)
	assert.Equal(t, []string{"network", "zebra"}, rest)
}

func TestPictureStaysInsideThePage(t *testing.T) {
	lines := drawn(80, "cdn", "cache", "database", "jobs", "uploads", "a-component-with-a-very-long-name",
		"another-component-with-a-long-name", "a-third-component-with-a-long-name")
	for _, line := range lines {
		assert.LessOrEqual(t, text.StringWidth(line), 80)
	}
	assert.Contains(t, strings.Join(lines, "\n"), "another-component-with-a-long-name")
}
