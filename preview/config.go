package preview

import (
	"fmt"
	"io"
	"strings"
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
}

// Keys are all keys of the configuration.
type Keys []Key

// JSON writes the keys for programs, indented.
func (k Keys) JSON(w io.Writer) error { return writeJSON(w, map[string]any{"keys": []Key(k)}) }

// Table writes the keys for a terminal.
func (k Keys) Table(w io.Writer, style Style) error {
	p := newPage(style)
	for _, x := range k {
		p.line(bold, "%s", x.Name)
		p.wrapped(nil, "    ", x.Meaning)
		p.wrapped(faint, "    ", fmt.Sprintf("%s; default: %s; allowed: %s", x.Type, x.Default, x.Allowed))
		p.wrapped(faint, "    ", "a change: "+x.Change)
	}
	return p.flush(w)
}

// Markdown writes the keys as a table.
func (k Keys) Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| key | type | default | allowed | meaning | a change |\n|---|---|---|---|---|---|\n")
	for _, x := range k {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n",
			code(x.Name), cell(x.Type), cell(x.Default), cell(x.Allowed), cell(x.Meaning), cell(x.Change))
	}
	return markdown(w, b.String())
}
