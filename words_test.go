package main

import (
	"go/ast"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Names are the field's words. These were none, and have gone.
func TestNamesAreTheFieldsWords(t *testing.T) {
	odd := regexp.MustCompile(`^(?i:heed|flank|crowd|strike)([A-Z]|$)|[a-z](Heed|Flank|Crowd|Strike)([A-Z]|$)`)
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		assert.NotRegexp(t, odd, strings.TrimSuffix(path.Base(s.path), ".go"), s.path)
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				assert.NotRegexp(t, odd, f.Name.Name, s.path)
			}
		}
	}
}

// How many there are of what the code counts is written by the code (see
// policies/docs_test.go), or not at all: a number in a text is old with the next one.
func TestNoDocumentCounts(t *testing.T) {
	counted := regexp.MustCompile(`(?i)\b(\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty) ` +
		`((of our|small) )?(rules|programs|commands|keys|settings|kinds|components|packages|rooms|climbs|goldens|invariants)\b`)
	written := func(p string) bool {
		generated := p == "policies/README.md" || within(p, "policies/RULES.md")
		return filepath.Ext(p) == ".md" && p != "CHANGELOG.md" && !generated
	}
	for _, p := range files(t, written) {
		assert.Empty(t, counted.FindString(readText(t, p)), "%s: leave the number out, or have it generated", p)
	}
}
