package part

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBetween(t *testing.T) {
	assert.NoError(t, Between("Burst", 1, 1, 3))
	assert.NoError(t, Between("Burst", 3, 1, 3))
	for _, got := range []int{0, 4} {
		assert.ErrorContains(t, Between("Burst", got, 1, 3), "want 1 to 3")
	}
}
