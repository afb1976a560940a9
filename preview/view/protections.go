package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// protectionsTitle stands above the list.
const protectionsTitle = "Protections that were lifted and are put back"

func (p paper) protections(all []preview.Protection) {
	if len(all) == 0 {
		return
	}
	p.Blank()
	p.Line(terminal.Bold, protectionsTitle)
	for _, x := range all {
		p.Wrapped(nil, "  ", x.String())
	}
}

func mdProtections(w io.Writer, all []preview.Protection) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "\n**%s:**\n", protectionsTitle)
	for _, x := range all {
		fmt.Fprintf(w, "- %s: %s\n", markdown.Code(x.Name), markdown.Cell(strings.Join(x.Restored, ", ")))
	}
}

// protectionNotice is the list on a page.
func protectionNotice(all []preview.Protection) page.Notice {
	n := page.Notice{Class: "note", Title: protectionsTitle}
	for _, x := range all {
		n.Items = append(n.Items, page.Item{About: x.Name, Text: strings.Join(x.Restored, ", ")})
	}
	return n
}
