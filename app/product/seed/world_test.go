package seed

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Names are unique in the table of people, and fit the field of the sign-up.
func TestNobodyHasTheNameOfAnother(t *testing.T) {
	seen := map[string]int{}
	for i := range 3 * len(first) * len(last) {
		n := name(i)
		before, twice := seen[address(n)]
		assert.False(t, twice, "%d and %d: %s", before, i, n)
		seen[address(n)] = i
		assert.LessOrEqual(t, len(n), 30, n)
		assert.NotContains(t, address(n), " ")
	}
}

func TestPostsAreWholeSentences(t *testing.T) {
	source := rand.New(rand.NewPCG(1, 2))
	different := map[string]bool{}
	for range 1000 {
		title, body := write(source)
		assert.NotEmpty(t, title)
		assert.LessOrEqual(t, len(title), 100, title)
		assert.True(t, strings.HasSuffix(body, "."), body)
		assert.GreaterOrEqual(t, strings.Count(body, "."), 3, body)
		different[title+body] = true
	}
	assert.Greater(t, len(different), 500)
}
