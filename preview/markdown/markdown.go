// Package markdown is the one way into a Markdown document: cells that stay in their table,
// names that stay code, and no text that acts on who reads.
package markdown

import (
	"io"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
)

// Write is the one way into a Markdown document.
func Write(w io.Writer, document string) error {
	_, err := io.WriteString(w, legible.Text(document))
	return err
}

// Cell makes text safe inside a table: no pipe ends it, no line breaks it, and
// what looks like a link, a picture or HTML is none.
func Cell(s string) string {
	s = strings.NewReplacer("\r", "", "\n", " ").Replace(s)
	if strings.Count(s, "`")%2 != 0 { // it would turn what follows inside out
		s = strings.ReplaceAll(s, "`", "'")
	}
	return strings.NewReplacer("|", "\\|", "<", "&lt;", "](", "]\\(", "![", "!\\[").Replace(legible.Line(s))
}

// Code writes a name as code, which it cannot leave.
func Code(s string) string {
	return "`" + strings.NewReplacer("`", "'", "|", "\\|").Replace(legible.Line(s)) + "`"
}
