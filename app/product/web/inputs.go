package web

import (
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/site"
)

// input is a field of a form: its rule stands beside it before anything is sent,
// and what was wrong with it afterwards.
type input struct {
	Name, Label, Rule, Type, Auto string
	Min, Max                      int
	// Lines makes it a text of several; zero means one. Optional fields may stay empty.
	Lines    int
	Optional bool
	// Value is what was typed, Wrong what is the matter with it; filled in for a page.
	Value, Wrong string
}

const passwordRule = "10 characters or more: some words that do not belong together."

// inputs are by what a template calls them.
var inputs = map[string]input{
	"email": {Name: "email", Label: "E-mail address", Type: "email", Auto: "email", Max: 254},
	"name": {Name: "name", Label: "Name", Rule: "3 to 30 of a-z, 0-9, - and _, beginning with a letter or digit.",
		Type: "text", Auto: "username", Min: 3, Max: 30},
	"password": {Name: "password", Label: "Password", Type: "password", Auto: "current-password", Max: site.MaxPassword},
	"first": {Name: "password", Label: "Password", Rule: passwordRule, Type: "password", Auto: "new-password",
		Min: site.MinPassword, Max: site.MaxPassword},
	"new": {Name: "new", Label: "New password", Rule: passwordRule, Type: "password", Auto: "new-password",
		Min: site.MinPassword, Max: site.MaxPassword},
	"token": {Name: "token", Label: "Code from the mail", Type: "text", Auto: "one-time-code"},
	"title": {Name: "title", Label: "Title", Rule: "Up to 200 characters.", Type: "text", Max: maxTitle},
	"body":  {Name: "body", Label: "Text", Rule: "Up to 20,000 characters.", Max: maxText, Lines: 12},
	"alt": {Name: "alt", Label: "What the picture shows", Rule: "For people who cannot see it. Up to 300 characters.",
		Type: "text", Max: maxAlt, Optional: true},
	"about": {Name: "about", Label: "About you", Rule: "Everybody sees it. Up to 500 characters.", Max: maxAbout,
		Lines: 4, Optional: true},
}

// secret says whether what was typed is never shown again.
func (i input) secret() bool { return i.Type == "password" }

// Input is a field as this page shows it.
func (p page) Input(key string) input {
	i := inputs[key]
	i.Wrong = detailOf(p.Wrong, i.Name)
	if !i.secret() {
		i.Value = p.Form[i.Name]
	}
	return i
}

// Says is what is wrong with a field that is no input; empty when nothing is.
func (p page) Says(field string) string { return detailOf(p.Wrong, field) }

func detailOf(wrong []problem.Field, name string) string {
	for _, w := range wrong {
		if w.Field == name {
			return w.Detail
		}
	}
	return ""
}
