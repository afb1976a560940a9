package main

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// linter is what the linter's settings say of long lines.
type linter struct {
	Linters struct {
		Settings struct {
			LLL struct {
				Length int `yaml:"line-length"`
			} `yaml:"lll"`
		} `yaml:"settings"`
		Exclusions struct {
			Rules []struct {
				Linters []string `yaml:"linters"`
				Source  string   `yaml:"source"`
			} `yaml:"rules"`
		} `yaml:"exclusions"`
	} `yaml:"linters"`
}

// make lint takes minutes and make test has to pass without it, so the limit of a line is
// held here too, by the linter's own settings.
func TestLinesEndWhereTheLinterSays(t *testing.T) {
	var l linter
	require.NoError(t, yaml.Unmarshal([]byte(readText(t, ".golangci.yaml")), &l))
	limit := l.Linters.Settings.LLL.Length
	require.Positive(t, limit)
	rule := l.Linters.Exclusions.Rules[0]
	require.Equal(t, []string{"lll"}, rule.Linters)
	may := regexp.MustCompile(rule.Source)
	for _, s := range sources(t) {
		if ast.IsGenerated(s.file) {
			continue
		}
		for i, line := range strings.Split(string(s.text), "\n") {
			assert.True(t, utf8.RuneCountInString(line) <= limit || may.MatchString(line),
				"%s:%d: want at most %d columns", s.path, i+1, limit)
		}
	}
}
