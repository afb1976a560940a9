package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/terminal"
)

// Key is one key of the configuration as it is shown.
type Key struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default"`
	Allowed string `json:"allowed"`
	Meaning string `json:"meaning"`
	// Change is what a change of it does to a stack that stands.
	Change string `json:"change"`
	// Value is the same for programs; nil leaves it out.
	Value *Value `json:"value,omitempty"`
}

// Value is what a key takes, as data.
type Value struct {
	// Kind is string, integer, number, boolean, array or object.
	Kind string `json:"kind"`
	// Choices are the values, or an array's items, where only these are taken.
	Choices []string `json:"choices,omitempty"`
	Minimum *float64 `json:"minimum,omitempty"`
	Maximum *float64 `json:"maximum,omitempty"`
	// Defaults are by stage; a stage without one has none.
	Defaults map[string]any `json:"defaults"`
}

// Keys are all keys of the configuration.
type Keys []Key

// JSON writes the keys for programs, indented.
func (k Keys) JSON(w io.Writer) error { return asjson.Write(w, map[string]any{"keys": []Key(k)}) }

// Table writes the keys for a terminal.
func (k Keys) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	for _, x := range k {
		p.Line(terminal.Bold, "%s", x.Name)
		p.Wrapped(nil, "    ", x.Meaning)
		p.Wrapped(terminal.Faint, "    ", fmt.Sprintf("%s; default: %s; allowed: %s", x.Type, x.Default, x.Allowed))
		p.Wrapped(terminal.Faint, "    ", "a change: "+x.Change)
	}
	return p.Flush(w)
}

// Markdown writes the keys as a table.
func (k Keys) Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| key | type | default | allowed | meaning | a change |\n|---|---|---|---|---|---|\n")
	for _, x := range k {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n",
			markdown.Code(x.Name), markdown.Cell(x.Type), markdown.Cell(x.Default), markdown.Cell(x.Allowed),
			markdown.Cell(x.Meaning),
			markdown.Cell(x.Change))
	}
	return markdown.Write(w, b.String())
}
