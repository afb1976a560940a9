// Package view is what people and programs read: each document (the report on a plan, a bill,
// drift, prices, settings, the ladder, outputs, checks of an account, the version) as a table
// for a terminal, as Markdown, as an HTML page and as JSON.
//
// What a document says is decided here, once for all formats; what is true is decided in the
// package preview, and how a format is written in terminal, markdown, page, drawing and asjson.
package view

import (
	"io"
	"strconv"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/asjson"
)

// Report is a report as people and programs read it.
type Report preview.Report

// Report is the report itself.
func (x Report) Report() preview.Report { return preview.Report(x) }

// JSON writes the report for programs, indented.
func (x Report) JSON(w io.Writer) error { return asjson.Write(w, preview.Report(x)) }

// count is a number of resources in words.
func count(n int) string {
	if n == 1 {
		return "1 resource"
	}
	return strconv.Itoa(n) + " resources"
}
