package preview

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
)

// JSON writes the report for programs, indented.
func (r Report) JSON(w io.Writer) error { return writeJSON(w, r) }

func writeJSON(w io.Writer, v any) error {
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
