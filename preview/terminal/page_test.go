package terminal

import (
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWidthIsBroughtToWhatReadsWell(t *testing.T) {
	for give, want := range map[int]int{0: 100, 40: 60, 72: 72, 110: 110, 300: 120} {
		p := New(Style{Width: give})
		assert.Equal(t, want, p.Width, give)
		assert.Equal(t, want, p.Name+p.Type+2+2+3*Amount+2, "the columns fill it: %d", give)
	}
}

func TestColoursAndHostileTextNeverReachAPlainPage(t *testing.T) {
	for _, color := range []bool{false, true} {
		p := New(Style{Color: color})
		p.Line(Alarm, "%s", "a\x1b]0;owned\x07b")
		p.Hanging(Warning, "first\nsecond")
		var b strings.Builder
		require.NoError(t, p.Flush(&b))
		assert.Equal(t, color, strings.Contains(b.String(), Alarm.EscapeSeq()))
		assert.NotContains(t, b.String(), "\x1b]")
		assert.Contains(t, b.String(), "  second")
	}
	assert.Equal(t, 10, text.StringWidth(Left("a-name-that-is-long", 10)))
	assert.Equal(t, "        ab", Right("ab", 10))
}
