package nearest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOf(t *testing.T) {
	choices := []string{"budget", "budgets", "regions", "nat", "confirmDataLoss"}
	for given, want := range map[string]string{
		"bugdet":                 "budget",
		"budget":                 "budget",
		"budgetz":                "budget", // the first of two that are alike
		"region":                 "regions",
		"confirmDataLost":        "confirmDataLoss",
		"confirm":                "", // eight letters are more than a guess
		"colour":                 "",
		"":                       "",
		strings.Repeat("a", 101): "",
	} {
		assert.Equal(t, want, Of(given, choices), "%q", given)
	}
	assert.Empty(t, Of("nat", nil))
}

func TestQuestion(t *testing.T) {
	assert.Equal(t, "did you mean --set?", Question("sett", []string{"stack", "set"}, "--"))
	assert.Empty(t, Question("colour", []string{"stack", "set"}, "--"))
}
