package seed

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/app/site"
)

// Names are unique in the table of people, and are names that somebody may sign up with.
func TestNobodyHasTheNameOfAnother(t *testing.T) {
	seen := map[string]int{}
	for i := range 3 * len(first) * len(last) {
		n := name(i)
		before, twice := seen[address(n)]
		assert.False(t, twice, "%d and %d: %s", before, i, n)
		seen[address(n)] = i
		assert.Regexp(t, site.NameForm, n+"-fffff", "as a later run names them")
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
