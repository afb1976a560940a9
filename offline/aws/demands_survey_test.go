package aws_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/aws/demands"
)

// Whoever simulates a type says what AWS wants to stand before it, were it nothing.
func TestEveryTypeIsSurveyed(t *testing.T) {
	survey, tokens := demands.Survey(), awsPackage(t).Tokens()
	for _, token := range tokens {
		_, ok := survey[token]
		assert.True(t, ok, "%s has no row in offline/aws/demands: what must stand before it that no property names?", token)
	}
	for token, row := range survey {
		assert.True(t, slices.Contains(tokens, token), "the row of %s is for a type that is not simulated", token)
		assert.Equal(t, row.First != "", len(row.Codes) > 0, "%s: a demand is one with the code of its refusal", token)
	}
}

// A demand is none until a test meets its refusal.
func TestEveryDemandIsMet(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	var tests strings.Builder
	for _, f := range files {
		if f == "demands_survey_test.go" {
			continue
		}
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		tests.Write(text)
	}
	for token, row := range demands.Survey() {
		for _, code := range row.Codes {
			assert.True(t, strings.Contains(tests.String(), code), "no test meets the refusal %s of %s", code, token)
		}
	}
}
