package view

import (
	"io"
	"slices"
	"strings"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/published"
	"github.com/rung-dev/rung/resource"
)

// sarifSchema is the schema of SARIF 2.1.0, which code scanning of GitHub and others reads.
const sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"

type sarif struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID string `json:"id"`
}

type sarifResult struct {
	RuleID    string            `json:"ruleId"`
	Level     string            `json:"level"`
	Message   sarifText         `json:"message"`
	Locations []sarifLocation   `json:"locations"`
	Prints    map[string]string `json:"partialFingerprints"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations"`
}

type sarifPhysical struct {
	Artifact struct {
		URI string `json:"uri"`
	} `json:"artifactLocation"`
}

type sarifLogical struct {
	Name     string `json:"name"`
	FullName string `json:"fullyQualifiedName"`
	Kind     string `json:"kind"`
}

// Sarif writes what the policies said as SARIF, so that a forge shows it beside the code.
// A violation is of a resource, not of a line: its place is the program's file that is
// named, and its logical place the URN.
func Sarif(w io.Writer, all []preview.Violation, program string) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "rung", InformationURI: published.Repository,
		Rules: []sarifRule{}}},
		Results: []sarifResult{}}
	for _, v := range all {
		if !slices.Contains(run.Tool.Driver.Rules, sarifRule{v.ID}) {
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{v.ID})
		}
		place := sarifLocation{Logical: []sarifLogical{{resource.NameOf(v.URN), v.URN, "resource"}}}
		place.Physical.Artifact.URI = program
		run.Results = append(run.Results, sarifResult{v.ID, sarifLevel(v), sarifText{strings.TrimSpace(v.Message)},
			[]sarifLocation{place}, map[string]string{"urn/v1": v.ID + " " + v.URN}})
	}
	return asjson.Write(w, sarif{sarifSchema, "2.1.0", []sarifRun{run}})
}

// sarifLevel is how SARIF calls what stops a plan, what advises and what only notes.
func sarifLevel(v preview.Violation) string {
	switch {
	case v.Note:
		return "note"
	case v.Level == preview.Mandatory:
		return "error"
	}
	return "warning"
}
