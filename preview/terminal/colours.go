package terminal

import (
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rung-dev/rung/preview"
)

// The colours of a table.
var (
	Bold    = text.Colors{text.Bold}
	Faint   = text.Colors{text.Faint}
	Alarm   = text.Colors{text.Bold, text.FgRed}
	Warning = text.Colors{text.FgYellow}
)

// Colors are the usual ones of a diff.
func Colors(op preview.Op) text.Colors {
	return map[preview.Op]text.Colors{
		preview.Create:  {text.FgGreen},
		preview.Update:  {text.FgYellow},
		preview.Replace: {text.FgMagenta},
		preview.Delete:  {text.FgRed},
		preview.Same:    {text.Faint},
	}[op]
}
