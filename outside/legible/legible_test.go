package legible_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/outside/legible"
)

func TestWhatActsIsWritten(t *testing.T) {
	for give, want := range map[string]string{
		"server-data ◆ – ¥ 日本 été 🎉": "server-data ◆ – ¥ 日本 été 🎉",
		"\x1b]0;owned\x07":           `\x1b]0;owned\x07`,
		"a\x9bb\u009bc":              `a\x9bb\u009bc`, // CSI as a byte and as a character
		"a\u202egnp.exe":             `a\u202egnp.exe`,
		"a\u2066\u200b\u200f\ufeffb": `a\u2066\u200b\u200f\ufeffb`,
		"a\nb\tc\rd\r\ne\x7f":        `a\nb\tc\rd\r\ne\x7f`,
		"tag \U000e0041":             `tag \U000e0041`,
		"line\u2028break":            `line\u2028break`,
	} {
		assert.Equal(t, want, legible.Line(give))
	}
	assert.Equal(t, "a\n\tb\nc\\rd", legible.Text("a\n\tb\r\nc\rd"))
}

func TestNothingActsAfterwards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		for _, r := range legible.Line(s) {
			assert.True(t, unicode.IsPrint(r) || unicode.Is(unicode.Zs, r), "%U", r)
		}
		assert.Equal(t, legible.Line(s), legible.Line(legible.Line(s)), "once is enough")
	})
}

func TestJSONSaysTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		give := map[string]string{rapid.String().Draw(t, "key"): rapid.String().Draw(t, "value") +
			"\x1b\u009b\u202e\U000e0041"}
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetIndent("", "  ")
		require.NoError(t, e.Encode(give))
		safe := legible.JSON(b.String())
		var got map[string]string
		require.NoError(t, json.Unmarshal([]byte(safe), &got))
		assert.Equal(t, give, got)
		assert.Equal(t, safe, legible.Text(safe))
	})
}
