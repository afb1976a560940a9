package database

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestLineage(t *testing.T) {
	tests := map[string]struct {
		writers, cells []string
		want           []Descent
	}{
		"one region": {[]string{"use1"}, []string{"use1"}, []Descent{{Name: "database", Cell: "use1"}}},
		"two regions": {[]string{"use1"}, []string{"use1", "euw1"}, []Descent{
			{Name: "database", Cell: "use1"},
			{Name: "database-euw1", Cell: "euw1", Of: "database"},
		}},
		"the writes moved": {[]string{"use1", "euw1"}, []string{"use1", "euw1", "usw2"}, []Descent{
			{Name: "database", Cell: "use1", Former: true},
			{Name: "database-euw1", Cell: "euw1", Of: "database", Promoted: true},
			{Name: "database-usw2", Cell: "usw2", Of: "database", Former: true},
			{Name: "database-use1-2", Cell: "use1", Of: "database-euw1"},
			{Name: "database-usw2-2", Cell: "usw2", Of: "database-euw1"},
		}},
		"and back": {[]string{"use1", "euw1", "use1"}, []string{"use1", "euw1"}, []Descent{
			{Name: "database", Cell: "use1", Former: true},
			{Name: "database-euw1", Cell: "euw1", Of: "database", Promoted: true, Former: true},
			{Name: "database-use1-2", Cell: "use1", Of: "database-euw1", Promoted: true},
			{Name: "database-euw1-3", Cell: "euw1", Of: "database-use1-2"},
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Lineage("database", tt.writers, tt.cells)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestLineageRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		writers []string
		want    string
	}{
		"nobody":         {nil, "no region has them"},
		"another region": {[]string{"use1", "apse2"}, "apse2 is no region of the stack, want one of [use1 euw1]"},
		"no move":        {[]string{"use1", "euw1", "euw1"}, "they are in euw1 already"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Lineage("database", tt.writers, []string{"use1", "euw1"})
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// Whatever happens to a stack, no database leaves it, none takes another
// source, and exactly one takes the writes.
func TestLineageOnlyGrows(t *testing.T) {
	codes := []string{"use1", "euw1", "usw2", "apse2"}
	rapid.Check(t, func(t *rapid.T) {
		cells := codes[:rapid.IntRange(2, 4).Draw(t, "cells")]
		writers := []string{cells[0]}
		for range rapid.IntRange(0, 4).Draw(t, "moves") {
			others := slices.DeleteFunc(slices.Clone(cells), func(c string) bool { return c == writers[len(writers)-1] })
			writers = append(writers, rapid.SampledFrom(others).Draw(t, "writer"))
		}
		all, err := Lineage("database", writers, cells)
		require.NoError(t, err)
		before, err := Lineage("database", writers[:max(1, len(writers)-1)], cells)
		require.NoError(t, err)
		now := map[string]Descent{}
		for _, d := range all {
			_, twice := now[d.Name]
			assert.False(t, twice, "%s stands twice", d.Name)
			_, known := now[d.Of]
			assert.True(t, known || d.Of == "", "%s comes before what it copies", d.Name)
			now[d.Name] = d
		}
		for _, d := range before {
			assert.Equal(t, d.Of, now[d.Name].Of, "%s", d.Name)
			assert.Equal(t, d.Cell, now[d.Name].Cell, "%s", d.Name)
			assert.True(t, now[d.Name].Promoted || !d.Promoted, "%s was promoted", d.Name)
		}
		writes := 0
		for _, d := range all {
			if !d.Former && (d.Promoted || d.Of == "") {
				writes++
				assert.Equal(t, writers[len(writers)-1], d.Cell)
			}
		}
		assert.Equal(t, 1, writes)
		used := slices.DeleteFunc(all, func(d Descent) bool { return d.Former })
		assert.Len(t, used, len(cells), "one database in use for each region")
	})
}
