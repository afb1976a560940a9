package view

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// Releases are what was released to a stack, the oldest first.
type Releases struct {
	Stack string `json:"stack"`
	// Current is the number of the release that runs; 0 for none.
	Current  int       `json:"current"`
	Releases []Release `json:"releases"`
	// At is when it was asked.
	At time.Time `json:"at"`
}

// Release is one release.
type Release struct {
	Number int       `json:"number"`
	SHA256 string    `json:"sha256"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	// Of is the release that this one went back to.
	Of       int    `json:"of,omitempty"`
	Outcome  string `json:"outcome"`
	Says     string `json:"says,omitempty"`
	Migrates bool   `json:"migrates,omitempty"`
}

var releaseColumns = []string{"", "release", "version", "when", "by", "outcome"}

// rows are the releases, the newest first.
func (r Releases) rows() (rows [][]string) {
	for i := len(r.Releases) - 1; i >= 0; i-- {
		one := r.Releases[i]
		mark, outcome := "", one.Outcome
		if one.Number == r.Current {
			mark = "*"
		}
		if one.Of > 0 {
			outcome += fmt.Sprintf(", again release %d", one.Of)
		}
		if one.Says != "" {
			outcome += ": " + one.Says
		}
		rows = append(rows, []string{mark, fmt.Sprint(one.Number), fmt.Sprintf("%.12s", one.SHA256),
			humanize.RelTime(one.At, r.At, "ago", "from now"), one.By, outcome})
	}
	return rows
}

func (r Releases) head() string {
	if len(r.Releases) == 0 {
		return "nothing was written down that was released to stack " + r.Stack
	}
	return "what was released to stack " + r.Stack
}

// JSON writes the releases for programs.
func (r Releases) JSON(w io.Writer) error {
	r.Releases = listed(r.Releases)
	return asjson.Write(w, r)
}

// Table writes the releases for a terminal.
func (r Releases) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	p.Line(terminal.Bold, "%s", r.head())
	if rows := r.rows(); len(rows) > 0 {
		for _, line := range aligned(append([][]string{releaseColumns}, rows...)) {
			p.Line(nil, "%s", line)
		}
	}
	return p.Flush(w)
}

// Markdown writes the releases as a table.
func (r Releases) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n| %s |\n|%s\n", markdown.Cell(sentence(r.head())), strings.Join(releaseColumns, " | "),
		strings.Repeat("---|", len(releaseColumns)))
	for _, row := range r.rows() {
		for i := range row {
			row[i] = markdown.Cell(row[i])
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return markdown.Write(w, b.String())
}

// HTML writes the releases as a page.
func (r Releases) HTML(w io.Writer) error {
	return page.Sheet{Title: sentence(r.head()), Tables: []page.Table{{Caption: "Releases", Head: releaseColumns,
		Rows: r.rows()}}}.Write(w)
}
