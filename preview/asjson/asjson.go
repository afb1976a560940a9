// Package asjson is the one way into a JSON document for programs: indented, and with every
// text whole but harmless on a terminal.
package asjson

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
)

// Write writes v indented, for programs: the one way into a JSON document.
func Write(w io.Writer, v any) error {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	if err == nil {
		_, err = io.WriteString(w, legible.JSON(b.String()))
	}
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
