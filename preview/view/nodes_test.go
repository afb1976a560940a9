package view

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/preview"
)

func TestBoxIsMarkedByWhatHappensToItsComponent(t *testing.T) {
	row := func(ops ...preview.Op) section {
		var s section
		for _, op := range ops {
			s.rows = append(s.rows, row{op: op})
		}
		return s
	}
	tags := row(preview.Same)
	tags.rows = append(tags.rows, rows([]preview.Change{{Op: preview.Update, TagsOnly: true}})...)
	for name, tt := range map[string]struct {
		give section
		want preview.Op
	}{
		"all new":            {row(preview.Create, preview.Create), preview.Create},
		"all going":          {row(preview.Delete), preview.Delete},
		"some new":           {row(preview.Create, preview.Same), preview.Update},
		"one replaced":       {row(preview.Replace), preview.Update},
		"nothing changes":    {row(preview.Same), preview.Same},
		"only tags are new":  {tags, preview.Same},
		"some new, some old": {row(preview.Create, preview.Delete), preview.Update},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, boxOf(tt.give).Op) })
	}
}
