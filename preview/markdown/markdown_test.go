package markdown

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCellStaysInItsTable(t *testing.T) {
	for give, want := range map[string]string{
		"a|b":              "a\\|b",
		"two\r\nlines":     "two lines",
		"an `odd tick":     "an 'odd tick",
		"`code`":           "`code`",
		"![x](https://a)":  "!\\[x]\\(https://a)",
		"<script>alert(1)": "&lt;script>alert(1)",
	} {
		assert.Equal(t, want, Cell(give), give)
	}
}

func TestCodeCannotBeLeft(t *testing.T) {
	assert.Equal(t, "`a'b\\|c`", Code("a`b|c"))
}
