package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// made is a curve over two stages with names that try to act.
func made() []Stage {
	points := func(users []int, month float64) (list []Point) {
		for _, u := range users {
			list = append(list, Point{Users: u, Low: month / 2, Expected: month, High: month * 2})
			month *= 1.01
		}
		return list
	}
	return []Stage{
		{Number: 1, Name: `one <script> & "server"`, To: 1_000, UsualLow: 20, UsualHigh: 50, Points: points(Samples(0, 1_000, 20), 30)},
		{Number: 2, Name: "two", From: 1_000, To: 10_000, Points: points(Samples(1_000, 10_000, 20), 120)},
	}
}

func TestSamplesReachFromEndToEnd(t *testing.T) {
	for _, ends := range [][2]int{{0, 1_000}, {1_000, 10_000}, {1_000_000, 10_000_000}, {0, 2}, {5, 5}} {
		got := Samples(ends[0], ends[1], 24)
		assert.Equal(t, ends[0], got[0])
		assert.Equal(t, ends[1], got[len(got)-1])
		for i := 1; i < len(got)-1; i++ {
			assert.Greater(t, got[i], got[i-1])
		}
	}
}

// The axes keep order and ends: more users are further right, a dearer month is higher.
func TestAxes(t *testing.T) {
	for _, f := range []frame{wide, narrow} {
		assert.InDelta(t, f.left, f.x(0), 0.001)
		assert.InDelta(t, f.width-f.right, f.x(mostUsers), 0.001)
		assert.InDelta(t, f.height-f.bottom, f.y(leastMonth), 0.001)
		assert.InDelta(t, f.top, f.y(mostMonth), 0.001)
		assert.InDelta(t, f.top, f.y(1e9), 0.001, "nothing leaves the plot")
		assert.InDelta(t, f.height-f.bottom, f.y(0), 0.001)
		assert.Less(t, f.x(10), f.x(11))
		assert.Greater(t, f.y(100), f.y(101))
		assert.InDelta(t, f.x(1e6)-f.x(1e5), f.x(1e5)-f.x(1e4), 0.01*float64(f.width), "a step of ten is as long")
	}
	assert.Equal(t, []string{"0", "100", "1k", "10M"}, []string{Short(0), Short(100), Short(1e3), Short(1e7)})
	assert.False(t, math.IsNaN(wide.y(-5)))
}

// The image is one that every reader takes, with nothing of a text in its markup.
func TestTheImageIsWellFormed(t *testing.T) {
	c := Of(made())
	image := c.Image("What a month costs")
	d := xml.NewDecoder(strings.NewReader(image))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
	}
	assert.NotContains(t, image, "<script>")
	assert.NotContains(t, image, "NaN")
	assert.Contains(t, image, "stage 1, one &lt;script&gt;")
	assert.Equal(t, 2, strings.Count(image, `class="curve" d="M`)-1, "one in the legend")
	assert.Equal(t, 1, strings.Count(image, `class="climb" d="M`)-1)
	assert.Equal(t, image, Of(made()).Image("What a month costs"), "the same is drawn in the same way")
	assert.Len(t, c.Words, 2)
}

func TestWithoutPointsThereAreOnlyColumns(t *testing.T) {
	c := Of([]Stage{{Number: 1, Name: "one", To: 1_000}})
	assert.NotContains(t, string(c.Wide.Markup()), `class="curve"`)
	assert.Empty(t, c.Words)
	assert.Empty(t, Plot{}.Markup())
}
