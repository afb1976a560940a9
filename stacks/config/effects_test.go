package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A key says what a change of it does, and, where it is not simply done, the way
// that works.
func TestEveryKeySaysWhatAChangeDoes(t *testing.T) {
	for _, k := range Keys() {
		assert.NotEmpty(t, k.Change.Does, k.Name)
		for _, e := range k.Change.Does {
			if e == Refused || e == Later {
				assert.NotEmpty(t, k.Change.Way, k.Name)
			}
		}
	}
}
