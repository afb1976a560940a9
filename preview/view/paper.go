package view

import "github.com/rung-dev/rung/preview/terminal"

// paper is a page that documents are written on.
type paper struct{ *terminal.Page }

func newPaper(s terminal.Style) paper { return paper{terminal.New(s)} }
