package preview

import (
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/assert"
)

func TestTiersFollowTheRequestAndLoseNoComponent(t *testing.T) {
	boxes := map[string]box{}
	for _, name := range []string{"zebra", "database", "web", "cdn", "network", "dns", "cache"} {
		boxes[name] = box{name: name}
	}
	all, rest := tiersOf(boxes)
	var got [][]string
	for _, tier := range all {
		var names []string
		for _, b := range tier {
			names = append(names, b.name)
		}
		got = append(got, names)
	}
	assert.Equal(t, [][]string{{"dns", "cdn"}, {"web"}, {"cache", "database"}}, got)
	assert.Equal(t, []string{"network", "zebra"}, rest)
}

func TestBoxIsMarkedByWhatHappensToItsComponent(t *testing.T) {
	row := func(ops ...Op) section {
		var s section
		for _, op := range ops {
			s.rows = append(s.rows, row{op: op})
		}
		return s
	}
	tags := row(Same)
	tags.rows = append(tags.rows, rows([]Change{{Op: Update, TagsOnly: true}})...)
	for name, tt := range map[string]struct {
		give section
		want Op
	}{
		"all new":            {row(Create, Create), Create},
		"all going":          {row(Delete), Delete},
		"some new":           {row(Create, Same), Update},
		"one replaced":       {row(Replace), Update},
		"nothing changes":    {row(Same), Same},
		"only tags are new":  {tags, Same},
		"some new, some old": {row(Create, Delete), Update},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, boxOf(tt.give).op) })
	}
}

func TestPictureStaysInsideThePage(t *testing.T) {
	var r Report
	one := 1
	r.To = &one
	for _, name := range []string{"cdn", "cache", "database", "jobs", "uploads", "a-component-with-a-very-long-name",
		"another-component-with-a-long-name", "a-third-component-with-a-long-name"} {
		r.Resources.Changes = append(r.Resources.Changes, Change{Op: Create, Component: name, Type: "aws:x/y:Z"})
	}
	p := newPage(Style{Width: 80})
	p.picture(r)
	for _, line := range strings.Split(p.b.String(), "\n") {
		assert.LessOrEqual(t, text.StringWidth(line), 80)
	}
	assert.Contains(t, p.b.String(), "another-component-with-a-long-name")
}
